"""The figures of a node's adapters: how each does, how far it lags, what waits.

Serving them is left to whoever serves the figures of the node.
"""

from collections.abc import Iterator

from broker.app.figures import SECOND_MS
from broker.core.adapting import AdapterState, Count
from broker.infra.metrics_server import Figure
from broker.infra.node_store import NodeStore


def adapter_figures(store: NodeStore, now_ms: int) -> Iterator[Figure]:
    """Yields the figures of every adapter that ever ran here; none where none did.

    Args:
        store: The node's.
        now_ms: The present.
    """
    found = store.adapters()
    if not found:
        return
    for state in AdapterState:
        word = state.value
        yield Figure(
            name=f"adapter_{word}",
            help=f"1 for an adapter that is {word}, else 0.",
            values={one.name: float(one.state_at(now_ms) is state) for one in found},
            label="adapter",
        )
    yield Figure(
        name="adapter_waiting",
        help="Deliveries that wait for an adapter.",
        values={one.name: float(one.waiting) for one in found},
        label="adapter",
    )
    yield Figure(
        name="adapter_lag_seconds",
        help="Since when the oldest of them waits; 0 when none does.",
        values={one.name: one.lag_ms(now_ms) / SECOND_MS for one in found},
        label="adapter",
    )
    yield Figure(
        name="adapter_letters_waiting",
        help="Dead letters of an adapter that wait for a person.",
        values={one.name: float(one.letters) for one in found},
        label="adapter",
    )
    for count in Count:
        yield Figure(
            name=f"adapter_{count.value}",
            help=f"What an adapter has {count.value}, ever.",
            values={one.name: float(one.counts.get(count, 0)) for one in found},
            label="adapter",
            counts=True,
        )
    yield Figure(
        name="proposals_open",
        help="Documents of adapters that wait for a person to decide.",
        values={"": float(store.count_proposals())},
    )
