"""The hub's desk: answers what nodes ask about the directory and the log.

Which account asks is known from the subject; what is answered here is the same for
every party, since neither directory files nor blinded leaves are secret among them.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol, TypeAlias

from broker.core.audit.checkpoint import read_checkpoint
from broker.core.audit.entry import LoggedEntry, LogHead
from broker.core.audit.snapshot import LoggedSnapshot
from broker.core.codec.desk import (
    CHUNK_SIZE,
    FileChunk,
    LogAnswer,
    LogQuestion,
    SnapshotAt,
    SnapshotLike,
    SnapshotName,
    SnapshotOfVersion,
    asked_for,
    decode_file_question,
    decode_log_question,
    encode_file_chunk,
    encode_log_answer,
)
from broker.core.errors import Code, RefusedError
from broker.core.ports import Clock

Desk: TypeAlias = Callable[[str, bytes], bytes]
"""Answers a question: account and question in, answer out."""


class ReadableLog(Protocol):
    """The log, as questions about it need it."""

    def head(self) -> LogHead:
        """Returns how far the log has come."""
        ...

    def find(self, leaf_hash: bytes) -> int | None:
        """Returns where a leaf is."""
        ...

    def snapshots_of(self, version: int) -> Sequence[LoggedEntry]:
        """Returns the statements about one version of the directory."""
        ...

    def snapshots_like(self, digest: bytes) -> Sequence[LoggedEntry]:
        """Returns the statements about the version that this digest stands for."""
        ...

    def snapshots_at(self, at_ms: int) -> Sequence[LoggedEntry]:
        """Returns the statements about the newest version that was signed by then."""
        ...

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Returns the path of a leaf in the tree of `size` leaves."""
        ...

    def consistency(self, m: int, n: int) -> tuple[bytes, ...]:
        """Returns the proof that the first `m` of `n` leaves are the same."""
        ...


class CosignedNotes(Protocol):
    """The checkpoints that witnesses cosigned."""

    def newest(self, quorum: int) -> str:
        """Returns the newest that so many witnesses cosigned; empty for none."""
        ...

    def at(self, size: int) -> str:
        """Returns the one of a size with all cosignatures; empty for none."""
        ...


class HubDesk:
    """Answers questions.

    Args:
        read_file: Returns a file of the directory by its path, or None.
        log: Opens the log for reading, or None while there is none.
        clock: The time, which is part of every answer about the log.
        desks: Who answers the other questions about the log, by the name that a
            question gives as "ask". Each is handed the account that asks and the
            question, and raises `RefusedError` for one that it cannot read.
        notes: Checkpoints with cosignatures; None where nobody gathers them.
    """

    def __init__(
        self,
        read_file: Callable[[str], bytes | None],
        log: Callable[[], ReadableLog | None],
        clock: Clock,
        desks: Mapping[str, Desk] = MappingProxyType({}),
        notes: CosignedNotes | None = None,
    ) -> None:
        self._read_file = read_file
        self._log = log
        self._clock = clock
        self._desks = desks
        self._notes = notes

    def directory(self, _account: str, payload: bytes) -> bytes:
        """Answers a question for a directory file.

        Raises:
            RefusedError: The question cannot be read.
        """
        question = decode_file_question(payload)
        data = self._read_file(question.path)
        if data is None:
            return encode_file_chunk(None)
        part = data[question.offset : question.offset + CHUNK_SIZE]
        return encode_file_chunk(FileChunk(total=len(data), data=part))

    def log(self, account: str, payload: bytes) -> bytes:
        """Answers a question about the log, for the checkpoint that it asks for.

        Raises:
            RefusedError: The question cannot be read.
        """
        name = asked_for(payload)
        if name:
            desk = self._desks.get(name)
            if desk is None:
                raise RefusedError(Code.MALFORMED, "nobody answers such a question")
            return desk(account, payload)
        question = decode_log_question(payload)
        now_ms = self._clock.now_ms()
        log = self._log()
        note, size = self._checkpoint(log, question)
        if log is None or not note:
            return encode_log_answer(LogAnswer(checkpoint="", time_ms=now_ms))
        index = log.find(question.leaf_hash) if question.leaf_hash else None
        inclusion: tuple[bytes, ...] = ()
        consistency: tuple[bytes, ...] = ()
        if index is not None and index < size:
            inclusion = log.inclusion(index, size)
        else:
            index = None
        if 0 < question.since <= size:
            consistency = log.consistency(question.since, size)
        return encode_log_answer(
            LogAnswer(
                checkpoint=note,
                index=index,
                inclusion=inclusion,
                consistency=consistency,
                snapshots=_snapshots(log, question.snapshot, size),
                time_ms=now_ms,
            )
        )

    def _checkpoint(
        self, log: ReadableLog | None, question: LogQuestion
    ) -> tuple[str, int]:
        """Returns the checkpoint to answer for, and its size; empty for none."""
        if log is None:
            return "", 0
        head = log.head()
        note, notes = head.checkpoint, self._notes
        if question.size and question.size != head.size:
            note = notes.at(question.size) if notes else ""
        elif question.quorum and not question.size:
            note = notes.newest(question.quorum) if notes else ""
        elif notes and (cosigned := notes.at(head.size)).startswith(note):
            # Not so where the log has signed again, with another key.
            note = cosigned
        size = read_checkpoint(note).size if note else 0
        # A log that was restored may be behind what witnesses have seen of it.
        return (note, size) if size <= head.size else ("", 0)


def _snapshots(
    log: ReadableLog, name: SnapshotName | None, size: int
) -> tuple[LoggedSnapshot, ...]:
    """Returns every statement about a version that the tree of `size` covers."""
    found: Sequence[LoggedEntry] = ()
    match name:
        case SnapshotOfVersion(version=version):
            found = log.snapshots_of(version)
        case SnapshotLike(digest=digest):
            found = log.snapshots_like(digest)
        case SnapshotAt(at_ms=at_ms):
            found = log.snapshots_at(at_ms)
        case None:
            pass
    return tuple(
        LoggedSnapshot(
            statement=logged.entry.leaf_data,
            index=logged.index,
            inclusion=log.inclusion(logged.index, size),
        )
        for logged in found
        if logged.index < size
    )
