"""The hub keeps what witnesses cosigned, bounded, and what parties stand on always."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.quorum import cosigned_by
from broker.infra import checkpoint_store
from broker.infra.checkpoint_store import CheckpointStore
from keys.framing import sha256
from tests.witnesses import NAMES, federation, witness_key
from tests.world import LOG_KEY, NOW_MS

W1, W2, W3 = NAMES
TIME_S = NOW_MS // 1000
HOUR_MS = 3_600_000


def identity(name: str) -> tuple[str, bytes]:
    return name, witness_key(name).verifier.key_id


def note(size: int) -> str:
    root = sha256(b"%d" % size)
    return LOG_KEY.sign_note(
        Checkpoint(origin=LOG_KEY.verifier.name, size=size, root=root).body()
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CheckpointStore]:
    made = CheckpointStore(tmp_path / "checkpoints.sqlite3")
    yield made
    made.close()


def cosign(
    store: CheckpointStore, size: int, *names: str, time_s: int = TIME_S
) -> None:
    found = store.offered(size)
    assert found is not None
    for name in names:
        line = witness_key(name).cosign(found.note.body, time_s)
        assert store.add(size, line, time_s)


def test_nothing_was_offered_yet(store: CheckpointStore) -> None:
    assert store.offered() is None
    assert store.offered(3) is None
    assert store.newest(1, [identity(W1)]) is None


def test_the_newest_with_enough_cosignatures_is_found(store: CheckpointStore) -> None:
    for size in (3, 5, 8):
        store.offer(size, note(size), NOW_MS)
    cosign(store, 3, W1, W2)
    cosign(store, 5, W1)
    everybody = [identity(name) for name in NAMES]
    found = [store.newest(quorum, everybody) for quorum in (1, 2, 3)]
    assert [one and one.size for one in found] == [5, 3, None]
    assert found[1] is not None
    assert len(cosigned_by(found[1].text, federation())) == 2
    newest = store.offered()
    assert newest is not None
    assert (newest.size, newest.cosignatures) == (8, ())
    assert newest.text == note(8)


def test_whom_stewards_have_removed_does_not_count(store: CheckpointStore) -> None:
    store.offer(3, note(3), NOW_MS)
    cosign(store, 3, W1, W2)
    assert store.newest(2, [identity(W1), identity(W3)]) is None
    assert store.newest(1, []) is None


def test_the_later_cosignature_of_a_witness_counts(store: CheckpointStore) -> None:
    store.offer(3, note(3), NOW_MS)
    cosign(store, 3, W1, time_s=TIME_S)
    cosign(store, 3, W1, time_s=TIME_S + 600)
    cosign(store, 3, W1, time_s=TIME_S + 1)
    found = store.offered(3)
    assert found is not None
    (told,) = cosigned_by(found.text, federation())
    assert told.time_s == TIME_S + 600


def test_a_cosignature_of_what_is_not_kept_is_not_taken(store: CheckpointStore) -> None:
    store.offer(3, note(3), NOW_MS)
    body = note(4)[: note(4).rindex("\n\n") + 1]
    assert not store.add(4, witness_key(W1).cosign(body, TIME_S), TIME_S)


def test_a_log_with_another_key_keeps_its_cosignatures(store: CheckpointStore) -> None:
    store.offer(3, note(3), NOW_MS)
    cosign(store, 3, W1)
    again = note(3).replace("— ", "— another.", 1)
    store.offer(3, again, NOW_MS + 1)
    found = store.offered(3)
    assert found is not None
    assert found.text.startswith(again)
    assert len(found.cosignatures) == 1
    assert found.offered_ms == NOW_MS


def test_old_checkpoints_are_thinned_out_and_what_counts_stays(
    store: CheckpointStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint_store, "KEPT", 4)
    monkeypatch.setattr(checkpoint_store, "_THIN_EVERY", 20)
    for size in range(1, 20):
        store.offer(size, note(size), NOW_MS + (size - 1) // 6 * HOUR_MS)
        if size <= 14:
            cosign(store, size, W1)
        if size in {2, 9}:
            cosign(store, size, W2)
    store.offer(20, note(20), NOW_MS + 4 * HOUR_MS)
    kept = [size for size in range(1, 21) if store.offered(size) is not None]
    # The newest four; of each hour before the one that most have cosigned; and the
    # newest that one witness, and that two, have cosigned.
    assert kept == [2, 9, 14, *range(17, 21)]
    everybody = [identity(name) for name in NAMES]
    assert [getattr(store.newest(q, everybody), "size", 0) for q in (1, 2)] == [14, 9]


def test_another_process_reads_what_was_stored(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.sqlite3"
    first = CheckpointStore(path)
    first.offer(3, note(3), NOW_MS)
    cosign(first, 3, W1)
    second = CheckpointStore(path)
    found = second.newest(1, [identity(W1)])
    assert found is not None
    assert found.size == 3
    first.close()
    second.close()


def test_it_is_known_when_each_witness_cosigned_last(store: CheckpointStore) -> None:
    assert store.heard() == {}
    for size in (3, 5):
        store.offer(size, note(size), NOW_MS)
        cosign(store, size, W1, time_s=TIME_S + size)
    cosign(store, 3, W2)
    assert store.heard() == {identity(W1): TIME_S + 5, identity(W2): TIME_S}
