"""The weapons that a node keeps, put together: looked through, looked up, decided on.

What counts as a match is left to `broker.core.identification`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.core.errors import ConfigurationError
from broker.core.identification.records import Decision, NotedLead
from broker.core.identification.weapon import Weapon
from broker.infra.clock import SYSTEM_CLOCK
from broker.services.weapon_index import Hit, WeaponIndex
from broker.services.weapon_keeper import WeaponKeeper


def weapon_index(node: Node, keys: NodeKeys) -> WeaponIndex:
    """Returns where the weapons of a node are looked up."""
    return WeaponIndex(keys.holder, node.store)


def weapon_keeper(node: Node, keys: NodeKeys) -> WeaponKeeper:
    """Returns what keeps and compares the weapons of a node."""
    return WeaponKeeper(
        keys.holder,
        node.store,
        SYSTEM_CLOCK,
        weapon_index(node, keys),
        node.settings.matches_least,
    )


def leads_for(
    node: Node,
    keys: NodeKeys,
    weapons: Iterable[Weapon],
    *,
    least: float = 0.5,
    but: bytes = b"",
) -> Iterator[tuple[Weapon, Hit]]:
    """Yields what may be the same as some weapons, in all that this node keeps.

    Nothing is noted: this is for looking before a message is sent.

    Args:
        node: The node.
        keys: Its keys.
        weapons: Those that are asked for.
        least: Score that a hit has at least.
        but: A message that is left out.

    Raises:
        StoreError: The store cannot be read or written.
        ContentError: Something was protected under another key.
    """
    keeper = weapon_keeper(node, keys)
    keeper.read_new()
    for weapon in weapons:
        for hit in keeper.index.hits(weapon, least, but):
            if not _is_gone(node, hit.place.message_digest):
                yield weapon, hit


def leads(
    node: Node, keys: NodeKeys, message_digest: bytes | None = None
) -> Iterator[NotedLead]:
    """Yields the leads that were noted, or those of one message, newest first.

    What the node has not looked at yet is looked at first. Leads about messages that
    were taken back are left out.

    Raises:
        StoreError: The store cannot be read or written.
        ContentError: Something was protected under another key.
    """
    keeper = weapon_keeper(node, keys)
    keeper.step()
    for row in node.store.leads(message_digest):
        if not any(_is_gone(node, one) for one in (row.message_digest, row.other)):
            yield keeper.index.open_lead(row)


def lead_of(node: Node, keys: NodeKeys, number: int) -> NotedLead:
    """Returns one lead by its number.

    Raises:
        ConfigurationError: There is none.
        StoreError: The store cannot be read.
        ContentError: It was protected under another key.
    """
    row = node.store.find_lead(number)
    gone = row is None or any(
        _is_gone(node, one) for one in (row.message_digest, row.other)
    )
    if row is None or gone:
        raise ConfigurationError(
            f"there is no lead {number}: see rogatory matches list"
        )
    return weapon_index(node, keys).open_lead(row)


def decide(
    node: Node,
    keys: NodeKeys,
    number: int,
    decision: Decision,
    *,
    by: str,
    remark: str,
) -> NotedLead:
    """Keeps what a person made of a lead; the last word counts. Returns the lead.

    Raises:
        ConfigurationError: There is none.
        StoreError: The store cannot be written.
        ContentError: It was protected under another key.
    """
    now_ms = SYSTEM_CLOCK.now_ms()
    noted = replace(
        lead_of(node, keys, number),
        decision=decision,
        by=by,
        decided_ms=now_ms,
        remark=remark,
    )
    row = node.store.find_lead(number)
    if row is not None:
        sealed = weapon_index(node, keys).seal_decision(row, noted)
        node.store.decide_lead(number, sealed, now_ms)
    return noted


def _is_gone(node: Node, digest: bytes) -> bool:
    """Tells whether a message may not be used any more; never of an own list."""
    return bool(digest) and node.store.taken_back(digest) is not None
