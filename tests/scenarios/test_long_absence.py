"""A party that stayed away until what it published expired, and comes back."""

import asyncio
import socket
from pathlib import Path
from typing import Final

from broker.app.credentials import NodeKeys
from broker.app.founding import HubPlan, admit_party, make_hub
from broker.app.hub import Hub, Role, open_hub, run_hub
from broker.app.joining import NodePlan, make_node
from broker.app.node_folder import Node, open_node
from broker.app.node_link import connected, trust_keeper
from broker.app.publishing import publish_policy
from broker.core.codec.policy import encode_policy
from broker.core.policy.parse import parse_policy
from broker.core.policy.rules import Policy
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.document_files import load_file
from keys.directory.codec import encode_party
from keys.directory.model import Contact
from keys.directory.publishing import publish
from keys.directory.repository import Repository
from keys.directory.roles import PARTY_LIFE_MS
from keys.directory.signers import role_signer
from keys.identity import PartyId
from keys.keystore import UNSAFE_THROWAWAY_COST

PASSPHRASE: Final = b"for a test"
KEN: Final = PartyId("KEN")
MINUTE_MS: Final = 60_000
POLICY_FILE: Final = Path(__file__).parents[2] / "examples" / "policies" / "ken.yaml"


async def test_a_party_whose_record_has_expired_comes_back_by_publishing_again(
    tmp_path: Path,
) -> None:
    hub, node, keys, policy = found(tmp_path)
    stop, ready = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(run_hub(hub, set(Role), stop, ready=ready))
        await ready.wait()
        try:
            async with connected(node, keys, name="test") as bus:
                keeper = trust_keeper(node, bus)
                there = await keeper.refresh()
                assert KEN in there.view.parties

                let_lapse(hub, node, keys, policy, encode_party(there.view.record(KEN)))
                gone = await keeper.refresh()
                assert "expired" in gone.view.failed[KEN]

                assert await publish_policy(node, keys, bus, policy, "the text") == 3
                back = await keeper.refresh()
                assert back.view.record(KEN) == there.view.record(KEN)
                assert KEN in back.engines
        finally:
            stop.set()
    node.close()


def found(folder: Path) -> tuple[Hub, Node, NodeKeys, Policy]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    now_ms = SYSTEM_CLOCK.now_ms()
    federation = make_hub(
        folder / "hub",
        HubPlan(name="Test", bus_url=f"nats://127.0.0.1:{port}", bus_port=port),
        PASSPHRASE,
        now_ms=now_ms,
        cost=UNSAFE_THROWAWAY_COST,
    )
    policy = parse_policy(load_file(POLICY_FILE))
    request = make_node(
        folder / "KEN",
        NodePlan(
            party=KEN, name="Kenya", policy=policy, policy_text="", contact=Contact()
        ),
        federation,
        PASSPHRASE,
        # Long ago, but not so long that the hub would not let it in now.
        now_ms=now_ms - PARTY_LIFE_MS + 45 * MINUTE_MS,
        cost=UNSAFE_THROWAWAY_COST,
    )
    admit_party(folder / "hub", request, PASSPHRASE, now_ms=now_ms)
    node = open_node(folder / "KEN")
    hub = open_hub(folder / "hub", PASSPHRASE)
    return hub, node, node.unlock(PASSPHRASE), policy


def let_lapse(
    hub: Hub, node: Node, keys: NodeKeys, policy: Policy, record: bytes
) -> None:
    """Has the party publish as it would have ten minutes too long ago."""
    then_ms = SYSTEM_CLOCK.now_ms() - PARTY_LIFE_MS - 10 * MINUTE_MS
    submission = publish(
        node.party,
        signers=[keys.require_role()],
        version=2,
        files={"record.pb": record, "policy.pb": encode_policy(policy)},
        now_ms=then_ms,
    )
    repository = Repository(hub.folder.directory, role_signer(hub.keys.online))
    repository.accept(submission, then_ms)
    repository.commit(SYSTEM_CLOCK.now_ms())
