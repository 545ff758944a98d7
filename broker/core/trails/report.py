"""What happened in a month: how much, what was refused, how fast, what is overdue.

Pure: messages and statements in, one report out; it holds counts and no message but
those that are overdue. Collecting is left to `broker.app.audit_reports`, showing it to
the interfaces.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from broker.core.protocol_kinds import UPKEEP_KINDS
from broker.core.trails.months import Month, day_of
from broker.core.trails.trail import MessageHead, Role, TrailLine

_FOLLOWING: Final = (
    ("ACCEPTED", "DELIVERED"),
    ("DELIVERED", "OPENED"),
    ("OPENED", "ACKNOWLEDGED"),
    ("ACKNOWLEDGED", "ACTED"),
)
"""Which stage's clock is measured from which other's."""

UNTOLD: Final = "not told"
"""What stands for the kind of a message that the reader has no header of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecord:
    """One message, and what was stated about it.

    Attributes:
        head: What it is.
        counted_ms: By which it belongs to a day: when it was sealed or withheld, or,
            at a hub, when it was accepted or refused there.
        submitted_ms: When the hub's stream held it, in ms since the epoch; None when
            the reader does not know.
        lines: What was stated, whenever.
    """

    head: MessageHead
    counted_ms: int
    submitted_ms: int | None = None
    lines: tuple[TrailLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many messages.

    Attributes:
        sent: By the reader, or, at a hub, by the party.
        received: By the reader, or, at a hub, for the party.
        withheld: Documents that the reader's policy kept from leaving.
        refused: Of those sent or received: refused by somebody.
    """

    sent: int = 0
    received: int = 0
    withheld: int = 0
    refused: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Returns both together."""
        return Counts(
            sent=self.sent + other.sent,
            received=self.received + other.received,
            withheld=self.withheld + other.withheld,
            refused=self.refused + other.refused,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long one step took: the times that so many in a hundred did not exceed.

    Attributes:
        span: "accepted to delivered".
        count: How often the step was taken.
        p50_ms: In milliseconds; nearest rank.
        p90_ms: Likewise.
        p99_ms: Likewise.
        most_ms: The longest.
    """

    span: str
    count: int
    p50_ms: int
    p90_ms: int
    p99_ms: int
    most_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """A statement that should be there by now.

    Attributes:
        message_digest: About which message.
        kind: With version.
        party: Who has not said it.
        missing: What has not been said: "DELIVERED".
        due_ms: By when it should have been, in ms since the epoch.
    """

    message_digest: bytes
    kind: str
    party: str
    missing: str
    due_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthReport:
    """The report of one month.

    Attributes:
        month: Which.
        reader: Whose view it is: a party, or the hub.
        at_ms: When it was made, in ms since the epoch.
        total: All messages that were sealed or withheld in the month, but for
            `upkeep`.
        upkeep: Messages by which nodes keep their links.
        by_kind: The total by kind, ascending.
        by_party: The total by the other party, or, at a hub, by each party.
        by_day: The total of every day of the month.
        refusals: How often each code was stated in the month, by whom; most first.
        latencies: Of the messages of the month, in the order of the steps.
        overdue: The longest overdue first.
    """

    month: Month
    reader: str
    at_ms: int
    total: Counts
    upkeep: int
    by_kind: tuple[tuple[str, Counts], ...]
    by_party: tuple[tuple[str, Counts], ...]
    by_day: tuple[tuple[date, Counts], ...]
    refusals: tuple[tuple[str, str, int], ...]
    latencies: tuple[Latency, ...]
    overdue: tuple[Overdue, ...]


@dataclass(slots=True)
class _Tally:
    """What has been counted so far."""

    total: Counts = field(default_factory=Counts)
    upkeep: int = 0
    by_kind: dict[str, Counts] = field(default_factory=dict)
    by_party: dict[str, Counts] = field(default_factory=dict)
    by_day: dict[date, Counts] = field(default_factory=dict)
    spans: dict[str, "array[int]"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whose view a report is.

    Attributes:
        name: A party, or the hub.
        of_all: Whether it sees the traffic of all parties, and not only its own.
    """

    name: str
    of_all: bool = False


def month_report(
    month: Month,
    reader: Reader,
    at_ms: int,
    *,
    messages: Iterable[MessageRecord],
    refusals: Iterable[TrailLine],
    overdue: Iterable[Overdue],
) -> MonthReport:
    """Returns the report of one month; each iterable is walked once.

    Args:
        month: Which.
        reader: Whose view.
        at_ms: The present, in ms since the epoch.
        messages: What was sealed or withheld in the month.
        refusals: What was refused or withheld in the month.
        overdue: What is overdue now.
    """
    tally = _Tally()
    for message in messages:
        _count(tally, message, reader)
    codes = Counter((line.code, line.by) for line in refusals if line.code)
    none = Counts()
    return MonthReport(
        month=month,
        reader=reader.name,
        at_ms=at_ms,
        total=tally.total,
        upkeep=tally.upkeep,
        by_kind=tuple(sorted(tally.by_kind.items())),
        by_party=tuple(sorted(tally.by_party.items())),
        by_day=tuple((day, tally.by_day.get(day, none)) for day in month.days()),
        refusals=tuple(
            (code, by, count)
            for (code, by), count in sorted(
                codes.items(), key=lambda one: (-one[1], one[0])
            )
        ),
        latencies=tuple(_latencies(tally)),
        overdue=tuple(
            sorted(overdue, key=lambda one: (one.due_ms, one.message_digest, one.party))
        ),
    )


def _count(tally: _Tally, message: MessageRecord, reader: Reader) -> None:
    head = message.head
    if head.kind in UPKEEP_KINDS:
        tally.upkeep += 1
        return
    refused = any(line.stage == "REFUSED" for line in message.lines)
    one = _one(head.role, refused=refused)
    tally.total += one
    day = day_of(message.counted_ms)
    kind = head.kind or UNTOLD
    tally.by_kind[kind] = tally.by_kind.get(kind, Counts()) + one
    tally.by_day[day] = tally.by_day.get(day, Counts()) + one
    for party, counts in _by_party(head, one, reader):
        tally.by_party[party] = tally.by_party.get(party, Counts()) + counts
    if head.role is not Role.WITHHELD:
        for span, took_ms in _spans(message, reader):
            tally.spans.setdefault(span, array("q")).append(took_ms)


def _one(role: Role, *, refused: bool) -> Counts:
    return Counts(
        sent=int(role is Role.SENT),
        received=int(role is Role.RECEIVED),
        withheld=int(role is Role.WITHHELD),
        refused=int(refused),
    )


def _by_party(
    head: MessageHead, one: Counts, reader: Reader
) -> Iterator[tuple[str, Counts]]:
    if reader.of_all:
        yield head.origin, one
        got = replace(one, sent=0, received=one.sent)
        yield from ((party, got) for party in head.parties)
    elif head.role is Role.RECEIVED:
        yield head.origin, one
    else:
        yield from ((party, one) for party in head.parties)


def _spans(message: MessageRecord, reader: Reader) -> Iterator[tuple[str, int]]:
    """Yields how long each step of a message took.

    Times of different authors are by different clocks: what would be less than
    nothing, counts as nothing.
    """
    head, submitted_ms = message.head, message.submitted_ms
    begun_ms = head.created_ms if submitted_ms is None else submitted_ms
    begun = "sealed" if submitted_ms is None else "submitted"
    at: dict[tuple[str, str], int] = {}
    for line in message.lines:
        at.setdefault((line.stage, line.by), line.at_ms)
    accepted_ms = [ms for (stage, _), ms in at.items() if stage == "ACCEPTED"]
    if head.role is Role.SENT and accepted_ms:
        yield f"{begun} to accepted", max(0, accepted_ms[0] - begun_ms)
    here = "" if reader.of_all or head.role is Role.SENT else "here: "
    parties = (reader.name,) if here else head.parties
    for party in parties:
        for before, after in _FOLLOWING:
            said_ms = at.get((after, party))
            from_ms = at.get((before, party))
            if before == "ACCEPTED" and accepted_ms:
                from_ms = accepted_ms[0]
            if said_ms is not None and from_ms is not None:
                span = f"{here}{before.lower()} to {after.lower()}"
                yield span, max(0, said_ms - from_ms)


def _latencies(tally: _Tally) -> Iterator[Latency]:
    steps = [f"{before} to {after}".lower() for before, after in _FOLLOWING]
    order = ["sealed to accepted", "submitted to accepted", *steps]
    for span in (*order, *(f"here: {step}" for step in steps)):
        if span in tally.spans:
            took = sorted(tally.spans[span])
            yield Latency(
                span=span,
                count=len(took),
                p50_ms=percentile(took, 50),
                p90_ms=percentile(took, 90),
                p99_ms=percentile(took, 99),
                most_ms=took[-1],
            )


def percentile(ascending: Sequence[int], percent: int) -> int:
    """Returns the value that `percent` in a hundred do not exceed, by nearest rank.

    Args:
        ascending: At least one value.
        percent: From 1 to 100.
    """
    rank = -(-percent * len(ascending) // 100)
    return ascending[max(rank, 1) - 1]
