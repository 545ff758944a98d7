"""The clocks of a node's cases: what is owed, and the watch over it.

What is owed in a leg is left to `broker.core.cases.leg`, in a plan to `plan_state`.
"""

from collections.abc import Callable, Iterator, Sequence

from broker.app.cases import cases
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node, dispatcher
from broker.app.plans import known_plans
from broker.core.cases.case import Case
from broker.core.cases.duties import Duty, duties_of
from broker.core.cases.plan_duties import plan_duties
from broker.core.cases.plan_state import PlanState
from broker.core.cases.review import DueNotice
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.services.case_watch import CaseWatch, WatchPorts
from broker.services.overdue_notices import OverdueNotices


def clocked_cases(node: Node, keys: NodeKeys) -> Iterator[tuple[Case, list[Duty]]]:
    """Yields every case with what is owed in it, by whomever.

    Raises:
        StoreError: The store cannot be read or written.
        ContentError: Something was protected under another key.
    """
    plans = known_plans(node, keys).found.plans
    for case in cases(node, keys):
        yield case, list(_duties(node, case, plans))


def duties_in(node: Node, keys: NodeKeys, case: Case) -> list[Duty]:
    """Returns what is owed in one case, by whomever.

    Raises:
        StoreError: The store cannot be read.
        ContentError: Something was protected under another key.
    """
    return list(_duties(node, case, known_plans(node, keys).found.plans))


def _duties(node: Node, case: Case, plans: Sequence[PlanState]) -> Iterator[Duty]:
    spans = node.settings.case_clocks
    yield from duties_of(case, spans)
    yield from plan_duties(case, plans, spans)


def duties(node: Node, keys: NodeKeys) -> Iterator[Duty]:
    """Yields all that is owed in the cases of a node, by whomever.

    Raises:
        StoreError: The store cannot be read or written.
        ContentError: Something was protected under another key.
    """
    for _, owed in clocked_cases(node, keys):
        yield from owed


def case_watch(
    node: Node,
    keys: NodeKeys,
    trust: Callable[[], Trust],
    heard_ms: Callable[[], int],
) -> CaseWatch:
    """Returns what watches over the clocks of a node's cases.

    Args:
        node: The node.
        keys: Its keys.
        trust: Returns the directory to go by now.
        heard_ms: Returns until when everything has been taken in that came for us.
    """
    desk = OverdueNotices(node.store, dispatcher(node, keys, trust), trust)

    def nobody(_notice: DueNotice) -> bool:
        return False

    ports = WatchPorts(
        store=node.store,
        clock=SYSTEM_CLOCK,
        duties=lambda: duties(node, keys),
        heard_ms=heard_ms,
        send=desk.send if node.settings.overdue_notices else nobody,
        store_key=keys.holder.store_key,
    )
    return CaseWatch(node.party, ports)
