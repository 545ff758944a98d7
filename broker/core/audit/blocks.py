"""Entries packed into blocks, in which the log stores what stands beside its tree.

A block is written once, in one piece. Where it is kept is left to the driver.
"""

import struct
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Final

from broker.core.audit.entry import LogEntry, LoggedEntry
from broker.core.audit.merkle import HASH_SIZE
from broker.core.errors import ProofError

BLOCK_MAX: Final = 64
"""Entries in a block: to read one, the block is read."""

_END: Final = struct.Struct(">I")
# Number in the stream, two times, and the lengths of the parts in their order.
_FIXED: Final = struct.Struct(">qqqHHHHHIII")


def pack_block(leaf_hashes: Sequence[bytes], entries: Sequence[LogEntry]) -> bytes:
    """Returns a block: the leaf hashes, where each entry ends, and the entries.

    Args:
        leaf_hashes: Of the entries, 32 bytes each.
        entries: At least one, at most `BLOCK_MAX`.

    Raises:
        ProofError: A part of an entry is longer, or a number larger, than any can be.
    """
    try:
        packed = [_pack(entry) for entry in entries]
        ends = struct.pack(f">{len(packed)}I", *accumulate(map(len, packed)))
    except struct.error as error:
        raise ProofError(f"an entry cannot be stored: {error}") from error
    return b"".join([*leaf_hashes, ends, *packed])


class Block:
    """A block to be read from.

    Args:
        first: Index of its first entry.
        count: How many it holds.
        data: What `pack_block` gave.
    """

    __slots__ = ("_count", "_data", "_start", "first")

    def __init__(self, first: int, count: int, data: bytes) -> None:
        self.first = first
        self._count = count
        self._data = data
        self._start = count * (HASH_SIZE + _END.size)

    def __contains__(self, index: int) -> bool:
        return self.first <= index < self.first + self._count

    def entry(self, index: int) -> LoggedEntry:
        """Returns one entry.

        Raises:
            ProofError: The block is not as it was written.
        """
        at = index - self.first
        try:
            start = self._end(at - 1) if at else 0
            entry = _unpack(
                self._data[self._start + start : self._start + self._end(at)]
            )
        except (struct.error, ValueError) as error:
            raise ProofError(f"entry {index} is not what was logged") from error
        leaf = self._data[at * HASH_SIZE : (at + 1) * HASH_SIZE]
        return LoggedEntry(index=index, leaf_hash=leaf, entry=entry)

    def entries(self, start: int, end: int) -> Iterator[LoggedEntry]:
        """Yields the entries that are in the block and from `start` to `end`.

        Raises:
            ProofError: The block is not as it was written.
        """
        for index in range(max(start, self.first), min(end, self.first + self._count)):
            yield self.entry(index)

    def _end(self, at: int) -> int:
        end: int
        (end,) = _END.unpack_from(self._data, self._count * HASH_SIZE + at * _END.size)
        return end


def _pack(entry: LogEntry) -> bytes:
    stage, by, to = entry.stage.encode(), entry.by.encode(), entry.to.encode()
    code, digest = entry.code.encode(), entry.message_digest
    receipt, header, proof = entry.receipt, entry.signed_header, entry.proof
    fixed = _FIXED.pack(
        entry.stream_sequence,
        entry.at_ms,
        entry.logged_by_ms,
        len(stage),
        len(by),
        len(to),
        len(code),
        len(digest),
        len(receipt),
        len(header),
        len(proof),
    )
    return b"".join((fixed, stage, by, to, code, digest, receipt, header, proof))


def _unpack(data: bytes) -> LogEntry:
    """Reads one entry.

    Raises:
        ValueError: Its parts are not as long as it says.
        struct.error: It is too short to say so.
    """
    number, at_ms, logged_by_ms, *lengths = _FIXED.unpack_from(data)
    ends = list(accumulate(lengths, initial=_FIXED.size))
    if ends[-1] != len(data):
        raise ValueError("parts of another length")
    stage, by, to, code, digest, receipt, header, proof = (
        data[start:end] for start, end in pairwise(ends)
    )
    return LogEntry(
        receipt=receipt,
        signed_header=header,
        stage=stage.decode(),
        message_digest=digest,
        by=by.decode(),
        to=to.decode(),
        code=code.decode(),
        at_ms=at_ms,
        proof=proof,
        stream_sequence=number,
        logged_by_ms=logged_by_ms,
    )
