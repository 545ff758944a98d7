"""The service of a node that watches its register of certificates, put together."""

from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.app.registers import certificates_known
from broker.infra.clock import SYSTEM_CLOCK
from broker.services.double_use_watch import DoubleUseWatch


def double_use_watch(node: Node, keys: NodeKeys) -> DoubleUseWatch:
    """Returns what tells people of certificates that may have been used twice."""
    return DoubleUseWatch(
        store=node.store,
        clock=SYSTEM_CLOCK,
        store_key=keys.holder.store_key,
        leads=lambda: certificates_known(node, keys).leads,
    )
