"""The lifecycle of route intelligence: a lead that is published, asked about, replaced.

What several of them make together is left to `broker.core.routes`.
"""

from types import MappingProxyType
from typing import Final

from broker.core.cases.clocks import ANSWER
from broker.core.cases.lifecycle import Debt, Lifecycle, Side, Step

PUBLISHED: Final = "published"
ASKED: Final = "asked"
SUPERSEDED: Final = "superseded"
WITHDRAWN: Final = "withdrawn"
UNDELIVERED: Final = "undelivered"
DECLINED: Final = "declined"

_LIVE: Final = frozenset({PUBLISHED, ASKED})
# Whoever declines has it all the same, and hears of it when it is wrong.
_TOLD: Final = _LIVE | {DECLINED}


def _stays(event: str, by: Side) -> Step:
    return Step(event=event, by=by, sources=_LIVE)


def _ends(event: str, target: str) -> Step:
    return Step(event=event, by=Side.OPENER, sources=_TOLD, target=target)


ROUTE: Final = Lifecycle(
    name="route",
    title="A party tells others of a route or technique",
    opens=("route-intelligence",),
    states=MappingProxyType(
        {
            PUBLISHED: "told; nobody waits for anything",
            ASKED: "a recipient asks about it",
            SUPERSEDED: "replaced by a correction",
            WITHDRAWN: "taken back by its origin",
            UNDELIVERED: "refused on the way, by hub, node or policy",
            DECLINED: "declined by an authority there",
        }
    ),
    initial=PUBLISHED,
    final=frozenset({SUPERSEDED, WITHDRAWN, UNDELIVERED, DECLINED}),
    steps=(
        Step(
            event="receipt:refused",
            by=Side.ADDRESSEE,
            sources=frozenset({PUBLISHED}),
            target=UNDELIVERED,
        ),
        # It is a lead: nothing is owed for it, but an authority may say it has it.
        _stays("receipt:acknowledged", Side.ADDRESSEE),
        _stays("receipt:acted", Side.ADDRESSEE),
        Step(
            event="receipt:declined",
            by=Side.ADDRESSEE,
            sources=_LIVE,
            target=DECLINED,
        ),
        Step(
            event="case-step:ask",
            by=Side.ADDRESSEE,
            sources=_LIVE,
            target=ASKED,
        ),
        Step(
            event="case-step:answer",
            by=Side.OPENER,
            sources=frozenset({ASKED}),
            target=PUBLISHED,
        ),
        Step(
            event="case-step:decline",
            by=Side.OPENER,
            sources=frozenset({ASKED}),
            target=PUBLISHED,
        ),
        # A newer version in reply to it: the matter goes on with that one.
        Step(
            event="route-intelligence",
            by=Side.OPENER,
            sources=_LIVE,
            target=PUBLISHED,
        ),
        Step(
            event="route-intelligence",
            by=Side.OPENER,
            sources=frozenset({DECLINED}),
        ),
        _stays("case-step:update", Side.EITHER),
        Step(
            event="case-step:update",
            by=Side.OPENER,
            sources=frozenset({DECLINED}),
        ),
        Step(event="case-step:correct", by=Side.OPENER, sources=_TOLD),
        _stays("case-step:report", Side.ADDRESSEE),
        _ends("correction", SUPERSEDED),
        _ends("case-step:withdraw", WITHDRAWN),
        _ends("recall", WITHDRAWN),
    ),
    debts=(
        Debt(
            clock=ANSWER,
            by=Side.OPENER,
            states=frozenset({ASKED}),
            what="an answer",
        ),
    ),
)
