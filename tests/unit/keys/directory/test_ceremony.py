"""What stewards may decide, and that clients see it once they have."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from keys.directory.ceremony import (
    add_steward,
    admit,
    find_steward,
    limit,
    reinstate,
    rekey,
    remove_steward,
    replace_hub_account,
    replace_log_key,
    replace_online_key,
    replace_receipts_key,
    replace_steward,
    retire,
    set_threshold,
    suspend,
)
from keys.directory.model import PartyLimits, RevocationReason, Suspension
from keys.directory.roles import DAY_MS
from keys.directory.signers import public_of, role_public
from keys.directory.terms import Steward, Terms
from keys.errors import (
    CeremonyError,
    KeyFormatError,
    PartySuspendedError,
    UnknownPartyError,
)
from tests.unit.keys.directory.agreeing import basis_of, carry_out, proposal_of
from tests.unit.keys.directory.federation import (
    BEL,
    KEN,
    MEX,
    NOW_MS,
    Federation,
    account,
    federation_record,
    seed,
    signing_key,
    stewards_of,
)

_KEY = role_public(seed("key"))
_OTHER = role_public(seed("other"))


def _admitting(
    party: str = "KEN", *keys: bytes, threshold: int = 1
) -> Callable[[Terms], Terms]:
    return lambda terms: admit(
        terms, party=type(KEN)(party), keys=keys or (_KEY,), threshold=threshold
    )


def _terms(federation: Federation) -> Terms:
    return basis_of(federation).terms()


def test_two_parties_are_admitted_at_once(any_federation: Federation) -> None:
    carry_out(
        any_federation,
        lambda terms: _admitting("BEL", _OTHER)(
            _admitting("KEN", _KEY, role_public(seed("2")), threshold=2)(terms)
        ),
    )
    parties = _terms(any_federation).targets.parties
    assert {p: (r.threshold, len(r.keys)) for p, r in parties.items()} == {
        KEN: (2, 2),
        BEL: (1, 1),
    }
    assert any_federation.client().refresh(NOW_MS).parties == {}


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (_admitting("KEN", _OTHER), "already"),
        (_admitting("BEL", _KEY), "another party"),
        (_admitting("BEL", _OTHER, _OTHER, threshold=2), "named twice"),
        (_admitting("BEL", _OTHER, threshold=2), "cannot be a threshold"),
        (_admitting("BEL", _OTHER, threshold=0), "cannot be a threshold"),
        (_admitting("BEL", _OTHER, threshold=-1), "cannot be a threshold"),
        (lambda t: rekey(t, party=KEN, keys=[_KEY], threshold=1), "has already"),
        (lambda t: rekey(t, party=MEX, keys=[_OTHER], threshold=1), "not a party"),
        (lambda t: retire(t, MEX), "not a party"),
        (lambda t: suspend(t, MEX, since_ms=1, reason="x"), "not a party"),
        (lambda t: suspend(t, KEN, since_ms=1, reason=" "), "has a reason"),
        (lambda t: reinstate(t, KEN), "not suspended"),
        (lambda t: limit(t, MEX, None), "not a party"),
        (lambda t: set_threshold(t, 0), "cannot be a threshold"),
        (lambda t: set_threshold(t, 2), "cannot be a threshold"),
        (lambda t: remove_steward(t, t.root.stewards[0]), "cannot be a threshold"),
        (lambda t: add_steward(t, t.root.stewards[0]), "already"),
    ],
    ids=map(str, range(17)),
)
def test_a_decision_that_cannot_stand_is_not_proposed(
    federation: Federation, change: Callable[[Terms], Terms], match: str
) -> None:
    carry_out(federation, _admitting())
    with pytest.raises(CeremonyError, match=match):
        proposal_of(federation, change)


def test_a_key_that_is_none_is_not_proposed(federation: Federation) -> None:
    with pytest.raises(KeyFormatError):
        proposal_of(federation, _admitting("KEN", b"short"))


def test_a_suspended_party_is_refused_until_it_is_reinstated(
    federation: Federation,
) -> None:
    federation.enrol(KEN)
    client = federation.client()
    carry_out(
        federation, lambda t: suspend(t, KEN, since_ms=NOW_MS, reason="left unpaid")
    )
    view = client.refresh(NOW_MS)
    assert view.federation.membership(KEN).suspension == Suspension(
        since_ms=NOW_MS, reason="left unpaid"
    )
    with pytest.raises(PartySuspendedError, match="left unpaid"):
        view.check_standing(KEN, NOW_MS)
    view.check_standing(KEN, NOW_MS - 1)
    carry_out(federation, lambda t: reinstate(t, KEN))
    client.refresh(NOW_MS).check_standing(KEN, NOW_MS)
    assert _terms(federation).federation == federation_record()


def test_limits_are_set_for_one_party_and_for_all(federation: Federation) -> None:
    federation.enrol(KEN, BEL)
    own, common = PartyLimits(connections=4), PartyLimits(message_bytes=1 << 20)
    carry_out(federation, lambda t: limit(limit(t, KEN, own), None, common))
    record = federation.client().refresh(NOW_MS).federation
    assert (record.limits(KEN), record.limits(BEL)) == (own, common)
    carry_out(federation, lambda t: limit(limit(t, KEN, None), None, None))
    assert _terms(federation).federation == federation_record()


def test_a_retired_party_leaves_nothing_behind(federation: Federation) -> None:
    federation.enrol(KEN, BEL)
    carry_out(federation, lambda t: suspend(t, KEN, since_ms=NOW_MS, reason="x"))
    carry_out(federation, lambda t: retire(t, KEN))
    view = federation.client().refresh(NOW_MS)
    assert set(view.parties) == {BEL}
    assert view.federation == federation_record()
    with pytest.raises(UnknownPartyError):
        view.record(KEN)


def test_what_old_role_keys_signed_counts_no_longer(federation: Federation) -> None:
    federation.enrol(KEN)
    client = federation.client()
    client.refresh(NOW_MS)
    carry_out(
        federation, lambda t: rekey(t, party=KEN, keys=[_KEY, _OTHER], threshold=2)
    )
    assert "signed by 0/2 keys" in client.refresh(NOW_MS).failed[KEN]


def test_a_lost_steward_is_replaced_by_the_others(tmp_path: object) -> None:
    federation = Federation(tmp_path, 3, 2)  # type: ignore[arg-type]  # a folder
    lost, *others = federation.stewards
    [newcomer] = stewards_of(1, "-new")
    federation.stewards = others

    def change(terms: Terms) -> Terms:
        gone = next(s for s in terms.root.stewards if s.public == public_of(lost))
        return replace_steward(terms, gone, Steward(public=public_of(newcomer)))

    carry_out(federation, change, newcomer)
    stewards = {steward.public for steward in _terms(federation).root.stewards}
    assert stewards == set(map(public_of, [*others, newcomer]))
    assert (
        federation.client().refresh(NOW_MS).version == federation.repository.version()
    )


def test_a_steward_is_found_by_name_or_by_the_beginning_of_a_fingerprint(
    any_federation: Federation,
) -> None:
    terms = _terms(any_federation)
    [newcomer] = stewards_of(1, "-new")
    named = Steward(public=public_of(newcomer), name="A. Mwangi")
    more = add_steward(terms, named)
    assert find_steward(more, "A. Mwangi") == named
    assert find_steward(more, named.fingerprint[:8]) == named
    for nobody in ("B. Otieno", named.fingerprint[:7], "0" * 64):
        with pytest.raises(CeremonyError, match="nobody"):
            find_steward(more, nobody)
    twice = add_steward(
        more, Steward(public=public_of(stewards_of(2, "-new")[1]), name="A. Mwangi")
    )
    with pytest.raises(CeremonyError, match="more than one"):
        find_steward(twice, "A. Mwangi")


def test_every_key_of_the_hub_can_be_replaced(federation: Federation) -> None:
    new = signing_key("hub/second")
    end_ms = NOW_MS + 30 * DAY_MS

    def change(terms: Terms) -> Terms:
        terms = replace_log_key(terms, seed("log/second"))
        terms = replace_hub_account(terms, account("hub/second"))
        return replace_receipts_key(terms, new, end_ms=end_ms, compromised=False)

    carry_out(federation, change)
    record = federation.client().refresh(NOW_MS).federation
    before = federation_record()
    assert record.log_key == seed("log/second")
    assert record.former_log_keys == (before.log_key,)
    assert record.hub_account == account("hub/second")
    assert record.hub_keys == (replace(before.hub_keys[0], valid_to_ms=end_ms), new)


def test_a_compromised_receipts_key_is_revoked_and_stays_so(
    federation: Federation,
) -> None:
    for number in (1, 2):
        carry_out(
            federation,
            lambda terms, number=number: replace_receipts_key(  # type: ignore[misc]  # bound here
                terms,
                signing_key(f"hub/{number}"),
                end_ms=NOW_MS + number,
                compromised=True,
            ),
        )
    first, second, third = federation.client().refresh(NOW_MS).federation.hub_keys
    assert (first.revoked_at_ms, second.revoked_at_ms) == (NOW_MS + 1, NOW_MS + 2)
    assert first.revocation_reason is RevocationReason.KEY_COMPROMISE
    assert third.revoked_at_ms is None


def test_a_steward_cannot_hold_the_online_key(federation: Federation) -> None:
    with pytest.raises(KeyFormatError):
        proposal_of(
            federation,
            lambda t: replace_online_key(t, t.root.stewards[0].public),
        )
