"""Whose cosignatures count is decided by stewards, who are shown every difference."""

from dataclasses import replace

import pytest

from keys.cosigning import CosignatureType, CosigningKey
from keys.directory.codec import decode_federation, encode_federation
from keys.directory.codec.witnesses import MAX_WITNESSES
from keys.directory.differences import Topic, describe
from keys.directory.model import FederationRecord, Witness
from keys.directory.terms import Terms
from keys.directory.witnessing import (
    add_witness,
    remove_witness,
    set_witness_quorum,
    witness_fingerprint,
)
from keys.errors import CeremonyError, RecordError
from keys.framing import sha256
from keys.identity import PartyId
from rogatory.v1 import directory_pb2
from tests.unit.keys.directory.agreeing import basis_of, proposal_of, sentences
from tests.unit.keys.directory.federation import (
    BEL,
    KEN,
    Federation,
    federation_record,
)


def witness(
    name: str,
    party: PartyId | None = None,
    kind: CosignatureType = CosignatureType.MLDSA44,
) -> Witness:
    key = CosigningKey(name, kind, sha256(name.encode()))
    return Witness(name=name, key=key.verifier.key, party=party)


W1, W2 = witness("w1.example", KEN), witness("w2.example")
OLD = witness("w3.example", kind=CosignatureType.ED25519)


def record(*witnesses: Witness, quorum: int = 0) -> FederationRecord:
    return replace(federation_record(), witnesses=witnesses, witness_quorum=quorum)


@pytest.fixture
def terms(federation: Federation) -> Terms:
    """What is in force in a federation of KEN and BEL."""
    federation.enrol(KEN, BEL)
    return basis_of(federation).terms()


def test_witnesses_survive_the_record() -> None:
    for one in (record(), record(W1, W2, OLD, quorum=2), record(OLD)):
        assert decode_federation(encode_federation(one)) == one


def test_a_record_without_witnesses_is_what_it_was_before_there_were_any() -> None:
    message = directory_pb2.FederationRecord.FromString(encode_federation(record()))
    assert not message.witnesses
    assert not message.HasField("common_limits")


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (record(W2, W1), "in the order of their names"),
        (record(W1, W1), "each once"),
        (record(W1, quorum=2), "cannot be a quorum of 2"),
        (record(W1, quorum=-1), "cannot be a quorum"),
        (record(W1, replace(W1, name="w9.example")), "stands there twice"),
        (record(replace(W1, name="two words")), "cannot be the name"),
        (record(replace(W1, name="a+b")), "cannot be the name"),
        (record(replace(W1, name="")), "cannot be the name"),
        (record(replace(W1, key=W1.key[:-1])), "not a key of a witness"),
        (record(replace(W1, key=b"\x01" + bytes(32))), "not a key of a witness"),
        (record(replace(W1, party=PartyId("KEN"), name="é")), "cannot be the name"),
        (
            record(
                Witness(name="w", key=b"\x04" + federation_record().log_key),
            ),
            "key of the log",
        ),
    ],
)
def test_what_no_record_may_say_is_refused(bad: FederationRecord, said: str) -> None:
    with pytest.raises(RecordError, match=said):
        encode_federation(bad)


def test_there_are_not_more_witnesses_than_a_note_has_room_for() -> None:
    many = [
        witness(f"w{number:02}", kind=CosignatureType.ED25519)
        for number in range(MAX_WITNESSES + 1)
    ]
    encode_federation(record(*many[:-1]))
    with pytest.raises(RecordError, match="at most"):
        encode_federation(record(*many))


def test_stewards_are_shown_who_becomes_a_witness(terms: Terms) -> None:
    after = set_witness_quorum(add_witness(add_witness(terms, W2), W1), 1)
    assert after.federation.witnesses == (W1, W2)
    (first, second, third) = describe(terms, after)
    assert {one.topic for one in (first, second, third)} == {Topic.WITNESS}
    assert first.sentence == (
        "makes w1.example (run by KEN; ML-DSA-44 key "
        f"{witness_fingerprint(W1)}) a witness of the log"
    )
    assert "w2.example (run by no party;" in second.sentence
    assert third.sentence == (
        "asks for the cosignatures of 1 of 2 witnesses on a checkpoint of the log, "
        "until now 0 of 0"
    )


def test_stewards_are_shown_who_is_replaced_or_goes(terms: Terms) -> None:
    before = add_witness(add_witness(terms, W1), OLD)
    other = replace(W1, party=BEL)
    changed = replace(
        before, federation=replace(before.federation, witnesses=(other, OLD))
    )
    (found,) = describe(before, changed)
    assert found.sentence.startswith("replaces the witness w1.example (run by KEN;")
    assert "by w1.example (run by BEL;" in found.sentence
    gone, number = describe(before, remove_witness(before, "w3.example"))
    assert "Ed25519 key" in gone.sentence
    assert gone.sentence.endswith("be a witness of the log no more")
    assert "0 of 1 witnesses" in number.sentence


def test_a_decision_about_witnesses_is_signed_and_in_force(
    federation: Federation,
) -> None:
    federation.enrol(KEN, BEL)
    proposal = proposal_of(federation, lambda t: add_witness(t, W1))
    assert sentences(proposal)[0].startswith("makes w1.example")


@pytest.mark.parametrize(
    ("attempt", "said"),
    [
        (lambda t: add_witness(t, W1), "a witness already"),
        (
            lambda t: add_witness(t, replace(W1, name="w9.example")),
            "the key of a witness already",
        ),
        (
            lambda t: add_witness(t, replace(W2, party=PartyId("ZZZ"))),
            "not a party",
        ),
        (lambda t: remove_witness(t, "w9.example"), "those are: w1.example"),
        (lambda t: set_witness_quorum(t, 2), "a quorum of 2 of 1"),
        (lambda t: set_witness_quorum(t, -1), "a quorum of -1"),
        (lambda t: set_witness_quorum(t, 0), "0 witnesses must cosign already"),
        (
            lambda t: remove_witness(set_witness_quorum(t, 1), "w1.example"),
            "set another quorum first",
        ),
    ],
)
def test_what_cannot_stand_is_not_proposed(
    terms: Terms, attempt: object, said: str
) -> None:
    assert callable(attempt)
    with pytest.raises(CeremonyError, match=said):
        attempt(add_witness(terms, W1))
