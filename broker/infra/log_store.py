"""The log's one writer: entries and head in SQLite, full tiles in files beside it.

Reading is left to `log_reader`, what a leaf and a tree are to `broker.core.audit`.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Final, Self

from broker.core.audit.checkpoint import Checkpoint, read_checkpoint
from broker.core.audit.entry import LogEntry, leaf_hashes
from broker.core.audit.growth import grow
from broker.core.audit.merkle import EMPTY_ROOT, perfect_root
from broker.core.audit.padding import filling
from broker.core.audit.tiles import TILE_WIDTH
from broker.core.errors import ConfigurationError, ProofError, StoreError
from broker.infra.database import Database
from broker.infra.log_filling import with_padding
from broker.infra.log_index import IndexWriter
from broker.infra.log_insert import insert_blocks, note
from broker.infra.log_lock import sole_writer
from broker.infra.log_migration import take_over
from broker.infra.log_reader import DATABASE, LogReader
from broker.infra.log_rows import HEAD_QUERY, LogState, read_state
from broker.infra.log_schema import LAYOUT, LOG_SCHEMA
from broker.infra.log_tiles import sync_folder
from broker.infra.store_errors import store_errors

_INDEXED: Final = 4096  # entries added to the index at a time


class LogStore(LogReader):
    """The log, to be appended to by this process and no other.

    The database is the truth: entries, head and partial tiles change in one
    transaction. Full tiles are files that can be made again from it; they are durable
    before the transaction that covers them ends. What has not been committed is read
    by nobody, and nothing is kept in memory between two appends.

    Made by `open`.
    """

    def __init__(self, folder: Path, origin: str, held: ExitStack) -> None:
        self._origin = origin
        self._database = Database(folder / DATABASE, LOG_SCHEMA)
        held.callback(self._database.close)
        self._behind = IndexWriter(folder, origin)
        held.callback(self._behind.close)
        with store_errors("make the log durable"):
            sync_folder(folder)
        state = self._begin(folder)
        super().__init__(folder)
        held.enter_context(self._held)
        self._restore_tiles(state.head.size)
        self._check_index(state.head.size)
        self._held = held.pop_all()

    @classmethod
    def open(cls, folder: Path, *, origin: str) -> Self:
        """Opens the log in a folder for writing; makes folder and log where needed.

        Tiles that are missing, or not whole, are made again from the entries.

        Args:
            folder: The folder of the log, which holds nothing else.
            origin: The name of the log, as its checkpoints carry it for ever.

        Raises:
            ConfigurationError: Another writer has it open, it is the log of another
                origin, or of another version.
            ProofError: What is stored does not make the root that was signed.
            StoreError: The folder cannot be used.
        """
        with ExitStack() as held:
            held.enter_context(sole_writer(folder))
            return cls(folder, origin, held)

    @staticmethod
    def open_reader(folder: Path) -> LogReader:
        """Opens the log in a folder for reading, whether or not a writer runs.

        Raises:
            ConfigurationError: There is no log, or one of another version.
            StoreError: The log cannot be read.
        """
        return LogReader(folder)

    def append(
        self,
        entries: Sequence[LogEntry],
        *,
        last_sequence: int,
        sign: Callable[[str], str],
        now_ms: int = 0,
        block: int = 1,
        cover: bool = False,
    ) -> str:
        """Appends entries in the order given, all of them or none.

        Entries of stream messages that went in before are left out: to be given them
        again after a crash changes nothing. Where that leaves nothing to add, the
        checkpoint stays the same.

        Args:
            entries: In the order of the stream; those of one stream message together.
            last_sequence: Number of the last stream message that was read for this,
                whether or not it brought an entry.
            sign: Makes the signed note of a checkpoint's text.
            now_ms: The present, milliseconds since the epoch; 0 where it is not
                known: then no promise is noted as broken.
            block: Padding is put among the entries until the log's size is a
                multiple of this.
            cover: Whether to add a block of padding where there is nothing to add.

        Returns:
            The checkpoint, signed; it and all it covers are durable.

        Raises:
            StoreFullError: No room left on the disk; nothing was appended.
            StoreError: The disk or the database failed, or the order is not that of
                a stream; nothing was appended.
            ProofError: `sign` did not give a note of that text, or an entry cannot
                be stored; nothing was appended.
        """
        # 1. Start from what is committed, never from memory.
        # 2. Leave out what is in, refuse disorder, pad.
        # 3. Let the tree grow.
        # 4. Write entries, uncommitted.
        # 5. Make the full tiles durable: a reader may ask for them after 7.
        # 6. Sign.
        # 7. Commit entries and head together. Before it, nothing has happened.
        with self._database.write() as db:
            state = read_state(db.execute(HEAD_QUERY).fetchall())  # 1
            head = state.head
            fresh = _fresh(entries, head.last_sequence, last_sequence)  # 2
            if last_sequence <= head.last_sequence and head.checkpoint and not cover:
                return head.checkpoint
            count = filling(head.size, len(fresh), block, cover=cover)
            padded = with_padding(fresh, count, now_ms)
            leaves = leaf_hashes(padded)
            growth = grow(state.edge, leaves)  # 3
            insert_blocks(db, head.size, leaves, padded, now_ms)  # 4
            note(db, head.size, padded, now_ms)
            self._tiles.write(growth.tiles)  # 5
            checkpoint = head.checkpoint
            root = growth.edge.root()
            if padded or not checkpoint:
                checkpoint = self._signed(growth.edge.size, root, sign)  # 6
            db.execute(
                "UPDATE head SET size = ?, root = ?, last_sequence = ?, "
                "checkpoint = ?, edge = ?",
                (
                    growth.edge.size,
                    root,
                    max(last_sequence, head.last_sequence),
                    checkpoint,
                    growth.edge.to_bytes(),
                ),
            )
        return checkpoint  # 7, on leaving the block

    def index(self) -> bool:
        """Adds to the index some of the entries that are not in it yet.

        May be called while another thread appends.

        Returns:
            Whether there may be more.

        Raises:
            StoreError: The index could not be written. The log is not touched by it.
        """
        start, _ = self._behind.reached()
        end = min(start + _INDEXED, self.head().size)
        if end <= start:
            return False
        self._behind.add(self.records(start, end))
        return end - start == _INDEXED

    def sign_head(self, sign: Callable[[str], str]) -> str:
        """Signs what is there again, where another key signed it last.

        Returns:
            The checkpoint, signed; durable. Empty while nothing was signed yet.

        Raises:
            StoreError: It could not be written; the old checkpoint stands.
            ProofError: `sign` did not give a note of that text.
        """
        with self._database.write() as db:
            head = read_state(db.execute(HEAD_QUERY).fetchall()).head
            if not head.checkpoint:
                return ""
            checkpoint = self._signed(head.size, head.root, sign)
            if checkpoint != head.checkpoint:
                db.execute("UPDATE head SET checkpoint = ?", (checkpoint,))
        return checkpoint

    def _signed(self, size: int, root: bytes, sign: Callable[[str], str]) -> str:
        wanted = Checkpoint(origin=self._origin, size=size, root=root)
        note = sign(wanted.body())
        if read_checkpoint(note) != wanted:
            raise ProofError("the signer signed something else than it was asked to")
        return note

    def _begin(self, folder: Path) -> LogState:
        """Returns the state on opening, after making it where the log is new.

        Raises:
            ConfigurationError: The log of another origin, or of another version.
            ProofError: The parts of the state do not agree.
        """
        with self._database.write() as db:
            db.execute(
                "INSERT OR IGNORE INTO head VALUES (1, ?, ?, 0, ?, 0, '', x'')",
                (LAYOUT, self._origin, EMPTY_ROOT),
            )
        take_over(self._database)
        with self._database.write() as db:
            state = read_state(db.execute(HEAD_QUERY).fetchall())
            query = "SELECT first + count FROM blocks ORDER BY first DESC LIMIT 1"
            (stored,) = db.execute(query).fetchone() or (0,)
        if state.origin != self._origin:
            raise ConfigurationError(f"{folder} holds the log of {state.origin}")
        head = state.head
        if not head.size == stored == state.edge.size or state.edge.root() != head.root:
            raise ProofError(f"the log in {folder} is not what its head says")
        if head.checkpoint:
            signed = read_checkpoint(head.checkpoint)
            if (signed.size, signed.root) != (head.size, head.root):
                raise ProofError(f"the log in {folder} is not what it signed last")
        return state

    def _check_index(self, size: int) -> None:
        """Begins the index anew where it is not that of this log as it is now."""
        reached, leaf = self._behind.reached()
        known = 0 < reached <= size and self.entry(reached - 1).leaf_hash == leaf
        if not known:
            self._behind.begin_anew()

    def _restore_tiles(self, size: int) -> None:
        """Makes the tiles again that are not there, each of those below it."""
        self._tiles.forget_leaves()
        for name in self._tiles.missing(size):
            below, first = int(name.level) - 1, name.index * TILE_WIDTH
            content = b"".join(
                perfect_root(self._full_tile(below, index))
                for index in range(first, first + TILE_WIDTH)
            )
            self._tiles.write([(name, content)])


def _fresh(
    entries: Sequence[LogEntry], done: int, last_sequence: int
) -> Sequence[LogEntry]:
    """Returns the entries of stream messages after `done`.

    Raises:
        StoreError: Not in the order of a stream that ends with `last_sequence`.
    """
    numbers = [*(entry.stream_sequence for entry in entries), last_sequence]
    if any(later < earlier for earlier, later in pairwise(numbers)):
        raise StoreError("the entries are not in the order of the stream")
    return [entry for entry in entries if entry.stream_sequence > done]
