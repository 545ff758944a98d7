"""What the report of a month is made of, read at a node or at a hub.

Counting is left to `broker.core.trails.report`.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from broker.app.hub_trail import HubTrail, logged_header
from broker.app.node_folder import Node
from broker.core.audit.entry import LogEntry, LoggedEntry
from broker.core.model import Stage
from broker.core.protocol_kinds import UPKEEP_KINDS
from broker.core.trails.months import Month
from broker.core.trails.report import (
    MessageRecord,
    MonthReport,
    Overdue,
    Reader,
    month_report,
)
from broker.core.trails.trail import MessageHead, Role, TrailLine
from keys.identity import HUB

_DELIVERED_WITHIN_MS: Final = 86_400_000
"""After which the hub's operator asks why nobody has fetched a message."""
_MOST_OVERDUE: Final = 1000  # of a hub's report


def node_report(node: Node, month: Month, now_ms: int) -> MonthReport:
    """Returns the report of a party's own traffic.

    Raises:
        StoreError: The store cannot be read.
    """
    return month_report(
        month,
        Reader(name=node.party),
        now_ms,
        messages=node.store.records_between(month.since_ms, month.until_ms),
        refusals=node.store.refusals_between(month.since_ms, month.until_ms),
        overdue=node.store.overdue(node.party),
    )


def hub_report(trail: HubTrail, month: Month, now_ms: int) -> MonthReport:
    """Returns the report of all traffic, as far as headers and receipts tell it.

    What was stated about the messages of the month is held in memory, some 1.5 kB for
    each of them: reading the log once is quicker than asking for every message.

    Raises:
        ProofError: An entry is not as it was written.
        StoreError: The log cannot be read.
    """
    taken = _Taken(month)
    for logged in trail.entries_since(month.since_ms):
        taken.add(logged)
    records = list(taken.records(trail))
    return month_report(
        month,
        Reader(name=HUB, of_all=True),
        now_ms,
        messages=records,
        refusals=taken.refusals,
        overdue=islice(_overdue(records, now_ms), _MOST_OVERDUE),
    )


class _Taken:
    """What the hub took, refused, or was told to be withheld, in one month."""

    def __init__(self, month: Month) -> None:
        self.refusals: list[TrailLine] = []
        self._since_ms, self._until_ms = month.since_ms, month.until_ms
        self._heads: dict[bytes, MessageHead] = {}
        self._lines: dict[bytes, list[TrailLine]] = {}

    def add(self, logged: LoggedEntry) -> None:
        """Counts one entry, if it is about a message of the month."""
        entry, digest = logged.entry, logged.entry.message_digest
        line = _line(logged)
        if self._since_ms <= entry.at_ms < self._until_ms:
            if entry.code:
                self.refusals.append(line)
            if entry.by == HUB or entry.stage == Stage.WITHHELD.name:
                self._begin(entry, logged.index)
        if digest in self._lines:
            self._lines[digest].append(line)

    def records(self, trail: HubTrail) -> Iterator[MessageRecord]:
        """Yields every message of the month, in the order in which they came."""
        for key, head in self._heads.items():
            lines = self._lines.get(key, [])
            # What came again was counted when it was accepted, perhaps long before.
            again = bool(lines) and lines[0].stage == Stage.REFUSED.name
            if again and _was_accepted(trail, key):
                continue
            yield MessageRecord(
                head=head,
                counted_ms=lines[0].at_ms if lines else head.created_ms,
                lines=tuple(lines) or (_REFUSED_UNREAD,),
            )

    def _begin(self, entry: LogEntry, index: int) -> None:
        if entry.is_snapshot or entry.message_digest in self._heads:
            return
        withheld = entry.stage == Stage.WITHHELD.name
        header = logged_header(entry)
        # What nobody could read has no digest: each counts for itself.
        key = entry.message_digest or index.to_bytes(8, "big")
        self._heads[key] = MessageHead(
            message_digest=entry.message_digest,
            role=Role.WITHHELD if withheld else Role.SENT,
            kind=header.kind if header else "",
            origin=header.origin if header else entry.to,
            parties=header.parties if header else (),
            created_ms=header.created_ms if header else entry.at_ms,
        )
        if entry.message_digest:
            self._lines[key] = []


_REFUSED_UNREAD: Final = TrailLine(
    cursor=0, at_ms=0, stage=Stage.REFUSED.name, by=HUB, to="", message_digest=b""
)
"""What was stated about a submission that nobody could read."""


def _was_accepted(trail: HubTrail, message_digest: bytes) -> bool:
    about = trail.entries_about(message_digest)
    return any(one.entry.stage == Stage.ACCEPTED.name for one in about)


def _line(logged: LoggedEntry) -> TrailLine:
    entry = logged.entry
    return TrailLine(
        cursor=logged.index + 1,
        at_ms=entry.at_ms,
        stage=entry.stage,
        by=entry.by,
        to=entry.to,
        message_digest=entry.message_digest,
        code=entry.code,
    )


def _overdue(records: Iterable[MessageRecord], now_ms: int) -> Iterator[Overdue]:
    """Yields who has neither fetched nor refused what was accepted a day ago."""
    for record in records:
        head = record.head
        accepted = [one for one in record.lines if one.stage == Stage.ACCEPTED.name]
        if not accepted or head.kind in UPKEEP_KINDS:
            continue
        due_ms = accepted[0].at_ms + _DELIVERED_WITHIN_MS
        heard = {one.by for one in record.lines}
        for party in head.parties:
            if due_ms < now_ms and party not in heard:
                yield Overdue(
                    message_digest=head.message_digest,
                    kind=head.kind,
                    party=party,
                    missing=Stage.DELIVERED.name,
                    due_ms=due_ms,
                )
