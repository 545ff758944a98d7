"""A node between an inbox in memory and a store of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field

from broker.core.codec.envelope import (
    decode_envelope,
    deliveries,
    encode_receipt_delivery,
)
from broker.core.codec.receipts import encode_bundle, encode_receipt
from broker.core.envelope import Sealed
from broker.core.limits import Limits
from broker.core.model import Receipt
from broker.core.receipts import sign_together
from broker.core.records import InboxMessage
from broker.core.trust import Trust
from broker.infra.node_store import NodeStore
from broker.services.node_intake import IntakePorts, NodeIntake
from broker.services.node_opening import NodeOpening, OpeningPorts
from keys.identity import HUB, PartyId
from tests import world
from tests.memory_bus import MemorySource
from tests.world import BEL


def _take(_message: InboxMessage, _body: bytes) -> None:
    """Takes everything."""


@dataclass(slots=True)
class NodeWorld:
    """BEL's node, or another's: an inbox at the hub, a store, and what opens."""

    store: NodeStore
    party: PartyId = BEL
    source: MemorySource = field(default_factory=MemorySource)
    clock: world.FakeClock = field(default_factory=world.FakeClock)
    trust: Trust = field(default_factory=world.trust)
    newer: Trust | None = None
    answered: int = 0
    examine: Callable[[InboxMessage, bytes], None] = _take
    opening: NodeOpening = field(init=False)
    intake: NodeIntake = field(init=False)

    def __post_init__(self) -> None:
        """Puts the node together."""
        self.restart()

    def restart(self) -> None:
        """Forgets what was in memory."""
        holder = world.holder(self.party)
        self.opening = NodeOpening(
            holder,
            OpeningPorts(
                store=self.store,
                clock=self.clock,
                trust=lambda: self.trust,
                answered=self._answered,
                examine=self.examine,
            ),
            Limits(),
        )
        self.intake = NodeIntake(
            holder,
            IntakePorts(
                source=self.source,
                store=self.store,
                clock=self.clock,
                trust=lambda: self.trust,
                refresh=self._refresh,
                arrived=self.opening.arrived,
                answered=self._answered,
            ),
            Limits(),
        )

    def _answered(self) -> None:
        self.answered += 1

    async def _refresh(self) -> bool:
        if self.newer is not None:
            self.trust = self.newer
        return self.newer is not None

    def deliver(self, message: Sealed) -> None:
        """Puts a message into the inbox at the hub."""
        parties = message.header.parties
        copies = list(deliveries(decode_envelope(message.envelope)))
        at = parties.index(self.party) if self.party in parties else 0
        self.source.publish("inbox", copies[at])

    def tell(self, *receipts: Receipt, by: str = HUB) -> None:
        """Puts receipts into the inbox at the hub."""
        bundle = sign_together(
            [encode_receipt(one) for one in receipts],
            signer=by,
            key=world.signing_key(by),
        )
        self.source.publish("inbox", encode_receipt_delivery(encode_bundle(bundle)))

    def state(self, message: Sealed) -> tuple[str, str]:
        """Returns how far a message has come here, and the code."""
        found = self.store.find_received(message.message_digest)
        assert found is not None
        return found.state.value, found.code

    def topics(self) -> list[str]:
        """Returns what alarms are about."""
        return [alarm.topic for alarm in self.store.alarms()]
