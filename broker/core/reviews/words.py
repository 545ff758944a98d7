"""What is wrong with receipts, in words: the alarms about it.

English, and the place from which it is translated. What is wrong is found by
`broker.core.reviews.review`.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from broker.core.records import Alarm
from broker.core.reviews.clocks import HOUR_MS, MINUTE_MS, Clock
from broker.core.reviews.findings import Conflict, FindingKind, ReceiptFinding
from broker.core.status import iso_time

TOPIC: Final = "receipts"
"""Of alarms about receipts that are late, missing or contradictory."""
OWN_TOPIC: Final = "owing"
"""Of alarms about statements that others wait for."""

_DAY_MS: Final = 24 * HOUR_MS
_SECOND_MS: Final = 1000

CONFLICTS: Final[Mapping[Conflict, str]] = MappingProxyType(
    {
        Conflict.TWICE: "{party} says {stage} twice, and not the same",
        Conflict.REFUSED_AND_ACCEPTED: "the hub says both ACCEPTED and REFUSED",
        Conflict.REFUSED_AND_DELIVERED: "the hub says REFUSED, and {party} says "
        "{stage}: one of them is wrong",
        Conflict.BEFORE_ACCEPTANCE: "{party} says {stage} {over} before the hub "
        "accepted it",
        Conflict.STEP_LEFT_OUT: "{party} says what comes after {stage}, and has not "
        "said {stage}",
        Conflict.WRONG_ORDER: "{party} dates {stage} {over} before the stage that "
        "comes before it",
        Conflict.AFTER_REFUSAL: "{party} says both {stage} and REFUSED, which ends it",
        Conflict.FROM_THE_FUTURE: "{party} dates {stage} {over} after it came",
    }
)
"""One sentence for each contradiction."""


def sound(findings: Sequence[ReceiptFinding], message: str, now_ms: int) -> Alarm:
    """Returns the alarm about findings of one sort: one clock, one party.

    Args:
        findings: At least one.
        message: What people call the message of the first.
        now_ms: The present.
    """
    first, others = findings[0], len(findings) - 1
    text = f"{message}: {describe(first)}"
    if others:
        text += f"; the same of {others} more message(s)"
    topic = OWN_TOPIC if first.ours else TOPIC
    return Alarm(at_ms=now_ms, topic=topic, text=text)


def describe(finding: ReceiptFinding) -> str:
    """Returns what is wrong: who, what, which clock, and by how much."""
    over = span(finding.over_ms)
    stage, party, clock = finding.stage.name, finding.party, finding.clock
    if isinstance(clock, Conflict):
        return CONFLICTS[clock].format(party=_who(party), stage=stage, over=over)
    due = f"it was due at {iso_time(finding.due_ms)} (clock: {clock})"
    if finding.ours:
        if finding.kind is FindingKind.LATE:
            return f"we said {stage} to {party} {over} late; {due}"
        return f"we owe {party} {stage}, {over} overdue; {due}"
    if finding.kind is FindingKind.MISSING:
        return f"{stage} by {_who(party)} is missing, {over} overdue; {due}"
    if clock is Clock.TOLD:
        return f"{stage} by {_who(party)} came {over} late; {due}"
    return f"{_who(party)} answered {over} late, {stage} or instead of it; {due}"


def describe_end(late_ms: int | None) -> str:
    """Returns how something that was missing ended.

    Args:
        late_ms: By how much it came too late; None if it did not.
    """
    return "it is settled" if late_ms is None else f"it came, {span(late_ms)} late"


def span(span_ms: int) -> str:
    """Returns a span of time in its two largest units."""
    units = ((_DAY_MS, "d"), (HOUR_MS, "h"), (MINUTE_MS, "min"), (_SECOND_MS, "s"))
    parts: list[str] = []
    rest_ms = span_ms
    for unit_ms, name in units:
        count, rest_ms = divmod(rest_ms, unit_ms)
        if count or (unit_ms == _SECOND_MS and not parts):
            parts.append(f"{count} {name}")
    return " ".join(parts[:2])


def _who(party: str) -> str:
    return "the hub" if party == "HUB" else party
