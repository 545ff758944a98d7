"""What is destroyed is gone from the file, byte for byte; what is evidence stays."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.codec.envelope import decode_envelope
from broker.core.recalls.taken_back import BY_NOTICE, Destroyed, Hold
from broker.infra.node_store import NodeStore
from tests.unit.broker.infra.stored_messages import send
from tests.unit.broker.services.recall_world import RecallWorld, Side
from tests.world import BEL, KEN, NOW_MS

_SEEN = 24  # bytes that nothing else has by chance


@pytest.fixture
def parties(tmp_path: Path) -> Iterator[RecallWorld]:
    made = RecallWorld(tmp_path)
    made.side(KEN)
    made.side(BEL)
    yield made
    made.close()


def on_disk(side: Side) -> bytes:
    """Returns everything that SQLite keeps of a store, beside it as well."""
    return b"".join(
        path.read_bytes() for path in side.path.parent.glob(f"{side.path.name}*")
    )


def destroyed(digest: bytes, rule: str = BY_NOTICE) -> Destroyed:
    return Destroyed(message_digest=digest, at_ms=NOW_MS, rule=rule, cause=b"c" * 32)


async def test_key_wrap_and_ciphertext_are_gone_from_the_files(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    messages = [ken.send((BEL,)) for _ in range(12)]
    await parties.settle()
    secrets = []
    for message in messages[::2]:
        received = bel.received(message.message_digest)
        parts = decode_envelope(received.envelope)
        [record] = bel.store.decisions_about(message.message_digest)
        secrets += [
            received.protected_key[:_SEEN],
            parts.wraps[0][:_SEEN],
            parts.wraps[0][-_SEEN:],
            parts.ciphertext[:_SEEN],
            parts.ciphertext[-_SEEN:],
            record.protected[:_SEEN],
        ]
    before = on_disk(bel)
    assert all(secret in before for secret in secrets)
    for message in messages[::2]:
        ken.recall(message)
    await parties.settle()
    after = on_disk(bel)
    assert [secret for secret in secrets if secret in after] == []
    for message in messages[1::2]:
        bel.holdings.content(bel.received(message.message_digest))
    for message in messages:
        assert message.message_digest in after
        assert decode_envelope(message.envelope).signature[:_SEEN] in after


async def test_decisions_keep_who_and_why_and_lose_what(parties: RecallWorld) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = ken.send((BEL,))
    await parties.settle()
    [before] = bel.store.decisions_about(message.message_digest)
    ken.recall(message)
    await parties.settle()
    [after] = bel.store.decisions_about(message.message_digest)
    assert after.protected == b""
    assert before.protected
    assert (after.rule_ids, after.party, after.verdict) == (
        before.rule_ids,
        before.party,
        before.verdict,
    )


def test_while_somebody_reads_the_log_is_not_cut_off_and_later_it_is(
    tmp_path: Path,
) -> None:
    store, other = NodeStore(tmp_path / "a.db"), NodeStore(tmp_path / "a.db")
    sealed = send(store)
    secret = decode_envelope(sealed.envelope).wraps[0][:_SEEN]
    with other._database.read() as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sent").fetchone()
        store.erase_batch([destroyed(sealed.message_digest)])
        assert not store.scrub()
        reader.execute("COMMIT")
    assert any(secret in path.read_bytes() for path in tmp_path.glob("a.db*"))
    assert store.scrub()
    assert not any(secret in path.read_bytes() for path in tmp_path.glob("a.db*"))
    assert store.scrub()  # nothing is left to be done
    for one in (store, other):
        one.close()


def test_what_has_not_left_does_not_leave_any_more(tmp_path: Path) -> None:
    store = NodeStore(tmp_path / "a.db")
    sealed = send(store)
    store.erase_batch([destroyed(sealed.message_digest)])
    assert store.waiting(10) == []
    sent = store.find_sent(sealed.message_digest)
    assert sent is not None
    assert sent.protected_key == b""
    assert store.destroyed_by(b"c" * 32) == [destroyed(sealed.message_digest)]
    store.close()


def test_what_was_never_here_is_not_noted_as_destroyed(tmp_path: Path) -> None:
    store = NodeStore(tmp_path / "a.db")
    store.erase_batch([destroyed(b"m" * 32)])
    assert store.destroyed(b"m" * 32) is None
    store.close()


def test_the_first_destruction_stays_as_it_is_noted(tmp_path: Path) -> None:
    store = NodeStore(tmp_path / "a.db")
    sealed = send(store)
    store.erase_batch([destroyed(sealed.message_digest, "class")])
    store.erase_batch([destroyed(sealed.message_digest)])
    gone = store.destroyed(sealed.message_digest)
    assert gone is not None
    assert gone.rule == "class"
    taken = store.taken_back(sealed.message_digest)
    assert taken is not None
    assert "end of its time" in taken.sentence
    store.close()


def test_holds_are_listed_and_end(tmp_path: Path) -> None:
    store = NodeStore(tmp_path / "a.db")
    hold = Hold(message_digest=b"m" * 32, authority="Court", at_ms=NOW_MS)
    store.keep_by_law(hold)
    assert store.holds() == [hold]
    assert store.hold_on(b"m" * 32) == hold
    assert store.end_hold(b"m" * 32, 1)
    assert store.holds() == []
    store.close()
