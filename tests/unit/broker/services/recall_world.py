"""Parties that take messages back, each with a node and a store, and a hub between.

The hub here does nothing but hand on; what a real one checks is tested elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from broker.core.codec.envelope import (
    EnvelopeItem,
    ReceiptsItem,
    decode_envelope,
    decode_signed,
    decode_submission,
    deliveries,
    encode_receipt_delivery,
)
from broker.core.codec.header import decode_header
from broker.core.codec.permission import encode_copy
from broker.core.codec.receipts import decode_bundle, decode_receipt, encode_bundle
from broker.core.envelope import Sealed
from broker.core.handling import Handling, Tlp
from broker.core.limits import Limits
from broker.core.onward import ONWARD_KIND
from broker.core.onward_copy import copy_of, handling_of
from broker.core.outgoing import OutgoingDocument
from broker.core.recalls.recall import Compliance, Notice, Reason
from broker.core.recalls.retention import RetentionRules
from broker.core.records import InboxMessage, SentMessage
from broker.core.trust import Trust
from broker.infra.node_store import NodeStore
from broker.services.dispatch import Dispatcher
from broker.services.holdings import Holdings
from broker.services.node_uplink import NodeUplink
from broker.services.recall_desk import RecallDesk
from broker.services.recall_keeper import RecallKeeper, RecallRules
from broker.services.recall_watch import RecallWatch
from broker.services.retention import RetentionDesk
from keys.identity import PartyId
from tests import world
from tests.memory_bus import MemoryUplink
from tests.unit.broker.services.node_world import NodeWorld
from tests.world import AMBER, BEL, KEN

HOUR_MS = 3_600_000
WITHIN_MS = 72 * HOUR_MS
ERROR = Reason.ERROR
GREEN = Handling(tlp=Tlp.GREEN)


@dataclass(slots=True)
class Side:
    """One party: its node, and what takes messages back there."""

    party: PartyId
    path: Path
    clock: world.FakeClock
    rules: RecallRules = field(default_factory=RecallRules)
    trust: Trust = field(default_factory=world.trust)
    store: NodeStore = field(init=False)
    node: NodeWorld = field(init=False)
    desk: RecallDesk = field(init=False)
    keeper: RecallKeeper = field(init=False)
    watch: RecallWatch = field(init=False)

    def __post_init__(self) -> None:
        """Puts the party together."""
        self.store = NodeStore(self.path)
        self.restart()

    def restart(self) -> None:
        """Forgets what was in memory, as after a crash."""
        holder, limits = world.holder(self.party), Limits()
        self.desk = RecallDesk(
            holder, self.store, lambda: self.trust, self.clock, limits
        )
        self.keeper = RecallKeeper(
            holder, self.store, self.desk, self.clock, self.rules
        )
        self.watch = RecallWatch(
            self.keeper, self.desk, self.store, self.clock, WITHIN_MS
        )
        self.node = NodeWorld(
            self.store,
            party=self.party,
            clock=self.clock,
            trust=self.trust,
            examine=self.keeper.examine,
        )

    @property
    def holdings(self) -> Holdings:
        """What the party holds of others."""
        return Holdings(world.holder(self.party), self.store)

    def send(
        self,
        to: Sequence[PartyId],
        body: bytes | None = None,
        kind: str = world.KIND,
        handling: Handling = AMBER,
        in_reply_to: bytes = b"",
    ) -> SentMessage:
        """Sends a document."""
        dispatcher = Dispatcher(
            world.holder(self.party),
            self.store,
            lambda: self.trust,
            self.clock,
            Limits(),
            self.holdings.onward,
        )
        document = OutgoingDocument(
            kind=kind,
            body=world.body() if body is None else body,
            recipients=tuple(to),
            handling=handling,
            in_reply_to=in_reply_to,
        )
        [sealed] = dispatcher.send(document)
        return self.sent(sealed.message_digest)

    def sent(self, digest: bytes) -> SentMessage:
        """Returns a message that was sent."""
        found = self.store.find_sent(digest)
        assert found is not None
        return found

    def received(self, digest: bytes) -> InboxMessage:
        """Returns a message that came."""
        found = self.store.find_received(digest)
        assert found is not None
        return found

    def recall(self, message: SentMessage, reason: Reason = ERROR) -> bytes:
        """Takes a message back; returns the digest of the notice."""
        notice = Notice(message_digest=message.message_digest, reason=reason)
        [sealed] = self.desk.send(message, notice)
        return sealed.message_digest

    def standing(self, message: SentMessage) -> tuple[Compliance, ...]:
        """Returns where the recipients stand."""
        return self.desk.compliance(message, WITHIN_MS)

    def retention(self, rules: RetentionRules | None = None) -> RetentionDesk:
        """Returns what destroys contents whose time is over."""
        holder = world.holder(self.party)
        return RetentionDesk(holder, self.store, self.clock, rules or RetentionRules())

    def alarms(self) -> list[str]:
        """Returns what alarms say about recalls."""
        return [one.text for one in self.store.alarms() if one.topic == "recall"]


@dataclass(slots=True)
class RecallWorld:
    """Some parties, and the way between them."""

    folder: Path
    clock: world.FakeClock = field(default_factory=world.FakeClock)
    sides: dict[PartyId, Side] = field(default_factory=dict)
    dropped: set[bytes] = field(default_factory=set)

    def side(self, party: PartyId, rules: RecallRules | None = None) -> Side:
        """Adds a party."""
        side = Side(
            party,
            self.folder / f"{party}.sqlite3",
            self.clock,
            rules or RecallRules(),
        )
        self.sides[party] = side
        return side

    def close(self) -> None:
        """Closes every store."""
        for side in self.sides.values():
            side.store.close()

    async def carry(self, *only: PartyId) -> int:
        """Hands on what waits with these parties, or with all; returns how much."""
        count = 0
        for party in only or tuple(self.sides):
            side, uplink = self.sides[party], MemoryUplink()
            way_up = NodeUplink(
                world.holder(party),
                side.store,
                uplink,
                self.clock,
                Limits(),
                lambda side=side: side.trust,  # type: ignore[misc]
            )
            while await way_up.step():
                pass
            for payload in uplink.taken:
                self._hand_on(payload)
            count += len(uplink.taken)
        return count

    async def settle(self) -> None:
        """Lets everybody do all that is due, until nothing moves any more."""
        moved = True
        while moved:
            for side in self.sides.values():
                while side.node.source._pending:
                    await side.node.intake.take_in()
                while await side.node.opening.open_some():
                    pass
                side.keeper.step()
            moved = bool(await self.carry())

    def _hand_on(self, payload: bytes) -> None:
        match decode_submission(payload):
            case EnvelopeItem(data):
                parts = decode_envelope(data)
                header = decode_header(
                    decode_signed(parts.signed_header).header, Limits()
                )
                copies = zip(header.parties, deliveries(parts), strict=True)
                for party, copy in copies:
                    if party in self.sides and header.message_id not in self.dropped:
                        self.sides[party].node.source.publish("inbox", copy)
            case ReceiptsItem(data):
                bundle = decode_bundle(data, Limits())
                addressed = [(decode_receipt(o.receipt).to, o) for o in bundle.receipts]
                for party in set(self.sides) & {to for to, _ in addressed}:
                    # Of each bundle a party gets what is for it alone.
                    mine = tuple(one for to, one in addressed if to == party)
                    part = encode_bundle(replace(bundle, receipts=mine))
                    source = self.sides[party].node.source
                    source.publish("inbox", encode_receipt_delivery(part))


async def sent(parties: RecallWorld, handling: Handling = GREEN) -> SentMessage:
    """KEN sends BEL a message, and BEL opens it."""
    message = parties.sides[KEN].send((BEL,), handling=handling)
    await parties.settle()
    return message


def forward(side: Side, digest: bytes, to: tuple[PartyId, ...]) -> SentMessage:
    """Passes on what was received."""
    holdings = side.holdings
    provided = holdings.provided(side.received(digest))
    copy = copy_of(provided, to, ())
    handling = handling_of(provided, to, (), None, side.clock.now_ms())
    return side.send(to, encode_copy(copy), ONWARD_KIND, handling)


def gone(side: Side, digest: bytes) -> bool:
    """Tells whether nothing here can open a received content any more."""
    message = side.received(digest)
    parts = decode_envelope(message.envelope)
    return not (message.protected_key or parts.ciphertext or parts.wraps)


def as_sealed(message: SentMessage) -> Sealed:
    """Returns a message as it left its origin."""
    return Sealed(
        header=message.header,
        envelope=message.envelope,
        message_digest=message.message_digest,
        content_key=b"",
    )
