"""The lifecycle of a trace (International Tracing Instrument, paragraphs 16 to 23)."""

from types import MappingProxyType
from typing import Final

from broker.core.cases.clocks import ACKNOWLEDGE, ANSWER, INFORM, REVIEW
from broker.core.cases.lifecycle import Debt, Lifecycle, Side, Since, Step

SUBMITTED: Final = "submitted"
ACKNOWLEDGED: Final = "acknowledged"
IN_PROGRESS: Final = "in-progress"
INFO_REQUESTED: Final = "info-requested"
DELAYED: Final = "delayed"
ANSWERED: Final = "answered"
RESTRICTED: Final = "answered-restricted"
NO_RECORD: Final = "no-record"
REFUSED: Final = "refused"
CLARIFICATION: Final = "clarification"
REJECTED: Final = "rejected-invalid"
WITHDRAWN: Final = "withdrawn"
UNDELIVERED: Final = "undelivered"
CLOSED: Final = "closed"

_WORKING: Final = frozenset({SUBMITTED, ACKNOWLEDGED, IN_PROGRESS, DELAYED})
_LIMITED: Final = frozenset({RESTRICTED, REFUSED, DELAYED})
_ANSWERED: Final = frozenset({ANSWERED, RESTRICTED, NO_RECORD, REFUSED})
_OPEN: Final = _WORKING | _ANSWERED | {INFO_REQUESTED, CLARIFICATION}


def _answer(event: str, target: str) -> Step:
    return Step(
        event=f"trace-response:{event}",
        by=Side.ADDRESSEE,
        # A better answer may follow one that was given.
        sources=_WORKING | {INFO_REQUESTED} | _ANSWERED,
        target=target,
    )


TRACE: Final = Lifecycle(
    name="trace",
    title="One State asks another where a weapon left the legal sphere",
    opens=("trace-request",),
    states=MappingProxyType(
        {
            SUBMITTED: "sent; no authority has acknowledged it",
            ACKNOWLEDGED: "an authority has acknowledged it",
            IN_PROGRESS: "records are being searched",
            INFO_REQUESTED: "the requester was asked for what is missing",
            DELAYED: "the answer is delayed, with a ground and a day of review",
            ANSWERED: "answered with everything available",
            RESTRICTED: "answered in part, with a ground",
            NO_RECORD: "the records show nothing",
            REFUSED: "refused, with a ground",
            CLARIFICATION: "the requester asks about the reasons given",
            REJECTED: "the request cannot be dealt with as it is",
            WITHDRAWN: "taken back by the requester",
            UNDELIVERED: "refused on the way, by hub, node or policy",
            CLOSED: "closed by the requester",
        }
    ),
    initial=SUBMITTED,
    final=frozenset({REJECTED, WITHDRAWN, UNDELIVERED, CLOSED}),
    steps=(
        Step(
            event="receipt:acknowledged",
            by=Side.ADDRESSEE,
            sources=frozenset({SUBMITTED}),
            target=ACKNOWLEDGED,
        ),
        Step(
            event="receipt:refused",
            by=Side.ADDRESSEE,
            sources=frozenset({SUBMITTED}),
            target=UNDELIVERED,
        ),
        Step(
            event="case-step:start",
            by=Side.ADDRESSEE,
            sources=frozenset({SUBMITTED, ACKNOWLEDGED, DELAYED}),
            target=IN_PROGRESS,
        ),
        Step(
            event="trace-info-request",
            by=Side.ADDRESSEE,
            sources=_WORKING,
            target=INFO_REQUESTED,
        ),
        Step(
            event="trace-request",
            by=Side.OPENER,
            sources=frozenset({INFO_REQUESTED}),
            target=IN_PROGRESS,
        ),
        _answer("answered", ANSWERED),
        _answer("answered-restricted", RESTRICTED),
        _answer("no-record", NO_RECORD),
        _answer("delayed", DELAYED),
        _answer("refused", REFUSED),
        Step(
            event="trace-clarification:question",
            by=Side.OPENER,
            sources=_LIMITED,
            target=CLARIFICATION,
        ),
        Step(
            event="trace-clarification:answer",
            by=Side.ADDRESSEE,
            sources=frozenset({CLARIFICATION}),
            target=IN_PROGRESS,
        ),
        Step(
            event="case-step:reject",
            by=Side.ADDRESSEE,
            sources=_WORKING,
            target=REJECTED,
        ),
        Step(
            event="case-step:withdraw",
            by=Side.OPENER,
            sources=_WORKING | {INFO_REQUESTED, CLARIFICATION},
            target=WITHDRAWN,
        ),
        Step(event="case-step:update", by=Side.EITHER, sources=_OPEN),
        Step(event="trace-closing", by=Side.OPENER, sources=_OPEN, target=CLOSED),
        # Late answers count in the statistics, and reopen nothing.
        Step(
            event="trace-response:answered",
            by=Side.ADDRESSEE,
            sources=frozenset({CLOSED}),
        ),
    ),
    debts=(
        Debt(
            clock=ACKNOWLEDGE,
            by=Side.ADDRESSEE,
            states=frozenset({SUBMITTED}),
            since=Since.OPENING,
            what="an acknowledgement",
        ),
        Debt(
            clock=ANSWER,
            by=Side.ADDRESSEE,
            states=frozenset({SUBMITTED, ACKNOWLEDGED}),
            since=Since.OPENING,
            what="an answer",
        ),
        Debt(
            clock=ANSWER,
            by=Side.ADDRESSEE,
            states=frozenset({IN_PROGRESS, CLARIFICATION}),
            what="an answer",
        ),
        Debt(
            clock=INFORM,
            by=Side.OPENER,
            states=frozenset({INFO_REQUESTED}),
            what="what is missing",
        ),
        Debt(
            clock=REVIEW,
            by=Side.ADDRESSEE,
            states=frozenset({DELAYED}),
            what="a review of the delay",
        ),
    ),
)
