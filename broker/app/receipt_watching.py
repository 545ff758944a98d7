"""The watch over a node's receipts, put together from its settings.

What it looks for is left to `broker.core.reviews.review`.
"""

from collections.abc import Callable

from broker.app.node_folder import LIMITS, Node
from broker.core.reviews.clocks import HOUR_MS, MINUTE_MS, ReceiptClocks
from broker.infra.clock import SYSTEM_CLOCK
from broker.services.receipt_watch import ReceiptWatch
from broker.settings import NodeSettings


def receipt_clocks(settings: NodeSettings) -> ReceiptClocks:
    """Returns how long everything may take, as the operator has set it."""
    return ReceiptClocks(
        accepted_ms=settings.accepted_within_minutes * MINUTE_MS,
        delivered_ms=settings.delivered_within_hours * HOUR_MS,
        opened_ms=settings.opened_within_hours * HOUR_MS,
        acknowledged_ms=settings.acknowledged_within_hours * HOUR_MS,
        urgent_ms=settings.urgent_acknowledged_within_hours * HOUR_MS,
        told_ms=settings.told_within_hours * HOUR_MS,
        skew_ms=LIMITS.clock_skew_ms,
    )


def receipt_watch(node: Node, heard_ms: Callable[[], int]) -> ReceiptWatch:
    """Returns what watches over the receipts of a node.

    Args:
        node: The node.
        heard_ms: Returns until when everything has been taken in that came for us.
    """
    clocks = receipt_clocks(node.settings)
    return ReceiptWatch(node.store, SYSTEM_CLOCK, clocks, heard_ms)
