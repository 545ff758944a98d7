"""Rows of the log made into values.

Which of them are asked for is left to `log_reader` and `log_store`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from broker.core.audit.blocks import Block
from broker.core.audit.entry import BrokenPromise, LoggedEntry, LogHead
from broker.core.audit.growth import TreeEdge
from broker.core.audit.merkle import HASH_SIZE
from broker.core.errors import ConfigurationError, StoreError
from broker.infra.log_schema import EARLIER_LAYOUTS, LAYOUT

HEAD_QUERY: Final = (
    "SELECT layout, origin, size, root, last_sequence, checkpoint, edge FROM head"
)

Rows = Callable[[str, Mapping[str, object]], list[tuple[Any, ...]]]
"""Asks the database: a query and its values."""

_PAGE: Final = 64  # blocks read at a time
_FROM: Final = (
    "FROM blocks WHERE first < :end AND first >= "  # noqa: S608  constants only
    "coalesce((SELECT max(first) FROM blocks WHERE first <= :start), 0) "
    f"ORDER BY first LIMIT {_PAGE}"
)
_MOST_OF_A_VERSION: Final = 4  # statements that are listed; more than one is a fork
_OF_VERSION: Final = (
    "SELECT idx FROM snapshots WHERE version = ({version}) ORDER BY idx LIMIT {most}"
)
_MOST_BROKEN: Final = 1000  # promises returned by one query


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """One committed state of the log.

    Attributes:
        origin: Name of the log.
        head: How far it has come.
        edge: The right edge of its tree.
    """

    origin: str
    head: LogHead
    edge: TreeEdge


def read_state(rows: list[tuple[Any, ...]]) -> LogState:
    """Makes a state out of what `HEAD_QUERY` gave.

    Raises:
        ConfigurationError: There is none, or one that this version did not write.
        ProofError: Its parts do not fit together.
    """
    if rows and rows[0][0] in EARLIER_LAYOUTS:
        raise ConfigurationError(
            "the log is as an earlier version left it: run the hub once"
        )
    if not rows or rows[0][0] != LAYOUT:
        raise ConfigurationError("there is no log, or one of another version")
    ((_, origin, size, root, last_sequence, checkpoint, edge),) = rows
    head = LogHead(
        size=size, root=root, last_sequence=last_sequence, checkpoint=checkpoint
    )
    return LogState(origin=origin, head=head, edge=TreeEdge.from_bytes(size, edge))


def blocks(rows: Rows, start: int, end: int) -> Iterator[Block]:
    """Yields the blocks that hold the entries from `start` up to, not including, `end`.

    Some at a time: memory does not grow with how many they are.

    Raises:
        StoreError: The log cannot be read.
    """
    while start < end:
        found = rows(f"SELECT first, count, data {_FROM}", {"start": start, "end": end})
        if not found:
            return
        for first, count, data in found:
            yield Block(first, count, data)
        start = found[-1][0] + found[-1][1]


def noted_leaves(rows: Rows, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yields the leaf hashes that were noted, some at a time, and where they begin.

    The first may begin before `start`, the last end after `end`.

    Raises:
        StoreError: The log cannot be read.
    """
    query = f"SELECT first, count, substr(data, 1, count * {HASH_SIZE}) {_FROM}"
    while start < end:
        found = rows(query, {"start": start, "end": end})
        if not found:
            return
        for first, _, leaves in found:
            yield first, leaves
        start = found[-1][0] + found[-1][1]


def entries_at(rows: Rows, indices: Iterable[int]) -> Iterator[LoggedEntry]:
    """Yields the entries at these places, in the order given.

    Raises:
        StoreError: There is no such entry, or the log cannot be read.
    """
    block: Block | None = None
    for index in indices:
        if block is None or index not in block:
            block = next(blocks(rows, index, index + 1), None)
        if block is None or index not in block:
            raise StoreError(f"the log has no entry {index}")
        yield block.entry(index)


def broken_promises(rows: Rows, after: int) -> list[BrokenPromise]:
    """Returns promises of inclusion that were kept too late, in the order of the log.

    Args:
        rows: Asks the database.
        after: Of entries with an index greater than this one.

    Raises:
        StoreError: The log cannot be read.
    """
    found = rows(
        "SELECT idx, message_digest, logged_by_ms, logged_ms FROM broken_promises "  # noqa: S608  constants only
        f"WHERE idx > :after ORDER BY idx LIMIT {_MOST_BROKEN}",
        {"after": after},
    )
    return [
        BrokenPromise(
            index=index,
            message_digest=digest,
            logged_by_ms=logged_by_ms,
            logged_ms=logged_ms,
        )
        for index, digest, logged_by_ms, logged_ms in found
    ]


def count_broken(rows: Rows) -> int:
    """Returns how many promises of inclusion were kept too late.

    Raises:
        StoreError: The log cannot be read.
    """
    ((count,),) = rows("SELECT count(*) FROM broken_promises", {})
    return int(count)


def snapshots_of(rows: Rows, version: int) -> list[LoggedEntry]:
    """Returns the statements about one version of the directory; honest: at most one.

    Raises:
        StoreError: The log cannot be read.
    """
    return _snapshots(rows, ":version", {"version": version})


def snapshots_like(rows: Rows, digest: bytes) -> list[LoggedEntry]:
    """Returns the statements about the version that this digest stands for.

    Raises:
        StoreError: The log cannot be read.
    """
    wanted = "SELECT min(version) FROM snapshots WHERE digest = :digest"
    return _snapshots(rows, wanted, {"digest": digest})


def snapshots_at(rows: Rows, at_ms: int) -> list[LoggedEntry]:
    """Returns the statements about the newest version that was signed by then.

    Raises:
        StoreError: The log cannot be read.
    """
    wanted = "SELECT max(version) FROM snapshots WHERE signed_at_ms <= :at_ms"
    return _snapshots(rows, wanted, {"at_ms": at_ms})


def newest_snapshot(rows: Rows) -> int:
    """Returns the highest version that the log holds; 0 for none.

    Raises:
        StoreError: The log cannot be read.
    """
    ((version,),) = rows("SELECT coalesce(max(version), 0) FROM snapshots", {})
    return int(version)


def _snapshots(
    rows: Rows, version: str, values: Mapping[str, object]
) -> list[LoggedEntry]:
    query = _OF_VERSION.format(version=version, most=_MOST_OF_A_VERSION)
    return list(entries_at(rows, [index for (index,) in rows(query, values)]))
