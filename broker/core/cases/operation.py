"""The lifecycle of an invitation into a joint operation, one leg for each member.

Who belongs to the group, and what may be shared in it, does not follow from one leg:
that is left to `broker.core.operations`.
"""

from types import MappingProxyType
from typing import Final

from broker.core.cases.clocks import ANSWER
from broker.core.cases.lifecycle import Debt, Lifecycle, Side, Since, Step

INVITED: Final = "invited"
JOINED: Final = "joined"
DECLINED: Final = "declined"
LEFT: Final = "left"
UNDELIVERED: Final = "undelivered"
OVER: Final = "over"

_OPEN: Final = frozenset({INVITED, JOINED})


def _step(event: str, by: Side, sources: frozenset[str], target: str = "") -> Step:
    return Step(event=event, by=by, sources=sources, target=target)


OPERATION: Final = Lifecycle(
    name="operation",
    title="One party invites others into a closed group with an end",
    # A further member, or another end, takes a new message and a new group.
    opens=("operation",),
    states=MappingProxyType(
        {
            INVITED: "invited; it has not said whether it joins",
            JOINED: "takes part",
            DECLINED: "does not take part",
            LEFT: "takes part no more",
            UNDELIVERED: "refused on the way, by hub, node or policy",
            OVER: "ended by whoever opened it; it ends by itself on its last day",
        }
    ),
    initial=INVITED,
    final=frozenset({JOINED, DECLINED, LEFT, UNDELIVERED, OVER}),
    steps=(
        _step("receipt:refused", Side.ADDRESSEE, frozenset({INVITED}), UNDELIVERED),
        _step("receipt:acknowledged", Side.ADDRESSEE, _OPEN),
        _step("receipt:acted", Side.ADDRESSEE, _OPEN),
        # Who takes part leaves by a message of its own.
        _step("receipt:declined", Side.ADDRESSEE, frozenset({INVITED}), DECLINED),
        _step("case-step:join", Side.ADDRESSEE, frozenset({INVITED}), JOINED),
        _step("case-step:decline", Side.ADDRESSEE, frozenset({INVITED}), DECLINED),
        _step("case-step:leave", Side.ADDRESSEE, frozenset({JOINED}), LEFT),
        _step("case-step:update", Side.EITHER, _OPEN),
        _step("operation-report", Side.EITHER, frozenset({JOINED})),
        _step("case-step:close", Side.OPENER, _OPEN | {DECLINED, LEFT}, OVER),
    ),
    debts=(
        Debt(
            clock=ANSWER,
            by=Side.ADDRESSEE,
            states=frozenset({INVITED}),
            since=Since.OPENING,
            what="whether it joins",
        ),
    ),
)
"""Joint operations (2018 outcome, II.14, IV.5)."""
