"""The lifecycle of a proposal to mitigate a diversion, between two of its parties.

It says who has spoken to whom. Whether all parties agree, on what, and what is owed
then is more than two of them can tell, and left to `broker.core.cases.plan_state`.
"""

from types import MappingProxyType
from typing import Final

from broker.core.cases.lifecycle import STAYS, Lifecycle, Side, Step

PROPOSED: Final = "proposed"
ACCEPTED: Final = "accepted"
AMENDED: Final = "amended"
DECLINED: Final = "declined"
WITHDRAWN: Final = "withdrawn"
UNDELIVERED: Final = "undelivered"
CLOSED: Final = "closed"

_OPEN: Final = frozenset({PROPOSED, ACCEPTED, AMENDED, DECLINED, WITHDRAWN})


def _by(side: Side, event: str, sources: frozenset[str], target: str = STAYS) -> Step:
    return Step(event=event, by=side, sources=sources, target=target)


def _answers(side: Side) -> tuple[Step, ...]:
    """Returns what a side may say at any time: its last word counts."""
    return (
        _by(side, "mitigation-answer:accept", _OPEN, ACCEPTED),
        _by(side, "mitigation-answer:amend", _OPEN, AMENDED),
        _by(side, "mitigation-answer:decline", _OPEN, DECLINED),
        _by(side, "mitigation-answer:withdraw", _OPEN, WITHDRAWN),
    )


def _reports(side: Side) -> tuple[Step, ...]:
    """Returns the reports on actions; which of them count, the plan's state says."""
    return tuple(
        _by(side, f"action-report:{status}", _OPEN)
        for status in ("under-way", "done", "declined")
    )


PLAN: Final = Lifecycle(
    name="plan",
    title="States agree on what each of them does about a diversion",
    opens=("mitigation-proposal",),
    states=MappingProxyType(
        {
            PROPOSED: "proposed; the other side has not answered",
            ACCEPTED: "the last word between the two agrees to a version",
            AMENDED: "the last word between the two is another version",
            DECLINED: "the last word between the two is a refusal",
            WITHDRAWN: "one of the two no longer agrees",
            UNDELIVERED: "refused by the node or policy of the other side",
            CLOSED: "closed by the State that proposed it",
        }
    ),
    initial=PROPOSED,
    final=frozenset({UNDELIVERED, CLOSED}),
    steps=(
        _by(Side.ADDRESSEE, "receipt:acknowledged", _OPEN | {CLOSED}),
        _by(Side.ADDRESSEE, "receipt:acted", _OPEN | {CLOSED}),
        _by(Side.ADDRESSEE, "receipt:refused", frozenset({PROPOSED}), UNDELIVERED),
        # Who has answered takes that back by an answer, which all members get.
        _by(Side.ADDRESSEE, "receipt:declined", frozenset({PROPOSED}), DECLINED),
        *_answers(Side.OPENER),
        *_answers(Side.ADDRESSEE),
        *_reports(Side.OPENER),
        *_reports(Side.ADDRESSEE),
        _by(Side.EITHER, "case-step:ask", _OPEN),
        _by(Side.EITHER, "case-step:answer", _OPEN),
        _by(Side.EITHER, "case-step:update", _OPEN),
        _by(Side.EITHER, "case-step:correct", _OPEN),
        _by(Side.OPENER, "case-step:close", _OPEN, CLOSED),
    ),
)
