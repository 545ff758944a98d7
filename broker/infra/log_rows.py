"""Rows of the log made into values.

Which rows are asked for is left to `log_reader` and `log_store`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from broker.core.audit.entry import LogEntry, LoggedEntry, LogHead
from broker.core.audit.growth import TreeEdge
from broker.core.errors import ConfigurationError
from broker.infra.log_schema import LAYOUT, LAYOUT_WITHOUT_SNAPSHOTS

HEAD_QUERY: Final = (
    "SELECT layout, origin, size, root, last_sequence, checkpoint, edge FROM head"
)
COLUMNS: Final = (
    "idx, leaf_hash, receipt, signed_header, stage, message_digest, stated_by, "
    "stated_to, code, at_ms, proof, stream_sequence"
)

Rows = Callable[[str, Mapping[str, object]], list[tuple[Any, ...]]]
"""Asks the database: a query and its values."""

_MOST_OF_A_VERSION: Final = 4  # statements that are listed; more than one is a fork
_OF_VERSION: Final = (
    f"SELECT {COLUMNS} FROM entries WHERE idx IN "  # noqa: S608  constants only
    "(SELECT idx FROM snapshots WHERE version = ({version}) ORDER BY idx LIMIT {most}) "
    "ORDER BY idx"
)


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
    if rows and rows[0][0] == LAYOUT_WITHOUT_SNAPSHOTS:
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


def to_entry(row: tuple[Any, ...]) -> LoggedEntry:
    """Makes an entry out of one row of `COLUMNS`."""
    index, leaf_hash, receipt, header, stage, digest, by, to, code, at, proof, seq = row
    return LoggedEntry(
        index=index,
        leaf_hash=leaf_hash,
        entry=LogEntry(
            receipt=receipt,
            signed_header=header,
            stage=stage,
            message_digest=digest,
            by=by,
            to=to,
            code=code,
            at_ms=at,
            proof=proof,
            stream_sequence=seq,
        ),
    )


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
    return [to_entry(row) for row in rows(query, values)]
