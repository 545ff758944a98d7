"""The lifecycles of assistance: a need, an offer, a project, a review among peers.

Nobody owes assistance: what is owed is an answer once somebody has offered or asked.
Which needs and offers fit one another is left to `broker.core.assistance`.
"""

from types import MappingProxyType
from typing import Final

from broker.core.cases.clocks import ACKNOWLEDGE, ANSWER
from broker.core.cases.lifecycle import Debt, Lifecycle, Side, Since, Step

OPEN: Final = "open"
OFFERED: Final = "offered"
ASKED_FOR: Final = "asked-for"
ACCEPTED: Final = "accepted"
RUNNING: Final = "running"
DECLINED: Final = "declined"
WITHDRAWN: Final = "withdrawn"
UNDELIVERED: Final = "undelivered"
LEFT: Final = "left"
CLOSED: Final = "closed"

ASSESSED: Final = "self-assessed"
TAKEN_ON: Final = "taken-on"
REVIEWED: Final = "reviewed"
RESPONDED: Final = "responded"

_AGREED: Final = frozenset({ACCEPTED, RUNNING})
_ENDS: Final = frozenset({DECLINED, WITHDRAWN, UNDELIVERED, CLOSED})
_UNDER_REVIEW: Final = frozenset({ASSESSED, TAKEN_ON, REVIEWED})


def _step(event: str, by: Side, sources: frozenset[str], target: str = "") -> Step:
    return Step(event=event, by=by, sources=sources, target=target)


def _project_steps(open_states: frozenset[str]) -> tuple[Step, ...]:
    """Returns how help that is agreed on becomes a project, and ends.

    Args:
        open_states: States before anything is agreed on.
    """
    every = open_states | _AGREED
    return (
        _step("assistance-match", Side.EITHER, every, RUNNING),
        _step("receipt:refused", Side.ADDRESSEE, frozenset({OPEN}), UNDELIVERED),
        _step("receipt:acknowledged", Side.ADDRESSEE, every),
        # Once something is agreed on, a message of its own ends it.
        _step("receipt:declined", Side.ADDRESSEE, open_states, DECLINED),
        _step("case-step:ask", Side.EITHER, every),
        _step("case-step:answer", Side.EITHER, every),
        _step("case-step:update", Side.EITHER, every),
        _step("case-step:report", Side.EITHER, _AGREED),
        _step("case-step:withdraw", Side.OPENER, open_states, WITHDRAWN),
        _step("case-step:close", Side.OPENER, every | {DECLINED}, CLOSED),
        _step("case-step:close", Side.ADDRESSEE, _AGREED, CLOSED),
    )


NEED: Final = Lifecycle(
    name="assistance-need",
    title="One State says what it needs help with",
    opens=("assistance-need",),
    states=MappingProxyType(
        {
            OPEN: "known; nobody has offered anything",
            OFFERED: "help was offered; the State that needs it has not answered",
            ACCEPTED: "the offer is accepted; the project is not described yet",
            RUNNING: "a project has come of it",
            DECLINED: "this addressee cannot help",
            WITHDRAWN: "taken back by whoever asked",
            UNDELIVERED: "refused on the way, by hub, node or policy",
            CLOSED: "over",
        }
    ),
    initial=OPEN,
    final=_ENDS,
    steps=(
        _step(
            "assistance-offer",
            Side.ADDRESSEE,
            frozenset({OPEN, OFFERED, DECLINED}),
            OFFERED,
        ),
        _step("case-step:decline", Side.ADDRESSEE, frozenset({OPEN}), DECLINED),
        _step("case-step:accept", Side.OPENER, frozenset({OFFERED}), ACCEPTED),
        _step("case-step:decline", Side.OPENER, frozenset({OFFERED}), OPEN),
        _step("case-step:withdraw", Side.ADDRESSEE, frozenset({OFFERED}), OPEN),
        *_project_steps(frozenset({OPEN, OFFERED})),
    ),
    debts=(
        Debt(
            clock=ANSWER,
            by=Side.OPENER,
            states=frozenset({OFFERED}),
            what="an answer to the offer",
        ),
    ),
)
"""Needs, and who can help (2018 outcome, I.20, II.66, IV.13, IV.24)."""

OFFER: Final = Lifecycle(
    name="assistance-offer",
    title="One party says what it can help others with",
    opens=("assistance-offer",),
    states=MappingProxyType(
        {
            OPEN: "known; nobody has asked for it",
            ASKED_FOR: "a State asks for it; whoever offers it has not answered",
            ACCEPTED: "the request is accepted; the project is not described yet",
            RUNNING: "a project has come of it",
            DECLINED: "this addressee does not need it",
            WITHDRAWN: "taken back by whoever offered it",
            UNDELIVERED: "refused on the way, by hub, node or policy",
            CLOSED: "over",
        }
    ),
    initial=OPEN,
    final=_ENDS,
    steps=(
        _step(
            "assistance-need",
            Side.ADDRESSEE,
            frozenset({OPEN, ASKED_FOR, DECLINED}),
            ASKED_FOR,
        ),
        _step("case-step:accept", Side.ADDRESSEE, frozenset({OPEN}), ASKED_FOR),
        _step("case-step:decline", Side.ADDRESSEE, frozenset({OPEN}), DECLINED),
        _step("case-step:accept", Side.OPENER, frozenset({ASKED_FOR}), ACCEPTED),
        _step("case-step:decline", Side.OPENER, frozenset({ASKED_FOR}), OPEN),
        _step("case-step:withdraw", Side.ADDRESSEE, frozenset({ASKED_FOR}), OPEN),
        *_project_steps(frozenset({OPEN, ASKED_FOR})),
    ),
    debts=(
        Debt(
            clock=ANSWER,
            by=Side.OPENER,
            states=frozenset({ASKED_FOR}),
            what="an answer to who asks for it",
        ),
    ),
)
"""Offers, and who needs them (2018 outcome, IV.20-24)."""

PROJECT: Final = Lifecycle(
    name="assistance-project",
    title="One party tells others of a project, so that nobody does the same twice",
    opens=("assistance-match",),
    states=MappingProxyType(
        {
            OPEN: "told; the addressee has not said whether it takes part",
            RUNNING: "the addressee takes part",
            DECLINED: "the addressee does not take part",
            LEFT: "the addressee takes part no more",
            WITHDRAWN: "called off",
            UNDELIVERED: "refused on the way, by hub, node or policy",
            CLOSED: "over",
        }
    ),
    initial=OPEN,
    final=_ENDS | {LEFT},
    steps=(
        _step("receipt:refused", Side.ADDRESSEE, frozenset({OPEN}), UNDELIVERED),
        _step("receipt:acknowledged", Side.ADDRESSEE, frozenset({OPEN, RUNNING})),
        _step("receipt:declined", Side.ADDRESSEE, frozenset({OPEN}), DECLINED),
        _step("case-step:join", Side.ADDRESSEE, frozenset({OPEN}), RUNNING),
        _step("case-step:decline", Side.ADDRESSEE, frozenset({OPEN}), DECLINED),
        _step("case-step:leave", Side.ADDRESSEE, frozenset({RUNNING}), LEFT),
        _step("assistance-match", Side.OPENER, frozenset({OPEN, RUNNING})),
        _step("case-step:update", Side.EITHER, frozenset({OPEN, RUNNING})),
        _step("case-step:report", Side.EITHER, frozenset({RUNNING})),
        _step("case-step:withdraw", Side.OPENER, frozenset({OPEN, RUNNING}), WITHDRAWN),
        _step(
            "case-step:close",
            Side.OPENER,
            frozenset({OPEN, RUNNING, DECLINED, LEFT}),
            CLOSED,
        ),
    ),
)
"""Projects (2018 outcome, IV.20-24, IV.27)."""

REVIEW: Final = Lifecycle(
    name="peer-review",
    title="One State has peers look at how it does something",
    opens=("peer-review:self-assessment",),
    states=MappingProxyType(
        {
            ASSESSED: "the State has said how it sees itself",
            TAKEN_ON: "the peer has taken the review on",
            REVIEWED: "the peer has said what it found",
            RESPONDED: "the State has answered the findings",
            DECLINED: "the peer does not take it on",
            WITHDRAWN: "taken back by the State",
            UNDELIVERED: "refused on the way, by hub, node or policy",
            CLOSED: "over",
        }
    ),
    initial=ASSESSED,
    final=_ENDS | {RESPONDED},
    steps=(
        _step("receipt:refused", Side.ADDRESSEE, frozenset({ASSESSED}), UNDELIVERED),
        _step("receipt:acknowledged", Side.ADDRESSEE, frozenset({ASSESSED, TAKEN_ON})),
        _step(
            "receipt:declined",
            Side.ADDRESSEE,
            frozenset({ASSESSED, TAKEN_ON}),
            DECLINED,
        ),
        _step("case-step:accept", Side.ADDRESSEE, frozenset({ASSESSED}), TAKEN_ON),
        _step(
            "case-step:decline",
            Side.ADDRESSEE,
            frozenset({ASSESSED, TAKEN_ON}),
            DECLINED,
        ),
        _step("case-step:ask", Side.ADDRESSEE, _UNDER_REVIEW),
        _step("case-step:answer", Side.OPENER, _UNDER_REVIEW),
        _step("case-step:update", Side.EITHER, _UNDER_REVIEW | {RESPONDED}),
        _step("peer-review:findings", Side.ADDRESSEE, _UNDER_REVIEW, REVIEWED),
        _step(
            "peer-review:response",
            Side.OPENER,
            frozenset({REVIEWED, RESPONDED}),
            RESPONDED,
        ),
        _step("case-step:withdraw", Side.OPENER, _UNDER_REVIEW, WITHDRAWN),
        _step("case-step:close", Side.EITHER, frozenset({REVIEWED, RESPONDED}), CLOSED),
    ),
    debts=(
        Debt(
            clock=ACKNOWLEDGE,
            by=Side.ADDRESSEE,
            states=frozenset({ASSESSED}),
            since=Since.OPENING,
            what="whether the review is taken on",
        ),
    ),
)
"""Voluntary review among peers; nothing in it has a clock but whether it is done."""
