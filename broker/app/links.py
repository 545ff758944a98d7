"""A node's links put together: what keeps them, and how it stands with each party.

What is due is left to `broker.core.links`, how it is shown to the command
line.
"""

from collections.abc import Callable
from typing import Final

from broker.app.credentials import NodeKeys
from broker.app.node_folder import LIMITS, Node
from broker.core.link_records import LinkState
from broker.core.links import HOUR_MS, LinkTuning, is_silent
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.services.link_keeper import LinkKeeper
from broker.services.link_ports import LinkPorts
from broker.settings import NodeSettings

_SECOND_MS: Final = 1000


def link_tuning(settings: NodeSettings) -> LinkTuning:
    """Returns how patient a node is, as set."""
    return LinkTuning(
        grace_ms=settings.resend_grace_s * _SECOND_MS,
        heartbeat_every_ms=settings.heartbeat_hours * HOUR_MS,
    )


def link_keeper(
    node: Node,
    keys: NodeKeys,
    trust: Callable[[], Trust],
    connected: Callable[[], bool],
) -> LinkKeeper:
    """Returns what keeps the links of a node.

    Args:
        node: The node.
        keys: Its keys.
        trust: Returns the directory to go by now.
        connected: Tells whether the hub can be reached at the moment.
    """
    return LinkKeeper(
        LinkPorts(
            holder=keys.holder,
            store=node.store,
            trust=trust,
            clock=SYSTEM_CLOCK,
            limits=LIMITS,
            tuning=link_tuning(node.settings),
            connected=connected,
        )
    )


def link_states(node: Node, now_ms: int) -> list[LinkState]:
    """Returns how it stands with each party that anything was exchanged with.

    Raises:
        StoreError: The store cannot be read.
    """
    store = node.store
    store.note_gaps(now_ms)
    heard, evidence = store.heard(), store.drop_evidence()
    states = []
    for party, (number, at_ms) in sorted(store.last_sent().items()):
        last = heard.get(party)
        states.append(
            LinkState(
                party=party,
                sent_number=number,
                sent_ms=at_ms if number else 0,
                heard=last,
                missing=tuple(store.missing_numbers(party)),
                asking=store.asking(party),
                closed=tuple(store.closed_numbers(party)),
                silent=last is not None and is_silent(last, now_ms),
                dropped=sum(one.origin == party for one in evidence),
            )
        )
    return states
