"""What a steward is shown is what changes: everything, and nothing else."""

from collections.abc import Callable
from dataclasses import fields, replace

import pytest

from keys.directory.ceremony import (
    add_steward,
    admit,
    limit,
    rekey,
    replace_hub_account,
    replace_log_key,
    replace_online_key,
    replace_receipts_key,
    retire,
    suspend,
)
from keys.directory.model import FederationRecord, PartyLimits
from keys.directory.proposal import propose_founding, review
from keys.directory.roles import DAY_MS
from keys.directory.signers import public_of, role_public
from keys.directory.terms import (
    RootTerms,
    Steward,
    TargetsTerms,
    Terms,
    role_fingerprint,
)
from keys.framing import sha256
from tests.unit.keys.directory.agreeing import proposal_of, sentences
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

_OLD_ID = signing_key("hub").key_id.hex()[:16]
_NEW_KEY = (
    f"gives the hub the receipts key {signing_key('hub/2').key_id.hex()}, from "
    "2099-12-31 00:00:00Z to 2100-12-31 00:00:00Z"
)
_KEYS = [role_public(seed(f"role/{number}")) for number in range(4)]
_SECOND = Steward(public=public_of(stewards_of(2)[1]), name="B. Otieno")
Change = Callable[[Terms], Terms]


@pytest.fixture
def enrolled(federation: Federation) -> Federation:
    """A federation of KEN and BEL."""
    federation.enrol(KEN, BEL)
    return federation


def _online(terms: Terms) -> Terms:
    return replace_online_key(terms, role_public(seed("online/2")))


CASES: list[tuple[str, Change, list[str]]] = [
    (
        "admit",
        lambda t: admit(t, party=MEX, keys=_KEYS[:2], threshold=2),
        [
            "admits MEX under 2 keys, of which 2 must sign: "
            + role_fingerprint(_KEYS[:2], 2)
        ],
    ),
    (
        "rekey",
        lambda t: rekey(t, party=KEN, keys=_KEYS[:1], threshold=1),
        [
            (
                "gives KEN other role keys, 1 key, of which 1 must sign: "
                f"{role_fingerprint(_KEYS[:1], 1)}; what was signed with those that "
                "are named no more counts no longer"
            )
        ],
    ),
    (
        "retire",
        lambda t: retire(t, KEN),
        ["retires KEN: nothing that it publishes counts"],
    ),
    (
        "suspend",
        lambda t: suspend(t, KEN, since_ms=NOW_MS, reason="unanswered"),
        ["suspends KEN as of 2100-01-01 00:00:00Z: unanswered"],
    ),
    (
        "limit",
        lambda t: limit(t, KEN, PartyLimits(connections=4, message_bytes=1 << 20)),
        [
            "gives KEN limits of its own",
            "limits of KEN: connections as the hub sets it → 4",
            "limits of KEN: message bytes as the hub sets it → 1,048,576",
        ],
    ),
    (
        "limit all",
        lambda t: limit(t, None, PartyLimits(messages_per_minute=60)),
        ["limits of every party: messages per minute as the hub sets it → 60"],
    ),
    (
        "add a steward",
        lambda t: add_steward(t, _SECOND, threshold=2),
        [
            f"adds the steward B. Otieno: {_SECOND.fingerprint}",
            "lets 2 of 2 stewards decide, until now 1 of 1",
        ],
    ),
    (
        "online key",
        _online,
        [
            (
                "gives the hub another online key: "
                f"{sha256(role_public(seed('online/2'))).hex()} instead of "
                f"{sha256(role_public(seed('online'))).hex()[:16]}…"
            )
        ],
    ),
    (
        "log key",
        lambda t: replace_log_key(t, seed("log/2")),
        [
            (
                f"gives the log another key: {sha256(seed('log/2')).hex()} instead of "
                f"{sha256(seed('log')).hex()[:16]}…, whose signatures still count"
            )
        ],
    ),
    (
        "account",
        lambda t: replace_hub_account(t, account("hub/2")),
        [
            (
                f"gives the hub another account on the bus: {account('hub/2')} "
                f"instead of {account('hub')}"
            )
        ],
    ),
    (
        "compromise",
        lambda t: replace_receipts_key(
            t, signing_key("hub/2"), end_ms=NOW_MS, compromised=True
        ),
        [
            (
                f"revokes the receipts key {_OLD_ID}… of the "
                "hub as of 2100-01-01 00:00:00Z (key-compromise)"
            ),
            _NEW_KEY,
        ],
    ),
    (
        "rotation",
        lambda t: replace_receipts_key(
            t, signing_key("hub/2"), end_ms=NOW_MS + DAY_MS, compromised=False
        ),
        [
            (
                f"lets the receipts key {_OLD_ID}… of the hub "
                "end at 2100-01-02 00:00:00Z, until now at 2100-12-31 00:00:00Z"
            ),
            _NEW_KEY,
        ],
    ),
    (
        "rename",
        lambda t: replace(t, federation=replace(t.federation, name="Another")),
        ["names the federation 'Another', until now 'Test federation'"],
    ),
]


@pytest.mark.parametrize(
    ("change", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_each_decision_is_shown_in_words(
    enrolled: Federation, change: Change, expected: list[str]
) -> None:
    assert sentences(proposal_of(enrolled, change)) == expected


def test_a_renewal_shows_how_long_it_holds(enrolled: Federation) -> None:
    shown = [c.sentence for c in review(proposal_of(enrolled), NOW_MS).changes]
    assert shown == [
        (
            "the list of parties becomes version 4 and holds until "
            "2101-01-01 00:00:00Z, until now 2101-01-01 00:00:00Z"
        )
    ]
    renewed = proposal_of(enrolled, renew_root=True)
    assert len(review(renewed, NOW_MS).changes) == 2


def test_a_founding_shows_everything_it_founds() -> None:
    [first] = stewards_of(1)
    stewards = (Steward(public=public_of(first), name="A. Mwangi"), _SECOND)
    proposal = propose_founding(
        stewards=stewards,
        threshold=2,
        online_key=role_public(seed("online")),
        federation=federation_record(),
        now_ms=NOW_MS,
    )
    shown = "\n".join(sentences(proposal))
    record = federation_record()
    for part in (
        record.name,
        f"A. Mwangi: {stewards[0].fingerprint}",
        f"B. Otieno: {_SECOND.fingerprint}",
        "2 of 2 stewards",
        sha256(role_public(seed("online"))).hex(),
        record.hub_keys[0].key_id.hex(),
        record.log_origin,
        sha256(record.log_key).hex(),
        record.hub_account,
        "until 2101-01-01",
    ):
        assert part in shown


def test_every_field_of_the_terms_has_a_sentence() -> None:
    """Whoever adds a field must say how stewards are shown it."""
    assert {field.name for field in fields(RootTerms)} == {
        "version",
        "expires_ms",
        "stewards",
        "threshold",
        "online_key",
    }
    assert {field.name for field in fields(TargetsTerms)} == {
        "version",
        "expires_ms",
        "parties",
    }
    assert {field.name for field in fields(FederationRecord)} == {
        "name",
        "hub_keys",
        "log_origin",
        "log_key",
        "hub_account",
        "former_log_keys",
        "memberships",
        "common_limits",
        "witnesses",
        "witness_quorum",
    }


def test_common_limits_of_a_founding_are_shown() -> None:
    record = replace(federation_record(), common_limits=PartyLimits(connections=7))
    proposal = propose_founding(
        stewards=(_SECOND,),
        threshold=1,
        online_key=role_public(seed("online")),
        federation=record,
        now_ms=NOW_MS,
    )
    shown = sentences(proposal)
    assert "limits of every party: connections as the hub sets it → 7" in shown
