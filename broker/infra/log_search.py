"""Looks for entries one by one, where the index does not reach yet.

Reading them is left to `log_reader`.
"""

from collections.abc import Callable, Iterable, Iterator

from broker.core.audit.entry import EntryFilter, LogEntry, LoggedEntry
from broker.core.audit.padding import PADDING_STAGE
from broker.core.codec.header_names import header_names


def admits(
    wanted: EntryFilter,
    entries: Iterable[LoggedEntry],
    names: Callable[[bytes], tuple[str, str]],
) -> Iterator[LoggedEntry]:
    """Yields the entries that a filter lets through; where they are is not looked at.

    Args:
        wanted: The filter.
        entries: In the order of the log.
        names: Returns kind and case reference of a message that came before them.
    """
    known: dict[bytes, tuple[str, str]] = {}
    named = wanted.kind is not None or wanted.case is not None
    for logged in entries:
        entry = logged.entry
        if named and entry.signed_header:
            known[entry.message_digest] = header_names(entry.signed_header)
        if _fits(wanted, entry) and (
            not named or _is_named(wanted, entry, known, names)
        ):
            yield logged


def _fits(wanted: EntryFilter, entry: LogEntry) -> bool:
    hidden = wanted.stage is None and not wanted.padding
    return (
        wanted.message_digest in {None, entry.message_digest}
        and (wanted.party is None or wanted.party in {entry.by, entry.to})
        and wanted.stage in {None, entry.stage}
        and wanted.code in {None, entry.code}
        and (wanted.since_ms is None or entry.at_ms >= wanted.since_ms)
        and (wanted.until_ms is None or entry.at_ms < wanted.until_ms)
        and not (hidden and entry.stage == PADDING_STAGE)
    )


def _is_named(
    wanted: EntryFilter,
    entry: LogEntry,
    known: dict[bytes, tuple[str, str]],
    names: Callable[[bytes], tuple[str, str]],
) -> bool:
    digest = entry.message_digest
    if digest not in known:
        known[digest] = names(digest)
    kind, case = known[digest]
    return wanted.kind in {None, kind} and wanted.case in {None, case}
