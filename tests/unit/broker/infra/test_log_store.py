"""The log's one writer: what it takes, what it refuses, what it never does twice."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.audit.checkpoint import open_checkpoint
from broker.core.audit.merkle import EMPTY_ROOT
from broker.core.errors import (
    ConfigurationError,
    ProofError,
    StoreError,
)
from broker.infra.log_store import LogStore
from tests.unit.broker.infra.sample_log import (
    KEY,
    ORIGIN,
    append,
    assert_holds,
    entries,
    entry,
    tamper,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "hub" / "log"


@pytest.fixture
def store(folder: Path) -> Iterator[LogStore]:
    with LogStore.open(folder, origin=ORIGIN) as opened:
        yield opened


def test_a_new_log_is_empty_and_has_signed_nothing(store: LogStore) -> None:
    head = store.head()
    assert (head.size, head.root, head.last_sequence) == (0, EMPTY_ROOT, 0)
    assert head.checkpoint == ""


def test_an_empty_log_can_be_signed(store: LogStore) -> None:
    note = store.append([], last_sequence=0, sign=KEY.sign_note)
    assert open_checkpoint(note, KEY.verifier).root == EMPTY_ROOT
    assert store.head().checkpoint == note


def test_a_log_without_a_checkpoint_has_no_head_to_sign_again(store: LogStore) -> None:
    assert store.sign_head(KEY.sign_note) == ""


def test_a_head_signed_again_with_the_same_key_is_the_same(store: LogStore) -> None:
    note = append(store, 1, 3)
    assert store.sign_head(KEY.sign_note) == note == store.head().checkpoint


def test_what_is_appended_is_signed_and_comes_back(store: LogStore) -> None:
    note = append(store, 1, 600)
    assert store.head().checkpoint == note
    assert_holds(store, 600)
    assert store.entry(599).entry == entry(600)


def test_the_log_goes_on_where_it_was_closed(folder: Path) -> None:
    for last in (1, 255, 256, 257, 700):
        with LogStore.open(folder, origin=ORIGIN) as store:
            append(store, store.head().size + 1, last)
    with LogStore.open_reader(folder) as reader:
        assert_holds(reader, 700)


def test_a_redelivered_batch_changes_nothing(store: LogStore) -> None:
    note = append(store, 1, 10)
    assert append(store, 1, 10) == note
    assert append(store, 4, 7) == note
    assert_holds(store, 10)


def test_of_a_batch_redelivered_in_part_the_rest_is_appended(store: LogStore) -> None:
    append(store, 1, 10)
    append(store, 5, 300)
    assert_holds(store, 300)


def test_entries_of_one_stream_message_go_in_together(store: LogStore) -> None:
    one = [entry(1, b"a"), entry(1, b"b"), entry(2, b"c")]
    store.append(one, last_sequence=2, sign=KEY.sign_note)
    store.append(one, last_sequence=2, sign=KEY.sign_note)
    assert [store.entry(index).entry.receipt for index in range(3)] == [
        b"a",
        b"b",
        b"c",
    ]
    assert store.head().size == 3


def test_stream_messages_without_entries_are_remembered(store: LogStore) -> None:
    note = append(store, 1, 3)
    assert store.append([], last_sequence=9, sign=KEY.sign_note) == note
    assert (store.head().size, store.head().last_sequence) == (3, 9)
    append(store, 4, 9)
    assert store.head().size == 3


@pytest.mark.parametrize(
    ("numbers", "last_sequence"), [([2, 1], 2), ([1, 2], 1), ([3, 1, 2], 3)]
)
def test_a_stream_out_of_order_is_refused(
    store: LogStore, numbers: list[int], last_sequence: int
) -> None:
    given = [entry(number) for number in numbers]
    with pytest.raises(StoreError, match="order of the stream"):
        store.append(given, last_sequence=last_sequence, sign=KEY.sign_note)
    assert store.head().size == 0


def test_a_second_writer_is_refused(store: LogStore, folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="one writer"):
        LogStore.open(folder, origin=ORIGIN)
    append(store, 1, 2)


def test_the_lock_is_free_after_closing(folder: Path) -> None:
    LogStore.open(folder, origin=ORIGIN).close()
    with LogStore.open(folder, origin=ORIGIN) as again:
        assert again.head().size == 0


def test_the_log_of_another_origin_is_refused(folder: Path) -> None:
    LogStore.open(folder, origin=ORIGIN).close()
    with pytest.raises(ConfigurationError, match=ORIGIN):
        LogStore.open(folder, origin="other.example/log")
    LogStore.open(folder, origin=ORIGIN).close()


def test_a_log_of_another_version_is_refused(folder: Path) -> None:
    LogStore.open(folder, origin=ORIGIN).close()
    tamper(folder, "UPDATE head SET layout = 4")
    with pytest.raises(ConfigurationError, match="another version"):
        LogStore.open(folder, origin=ORIGIN)


def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError):
        LogStore.open(tmp_path / "file" / "log", origin=ORIGIN)


def test_others_cannot_read_the_log(store: LogStore, folder: Path) -> None:
    append(store, 1, 1)
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "log.sqlite3").stat().st_mode & 0o077 == 0


def test_a_signer_that_signs_something_else_is_not_believed(store: LogStore) -> None:
    append(store, 1, 5)
    older = store.head().checkpoint
    for note in (older, "nothing signed", KEY.sign_note("a greeting\n")):

        def sign(_: str, note: str = note) -> str:
            return note

        with pytest.raises(ProofError):
            store.append(entries(6, 7), last_sequence=7, sign=sign)
    assert_holds(store, 5)


def test_a_signer_that_fails_leaves_nothing_behind(store: LogStore) -> None:
    def unplugged(_: str) -> str:
        raise RuntimeError("token removed")

    append(store, 1, 5)
    with pytest.raises(RuntimeError, match="token removed"):
        store.append(entries(6, 700), last_sequence=700, sign=unplugged)
    assert_holds(store, 5)
    append(store, 6, 700)
    assert_holds(store, 700)


def test_entries_can_neither_be_changed_nor_deleted(folder: Path) -> None:
    with LogStore.open(folder, origin=ORIGIN) as store:
        append(store, 1, 5)
    for statement in ("DELETE FROM blocks", "UPDATE blocks SET data = x''"):
        with pytest.raises(sqlite3.DatabaseError, match="the log only grows"):
            tamper(folder, statement)
