"""A node whose keys are under tokens runs, and rotates them, against a real hub."""

import asyncio
from pathlib import Path

from broker.app.hub import Role, run_hub
from broker.app.hub_folder import open_hub
from broker.app.key_changes import KeyUse, changing_keys, rotation
from broker.app.node import run_node
from broker.app.node_folder import open_node
from broker.app.node_link import connected
from broker.app.publishing import publish_record
from keys import keystore
from tests.federation import free_port, silence_services
from tests.token_world import NODE_PIN, PASSPHRASE, found_with_tokens
from tests.tokens import Tokens

_PATIENCE_S = 60.0


async def test_a_running_node_takes_up_keys_that_its_tokens_signed_for(
    tmp_path: Path, token_folder: Tokens
) -> None:
    silence_services()
    world = found_with_tokens(tmp_path / "f", token_folder, port=free_port())
    node = open_node(world.node.root)
    keys, before = node.unlock(NODE_PIN), world.version()
    stop, hub_up, node_up = asyncio.Event(), asyncio.Event(), asyncio.Event()
    async with asyncio.timeout(_PATIENCE_S), asyncio.TaskGroup() as tasks:
        hub = open_hub(world.hub.root, PASSPHRASE)
        tasks.create_task(run_hub(hub, set(Role), stop, ready=hub_up))
        await hub_up.wait()
        tasks.create_task(run_node(node, keys, stop, ready=node_up))
        await node_up.wait()
        async with connected(node, keys, name="rotate") as bus:
            with changing_keys(node):
                change = rotation(node, keys, {KeyUse.SIGNING, KeyUse.ENCRYPTION})
                assert await publish_record(node, keys, bus, change) == before + 1
        signing_keys = world.record().signing_keys
        newest = max(signing_keys, key=lambda key: key.valid_from_ms)
        # The node hears of it from the hub, and opens its keystore again.
        while not keys.holder.holds(newest.key_id):  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.02)
        stop.set()
    node.close()
    assert len(signing_keys) == 2
    assert keystore.protection(world.node.keys) is not None
