"""What becomes of a record that one party shares: it is read, asked about, ended.

What a sort of record knows beyond that is left to the modules of the lifecycles.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from broker.core.cases.clocks import ACKNOWLEDGE, ANSWER
from broker.core.cases.lifecycle import STAYS, Debt, Lifecycle, Side, Since, Step

SHARED: Final = "shared"
ACKNOWLEDGED: Final = "acknowledged"
ASKED: Final = "asked"
UNDELIVERED: Final = "undelivered"
DECLINED: Final = "declined"
WITHDRAWN: Final = "withdrawn"
CLOSED: Final = "closed"

OPEN: Final = frozenset({SHARED, ACKNOWLEDGED, ASKED})
"""States of every shared record in which it still goes on."""
_ENDED: Final = frozenset({UNDELIVERED, DECLINED, WITHDRAWN, CLOSED})
_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        SHARED: "sent; no authority has acknowledged it",
        ACKNOWLEDGED: "an authority has acknowledged it, or its questions are answered",
        ASKED: "the addressee asks about it",
        UNDELIVERED: "refused on the way, by hub, node or policy",
        DECLINED: "declined by an authority there",
        WITHDRAWN: "taken back: it should not have been sent",
        CLOSED: "ended by whoever shared it",
    }
)


def step(event: str, by: Side, sources: frozenset[str], target: str = STAYS) -> Step:
    """Returns a step; the arguments are those of `Step`."""
    return Step(event=event, by=by, sources=sources, target=target)


def shared_record(
    *,
    name: str,
    title: str,
    kind: str,
    states: Mapping[str, str] = MappingProxyType({}),
    final: frozenset[str] = frozenset(),
    steps: tuple[Step, ...] = (),
    must_acknowledge: bool = False,
) -> Lifecycle:
    """Returns the lifecycle of a record that one party shares with others.

    Args:
        name: As people call it.
        title: The matter, as a sentence without full stop.
        kind: The record, without version. Sent again in reply, it says the same as it
            stands now.
        states: What there is beyond the states of every record.
        final: Those of them in which nothing happens any more.
        steps: What leads there.
        must_acknowledge: Whether the addressee owes an acknowledgement.

    Raises:
        ValueError: It contradicts itself.
    """
    going_on = OPEN | (frozenset(states) - final)
    owed: tuple[Debt, ...] = (
        Debt(
            clock=ANSWER,
            by=Side.OPENER,
            states=frozenset({ASKED}),
            what="an answer to what was asked",
        ),
    )
    if must_acknowledge:
        owed = (_ACKNOWLEDGEMENT, *owed)
    return Lifecycle(
        name=name,
        title=title,
        opens=(kind,),
        states=MappingProxyType({**_STATES, **states}),
        initial=SHARED,
        final=_ENDED | final,
        steps=(*_steps(kind, going_on), *steps),
        debts=owed,
    )


_ACKNOWLEDGEMENT: Final = Debt(
    clock=ACKNOWLEDGE,
    by=Side.ADDRESSEE,
    states=frozenset({SHARED}),
    since=Since.OPENING,
    what="an acknowledgement",
)


def _steps(kind: str, going_on: frozenset[str]) -> tuple[Step, ...]:
    new = frozenset({SHARED})
    asked = frozenset({ASKED})
    own = going_on - OPEN
    # Whoever declines has the record all the same: what is true of it by now goes to
    # all who have it, and one who declines must not keep it from the others.
    told = going_on | {DECLINED}
    # A question in a state of the record's own must not make that state forgotten.
    later = (
        ()
        if not own
        else (
            step("case-step:ask", Side.ADDRESSEE, own),
            step("case-step:answer", Side.OPENER, own),
        )
    )
    return (
        step("receipt:acknowledged", Side.ADDRESSEE, new, ACKNOWLEDGED),
        step("receipt:refused", Side.ADDRESSEE, new, UNDELIVERED),
        step("receipt:declined", Side.ADDRESSEE, going_on, DECLINED),
        step("case-step:ask", Side.ADDRESSEE, OPEN - asked, ASKED),
        step("case-step:answer", Side.OPENER, asked, ACKNOWLEDGED),
        *later,
        step(kind, Side.OPENER, asked, ACKNOWLEDGED),
        step(kind, Side.OPENER, told - asked),
        step("case-step:update", Side.OPENER, told),
        step("case-step:correct", Side.OPENER, told),
        step("case-step:report", Side.ADDRESSEE, going_on),
        step("case-step:withdraw", Side.OPENER, told, WITHDRAWN),
        step("case-step:close", Side.OPENER, told, CLOSED),
    )
