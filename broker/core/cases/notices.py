"""The lifecycles of what parties tell one another: notices, leads and profiles.

What each of them must say is left to `broker.core.codec.rules_notices`; how long one
is good for, to `broker.core.codec.expiry`.
"""

from types import MappingProxyType
from typing import Final

from broker.core.cases.clocks import ACKNOWLEDGE, ACT, ANSWER
from broker.core.cases.lifecycle import Debt, Lifecycle, Side, Since, Step

SHARED: Final = "shared"
ACKNOWLEDGED: Final = "acknowledged"
ASKED: Final = "asked"
IN_HAND: Final = "in-hand"
REPORTED: Final = "reported"
DECLINED: Final = "declined"
DISPUTED: Final = "disputed"
WITHDRAWN: Final = "withdrawn"
UNDELIVERED: Final = "undelivered"
CLOSED: Final = "closed"

_NOT_YET: Final = frozenset({SHARED, ACKNOWLEDGED})
_GOING_ON: Final = frozenset({SHARED, ACKNOWLEDGED, ASKED, IN_HAND, REPORTED})
_TAKEN_UP: Final = frozenset({ASKED, IN_HAND, REPORTED})
_IN_USE: Final = frozenset({SHARED, ACKNOWLEDGED, DISPUTED})
_HEARD: Final = frozenset({SHARED, ASKED})
# Whoever declines has it all the same, and hears of it when it is wrong.
_TOLD: Final = _HEARD | {DECLINED}


def _step(event: str, by: Side, sources: frozenset[str], target: str = "") -> Step:
    return Step(event=event, by=by, sources=sources, target=target)


_NOT_DELIVERED: Final = _step(
    "receipt:refused", Side.ADDRESSEE, frozenset({SHARED}), UNDELIVERED
)

NOTICE: Final = Lifecycle(
    name="notice",
    title="One party tells others what may help them, and asks for nothing",
    opens=(
        "prosecution-notice",
        "practice-note",
        "conversion-technique",
        "manufacture-trend",
    ),
    states=MappingProxyType(
        {
            SHARED: "told; nothing is owed",
            ASKED: "a recipient asks what it does not say",
            DECLINED: "declined by an authority there",
            WITHDRAWN: "taken back by whoever told it",
            UNDELIVERED: "refused on the way, by hub, node or policy",
        }
    ),
    initial=SHARED,
    final=frozenset({SHARED, DECLINED, WITHDRAWN, UNDELIVERED}),
    steps=(
        _NOT_DELIVERED,
        _step("receipt:acknowledged", Side.ADDRESSEE, _HEARD),
        _step("receipt:acted", Side.ADDRESSEE, _HEARD),
        _step("receipt:declined", Side.ADDRESSEE, _HEARD, DECLINED),
        _step("case-step:ask", Side.ADDRESSEE, frozenset({SHARED}), ASKED),
        _step("case-step:answer", Side.OPENER, frozenset({ASKED}), SHARED),
        _step("case-step:decline", Side.OPENER, frozenset({ASKED}), SHARED),
        _step("case-step:update", Side.OPENER, _TOLD),
        _step("case-step:correct", Side.OPENER, _TOLD),
        # What came of it is good to know, and nobody has to say it.
        _step("case-step:report", Side.ADDRESSEE, _HEARD),
        _step("case-step:withdraw", Side.OPENER, _TOLD, WITHDRAWN),
    ),
    debts=(
        Debt(clock=ANSWER, by=Side.OPENER, states=frozenset({ASKED}), what="an answer"),
    ),
)
"""Prosecutions, practices, techniques and trends (2018 outcome, II.20, II.51-57)."""

LEAD: Final = Lifecycle(
    name="lead",
    title="One party points others to something that they may act on",
    opens=("transfer-notice", "financial-lead", "brokering-notice"),
    states=MappingProxyType(
        {
            SHARED: "sent; no authority has acknowledged it",
            ACKNOWLEDGED: "an authority has acknowledged it; nothing else is owed",
            ASKED: "the recipient asks what it does not say",
            IN_HAND: "the recipient has taken it up",
            REPORTED: "the recipient has said what came of it",
            DECLINED: "the recipient does not follow it up",
            WITHDRAWN: "taken back by whoever sent it",
            UNDELIVERED: "refused on the way, by hub, node or policy",
            CLOSED: "closed by whoever sent it",
        }
    ),
    initial=SHARED,
    final=frozenset({ACKNOWLEDGED, REPORTED, DECLINED, WITHDRAWN, UNDELIVERED, CLOSED}),
    steps=(
        _NOT_DELIVERED,
        _step(
            "receipt:acknowledged", Side.ADDRESSEE, frozenset({SHARED}), ACKNOWLEDGED
        ),
        _step("receipt:acknowledged", Side.ADDRESSEE, _TAKEN_UP),
        _step("receipt:acted", Side.ADDRESSEE, _NOT_YET | {IN_HAND}, REPORTED),
        _step(
            "receipt:declined",
            Side.ADDRESSEE,
            _NOT_YET | {ASKED, IN_HAND},
            DECLINED,
        ),
        _step("case-step:start", Side.ADDRESSEE, _NOT_YET, IN_HAND),
        _step("case-step:ask", Side.ADDRESSEE, _NOT_YET | {IN_HAND}, ASKED),
        # Whoever asks has taken it up.
        _step("case-step:answer", Side.OPENER, frozenset({ASKED}), IN_HAND),
        _step("case-step:decline", Side.OPENER, frozenset({ASKED}), IN_HAND),
        _step(
            "case-step:report",
            Side.ADDRESSEE,
            _NOT_YET | {IN_HAND, REPORTED},
            REPORTED,
        ),
        _step("case-step:decline", Side.ADDRESSEE, _NOT_YET | {IN_HAND}, DECLINED),
        _step("case-step:update", Side.EITHER, _GOING_ON),
        _step("case-step:correct", Side.OPENER, _GOING_ON),
        _step("case-step:withdraw", Side.OPENER, _GOING_ON, WITHDRAWN),
        _step("case-step:close", Side.OPENER, _GOING_ON | {DECLINED}, CLOSED),
    ),
    debts=(
        Debt(
            clock=ACKNOWLEDGE,
            by=Side.ADDRESSEE,
            states=frozenset({SHARED}),
            since=Since.OPENING,
            what="an acknowledgement",
        ),
        Debt(clock=ANSWER, by=Side.OPENER, states=frozenset({ASKED}), what="an answer"),
        Debt(
            clock=ACT,
            by=Side.ADDRESSEE,
            states=frozenset({IN_HAND}),
            what="a report of what came of it",
        ),
    ),
)
"""Transfers, payments and brokers (2018 outcome, II.20, II.31, III.15)."""

PROFILE: Final = Lifecycle(
    name="profile",
    title="One party describes somebody in the illicit trade, under the strictest "
    "rules",
    opens=("actor-profile",),
    states=MappingProxyType(
        {
            SHARED: "sent; no authority has acknowledged it",
            ACKNOWLEDGED: "an authority answers for the copy that it holds",
            DISPUTED: "a recipient holds something in it to be wrong",
            DECLINED: "a recipient does not keep it",
            WITHDRAWN: "taken back by whoever sent it",
            UNDELIVERED: "refused on the way, by hub, node or policy",
        }
    ),
    initial=SHARED,
    final=frozenset({ACKNOWLEDGED, DECLINED, WITHDRAWN, UNDELIVERED}),
    steps=(
        _NOT_DELIVERED,
        _step(
            "receipt:acknowledged", Side.ADDRESSEE, frozenset({SHARED}), ACKNOWLEDGED
        ),
        _step("case-step:decline", Side.ADDRESSEE, _NOT_YET, DECLINED),
        # Not while it is disputed: what is wrong is owed an answer all the same.
        _step("receipt:declined", Side.ADDRESSEE, _NOT_YET, DECLINED),
        # A name that is wrong harms somebody: whoever sent it has to look into it.
        _step("case-step:correct", Side.ADDRESSEE, _NOT_YET, DISPUTED),
        _step("case-step:correct", Side.OPENER, frozenset({DISPUTED}), ACKNOWLEDGED),
        _step("case-step:answer", Side.OPENER, frozenset({DISPUTED}), ACKNOWLEDGED),
        _step("case-step:correct", Side.OPENER, _NOT_YET),
        _step("case-step:update", Side.OPENER, _NOT_YET),
        _step("case-step:report", Side.ADDRESSEE, _NOT_YET),
        _step("case-step:withdraw", Side.OPENER, _IN_USE, WITHDRAWN),
    ),
    debts=(
        Debt(
            clock=ACKNOWLEDGE,
            by=Side.ADDRESSEE,
            states=frozenset({SHARED}),
            since=Since.OPENING,
            what="an acknowledgement",
        ),
        Debt(
            clock=ANSWER,
            by=Side.OPENER,
            states=frozenset({DISPUTED}),
            what="a correction, or a reason for none",
        ),
    ),
)
"""Actors in the illicit trade, its transport and its financing (II.34)."""
