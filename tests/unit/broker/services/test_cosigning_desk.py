"""The hub takes cosignatures that hold, and answers for what enough have cosigned."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from broker.core.codec.desk import (
    LogAnswer,
    LogQuestion,
    decode_log_answer,
    encode_log_question,
)
from broker.core.codec.desk_cosignatures import (
    CosignOffer,
    CosignOutcome,
    decode_outcome,
    encode_candidate_question,
    encode_cosign_offer,
)
from broker.core.errors import RefusedError
from broker.services.cosigning_desk import AHEAD_S
from keys.cosigning import CosigningKey
from keys.framing import sha256
from keys.notes import NoteKey, NoteSignature
from tests.unit.broker.services.memory_log import MemoryLog
from tests.unit.broker.services.witness_world import WitnessWorld
from tests.witnesses import NAMES, cosigned, federation, witness_key
from tests.world import LOG_KEY, NOW_MS

W1, W2, W3 = NAMES


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[WitnessWorld]:
    made = WitnessWorld(tmp_path)
    made.grow(b"a", b"b", b"c")
    yield made
    made.close()


def candidate(hub: WitnessWorld, since: int = 0) -> LogAnswer:
    question = encode_candidate_question(since)
    return decode_log_answer(hub.desk.log("account", question))


def answer(hub: WitnessWorld, question: LogQuestion) -> LogAnswer:
    asked = encode_log_question(question)
    return decode_log_answer(hub.desk.log("account", asked))


def hand_in(
    hub: WitnessWorld, size: int, signature: NoteSignature | None = None
) -> CosignOutcome:
    line = signature or signed(hub, W1)
    offer = encode_cosign_offer(CosignOffer(size=size, signature=line))
    return decode_outcome(hub.desk.log("account", offer))


def signed(
    hub: WitnessWorld, name: str, *, ahead_s: int = 0, key: CosigningKey | None = None
) -> NoteSignature:
    note = hub.log.head().checkpoint
    body = note[: note.rindex("\n\n") + 1]
    made = key or witness_key(name)
    return made.cosign(body, hub.clock.at_ms // 1000 + ahead_s)


def test_a_checkpoint_is_offered_with_the_proof_that_it_continues(
    hub: WitnessWorld,
) -> None:
    shown = candidate(hub)
    assert (shown.checkpoint, shown.consistency) == (hub.log.head().checkpoint, ())
    hub.grow(b"d", b"e")
    assert candidate(hub, 3).consistency == hub.log.consistency(3, 5)
    assert candidate(hub, 9).consistency == ()


def test_a_cosignature_that_holds_is_shown_to_everybody(hub: WitnessWorld) -> None:
    candidate(hub)
    assert hand_in(hub, 3) is CosignOutcome.TAKEN
    note = cosigned(hub.log.head().checkpoint, W1, time_s=hub.clock.at_ms // 1000)
    for question in (
        LogQuestion(),
        LogQuestion(quorum=1),
        LogQuestion(size=3),
        LogQuestion(size=3, quorum=2),
    ):
        found = answer(hub, question).checkpoint
        assert found.split("\n")[:5] == note.split("\n")[:5]
        assert found.count("— w1.example ") == 1


def test_parties_are_answered_for_what_enough_witnesses_cosigned(
    hub: WitnessWorld,
) -> None:
    candidate(hub)
    hand_in(hub, 3)
    hub.grow(b"d", b"e")
    candidate(hub)
    question = LogQuestion(leaf_hash=hub.log.leaves[1], since=2, quorum=1)
    found = answer(hub, question)
    assert found.inclusion == hub.log.inclusion(1, 3)
    assert found.consistency == hub.log.consistency(2, 3)
    # What came later is not under that checkpoint yet.
    assert answer(hub, LogQuestion(leaf_hash=hub.log.leaves[4], quorum=1)).index is None
    assert answer(hub, LogQuestion(quorum=2)).checkpoint == ""
    assert answer(hub, LogQuestion(size=4)).checkpoint == ""
    assert answer(hub, LogQuestion(size=3, leaf_hash=hub.log.leaves[2])).index == 2
    assert answer(hub, LogQuestion(size=5)).checkpoint == hub.log.head().checkpoint


def test_whoever_is_no_witness_is_not_taken(hub: WitnessWorld) -> None:
    candidate(hub)
    stranger = CosigningKey(W1, witness_key(W1).verifier.type, sha256(b"a stranger"))
    line = signed(hub, W1, key=stranger)
    assert hand_in(hub, 3, line) is CosignOutcome.UNKNOWN_WITNESS
    hub.stewards = federation(())
    assert hand_in(hub, 3) is CosignOutcome.UNKNOWN_WITNESS


def test_a_cosignature_of_something_else_is_not_taken(hub: WitnessWorld) -> None:
    candidate(hub)
    before = signed(hub, W1)
    assert hand_in(hub, 4) is CosignOutcome.UNKNOWN_CHECKPOINT
    assert hand_in(hub, 0) is CosignOutcome.UNKNOWN_CHECKPOINT
    hub.grow(b"d")
    candidate(hub)
    assert hand_in(hub, 4, before) is CosignOutcome.INVALID
    late = signed(hub, W1, ahead_s=AHEAD_S + 1)
    assert hand_in(hub, 4, late) is CosignOutcome.CLOCK
    assert answer(hub, LogQuestion(quorum=1)).checkpoint == ""


def test_an_empty_log_and_an_unknown_directory_offer_nothing(
    tmp_path: Path,
) -> None:
    hub = WitnessWorld(tmp_path)
    assert candidate(hub).checkpoint == ""
    hub.grow(b"a")
    hub.stewards = None  # type: ignore[assignment]  # before it is known
    assert candidate(hub).checkpoint == ""
    assert hub.cosigning.newest(1) == hub.cosigning.at(0) == ""
    hub.close()


def test_strangers_who_ask_cannot_make_the_hub_store_without_end(
    hub: WitnessWorld,
) -> None:
    hub.stewards = federation(())
    for number in range(20):
        hub.log.add(b"%d" % number)
        candidate(hub)
    hub.clock.at_ms += 10_000
    candidate(hub)
    kept = [size for size in range(30) if size and hub.checkpoints.offered(size)]
    assert kept == [4, 23]


def test_a_log_that_was_restored_offers_nothing_until_it_has_caught_up(
    hub: WitnessWorld,
) -> None:
    candidate(hub)
    hand_in(hub, 3)
    whole = hub.log
    hub.log = MemoryLog(whole.leaves[:2])
    assert candidate(hub).checkpoint == ""
    assert answer(hub, LogQuestion(quorum=1)).checkpoint == ""
    hub.log = whole
    assert candidate(hub).checkpoint


def test_a_log_with_another_key_is_offered_again_at_once(hub: WitnessWorld) -> None:
    candidate(hub)
    hand_in(hub, 3)
    hub.log.key = NoteKey(LOG_KEY.verifier.name, sha256(b"the next key"))
    head = hub.log.head().checkpoint
    assert answer(hub, LogQuestion()).checkpoint == head
    assert candidate(hub).checkpoint.startswith(head)
    assert answer(hub, LogQuestion(quorum=1)).checkpoint.startswith(head)


def test_a_log_of_the_same_size_that_is_another_is_not_offered(
    hub: WitnessWorld,
) -> None:
    candidate(hub)
    hub.log = MemoryLog()
    hub.grow(b"a", b"b", b"another c")
    assert candidate(hub).checkpoint == ""
    assert answer(hub, LogQuestion()).checkpoint == hub.log.head().checkpoint


@pytest.mark.parametrize(
    "question",
    [
        {"ask": "candidate"},
        {"ask": "candidate", "since": -1},
        {"ask": "candidate", "since": True},
        {"ask": "candidate", "since": 1 << 63},
        {"ask": "candidate", "since": 0, "more": 1},
        {"ask": "cosign"},
        *(
            {
                "ask": "cosign",
                "size": 1,
                "name": name,
                "key_id": "00000000",
                "value": "AA==",
            }
            for name in ("", "a b", "a\x1b[2J", "\ud800", "x" * 30_000)
        ),
        {"ask": "cosign", "size": 1, "name": "a", "key_id": "00", "value": "AA=="},
        {"ask": "cosign", "size": 1, "name": "a", "key_id": "00000000", "value": ""},
        {"ask": "cosign", "size": 1, "name": "a", "key_id": "zz", "value": "AA=="},
        {"ask": "cosign", "size": 1, "name": "a", "key_id": "00000000", "value": "!"},
        {
            "ask": "cosign",
            "size": -1,
            "name": "a",
            "key_id": "00000000",
            "value": "AA==",
        },
        {
            "ask": "cosign",
            "size": 1,
            "name": "a",
            "key_id": "00000000",
            "value": "A" * 8000,
        },
    ],
)
def test_a_question_that_cannot_be_read_is_refused(
    hub: WitnessWorld, question: dict[str, object]
) -> None:
    with pytest.raises(RefusedError):
        hub.desk.log("account", json.dumps(question).encode())


def test_time_is_told_with_every_answer(hub: WitnessWorld) -> None:
    assert candidate(hub).time_ms == hub.clock.at_ms > NOW_MS


def test_a_party_cannot_fill_the_hubs_log_with_cosignatures(
    hub: WitnessWorld,
) -> None:
    candidate(hub)
    desk, made = hub.desk, signed(hub, W1)
    offers = [
        CosignOffer(size=size, signature=replace(made, name=name, value=b"junk"))
        for size in (3, 4)
        for name in (W1, *("x" * 240 + str(number) for number in range(20)))
    ]
    with capture_logs() as said:
        for offer in 3 * offers:
            desk.log("account", encode_cosign_offer(offer))
    told = [(one["outcome"], len(one["witness"])) for one in said]
    assert told == [
        ("invalid", len(W1)),
        ("unknown-witness", 200),
        ("unknown-checkpoint", len(W1)),
    ]
    hub.clock.at_ms += 60_000
    with capture_logs() as said:
        desk.log("account", encode_cosign_offer(offers[0]))
    assert len(said) == 1
