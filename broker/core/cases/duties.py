"""What is owed, in a leg of a case or in a plan, and how near its end the clock is.

How long a thing may take is left to `clocks`; what is done about it to `review`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from broker.core.cases.case import Case
from broker.core.cases.clocks import CaseClocks
from broker.core.cases.events import OVERDUE_NOTICE, CaseEvent
from broker.core.cases.leg import Owed
from broker.core.protocol_kinds import PROTOCOL_KINDS, UPKEEP_KINDS
from keys.framing import sha256
from keys.identity import PartyId

_NEARLY: Final = (9, 10)  # of the time

BY_NODES: Final = frozenset(
    kind.partition("/")[0] for kind in PROTOCOL_KINDS - UPKEEP_KINDS
)
"""Kinds without version that nodes send by themselves, or a person about a message."""

_LABEL: Final = b"rogatory/case/duty/1 "


class Pressure(StrEnum):
    """How near the end of a clock is."""

    NONE = "none"
    HALF = "half"
    NEARLY = "nearly"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """That a clock has run out, as one side has told the other.

    Attributes:
        by: Who has told it.
        at_ms: When, in ms since the epoch.
        sequence: Number of the notice, from 1.
        office: The alternate office that it was meant for; empty for the first.
    """

    by: PartyId
    at_ms: int
    sequence: int
    office: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One thing that is owed, and to whom.

    Attributes:
        case: Name of the case.
        reference: Of the case; empty where it has none.
        matter: Name of the lifecycle: "trace".
        state: Of the matter.
        owed: What, by whom, until when.
        to: Whom it is owed to.
        notices: What was told about it, oldest first.
    """

    case: str
    reference: str
    matter: str
    state: str
    owed: Owed
    to: tuple[PartyId, ...]
    notices: tuple[Notice, ...] = ()

    @property
    def name(self) -> str:
        """The same for as long as it is owed; tells nothing about it."""
        owed = self.owed
        parts = (self.matter, owed.debt.clock, owed.debt.what, owed.by, *self.to)
        return sha256(_LABEL + owed.about + "\0".join(parts).encode()).hex()[:32]

    def pressure(self, now_ms: int) -> Pressure:
        """Returns how near the end of its clock is."""
        since_ms, due_ms = self.owed.since_ms, self.owed.due_ms
        if since_ms is None or due_ms is None:
            return Pressure.NONE
        if now_ms > due_ms:
            return Pressure.OVERDUE
        passed, whole = now_ms - since_ms, due_ms - since_ms
        if passed * _NEARLY[1] >= whole * _NEARLY[0]:
            return Pressure.NEARLY
        return Pressure.HALF if 2 * passed >= whole else Pressure.NONE

    def changes_ms(self, now_ms: int) -> int | None:
        """Returns when the pressure changes next; None if it does not."""
        since_ms, due_ms = self.owed.since_ms, self.owed.due_ms
        if since_ms is None or due_ms is None:
            return None
        whole = due_ms - since_ms
        times = (
            since_ms + (whole + 1) // 2,
            since_ms + -(-whole * _NEARLY[0] // _NEARLY[1]),
            due_ms + 1,
        )
        return min((one for one in times if one > now_ms), default=None)


def duties_of(case: Case, spans: CaseClocks) -> Iterator[Duty]:
    """Yields what is owed in the legs of a case.

    What nodes owe one another by themselves is watched over by whoever sends it.

    Args:
        case: The case.
        spans: How long everything may take.
    """
    for leg in case.legs:
        if leg.opening.told.event in BY_NODES:
            continue
        # A notice that was refused there was sent all the same: it is not sent again.
        events = (*(moved.event for moved in leg.moves), *leg.undelivered)
        for owed in leg.owed(spans):
            to = leg.opener if owed.by == leg.addressee else leg.addressee
            yield Duty(
                case=case.name,
                reference=case.reference,
                matter=leg.lifecycle.name,
                state=leg.state,
                owed=owed,
                to=(to,),
                notices=tuple(notices_about(events, owed, (to,))),
            )


def notices_about(
    events: Iterable[CaseEvent], owed: Owed, to: tuple[PartyId, ...]
) -> Iterator[Notice]:
    """Yields what was told about a debt, in the order of events.

    Args:
        events: In which to look.
        owed: The debt.
        to: To whom it is owed: what anybody else says about it does not count, nor
            what was said to anybody else than who owes it.
    """
    for event in events:
        told = event.told
        if (
            told.event == OVERDUE_NOTICE
            and event.by in to
            and owed.by in event.to
            and event.in_reply_to == owed.about
            and told.words[:1] == (owed.debt.clock,)
        ):
            _, number, *office = told.words
            yield Notice(
                by=event.by,
                at_ms=event.at_ms,
                sequence=int(number),
                office="".join(office),
            )
