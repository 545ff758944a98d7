"""What has to be done about what is owed: whom to remind, and whom to send a notice.

Raising alarms and sending are left to `broker.services.case_watch`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from broker.core.cases.clocks import DAY_MS, HOUR_MS
from broker.core.cases.duties import Duty, Pressure
from keys.identity import PartyId

NOTICES_MAX: Final = 2
"""About one debt: the first, and one that names another office."""
STALE_MS: Final = 30 * DAY_MS
"""What has been overdue for longer is not news: no notice is sent about it."""
_SPAN_MIN_MS: Final = HOUR_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """Something that people here have to know.

    Attributes:
        duty: What is owed.
        pressure: How urgent it is; never NONE.
        ours: Whether it is we who owe it.
    """

    duty: Duty
    pressure: Pressure
    ours: bool

    @property
    def name(self) -> str:
        """Under which it is raised once."""
        return f"{self.duty.name}/{self.pressure.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueNotice:
    """A notice that is to be sent now.

    Attributes:
        duty: What is overdue.
        sequence: Number of the notice, from 1; from the second on it is for an
            alternate office.
    """

    duty: Duty
    sequence: int

    @property
    def escalated(self) -> bool:
        """Whether it is for an alternate office."""
        return self.sequence > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReview:
    """What is to be done now, and when to look again.

    Attributes:
        concerns: What people have to know.
        notices: What is to be sent.
        next_ms: When something changes if nothing happens; None if nothing does.
    """

    concerns: tuple[Concern, ...]
    notices: tuple[DueNotice, ...]
    next_ms: int | None


def review(duties: Iterable[Duty], me: PartyId, now_ms: int) -> CaseReview:
    """Returns what one party has to do about what is owed.

    People are reminded of what they owe themselves at half of the time and shortly
    before its end; of what others owe, when it is overdue.

    Args:
        duties: All that is owed, as far as known.
        me: The party.
        now_ms: The present, in ms since the epoch.
    """
    concerns: list[Concern] = []
    notices: list[DueNotice] = []
    times: list[int] = []
    for duty in duties:
        ours = duty.owed.by == me
        if not ours and me not in duty.to:
            continue
        pressure = duty.pressure(now_ms)
        if pressure is Pressure.OVERDUE or (ours and pressure is not Pressure.NONE):
            concerns.append(Concern(duty=duty, pressure=pressure, ours=ours))
        changes_ms = duty.changes_ms(now_ms)
        times += [] if changes_ms is None else [changes_ms]
        at_ms = None if ours else notice_ms(duty, me)
        if at_ms is None:
            continue
        if at_ms > now_ms:
            times.append(at_ms)
        else:
            sequence = 1 + len(_own(duty, me))
            notices.append(DueNotice(duty=duty, sequence=sequence))
    fresh = (one for one in notices if not _is_stale(one.duty, now_ms))
    return CaseReview(
        concerns=tuple(concerns),
        # Two things that say the same to the same party are told by one notice.
        notices=tuple({_said_by(one): one for one in fresh}.values()),
        next_ms=min(times, default=None),
    )


def notice_ms(duty: Duty, me: PartyId) -> int | None:
    """Returns when the next notice about something is to be sent; None if none is.

    Args:
        duty: What is owed to us.
        me: Who we are.
    """
    since_ms, due_ms = duty.owed.since_ms, duty.owed.due_ms
    sent = _own(duty, me)
    if since_ms is None or due_ms is None or len(sent) >= NOTICES_MAX:
        return None
    half_ms = max(due_ms - since_ms, _SPAN_MIN_MS) // 2
    # Whoever was told late is given the same time before another office hears of it.
    return max(due_ms, *sent) + half_ms if sent else due_ms + 1


def _own(duty: Duty, me: PartyId) -> list[int]:
    """Returns when we sent a notice about it."""
    return [one.at_ms for one in duty.notices if one.by == me]


def _said_by(notice: DueNotice) -> tuple[object, ...]:
    """Returns all that a notice tells: what is owed has no name in it."""
    owed = notice.duty.owed
    return owed.about, owed.by, owed.debt.clock, owed.due_ms, notice.sequence


def _is_stale(duty: Duty, now_ms: int) -> bool:
    due_ms = duty.owed.due_ms
    return due_ms is None or now_ms - due_ms > STALE_MS
