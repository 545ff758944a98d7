"""What is owed in the plans of a case, as its clocks are watched.

What is owed at all is left to `broker.core.cases.plan_state`.
"""

from collections.abc import Iterable, Iterator

from broker.core.cases.case import Case
from broker.core.cases.clocks import CaseClocks
from broker.core.cases.duties import Duty, Notice, notices_about
from broker.core.cases.events import Urgency
from broker.core.cases.leg import Owed
from broker.core.cases.plan import CLOSED, PLAN
from broker.core.cases.plan_state import PlanState, owed
from keys.identity import PartyId

_ALERT = "diversion-alert"


def plan_duties(
    case: Case, plans: Iterable[PlanState], spans: CaseClocks
) -> Iterator[Duty]:
    """Yields what is owed in those plans that were proposed in a case.

    Args:
        case: The case.
        plans: All that are known.
        spans: How long everything may take.
    """
    events = {one.digest: one for one in case.events}
    arrivals = {one.digest: one.delivered_ms for one in case.events}
    for state in plans:
        root = state.root
        if root.digest not in events or _is_closed(case, state):
            continue
        urgency = urgency_of(case, events[root.digest].in_reply_to)
        for one in owed(state, arrivals, spans, urgency):
            to = _to(state, one)
            yield Duty(
                case=case.name,
                reference=case.reference,
                matter=PLAN.name,
                state=state.phase.value,
                owed=one,
                to=to,
                notices=tuple(_notices(case, one, to)),
            )


def _notices(case: Case, one: Owed, to: tuple[PartyId, ...]) -> Iterator[Notice]:
    """Yields what was told about a debt.

    All actions of a plan are owed about one message and by one clock: what was told
    before this one was due was told about another.
    """
    for notice in notices_about(case.events, one, to):
        if one.due_ms is not None and notice.at_ms > one.due_ms:
            yield notice


def urgency_of(case: Case, alert: bytes) -> Urgency:
    """Returns how urgent an alert is; of all in its case, where that is not known.

    Args:
        case: The case.
        alert: Digest of the message that a plan was proposed in reply to.
    """
    alerts = [one for one in case.events if one.told.event == _ALERT]
    named = [one for one in alerts if one.digest == alert] or alerts
    return max((one.told.urgency for one in named), default=Urgency.ROUTINE)


def _is_closed(case: Case, state: PlanState) -> bool:
    """Tells whether whoever proposed a plan has closed it."""
    own = {one.digest for one in state.messages}
    return any(
        leg.opening.digest in own and (leg.void or leg.state == CLOSED)
        for leg in case.legs
    )


def _to(state: PlanState, one: Owed) -> tuple[PartyId, ...]:
    """Returns to whom something is owed: to whoever brought the version, or to all."""
    brought = (m.by for m in state.messages if m.digest == one.about)
    author = next(brought, one.by)
    if author != one.by:
        return (author,)
    return tuple(party for party in state.parties if party != one.by)
