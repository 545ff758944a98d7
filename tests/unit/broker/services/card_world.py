"""A party's node with a card of people, and a directory that changes."""

from dataclasses import dataclass, field, replace

from broker.core.codec.contacts import CARD_KIND, encode_card
from broker.core.contact_records import OwnCard
from broker.core.contacts import Card, Person
from broker.core.limits import Limits
from broker.core.model import Stage
from broker.core.records import LedgerLine
from broker.core.trust import Trust
from broker.infra.node_store import NodeStore
from broker.services.card_keeper import CardKeeper, protect_card
from keys.identity import PartyId
from tests import world
from tests.world import KEN, NOW_MS

CARD = Card(
    attested_at_ms=NOW_MS,
    people=(Person(name="Example Officer One", telephone="+254 20 0000101"),),
)


@dataclass(slots=True)
class CardWorld:
    """KEN's node with a card, and a directory that changes."""

    store: NodeStore
    trust: Trust = field(default_factory=world.trust)
    clock: world.FakeClock = field(default_factory=world.FakeClock)
    limits: Limits = field(default_factory=Limits)

    @property
    def keeper(self) -> CardKeeper:
        """A keeper that remembers nothing."""
        return CardKeeper(
            world.holder(KEN), self.store, lambda: self.trust, self.clock, self.limits
        )

    def keep(self, card: Card = CARD, handling: str = "TLP:AMBER") -> None:
        """Attests a card."""
        body = encode_card(card)
        self.store.keep_own_card(
            OwnCard(
                attested_at_ms=card.attested_at_ms,
                handling=handling,
                protected=protect_card(world.holder(KEN), body),
            )
        )

    def sent(self) -> list[tuple[PartyId, ...]]:
        """Returns the recipients of each card that was sent, oldest first."""
        messages = [m for m in self.store.sent() if m.header.kind == CARD_KIND]
        return [message.header.parties for message in reversed(messages)]

    def refuse(self, by: str, party: PartyId) -> None:
        """Lets somebody refuse the message that a party was sent."""
        delivery = self.store.card_deliveries(NOW_MS)[party]
        message = self.store.find_sent(delivery.message_digest)
        assert message is not None
        receipt = replace(
            world.receipt(world.sealed(), Stage.REFUSED, by),
            message_digest=message.message_digest,
        )
        self.store.store_receipts(
            [LedgerLine(receipt=receipt, receipt_bytes=b"r", proof=b"p")]
        )


def without(*parties: PartyId) -> Trust:
    return world.trust(dict.fromkeys(parties))
