"""A party's contacts: attested by itself, and as others have attested theirs.

What a contacts file says is left to `broker.core.codec.contacts`; bringing cards to
those who may have them, to `broker.services.card_keeper`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from broker.app.credentials import NodeKeys
from broker.app.finding import Finding
from broker.app.node_folder import LIMITS, Node
from broker.app.publishing import Change, Draft, publish_draft
from broker.core.codec.contacts import CARD_KIND, decode_card, encode_card
from broker.core.codec.envelope import decode_envelope
from broker.core.contact_records import CardDelivery, OwnCard
from broker.core.contacts import (
    DAY_MS,
    STALE_AFTER_DAYS,
    Card,
    Contacts,
    attestation,
    attested_or_joined_ms,
)
from broker.core.errors import ConfigurationError, RefusedError
from broker.core.holder import Holder
from broker.core.model import message_id_text
from broker.core.opening import read_content
from broker.core.records import InboxMessage
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus
from broker.services.card_keeper import CardKeeper, open_card, protect_card
from keys.directory.model import PartyRecord
from keys.errors import ContentError
from keys.identity import PartyId
from keys.sealing import unprotect

_HINT: Final = (
    "look them through, then: rogatory directory attest CONTACTS.yaml, or --unchanged"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCard:
    """The newest card of a party that this node can show.

    Attributes:
        handling: Label that it may be handled under.
        message_id: Of the message it came in; empty for this party's own.
        received_ms: When that came, in ms since the epoch; None for our own.
    """

    card: Card
    handling: str
    message_id: str = ""
    received_ms: int | None = None


def attested(contacts: Contacts | None, at_ms: int) -> Change:
    """Returns what attesting changes in a record.

    Args:
        contacts: What is attested; None for what stands there already.
        at_ms: When, in ms since the epoch.
    """

    def change(record: PartyRecord) -> PartyRecord:
        if contacts is not None:
            return replace(
                record,
                contact=contacts.point_of_contact,
                offices=contacts.offices,
                marking_practices=contacts.marking_practices,
                attested_at_ms=at_ms,
            )
        if not record.contact.office:
            raise ConfigurationError(
                "no point of contact is published that could be attested unchanged; "
                "give a contacts file"
            )
        return replace(record, attested_at_ms=at_ms)

    return change


async def attest(
    node: Node, keys: NodeKeys, bus: Bus, contacts: Contacts | None, at_ms: int
) -> int | Draft:
    """Publishes offices as attested, and keeps the card of people for the card keeper.

    The card is kept once the registrar has taken the offices, or they only want
    signatures still. Cut off in between, it is done again by attesting again.

    Args:
        node: The node.
        keys: Its keys.
        bus: A connection to the hub.
        contacts: What is attested; None for what stands there already.
        at_ms: When, in ms since the epoch.

    Returns:
        The version that was published; or what would be, where the keys of the
        party's role are kept elsewhere and have to sign it first.

    Raises:
        ConfigurationError: The contacts are another party's, or there is nothing that
            could be attested unchanged.
        DirectoryError: The directory cannot be had, or refuses it.
        BusError: The hub cannot be reached, or refuses it.
    """
    if contacts is not None and contacts.party != node.party:
        raise ConfigurationError(f"the contacts are those of {contacts.party}")
    done = await publish_draft(node, keys, bus, attested(contacts, at_ms))
    keep_card(node, keys.holder, contacts, at_ms)
    return done


def keep_card(
    node: Node, holder: Holder, contacts: Contacts | None, at_ms: int
) -> None:
    """Keeps the card of people that goes with an attestation, if there is to be one.

    One without people is kept only to take back those of an earlier card.

    Raises:
        ContentError: The card so far was protected under another key.
        StoreError: It cannot be stored.
    """
    before = node.store.own_card()
    if contacts is None:
        if before is None:
            return
        said = decode_card(open_card(holder, before))
        card, handling = replace(said, attested_at_ms=at_ms), before.handling
    else:
        card, handling = contacts.card(at_ms), str(contacts.handling)
        if before is None and not card.people and not card.note:
            return
    node.store.keep_own_card(
        OwnCard(
            attested_at_ms=at_ms,
            handling=handling,
            protected=protect_card(holder, encode_card(card)),
        )
    )


def card_keeper(node: Node, keys: NodeKeys, trust: Callable[[], Trust]) -> CardKeeper:
    """Returns what brings the party's card to those who may have it."""
    return CardKeeper(keys.holder, node.store, trust, SYSTEM_CLOCK, LIMITS)


def send_card(
    node: Node, keys: NodeKeys, trust: Trust
) -> Mapping[PartyId, CardDelivery]:
    """Queues the newest card for everybody who may have it; says what stands with whom.

    Raises:
        DirectoryError: The party has no place in the directory.
        RefusedError: Nothing of ours would be taken at present.
        StoreError: It cannot be stored.
    """
    return card_keeper(node, keys, lambda: trust).step()


def held_card(node: Node, holder: Holder, party: PartyId) -> HeldCard | None:
    """Returns the newest card of a party: its own one, or the newest that was received.

    The newest is the one attested last. An origin whose clock ran ahead when it
    attested does not thereby overrule what it says later: no card counts as attested
    after it was sealed.

    Raises:
        ContentError: The own card was protected under another key.
        StoreError: The store cannot be read.
    """
    if party == node.party:
        own = node.store.own_card()
        if own is None:
            return None
        return HeldCard(card=decode_card(open_card(holder, own)), handling=own.handling)
    newest: tuple[int, int] = (0, 0)
    held: HeldCard | None = None
    for digest in node.store.opened_mentioning(party, CARD_KIND):
        message = node.store.find_received(digest)
        if node.store.taken_back(digest) is not None:
            continue
        card = None if message is None else _card_in(message, holder)
        if message is None or card is None:
            continue
        created_ms = message.header.created_ms
        age = (min(card.attested_at_ms, created_ms), created_ms)
        if age > newest:
            newest = age
            held = HeldCard(
                card=card,
                handling=str(message.header.handling),
                message_id=message_id_text(message.header.message_id),
                received_ms=message.received_ms,
            )
    return held


def has_card(node: Node, party: PartyId) -> bool:
    """Tells whether there may be a card to show, without any key."""
    if party == node.party:
        return node.store.own_card() is not None
    return bool(node.store.opened_mentioning(party, CARD_KIND))


def _card_in(message: InboxMessage, holder: Holder) -> Card | None:
    if message.header.kind != CARD_KIND:
        return None
    try:
        content_key = unprotect(
            holder.store_key, message.protected_key, context=message.message_digest
        )
        parts = decode_envelope(message.envelope)
        body = read_content(parts.signed_header, parts.ciphertext, content_key)
        return decode_card(body)
    except (ContentError, RefusedError):
        return None  # destroyed, or of another release: as good as not there


def attestation_finding(record: PartyRecord, now_ms: int) -> Finding:
    """Says whether a party has attested its contacts lately.

    A party that never did has time for it from when it joined.

    Args:
        record: The party's.
        now_ms: The present, in ms since the epoch.
    """
    found = attestation(record, now_ms)
    left = STALE_AFTER_DAYS - (now_ms - attested_or_joined_ms(record)) // DAY_MS
    well = left > 0
    if found.days is None:
        text = "never attested" + f"; to be done within {left} days" * well
    else:
        text = f"attested {found}"
    return Finding(name="contacts", well=well, text=text, hint="" if well else _HINT)
