"""What the relay decided before, learnt from the ledger and forgotten in time."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.codec.envelope import decode_envelope
from broker.core.codec.receipts import AuditRecord, encode_receipt
from broker.core.envelope import Sealed
from broker.core.errors import StoreFullError
from broker.core.flows.relay import Known
from broker.core.flows.round import Decided, Position, Reissue
from broker.core.model import Stage
from broker.infra.replay_index import ReplayIndex
from keys.framing import sha256
from keys.identity import HUB
from tests import world
from tests.world import BEL, DAY_MS, KEN, MEX, NOW_MS

AGE_MS = 400 * DAY_MS


def at(sequence: int) -> Position:
    return Position(sequence=sequence, digest=bytes(32))


@pytest.fixture
def index(tmp_path: Path) -> Iterator[ReplayIndex]:
    made = ReplayIndex(tmp_path / "replay.sqlite3")
    yield made
    made.close()


def accepted(message: Sealed) -> AuditRecord:
    receipt = world.receipt(message, Stage.ACCEPTED, by=HUB)
    return AuditRecord(
        receipt=encode_receipt(receipt),
        proof=b"",
        submission_digest=sha256(world.submitted(message)),
        signed_header=decode_envelope(message.envelope).signed_header,
        recipients=message.header.parties,
        message_id=message.header.message_id,
        expires_ms=message.header.expires_ms,
    )


def stated(message: Sealed, stage: Stage, by: str) -> AuditRecord:
    receipt = world.receipt(message, stage, by=by, to=MEX)
    return AuditRecord(
        receipt=encode_receipt(receipt),
        proof=b"",
        submission_digest=sha256(stage.name.encode()),
    )


def test_an_empty_index_knows_nothing(index: ReplayIndex) -> None:
    assert index.position().sequence == 0
    assert index.by_ids([bytes(16)]) == {}
    assert index.by_ids([]) == {}
    assert index.by_digest(bytes(32)) is None
    assert index.decided([bytes(32)]) == {}


def test_an_accepted_message_is_known_by_id_digest_and_bytes(
    index: ReplayIndex,
) -> None:
    message = world.sealed(to=[BEL, MEX])
    record = accepted(message)
    index.learn([record], at(7))
    known = Known(
        message_digest=message.message_digest,
        origin=KEN,
        recipients=frozenset({BEL, MEX}),
    )
    message_id = message.header.message_id
    assert index.position().sequence == 7
    assert index.by_ids([bytes(16), message_id]) == {message_id: known}
    assert index.by_digest(message.message_digest) == known
    again = Decided(reissue=Reissue(party=KEN, receipt=record.receipt))
    assert index.decided([record.submission_digest]) == {
        (record.submission_digest, KEN): again
    }


def test_a_refusal_is_given_again_and_makes_no_message_known(
    index: ReplayIndex,
) -> None:
    message = world.sealed()
    record = stated(message, Stage.REFUSED, by=HUB)
    index.learn([record], at(1))
    assert index.by_digest(message.message_digest) is None
    found = index.decided([record.submission_digest])
    assert found[record.submission_digest, MEX].reissue == Reissue(
        party=MEX, receipt=record.receipt
    )


def test_receipts_of_a_party_are_decided_and_never_given_again(
    index: ReplayIndex,
) -> None:
    record = stated(world.sealed(), Stage.OPENED, by=BEL)
    index.learn([record], at(1))
    found = index.decided([record.submission_digest])
    assert found == {(record.submission_digest, BEL): Decided(reissue=None)}


def test_an_accepted_receipt_that_a_party_made_up_makes_no_message_known(
    index: ReplayIndex,
) -> None:
    message = world.sealed()
    forged = replace(
        accepted(message),
        receipt=encode_receipt(world.receipt(message, Stage.ACCEPTED, by=BEL)),
    )
    index.learn([forged], at(1))
    assert index.by_digest(message.message_digest) is None


def test_learning_twice_changes_nothing(index: ReplayIndex) -> None:
    message = world.sealed()
    other = world.sealed(message_id=message.header.message_id)
    index.learn([accepted(message)], at(3))
    index.learn([accepted(message), accepted(other)], at(4))
    found = index.by_ids([message.header.message_id])
    assert found[message.header.message_id].message_digest == message.message_digest


def test_what_was_learnt_survives_a_restart(tmp_path: Path) -> None:
    message = world.sealed()
    first = ReplayIndex(tmp_path / "replay.sqlite3")
    first.learn([accepted(message)], at(9))
    first.close()
    again = ReplayIndex(tmp_path / "replay.sqlite3")
    assert again.position().sequence == 9
    assert again.by_digest(message.message_digest) is not None
    again.close()


def test_a_full_disk_lets_nothing_be_learnt_in_part(index: ReplayIndex) -> None:
    with index._database.read() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}")
    messages = [world.sealed() for _ in range(50)]
    with pytest.raises(StoreFullError):
        index.learn([accepted(message) for message in messages], at(5))
    assert index.position().sequence == 0
    assert index.by_digest(messages[0].message_digest) is None


def test_a_message_is_forgotten_only_when_it_cannot_be_replayed_any_more(
    index: ReplayIndex,
) -> None:
    message = world.sealed()
    receipts = stated(message, Stage.OPENED, by=BEL)
    record = accepted(message)
    index.learn([record, receipts], at(2))
    digests = [record.submission_digest, receipts.submission_digest]
    decided = {(digests[0], KEN), (digests[1], BEL)}
    index.prune(message.header.expires_ms + DAY_MS, AGE_MS)
    assert index.by_digest(message.message_digest) is not None
    assert set(index.decided(digests)) == decided
    index.prune(message.header.expires_ms + DAY_MS + 1, AGE_MS)
    assert index.by_digest(message.message_digest) is None
    assert set(index.decided(digests)) == {(digests[1], BEL)}
    index.prune(NOW_MS + 8 * DAY_MS, AGE_MS)
    assert index.decided(digests) == {}
    assert index.position().sequence == 2


def test_what_was_answered_to_one_party_is_not_the_answer_to_another(
    index: ReplayIndex,
) -> None:
    """Somebody who gets hold of bytes and submits them first uses nothing up."""
    message = world.sealed()
    record = accepted(message)
    refusal = world.receipt(message, Stage.REFUSED, by=HUB, to=MEX)
    index.learn([replace(record, receipt=encode_receipt(refusal))], at(1))
    index.learn([record], at(2))
    found = index.decided([record.submission_digest])
    assert found[record.submission_digest, KEN].reissue == Reissue(
        party=KEN, receipt=record.receipt
    )
