"""Some nodes and a hub in memory, round by round, with a hub that may keep things back.

Real services and stores but for the bus. What is kept back, and when somebody dies, is
left to the tests.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from broker.core.codec.envelope import (
    EnvelopeItem,
    decode_delivery,
    decode_envelope,
    decode_signed,
)
from broker.core.codec.header import decode_header
from broker.core.envelope import Sealed
from broker.core.flows.resending import answer_about
from broker.core.limits import Limits
from broker.core.links import MINUTE_MS, LinkTuning, Resent
from broker.core.model import Header
from broker.core.outgoing import OutgoingDocument
from broker.core.ports import Clock
from broker.core.protocol_kinds import RESEND
from broker.core.records import SentMessage
from broker.core.trust import Trust
from broker.infra.database import Database
from broker.infra.node_store import NodeStore
from broker.services.dispatch import Dispatcher
from broker.services.link_keeper import LinkKeeper
from broker.services.link_ports import LinkPorts
from broker.services.node_intake import IntakePorts, NodeIntake
from broker.services.node_opening import NodeOpening, OpeningPorts
from broker.services.node_uplink import NodeUplink
from keys.identity import PartyId
from tests import world
from tests.memory_bus import MemorySource, MemoryUplink
from tests.unit.broker.services.relay_world import RelayWorld
from tests.world import BEL, KEN, KIND

TUNING = LinkTuning()
GRACE_MS = TUNING.grace_ms
EVERY_MS = TUNING.heartbeat_every_ms


class KilledError(BaseException):
    """The process is killed here."""


@dataclass(slots=True)
class Member:
    """One party's node.

    Attributes:
        online: Whether it is in touch with the hub.
        lives: How many transactions of keeping links it lives through; None for all.
    """

    party: PartyId
    store: NodeStore
    clock: Clock
    trust: Trust
    limits: Limits = field(default_factory=Limits)
    online: bool = True
    lives: int | None = None
    inbox: MemorySource = field(default_factory=MemorySource)
    way_up: MemoryUplink = field(default_factory=MemoryUplink)
    keeper: LinkKeeper = field(init=False)
    intake: NodeIntake = field(init=False)
    opening: NodeOpening = field(init=False)
    waiting: int = 0

    def __post_init__(self) -> None:
        """Puts the node together."""
        self.restart()

    def restart(self) -> None:
        """Forgets what was in memory."""
        holder = world.holder(self.party)
        self.keeper = LinkKeeper(
            LinkPorts(
                holder=holder,
                store=self.store,
                trust=lambda: self.trust,
                clock=self.clock,
                limits=self.limits,
                tuning=TUNING,
                connected=lambda: self.online,
            )
        )
        self.opening = NodeOpening(
            holder,
            OpeningPorts(
                store=self.store,
                clock=self.clock,
                trust=lambda: self.trust,
                answered=_nothing,
            ),
            self.limits,
        )
        self.intake = NodeIntake(
            holder,
            IntakePorts(
                source=self.inbox,
                store=self.store,
                clock=self.clock,
                trust=lambda: self.trust,
                refresh=_no_newer,
                arrived=self.opening.arrived,
                answered=_nothing,
            ),
            self.limits,
        )

    def send(self, *to: PartyId, **changes: Any) -> Sealed:  # noqa: ANN401 - of a document
        """Sends a document; nothing goes up before the next round."""
        document = OutgoingDocument(
            kind=world.KIND, body=world.body(), recipients=to, handling=world.AMBER
        )
        [sealed] = self._dispatcher().send(replace(document, **changes))
        return sealed

    async def go_up(self) -> list[bytes]:
        """Returns what the node submits."""
        uplink = NodeUplink(
            world.holder(self.party),
            self.store,
            self.way_up,
            self.clock,
            self.limits,
            lambda: self.trust,
        )
        while await uplink.step():
            pass
        taken, self.way_up.taken = self.way_up.taken, []
        return taken

    async def work(self) -> None:
        """Takes in what has come, opens it, and keeps links."""
        while self.waiting:
            self.waiting -= await self.intake.take_in()
        while await self.opening.open_some():
            pass
        with self._mortal():
            self.keeper.step()

    def topics(self) -> list[str]:
        """Returns what alarms are about, newest first."""
        return [alarm.topic for alarm in self.store.alarms()]

    def kinds(self) -> list[str]:
        """Returns the kinds of what was sent, oldest first."""
        return [one.header.kind for one in reversed(self.store.sent(1000))]

    def missing(self) -> tuple[int, ...]:
        """Returns what is missing, of whomever."""
        return tuple(number for gap in self.store.gaps() for number in gap.missing)

    def state(self, message: Sealed) -> str | None:
        """Returns how far a message has come here; None if it has not come."""
        found = self.store.find_received(message.message_digest)
        return None if found is None else found.state.value

    @contextmanager
    def _mortal(self) -> Iterator[None]:
        """Has the node die as it would commit the transaction after those it lives."""
        database = self.store._database

        @contextmanager
        def write() -> Iterator[Any]:
            with Database.write(database) as db:
                yield db
                if self.lives == 0:
                    raise KilledError
                self.lives = self.lives and self.lives - 1

        object.__setattr__(database, "write", write)
        try:
            yield
        finally:
            object.__delattr__(database, "write")

    def _dispatcher(self) -> Dispatcher:
        return Dispatcher(
            world.holder(self.party),
            self.store,
            lambda: self.trust,
            self.clock,
            self.limits,
        )


@dataclass(slots=True)
class LinkWorld:
    """KEN, BEL and others, and a hub that may keep back what it has accepted.

    Attributes:
        keeps_back: Tells of a copy, by its header and recipient, whether the hub drops
            it.
        dropped: Copies that it has dropped, with their recipients.
    """

    folder: Path
    parties: tuple[PartyId, ...] = (KEN, BEL)
    clock: world.FakeClock = field(default_factory=world.FakeClock)
    trust: Trust = field(default_factory=world.trust)
    keeps_back: Callable[[Header, PartyId], bool] = lambda _header, _to: False
    dropped: list[tuple[PartyId, bytes]] = field(default_factory=list)
    members: dict[PartyId, Member] = field(init=False)
    relay: RelayWorld = field(init=False)
    _brought: int = 0

    def __post_init__(self) -> None:
        """Makes hub and nodes."""
        self.relay = RelayWorld(self.folder, clock=self.clock, trust=self.trust)
        self.members = {
            party: Member(
                party=party,
                store=NodeStore(self.folder / f"{party}.sqlite3"),
                clock=self.clock,
                trust=self.trust,
            )
            for party in self.parties
        }

    def close(self) -> None:
        """Closes every store."""
        for member in self.members.values():
            member.store.close()

    def __getitem__(self, party: PartyId) -> Member:
        """Returns the node of a party."""
        return self.members[party]

    async def carry(self) -> bool:
        """Brings up what waits and down what comes of it; tells if there was any."""
        submitted = False
        for party, member in self.members.items():
            if member.online:
                for data in await member.go_up():
                    self.relay.source.submit(party, data)
                    submitted = True
        if submitted:
            await self.relay.work()
        items = self.relay.ledger.items
        new, self._brought = items[self._brought :], len(items)
        for item in new:
            for party, member in self.members.items():
                if item.subject.endswith(f".{world.account(party)}.msg"):
                    self._bring(member, item.payload)
        return submitted

    async def settle(self, rounds: int = 12) -> None:
        """Lets everybody work until nobody has anything left to say."""
        for _ in range(rounds):
            for member in self.members.values():
                if member.online:
                    await member.work()
            if not await self.carry():
                return
        raise AssertionError("they never come to an end")

    async def later(self, passed_ms: int) -> None:
        """Lets time pass, and everybody work."""
        self.clock.at_ms += passed_ms
        await self.settle()

    async def find_and_ask(self) -> None:
        """Lets the grace pass from when something is noticed to be missing."""
        await self.later(MINUTE_MS)
        await self.later(GRACE_MS)

    def _bring(self, member: Member, data: bytes) -> None:
        item = decode_delivery(data)
        if isinstance(item, EnvelopeItem):
            signed = decode_signed(decode_envelope(item.data).signed_header)
            header = decode_header(signed.header, Limits())
            if self.keeps_back(header, member.party):
                self.dropped.append((member.party, data))
                return
        self.deliver(member, data)

    def deliver(self, member: Member, data: bytes) -> None:
        """Puts something into a node's inbox."""
        member.inbox.publish("inbox", data)
        member.waiting += 1


def is_content(header: Header, _to: PartyId) -> bool:
    """Has the hub keep back what people write, and nothing else."""
    return header.kind == KIND


def is_answer(header: Header, _to: PartyId) -> bool:
    """Has the hub keep back what is sent again."""
    return header.kind == RESEND


async def asked(links: LinkWorld) -> SentMessage:
    """BEL asks for KEN's message 1; every answer to it is kept back."""
    links.keeps_back = is_content
    lost = links[KEN].send(BEL)
    await links.settle()
    links.keeps_back = is_answer
    links[KEN].send(BEL)
    await links.settle()
    await links.find_and_ask()
    assert links[BEL].store.missing_numbers(KEN)[0].times == 1
    links.keeps_back = lambda _header, _to: False
    found = links[KEN].store.find_sent(lost.message_digest)
    assert found is not None
    return found


def honest(links: LinkWorld, number: int = 1) -> Resent:
    """What KEN answers if it is honest."""
    original = links[KEN].store.original(BEL, number)
    return answer_about(number, original, BEL, links.clock.at_ms)


async def _no_newer() -> bool:
    return False


def _nothing() -> None:
    """Nobody waits for a word."""
