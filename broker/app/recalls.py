"""Recall and retention, put together for a node.

What the parts do is left to `broker.services.recall_keeper` and
`broker.services.retention`.
"""

from collections.abc import Callable
from typing import Final

from broker.app.credentials import NodeKeys
from broker.app.node_folder import LIMITS, Node
from broker.core.recalls.retention import RecordClass, RetentionRules
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.services.recall_desk import RecallDesk
from broker.services.recall_keeper import RecallKeeper, RecallRules
from broker.services.recall_watch import RecallWatch
from broker.services.retention import RetentionDesk
from broker.settings import NodeSettings

_HOUR_MS: Final = 3_600_000
_YEAR_DAYS: Final = 366


def recall_desk(node: Node, keys: NodeKeys, trust: Callable[[], Trust]) -> RecallDesk:
    """Returns what sends this party's notices and attestations."""
    return RecallDesk(keys.holder, node.store, trust, SYSTEM_CLOCK, LIMITS)


def recall_keeper(
    node: Node,
    keys: NodeKeys,
    trust: Callable[[], Trust],
    answered: Callable[[], None] = lambda: None,
) -> RecallKeeper:
    """Returns what carries out what others take back.

    Args:
        node: The node.
        keys: Its keys.
        trust: Returns the directory to go by now.
        answered: Called when there are new statements to bring to the hub.
    """
    rules = RecallRules(
        automatic=node.settings.recalls == "automatic",
        authority=node.settings.recall_authority,
    )
    desk = recall_desk(node, keys, trust)
    return RecallKeeper(keys.holder, node.store, desk, SYSTEM_CLOCK, rules, answered)


def recall_watch(
    node: Node, keys: NodeKeys, trust: Callable[[], Trust], keeper: RecallKeeper
) -> RecallWatch:
    """Returns the loop that keeps recalls going."""
    desk = recall_desk(node, keys, trust)
    within_ms = attested_within_ms(node.settings)
    return RecallWatch(keeper, desk, node.store, SYSTEM_CLOCK, within_ms)


def attested_within_ms(settings: NodeSettings) -> int:
    """Returns how long a recipient has for its attestation."""
    return settings.attested_within_hours * _HOUR_MS


def retention_desk(node: Node, keys: NodeKeys) -> RetentionDesk:
    """Returns what destroys contents whose time is over."""
    rules = retention_rules(node.settings)
    return RetentionDesk(keys.holder, node.store, SYSTEM_CLOCK, rules)


def retention_rules(settings: NodeSettings) -> RetentionRules:
    """Returns how long this node keeps each class."""
    days = {
        RecordClass.PERSONAL: settings.retention_personal_days,
        RecordClass.INTELLIGENCE: settings.retention_intelligence_days,
        RecordClass.PROTOCOL: settings.retention_protocol_days,
    }
    if settings.retention_record_years is not None:
        days[RecordClass.RECORD] = settings.retention_record_years * _YEAR_DAYS
    if settings.retention_manufacture_years is not None:
        days[RecordClass.MANUFACTURE] = (
            settings.retention_manufacture_years * _YEAR_DAYS
        )
    return RetentionRules(days=days)
