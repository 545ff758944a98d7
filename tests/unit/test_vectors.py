"""Every committed vector is judged as it says, and every refusal has one.

What stands in the files, and how they were made, is in `tests/vectors`. Only what the
product offers is used to judge them, so that they bind every later version.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from broker.core.approvals import check_approvals
from broker.core.codec.documents import decode_document
from broker.core.codec.envelope import EnvelopeItem, ReceiptsItem, decode_delivery
from broker.core.codec.receipts import decode_bundle
from broker.core.codec.redaction import redact
from broker.core.errors import Code, RefusedError
from broker.core.fields import FieldClass, Treatment
from broker.core.flows.intake import judge_content, verify_delivery
from broker.core.flows.relay import (
    Accepted,
    Examined,
    Known,
    Outcome,
    Refused,
    Rules,
    conclude,
    examine,
)
from broker.core.flows.usage import Usage, stored_bytes
from broker.core.limits import Limits
from broker.core.opening import open_envelope
from broker.core.policy.decision import Approval
from broker.core.receipts import read_bundle
from broker.core.releases import SignedApproval
from broker.core.sentences import ExitCode, describe
from broker.core.trust import Trust, build_trust
from keys.directory.codec import decode_federation, decode_party
from keys.directory.model import DirectoryView, FederationRecord, PartyEntry
from keys.framing import sha256
from keys.identity import KeyId, PartyId
from keys.sealing import EncryptionKey

FOLDER: Final = Path(__file__).resolve().parent.parent / "vectors"
WORLD: Final = "world"
ACCEPT: Final = "accept"
NAMES: Final = sorted(path.stem for path in FOLDER.glob("*.json") if path.stem != WORLD)
ALWAYS: Final = frozenset({"name", "description", "expect", "at"})
REQUIRED: Final = {
    "hub": frozenset({"now_ms", "connection", "submission"}),
    "recipient": frozenset({"now_ms", "recipient", "delivery"}),
    "document": frozenset({"kind", "body"}),
    "redaction": frozenset({"kind", "body", "fields"}),
    "release": frozenset(
        {"now_ms", "release_digest", "needed", "officers", "statements"}
    ),
}
OPTIONAL: Final = {
    "hub": frozenset({"before", "envelope_max_size", "federation"}),
    "recipient": frozenset[str](),
    "document": frozenset[str](),
    "redaction": frozenset[str](),
    "release": frozenset[str](),
}
BY_A_PERSON: Final = frozenset({Code.DECLINED, Code.RECALLED})
"""Refusals that follow from nothing that could be written into a vector."""
BY_WHAT_IS_HELD: Final = frozenset(
    {Code.ILLEGAL_STEP, Code.INVALID_ATTACHMENT, Code.OUTSIDE_OPERATION}
)
"""Refusals that follow from other messages or files that a node holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What all vectors are judged by: a directory, and who can open what."""

    trust: Trust
    encryption: dict[PartyId, dict[KeyId, EncryptionKey]]


def read(name: str) -> dict[str, Any]:
    """Returns one file."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_bytes())
    return found


def raw(text: str) -> bytes:
    """Returns the bytes that a vector holds."""
    return base64.b64decode(text, validate=True)


@cache
def the_world() -> World:
    """Reads the directory that the vectors were made in."""
    stored = read(WORLD)
    parties, encryption = {}, {}
    for code, entry in stored["parties"].items():
        party = PartyId(code)
        parties[party] = PartyEntry(
            record=decode_party(raw(entry["record"])), policy=raw(entry["policy"])
        )
        key = EncryptionKey(raw(entry["encryption_seed"]))
        encryption[party] = {key.public.key_id: key}
    view = DirectoryView(
        version=1,
        snapshot_digest=raw(stored["snapshot_digest"]),
        federation=decode_federation(raw(stored["federation"])),
        parties=parties,
    )
    return World(trust=build_trust(view), encryption=encryption)


def judge(vector: dict[str, Any]) -> str:
    """Returns the code of the refusal, or "accept"."""
    match vector["at"]:
        case "hub":
            return _at_hub(vector)
        case "recipient":
            return _at_recipient(vector)
        case "release":
            return _at_release(vector)
        case "redaction":
            treatments = {
                FieldClass[name.upper().replace("-", "_")]: Treatment[how.upper()]
                for name, how in vector["fields"].items()
            }
            redact(vector["kind"], raw(vector["body"]), treatments)
            return ACCEPT
        case _:
            decode_document(vector["kind"], raw(vector["body"]))
            return ACCEPT


def _at_hub(vector: dict[str, Any]) -> str:
    limits = Limits()
    if "envelope_max_size" in vector:
        limits = replace(limits, envelope_max_size=vector["envelope_max_size"])
    federation = the_world().trust.view.federation
    if "federation" in vector:
        federation = decode_federation(raw(vector["federation"]))
    rules = _rules([], vector["now_ms"], limits, federation)
    accepted = []
    for text in vector.get("before", ()):
        outcome = _decide(raw(text), None, rules)
        assert isinstance(outcome, Accepted), "what came before was to be accepted"
        accepted.append(outcome)
    rules = _rules(accepted, vector["now_ms"], limits, federation)
    outcome = _decide(raw(vector["submission"]), PartyId(vector["connection"]), rules)
    return outcome.code.value if isinstance(outcome, Refused) else ACCEPT


def _rules(
    accepted: Sequence[Accepted],
    now_ms: int,
    limits: Limits,
    federation: FederationRecord,
) -> Rules:
    known = [
        (
            one.envelope.header.message_id,
            Known(
                message_digest=one.envelope.digest,
                origin=one.envelope.header.origin,
                recipients=frozenset(one.envelope.header.parties),
            ),
        )
        for one in accepted
    ]
    trust = the_world().trust
    return Rules(
        directory=replace(trust.view, federation=federation),
        engines=trust.engines,
        limits=limits,
        now_ms=now_ms,
        by_id=dict(known).get,
        by_digest={one.message_digest: one for _, one in known}.get,
        usage=lambda _party, _at_ms: Usage(
            messages=len(accepted),
            stored_bytes=sum(stored_bytes(one.envelope.parts) for one in accepted),
        ),
    )


def _decide(data: bytes, connection: PartyId | None, rules: Rules) -> Outcome:
    """Decides on a submission; without a connection, over that of its origin."""
    party = connection or PartyId("KEN")
    result = examine(data, sha256(data), party, rules)
    if isinstance(result, Examined):
        origin = result.checked.header.origin
        return conclude(replace(result, party=connection or origin), rules)
    return result


def _at_recipient(vector: dict[str, Any]) -> str:
    me, limits = PartyId(vector["recipient"]), Limits()
    trust, keys = the_world().trust, the_world().encryption[me]
    match decode_delivery(raw(vector["delivery"])):
        case EnvelopeItem(data):
            verified = verify_delivery(
                data, me, trust.view, now_ms=vector["now_ms"], limits=limits
            )
            opened = open_envelope(verified, me, keys)
            engine, now_ms = trust.engines.get(me), vector["now_ms"]
            judge_content(verified.header, opened.body, me, engine, now_ms).terms()
        case ReceiptsItem(data):
            read_bundle(decode_bundle(data, limits), trust.view)
    return ACCEPT


def _at_release(vector: dict[str, Any]) -> str:
    officers = {name: raw(key) for name, key in vector["officers"].items()}
    needed = Approval(
        rule_id="rule", needed=vector["needed"], officers=frozenset(officers)
    )
    statements = [
        SignedApproval(statement=raw(one["statement"]), signature=raw(one["signature"]))
        for one in vector["statements"]
    ]
    digest = raw(vector["release_digest"])
    check_approvals(digest, [needed], statements, officers, vector["now_ms"])
    return ACCEPT


@pytest.mark.parametrize("name", NAMES)
def test_vector_is_judged_as_it_says(name: str) -> None:
    vector = read(name)
    try:
        found = judge(vector)
    except RefusedError as error:
        found = error.code.value
    assert found == vector["expect"]


@pytest.mark.parametrize("name", NAMES)
def test_vector_uses_the_closed_vocabulary(name: str) -> None:
    vector = read(name)
    at = vector["at"]
    assert at in REQUIRED
    assert vector.keys() - OPTIONAL[at] == ALWAYS | REQUIRED[at]
    assert vector["name"] == name
    assert vector["expect"] in {ACCEPT, *Code}
    assert vector["description"].strip()


@pytest.mark.parametrize("code", Code)
def test_every_refusal_has_a_vector_a_sentence_and_an_exit_code(code: Code) -> None:
    found = any(read(name)["expect"] == code.value for name in NAMES)
    assert found is (code not in BY_A_PERSON | BY_WHAT_IS_HELD)
    sentence = describe(code)
    assert sentence.text
    assert sentence.advice
    assert sentence.exit_code in {ExitCode.BAD_DATA, ExitCode.REFUSED}


@pytest.mark.parametrize("at", REQUIRED)
def test_something_is_accepted_everywhere(at: str) -> None:
    """A judge that refuses everything must not pass."""
    vectors = [read(name) for name in NAMES]
    assert any(one["at"] == at and one["expect"] == ACCEPT for one in vectors)


def test_names_say_what_is_expected() -> None:
    for name in NAMES:
        expect = read(name)["expect"]
        assert name.startswith("good-" if expect == ACCEPT else f"{expect}-")
