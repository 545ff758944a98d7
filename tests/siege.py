"""A victim and an attacker on a real nats-server, for tests of isolation.

The attacker holds the key of its account, so that it makes users with any permission
inside the account and speaks to the server without our software. What it tries is
left to the tests; afterwards nothing but its own submissions may have changed.
"""

import json
from typing import Any, Self

from nats import errors as nats_errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from broker.core import subjects
from broker.core.ports import Outgoing
from broker.infra.nats_streams import NatsLedger, NatsSource, NatsUplink
from keys.nkeys import NatsKey
from tests.bus_world import BusWorld, letter


class Siege:
    """A victim with messages under way, and an attacker that was admitted.

    Attributes:
        world: The server and the hub.
        ken: Key of the victim's account.
        mal: Key of the attacker's account.
        attacker: A connection with every permission the attacker can give itself.
        heard: What the attacker has heard on any subject at all.
        before: How things stood when the siege began.
    """

    def __init__(
        self, world: BusWorld, ken: NatsKey, mal: NatsKey, attacker: Client
    ) -> None:
        self.world = world
        self.ken = ken
        self.mal = mal
        self.attacker = attacker
        self.heard: list[Msg] = []
        self.before: dict[str, Any] = {}

    @classmethod
    async def lay(cls, world: BusWorld) -> Self:
        """One submission of the victim waits for the relay, one letter for it."""
        ken, mal = await world.admit("KEN"), await world.admit("MAL")
        await NatsUplink(await world.node(ken)).submit(b"of KEN")
        entry = Outgoing(subject=subjects.AUDIT_ENTRIES, payload=b"e", dedup_id="e")
        await NatsLedger(world.admin).commit(
            [letter(ken, "for KEN"), letter(mal, "for MAL"), letter(mal, "too"), entry]
        )
        siege = cls(world, ken, mal, await world.raw(mal))
        siege.before = await siege.state()
        return siege

    async def listen(self) -> None:
        """Lets the attacker hear all that there is to hear in its account."""

        async def hear(message: Msg) -> None:
            self.heard.append(message)

        await self.attacker.subscribe(">", cb=hear)
        await self.attacker.flush()

    async def send(
        self,
        subject: str,
        payload: bytes = b"",
        reply: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        """Has the attacker send something, and the server look at it."""
        await self.attacker.publish(subject, payload, reply=reply, headers=headers)
        await self.attacker.flush()

    async def ask(
        self, subject: str, payload: bytes = b"", headers: dict[str, str] | None = None
    ) -> str:
        """Returns the answer to the attacker's question, or "nothing"."""
        try:
            answer = await self.attacker.request(
                subject, payload, timeout=0.3, headers=headers
            )
        except nats_errors.Error:
            return "nothing"
        return answer.data.decode()

    async def state(self) -> dict[str, Any]:
        """Returns all that the attacker must not be able to change."""
        streams, durables = {}, {}
        for name in (subjects.IN, subjects.LEDGER):
            held = (await self.world.stream(name)).get("subjects") or {}
            held.pop(subjects.submission(self.mal.public), None)
            streams[name] = held
        for stream, durable in (
            (subjects.IN, subjects.RELAY),
            (subjects.LEDGER, self.ken.public),
        ):
            info = await self.world.durable(stream, durable)
            durables[durable] = {
                field: info[field]
                for field in ("delivered", "ack_floor", "num_ack_pending", "config")
            }
        names = await self.world.admin.request("$JS.API.STREAM.NAMES", b"{}", 5)
        return {
            "streams": streams,
            "durables": durables,
            "names": sorted(json.loads(names)["streams"]),
            "accounts": await self.world.admission.accounts(),
        }

    async def assert_nothing_happened(self) -> None:
        """And the victim still gets what is for it, and only that."""
        # Whatever the attack set off goes through the same server before this.
        await self.attacker.flush()
        await self.world.admin.flush(5)
        assert await self.state() == self.before
        source = NatsSource(
            await self.world.node(self.ken), subjects.LEDGER, self.ken.public
        )
        assert [m.data for m in await source.fetch(10, 1)] == [b"for KEN"]


def targets(siege: Siege) -> list[str]:
    """Returns the subjects under which a forged message would be believed."""
    return [
        subjects.submission(siege.ken.public),
        subjects.inbox(siege.ken.public),
        subjects.AUDIT_ENTRIES,
        subjects.SNAPSHOTS,
    ]
