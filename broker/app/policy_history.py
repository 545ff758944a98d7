"""What this party's policy was and is: noted as soon as the directory shows it.

How it is published is left to `publishing`, how it is kept to the store.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import structlog

from broker.app.directory_link import directory_client
from broker.app.node_folder import Node
from broker.core.codec.policy import policy_digest
from broker.core.errors import BrokerError, ConfigurationError
from broker.core.policy_history import PolicyVersion
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus
from keys.directory.disk import write_durably
from keys.directory.published import Published
from keys.directory.roles import PARTY_LIFE_MS
from keys.errors import DirectoryError, KeysError

_LOOK_S: Final = 1.0
_RETRY_S: Final = 60.0


def expect_text(node: Node, policy: bytes, text: str) -> None:
    """Keeps the text of a policy that is about to be published; durable on return.

    Whoever sees it published, this process or the running node, finds it here.

    Args:
        node: The node.
        policy: The policy, serialised.
        text: As it was written, comments included.
    """
    node.store.remember(_text_fact(policy), text.encode())


def write_text(node: Node, text: str) -> None:
    """Puts the text of the policy in force into the node's folder.

    Raises:
        ConfigurationError: It cannot be written.
    """
    path = node.folder.policy
    try:
        write_durably(path, text.encode())
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror}") from error


async def note_own_policy(node: Node, bus: Bus) -> None:
    """Fetches the directory, and notes the policy that it shows for this party.

    Raises:
        DirectoryError: The directory cannot be had.
        StoreError: It could not be stored.
    """
    client = directory_client(node, bus)

    def look() -> None:
        client.refresh(SYSTEM_CLOCK.now_ms())
        note(node, client.published(node.party))

    await asyncio.to_thread(look)


def note(node: Node, published: Published | None) -> None:
    """Notes the policy in what this party published last, if it is another.

    Raises:
        StoreError: It could not be stored.
    """
    if published is None or published.policy is None:
        return
    kept = node.store.fact(_text_fact(published.policy))
    text = "" if kept is None else kept.decode()
    new = node.store.note_policy(
        PolicyVersion(
            version=published.version,
            digest=policy_digest(published.policy),
            # What is published is in force for so long from when it was prepared.
            published_ms=published.expires_ms - PARTY_LIFE_MS,
            seen_ms=SYSTEM_CLOCK.now_ms(),
            policy=published.policy,
            signers=published.signers,
            threshold=published.threshold,
            text=text,
        )
    )
    if new and text:
        write_text(node, text)


async def watch_own_policy(
    node: Node, bus: Bus, trust: Callable[[], Trust], stop: asyncio.Event
) -> None:
    """Notes every policy of this party that the directory shows, until `stop` is set.

    Args:
        node: The node.
        bus: A connection to the hub.
        trust: Returns the directory to go by now.
        stop: Ends it.
    """
    client = directory_client(node, bus)
    noted: bytes | None = None
    while not stop.is_set():
        wait_s, shown = _LOOK_S, trust().policy_digests.get(node.party)
        if shown is not None and shown != noted:
            try:
                await asyncio.to_thread(
                    lambda: note(node, client.published(node.party))
                )
                noted = shown
            except (BrokerError, DirectoryError, KeysError) as error:
                structlog.get_logger("policy").warning(
                    "policy not noted", reason=str(error)
                )
                wait_s = _RETRY_S
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait_s)


def _text_fact(policy: bytes) -> str:
    return f"policy-text/{policy_digest(policy).hex()}"
