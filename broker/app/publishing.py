"""What a party publishes about itself: its record and its policy, over the bus."""

import asyncio
from typing import Final

from broker.app.credentials import NodeKeys
from broker.app.exchange_files import JoinRequest
from broker.app.files_over_bus import FilesOverBus
from broker.app.node_folder import Node
from broker.core import subjects
from broker.core.codec.policy import encode_policy
from broker.core.errors import ConfigurationError
from broker.core.policy.rules import Policy
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus
from keys.directory.client import DirectoryClient
from keys.directory.codec import encode_party
from keys.directory.publishing import publish
from keys.directory.signers import role_signer

_REGISTRAR_TIMEOUT_S: Final = 15.0


async def publish_policy(
    node: Node, keys: NodeKeys, bus: Bus, policy: Policy, text: str
) -> int:
    """Publishes the party's record as it stands, with a policy.

    Args:
        node: The node.
        keys: Its keys.
        bus: A connection to the hub.
        policy: The policy.
        text: As it was written, to be kept in the node's folder.

    Returns:
        The version that was published.

    Raises:
        ConfigurationError: The policy is another party's.
        DirectoryError: The directory cannot be had, or refuses it.
        BusError: The hub cannot be reached, or refuses it.
    """
    if policy.party != node.party:
        raise ConfigurationError(f"the policy is that of {policy.party}")
    loop = asyncio.get_running_loop()
    client = DirectoryClient(
        node.folder.directory_copy,
        node.federation.root,
        FilesOverBus(bus, loop).fetch,
    )
    now_ms = SYSTEM_CLOCK.now_ms()
    view = await asyncio.to_thread(client.refresh, now_ms)
    version = await asyncio.to_thread(client.published_version, node.party) + 1
    entry = view.parties.get(node.party)
    # A record that has expired is in no view: what was first published is ours still.
    record = (
        JoinRequest.read(node.folder.join_request).submission.files["record.pb"]
        if entry is None
        else encode_party(entry.record)
    )
    submission = publish(
        node.party,
        signers=[role_signer(keys.role)],
        version=version,
        files={
            "record.pb": record,
            "policy.pb": encode_policy(policy),
        },
        now_ms=now_ms,
    )
    await bus.request(subjects.REGISTRAR, submission.to_bytes(), _REGISTRAR_TIMEOUT_S)
    node.folder.policy.write_text(text, encoding="utf-8")
    await asyncio.to_thread(client.refresh, now_ms)
    return version
