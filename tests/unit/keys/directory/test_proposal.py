"""What a hub, or whoever carries the stick, may put into a request: it is refused."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tuf.api.metadata import Key, Metadata, Root, Targets

from keys.directory.ceremony import add_steward, suspend
from keys.directory.codec import encode_federation
from keys.directory.differences import describe
from keys.directory.model import FederationRecord, Suspension
from keys.directory.proposal import Proposal, review
from keys.directory.roles import DAY_MS, utc
from keys.directory.signers import public_of
from keys.directory.terms import Steward, Terms
from keys.errors import CeremonyError
from tests.unit.keys.directory.agreeing import basis_of, proposal_of
from tests.unit.keys.directory.federation import (
    BEL,
    KEN,
    NOW_MS,
    Federation,
    federation_record,
    seed,
    signing_key,
    stewards_of,
)

_SECOND = Steward(public=public_of(stewards_of(2)[1]), name="B. Otieno")


@pytest.fixture
def enrolled(federation: Federation) -> Federation:
    """A federation of KEN and BEL."""
    federation.enrol(KEN, BEL)
    return federation


def _with_root(proposal: Proposal, change: Callable[[Root], None]) -> Proposal:
    assert proposal.root is not None
    metadata = Metadata[Root].from_bytes(proposal.root)
    change(metadata.signed)
    return replace(proposal, root=metadata.to_bytes())


def _with_targets(proposal: Proposal, change: Callable[[Targets], None]) -> Proposal:
    metadata = Metadata[Targets].from_bytes(proposal.targets)
    change(metadata.signed)
    return replace(proposal, targets=metadata.to_bytes())


def _set(name: str, value: object) -> Callable[[object], None]:
    return lambda signed: setattr(signed, name, value)


def _hide(signed: Root | Targets) -> None:
    signed.unrecognized_fields["x-more"] = "unseen"


def _hide_in_a_key(root: Root) -> None:
    key: Key = root.keys[root.roles["root"].keyids[0]]
    key.unrecognized_fields["x-more"] = "unseen"


def _hide_a_key(root: Root) -> None:
    key = Key.from_dict("f" * 64, root.keys[root.roles["root"].keyids[0]].to_dict())
    root.keys[key.keyid] = key


def _split_roles(root: Root) -> None:
    root.roles["targets"].threshold = 2


def _reach_further(targets: Targets) -> None:
    assert targets.delegations is not None
    assert targets.delegations.roles is not None
    targets.delegations.roles["party-KEN"].paths = ["parties/*/*"]


def _another_role(targets: Targets) -> None:
    assert targets.delegations is not None
    assert targets.delegations.roles is not None
    role = targets.delegations.roles.pop("party-KEN")
    role.name = "everything"
    targets.delegations.roles[role.name] = role


HIDDEN_ROOTS: dict[str, Callable[[Root], None]] = {
    "a field of the root": _hide,
    "a field of a key": _hide_in_a_key,
    "one key under two names": _hide_a_key,
    "another threshold for targets": _split_roles,
    "no consistent snapshots": _set("consistent_snapshot", value=False),
    "a version that is true": _set("version", value=True),
    "a version too far": _set("version", 9),
    "a life too long": _set("expires", utc(NOW_MS + 800 * DAY_MS)),
    "an end in the past": _set("expires", utc(NOW_MS - DAY_MS)),
}
HIDDEN_TARGETS: dict[str, Callable[[Targets], None]] = {
    "a field of targets": _hide,
    "a party that may publish for all": _reach_further,
    "a role that is no party": _another_role,
    "a version too far": _set("version", 9),
    "a life too long": _set("expires", utc(NOW_MS + 800 * DAY_MS)),
    "no delegations": _set("delegations", None),
}


@pytest.mark.parametrize("hidden", HIDDEN_ROOTS.values(), ids=HIDDEN_ROOTS)
def test_a_root_that_hides_something_is_refused(
    enrolled: Federation, hidden: Callable[[Root], None]
) -> None:
    proposal = proposal_of(enrolled, renew_root=True)
    with pytest.raises(CeremonyError):
        review(_with_root(proposal, hidden), NOW_MS)


@pytest.mark.parametrize("hidden", HIDDEN_TARGETS.values(), ids=HIDDEN_TARGETS)
def test_targets_that_hide_something_are_refused(
    enrolled: Federation, hidden: Callable[[Targets], None]
) -> None:
    with pytest.raises(CeremonyError):
        review(_with_targets(proposal_of(enrolled), hidden), NOW_MS)


def test_a_record_that_the_targets_do_not_name_is_refused(
    enrolled: Federation,
) -> None:
    record = replace(federation_record(), name="Evil")
    swapped = replace(proposal_of(enrolled), federation=encode_federation(record))
    with pytest.raises(CeremonyError, match="another federation record"):
        review(swapped, NOW_MS)
    with pytest.raises(CeremonyError, match="does not hold"):
        review(replace(swapped, federation=b"\xff"), NOW_MS)


def test_a_decision_about_somebody_who_is_no_party_is_refused(
    enrolled: Federation,
) -> None:
    def change(terms: Terms) -> Terms:
        suspended = suspend(terms, KEN, since_ms=NOW_MS, reason="x")
        parties = {BEL: terms.targets.parties[BEL]}
        return replace(suspended, targets=replace(terms.targets, parties=parties))

    with pytest.raises(CeremonyError, match="which is no party"):
        proposal_of(enrolled, change)


def test_a_basis_that_its_stewards_did_not_sign_is_refused(
    enrolled: Federation,
) -> None:
    """A hub that makes up what is in force, to make a change look small."""
    proposal = proposal_of(enrolled)
    assert proposal.basis is not None
    for name, kind in (("root", Root), ("targets", Targets)):
        metadata = Metadata[kind].from_bytes(getattr(proposal.basis, name))  # type: ignore[valid-type]  # either
        metadata.signed.version += 1
        basis = replace(proposal.basis, **{name: metadata.to_bytes()})
        with pytest.raises(CeremonyError, match="not signed by enough stewards"):
            review(replace(proposal, basis=basis), NOW_MS)


def test_a_request_that_is_signed_already_is_refused(enrolled: Federation) -> None:
    proposal = proposal_of(enrolled)
    metadata = Metadata[Targets].from_bytes(proposal.targets)
    metadata.sign(enrolled.stewards[0])
    with pytest.raises(CeremonyError, match="bears signatures already"):
        review(replace(proposal, targets=metadata.to_bytes()), NOW_MS)


def test_a_founding_without_a_root_is_refused(enrolled: Federation) -> None:
    with pytest.raises(CeremonyError, match="founded by a root"):
        review(replace(proposal_of(enrolled), basis=None), NOW_MS)


def test_a_name_that_could_deceive_is_refused(federation: Federation) -> None:
    proposal = proposal_of(
        federation, lambda t: add_steward(t, replace(_SECOND, name="B. Otieno"))
    )

    def deceive(root: Root) -> None:
        key = root.keys[_SECOND.key_id]
        key.unrecognized_fields["x-rogatory-name"] = "A\u202eB"

    def no_text(root: Root) -> None:
        root.keys[_SECOND.key_id].unrecognized_fields["x-rogatory-name"] = 7

    for change in (deceive, no_text):
        with pytest.raises(CeremonyError):
            review(_with_root(proposal, change), NOW_MS)


def test_the_digest_covers_what_a_request_stands_on(enrolled: Federation) -> None:
    proposal = proposal_of(enrolled, renew_root=True)
    assert proposal.basis is not None
    others = [
        replace(proposal, root=None),
        replace(proposal, basis=None),
        replace(proposal, targets=b""),
        replace(proposal, federation=b""),
        replace(proposal, basis=replace(proposal.basis, root=b"")),
    ]
    assert len({one.digest for one in [proposal, *others]}) == 6


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda r: replace(r, log_origin="log.example/other"), "cannot be shown"),
        (lambda r: replace(r, former_log_keys=(seed("never"),)), "former keys"),
        (lambda r: replace(r, log_key=seed("log/2")), "former keys"),
        (lambda r: replace(r, hub_keys=(signing_key("hub/2"),)), "listed no more"),
        (
            lambda r: replace(
                r, hub_keys=(replace(r.hub_keys[0], valid_from_ms=NOW_MS),)
            ),
            "begin at another time",
        ),
        (
            lambda r: replace(
                r, hub_keys=(replace(r.hub_keys[0], revoked_at_ms=None),)
            ),
            "cannot be withdrawn",
        ),
    ],
    ids=map(str, range(6)),
)
def test_what_no_ceremony_may_change_is_refused(
    federation: Federation,
    change: Callable[[FederationRecord], FederationRecord],
    match: str,
) -> None:
    before = basis_of(federation).terms()
    [key] = before.federation.hub_keys
    revoked = replace(before.federation, hub_keys=(replace(key, revoked_at_ms=NOW_MS),))
    before = replace(before, federation=revoked)
    after = replace(before, federation=change(revoked))
    with pytest.raises(CeremonyError, match=match):
        describe(before, after)


def test_a_founding_with_a_past_is_refused(federation: Federation) -> None:
    terms = basis_of(federation).terms()
    suspended = replace(
        terms.federation.membership(KEN),
        suspension=Suspension(since_ms=1, reason="before it was there"),
    )
    for record in (
        replace(terms.federation, memberships=(suspended,)),
        replace(terms.federation, former_log_keys=(seed("x"),)),
    ):
        with pytest.raises(CeremonyError, match="without any party or past"):
            describe(None, replace(terms, federation=record))
