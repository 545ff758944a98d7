"""The lifecycle of a trace (International Tracing Instrument, paragraphs 16 to 23).

What the clocks amount to is left to `broker.core.cases.clocks`, what the answers say of
a weapon to `broker.core.tracing`.
"""

from types import MappingProxyType
from typing import Final

from broker.core.cases.clocks import ACKNOWLEDGE, ANSWER, INFORM, REVIEW
from broker.core.cases.lifecycle import STAYS, Debt, Lifecycle, Side, Since, Step

SUBMITTED: Final = "submitted"
ACKNOWLEDGED: Final = "acknowledged"
IN_PROGRESS: Final = "in-progress"
RESUMED: Final = "resumed"
INFO_REQUESTED: Final = "info-requested"
DELAYED: Final = "delayed"
ANSWERED: Final = "answered"
RESTRICTED: Final = "answered-restricted"
NO_RECORD: Final = "no-record"
REFUSED: Final = "refused"
CLARIFICATION: Final = "clarification"
UPHELD: Final = "upheld"
REJECTED: Final = "rejected-invalid"
DECLINED: Final = "declined"
WITHDRAWN: Final = "withdrawn"
CLOSED: Final = "closed"

_UNDER_WAY: Final = frozenset({ACKNOWLEDGED, IN_PROGRESS, RESUMED, DELAYED})
_SEARCHING: Final = _UNDER_WAY | {SUBMITTED}
_UNDECIDED: Final = _SEARCHING | {INFO_REQUESTED}
_ANSWERED: Final = frozenset({ANSWERED, RESTRICTED, NO_RECORD, REFUSED, UPHELD})
_OPEN: Final = _UNDECIDED | _ANSWERED | {CLARIFICATION}
_FINAL: Final = frozenset({REJECTED, DECLINED, WITHDRAWN, CLOSED})


def _by(side: Side, event: str, sources: frozenset[str], target: str = STAYS) -> Step:
    return Step(event=event, by=side, sources=sources, target=target)


_ANSWERS: Final = (
    # A better answer may follow one that was given, a poorer one may not: what was told
    # cannot be restricted, delayed or refused afterwards.
    _by(
        Side.ADDRESSEE,
        "trace-response:answered",
        _UNDECIDED | _ANSWERED | {CLARIFICATION},
        ANSWERED,
    ),
    _by(
        Side.ADDRESSEE,
        "trace-response:answered-restricted",
        _UNDECIDED | {RESTRICTED, NO_RECORD, REFUSED, UPHELD, CLARIFICATION},
        RESTRICTED,
    ),
    _by(
        Side.ADDRESSEE,
        "trace-response:no-record",
        _UNDECIDED | {NO_RECORD, REFUSED, UPHELD, CLARIFICATION},
        NO_RECORD,
    ),
    _by(Side.ADDRESSEE, "trace-response:delayed", _UNDECIDED, DELAYED),
    _by(Side.ADDRESSEE, "trace-response:refused", _UNDECIDED, REFUSED),
    # Late answers count in the statistics, and reopen nothing.
    _by(Side.ADDRESSEE, "trace-response:answered", frozenset({CLOSED})),
    _by(Side.ADDRESSEE, "trace-response:answered-restricted", frozenset({CLOSED})),
)

_REASONS: Final = (
    # While an answer is delayed, its day of review stands whatever is asked about it.
    _by(Side.OPENER, "trace-clarification:question", frozenset({DELAYED})),
    _by(
        Side.OPENER,
        "trace-clarification:question",
        frozenset({RESTRICTED, REFUSED, UPHELD}),
        CLARIFICATION,
    ),
    _by(Side.ADDRESSEE, "trace-clarification:maintained", frozenset({DELAYED})),
    _by(
        Side.ADDRESSEE,
        "trace-clarification:maintained",
        frozenset({CLARIFICATION}),
        UPHELD,
    ),
    _by(
        Side.ADDRESSEE,
        "trace-clarification:narrowed",
        frozenset({CLARIFICATION, DELAYED}),
        RESUMED,
    ),
    _by(
        Side.ADDRESSEE,
        "trace-clarification:lifted",
        frozenset({CLARIFICATION, DELAYED}),
        RESUMED,
    ),
)

_RECEIPTS: Final = (
    _by(Side.ADDRESSEE, "receipt:acknowledged", frozenset({SUBMITTED}), ACKNOWLEDGED),
    _by(Side.ADDRESSEE, "receipt:declined", _UNDER_WAY | {SUBMITTED}, DECLINED),
)

_WORK: Final = (
    _by(
        Side.ADDRESSEE,
        "case-step:start",
        frozenset({SUBMITTED, ACKNOWLEDGED}),
        IN_PROGRESS,
    ),
    # Without what was asked for, or before the day of review.
    _by(
        Side.ADDRESSEE,
        "case-step:start",
        frozenset({INFO_REQUESTED, DELAYED}),
        RESUMED,
    ),
    _by(Side.ADDRESSEE, "trace-info-request", _SEARCHING, INFO_REQUESTED),
    _by(Side.OPENER, "trace-request", frozenset({INFO_REQUESTED}), RESUMED),
    _by(Side.ADDRESSEE, "case-step:reject", _UNDECIDED, REJECTED),
    _by(
        Side.OPENER,
        "case-step:withdraw",
        _UNDECIDED | {CLARIFICATION},
        WITHDRAWN,
    ),
    _by(Side.EITHER, "case-step:update", _OPEN),
    _by(Side.EITHER, "case-step:correct", _OPEN),
    _by(Side.OPENER, "trace-closing", _OPEN, CLOSED),
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
            RESUMED: "the search goes on after a question, a delay or a clarification",
            DELAYED: "the answer is delayed, with a ground and a day of review",
            ANSWERED: "answered with everything available",
            RESTRICTED: "answered in part, with a ground",
            NO_RECORD: "the records show nothing",
            REFUSED: "refused, with a ground",
            CLARIFICATION: "the requester asks about the reasons given",
            UPHELD: "the reasons were explained; the restriction or refusal stands",
            REJECTED: "the request cannot be dealt with as it is",
            DECLINED: "declined by an authority there, without an answer",
            WITHDRAWN: "taken back by the requester",
            CLOSED: "closed by the requester",
        }
    ),
    initial=SUBMITTED,
    final=_FINAL,
    steps=(*_RECEIPTS, *_WORK, *_ANSWERS, *_REASONS),
    debts=(
        Debt(
            clock=ACKNOWLEDGE,
            by=Side.ADDRESSEE,
            states=frozenset({SUBMITTED}),
            since=Since.OPENING,
            what="an acknowledgement",
        ),
        # Beginning to search gives no more time; what was missing does.
        Debt(
            clock=ANSWER,
            by=Side.ADDRESSEE,
            states=frozenset({SUBMITTED, ACKNOWLEDGED, IN_PROGRESS}),
            since=Since.OPENING,
            what="an answer",
        ),
        Debt(
            clock=ANSWER,
            by=Side.ADDRESSEE,
            states=frozenset({RESUMED}),
            what="an answer",
        ),
        Debt(
            clock=ANSWER,
            by=Side.ADDRESSEE,
            states=frozenset({CLARIFICATION}),
            what="an answer about the reasons",
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
