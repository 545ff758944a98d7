"""A federation to measure: a real server and hub, one origin, ten recipients.

What is measured with it is left to the siblings.
"""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.processes import Process
from broker.app.credentials import NodeKeys, bus_identity
from broker.app.founding import HubPlan, admit_party, make_hub
from broker.app.hub import Hub, open_hub
from broker.app.joining import NodePlan, make_node
from broker.app.node_folder import Node, open_node, stored_trust
from broker.app.node_link import connected, trust_keeper
from broker.core import subjects
from broker.core.codec.envelope import EnvelopeItem, encode_submission
from broker.core.envelope import seal
from broker.core.handling import Handling, Tlp
from broker.core.model import FIRST_LINK, Header, Recipient, new_message_id
from broker.core.policy.rule import Ceiling, Effect, Rule
from broker.core.policy.rules import Policy
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus, connect
from broker.infra.nats_streams import NatsUplink
from keys.directory.model import Contact
from keys.identity import PartyId
from keys.keystore import UNSAFE_THROWAWAY_COST
from keys.nats_jwt import UNRESTRICTED
from keys.sealing import EncryptionPublicKey

ORIGIN: Final = PartyId("KEN")
RECIPIENTS: Final = tuple(
    PartyId(code)
    for code in "BEL MEX XPO FRA DEU BRA JPN GHA PER FJI".split()  # noqa: SIM905 - readable
)
BODY_SIZE: Final = 2000  # bytes
PASSPHRASE: Final = b"benchmark"
_WINDOW: Final = 256


@dataclass(slots=True)
class World:
    """What the measurements share.

    Attributes:
        admin: A connection as the hub's account without restrictions.
        origin: A connection as the party that sends.
    """

    folder: Path
    hub: Hub
    node: Node
    keys: NodeKeys
    trust: Trust
    admin: Bus
    origin: Bus

    def envelopes(self, count: int, recipients: int) -> list[bytes]:
        """Seals `count` messages of 2 kB to so many recipients; as submissions."""
        now_ms = SYSTEM_CLOCK.now_ms()
        parties = sorted(RECIPIENTS[:recipients])
        keys = {
            party: EncryptionPublicKey(
                self.trust.view.encryption_key(party, now_ms).key
            )
            for party in parties
        }
        body = bytes(range(256)) * (BODY_SIZE // 256) + bytes(BODY_SIZE % 256)
        made = []
        for _ in range(count):
            header = Header(
                message_id=new_message_id(now_ms),
                kind="diversion-alert/1",
                origin=ORIGIN,
                signer_key_id=self.keys.holder.signing.public.key_id,
                recipients=tuple(
                    Recipient(party=party, key_id=keys[party].key_id)
                    for party in parties
                ),
                handling=Handling(tlp=Tlp.AMBER),
                created_ms=now_ms,
                expires_ms=now_ms + 86_400_000,
                directory_version=self.trust.view.snapshot_digest,
                policy_digest=self.trust.policy_digests[ORIGIN],
            )
            sealed = seal(
                header,
                body,
                signer=self.keys.holder.signing,
                keys=keys,
                links=dict.fromkeys(parties, FIRST_LINK),
            )
            made.append(encode_submission(EnvelopeItem(sealed.envelope)))
        return made

    def accounts(self, recipients: int) -> list[str]:
        """Returns the bus accounts of so many recipients."""
        return [
            self.trust.view.record(party).account
            for party in sorted(RECIPIENTS[:recipients])
        ]

    async def submit(self, payloads: Sequence[bytes]) -> None:
        """Brings submissions into the hub's stream, many at a time."""
        uplink = NatsUplink(self.origin)
        for start in range(0, len(payloads), _WINDOW):
            await asyncio.gather(
                *(uplink.submit(one) for one in payloads[start : start + _WINDOW])
            )


@asynccontextmanager
async def world(folder: Path, port: int) -> AsyncIterator[World]:
    """Makes the federation, starts server and registrar, and ends them again."""
    url = f"nats://127.0.0.1:{port}"
    now_ms = SYSTEM_CLOCK.now_ms()
    root = folder / "hub"
    founded = make_hub(
        root,
        HubPlan(name="Benchmark", bus_url=url, bus_port=port),
        PASSPHRASE,
        now_ms=now_ms,
        cost=UNSAFE_THROWAWAY_COST,
    )
    with (root / "hub.toml").open("a", encoding="utf-8") as file:
        file.write('log_level = "error"\n')
    (folder / "passphrase").write_bytes(PASSPHRASE)
    for party in (ORIGIN, *RECIPIENTS):
        request = make_node(
            folder / party,
            NodePlan(
                party=party,
                name=party,
                policy=open_policy(party),
                policy_text="",
                contact=Contact(),
            ),
            founded,
            PASSPHRASE,
            now_ms=now_ms,
            cost=UNSAFE_THROWAWAY_COST,
        )
        admit_party(root, request, PASSPHRASE, now_ms=SYSTEM_CLOCK.now_ms())
    hub = open_hub(root, PASSPHRASE)
    node = open_node(folder / ORIGIN)
    keys = node.unlock(PASSPHRASE)
    with hub_process(folder, "bus", "registrar") as process:
        await asyncio.to_thread(process.wait_ready)
        async with (
            _admin(hub, now_ms) as admin,
            connected(node, keys, name="bench") as origin,
        ):
            # For a moment: no node goes by a directory that is not logged.
            with hub_process(folder, "log") as log:
                await asyncio.to_thread(log.wait_ready)
                await trust_keeper(node, origin).refresh()
            yield World(
                folder=folder,
                hub=hub,
                node=node,
                keys=keys,
                trust=stored_trust(node),
                admin=admin,
                origin=origin,
            )
    node.close()


def hub_process(folder: Path, *roles: str, worker: int = 1) -> Process:
    """Starts some roles of the hub by the product's own command."""
    command = [sys.executable, "-m", "broker.cli", "hub", "run", str(folder / "hub")]
    for role in roles:
        command += ["--only", role]
    command += ["--worker", str(worker)]
    command += ["--passphrase-file", str(folder / "passphrase")]
    return Process(command, stderr=subprocess.PIPE)


@asynccontextmanager
async def _admin(hub: Hub, now_ms: int) -> AsyncIterator[Bus]:
    identity = bus_identity(hub.keys.account, "bench", UNRESTRICTED, now_ms)
    bus = await connect(
        hub.bus_url,
        identity,
        name="bench",
        inbox_prefix=subjects.inbox_prefix("bench"),
        on_problem=lambda _: None,
    )
    try:
        yield bus
    finally:
        await bus.close()


def open_policy(party: PartyId, name: str = "out") -> Policy:
    """Returns a policy that shares and takes everything; `name` is that of a rule."""
    return Policy(
        party=party, exports=(_everything(name),), imports=(_everything("in"),)
    )


def _everything(name: str) -> Rule:
    return Rule(
        id=name,
        effect=Effect.PERMIT,
        everyone=True,
        every_kind=True,
        up_to=Ceiling(tlp=Tlp.RED),
    )
