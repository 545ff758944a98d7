"""Claims about `broker.app.contacts`: what a node shows of a party's people."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from broker.app.contacts import (
    attestation_finding,
    attested,
    has_card,
    held_card,
    keep_card,
)
from broker.app.node_folder import Node
from broker.core.codec.contacts import CARD_KIND, encode_card
from broker.core.contacts import Card, Contacts, Person
from broker.core.errors import ConfigurationError
from broker.core.model import FIRST_LINK, Link
from broker.infra.node_store import NodeStore
from keys.directory.model import Contact, Office, OfficeRole
from keys.identity import PartyId
from tests import world
from tests.unit.broker.services.node_world import NodeWorld
from tests.world import BEL, DAY_MS, KEN, NOW_MS

OFFICER = Person(name="Example Officer One", telephone="+254 20 0000101")
CONTACTS = Contacts(
    party=KEN,
    point_of_contact=Contact(office="Focal point", email="a@b.cd"),
    offices=(Office(role=OfficeRole.POLICE, name="Police", email="a@b.cd"),),
    marking_practices="Annex",
    people=(OFFICER,),
)


@pytest.fixture
def node(tmp_path: Path) -> Any:  # noqa: ANN401 - a node's folder without its files
    store = NodeStore(tmp_path / "node.db")
    yield cast("Node", SimpleNamespace(store=store, party=BEL))
    store.close()


Receive = Callable[..., Any]


@pytest.fixture
def receive(node: Node) -> Receive:
    """Lets BEL's node receive and open messages of KEN."""
    bel = NodeWorld(store=node.store)
    links = [FIRST_LINK]

    async def deliver(content: bytes, kind: str = CARD_KIND, **changes: Any) -> bytes:  # noqa: ANN401 - fields of a header
        sealed = world.sealed(content=content, kind=kind, link=links[-1], **changes)
        links.append(
            Link(sequence=links[-1].sequence + 1, previous=sealed.message_digest)
        )
        bel.deliver(sealed)
        await bel.intake.take_in()
        await bel.opening.open_some()
        return sealed.message_digest

    return deliver


def card(at_ms: int, name: str = "Example Officer One") -> bytes:
    person = replace(OFFICER, name=name)
    return encode_card(Card(attested_at_ms=at_ms, people=(person,)))


def shown(node: Node, party: PartyId = KEN) -> str:
    held = held_card(node, world.holder(BEL), party)
    assert held is not None
    return held.card.people[0].name


async def test_the_card_attested_last_is_shown_whatever_came_last(
    node: Node, receive: Receive
) -> None:
    assert not has_card(node, KEN)
    await receive(card(NOW_MS - 5, "newest"))
    await receive(card(NOW_MS - 9, "older"))
    assert has_card(node, KEN)
    assert shown(node) == "newest"


async def test_a_card_attested_in_the_future_does_not_stay_the_newest_for_ever(
    node: Node, receive: Receive
) -> None:
    await receive(card(NOW_MS + 900 * DAY_MS, "clock ran ahead"), created_ms=NOW_MS - 9)
    await receive(card(NOW_MS - 1, "put right"), created_ms=NOW_MS - 1)
    assert shown(node) == "put right"


async def test_a_message_that_merely_mentions_the_kind_is_no_card(
    node: Node, receive: Receive
) -> None:
    await receive(world.body(), kind=world.KIND, case_reference=CARD_KIND)
    assert held_card(node, world.holder(BEL), KEN) is None


async def test_a_card_whose_key_was_destroyed_is_as_good_as_not_there(
    node: Node, receive: Receive
) -> None:
    digest = await receive(card(NOW_MS))
    with node.store._database.write() as db:
        db.execute(
            "UPDATE inbox SET protected_key = x'' WHERE message_digest = ?", (digest,)
        )
    assert held_card(node, world.holder(BEL), KEN) is None


def test_the_own_card_is_shown_without_a_message(node: Node) -> None:
    holder = world.holder(BEL)
    assert held_card(node, holder, BEL) is None
    keep_card(node, holder, CONTACTS, NOW_MS)
    held = held_card(node, holder, BEL)
    assert held is not None
    assert (held.card.people, held.message_id, held.received_ms) == (
        (OFFICER,),
        "",
        None,
    )
    assert has_card(node, BEL)


def test_nobody_named_makes_no_card_unless_it_takes_somebody_back(node: Node) -> None:
    holder, nobody = world.holder(BEL), replace(CONTACTS, people=())
    keep_card(node, holder, nobody, NOW_MS)
    assert node.store.own_card() is None
    keep_card(node, holder, CONTACTS, NOW_MS)
    keep_card(node, holder, nobody, NOW_MS + 1)
    held = held_card(node, holder, BEL)
    assert held is not None
    assert held.card == Card(attested_at_ms=NOW_MS + 1)


def test_unchanged_keeps_people_and_handling_with_the_new_moment(node: Node) -> None:
    holder = world.holder(BEL)
    keep_card(node, holder, None, NOW_MS)
    assert node.store.own_card() is None
    keep_card(node, holder, CONTACTS, NOW_MS)
    keep_card(node, holder, None, NOW_MS + 7)
    held = held_card(node, holder, BEL)
    assert held is not None
    assert held.card.people == (OFFICER,)
    assert held.card.attested_at_ms == NOW_MS + 7


def test_attesting_changes_contacts_and_nothing_else() -> None:
    before = world.entry(KEN).record
    after = attested(CONTACTS, NOW_MS)(before)
    assert after == replace(
        before,
        contact=CONTACTS.point_of_contact,
        offices=CONTACTS.offices,
        marking_practices="Annex",
        attested_at_ms=NOW_MS,
    )
    assert attested(None, NOW_MS + 1)(after) == replace(
        after, attested_at_ms=NOW_MS + 1
    )


def test_nothing_published_cannot_be_attested_unchanged() -> None:
    with pytest.raises(ConfigurationError, match="no point of contact"):
        attested(None, NOW_MS)(world.entry(KEN).record)


@pytest.mark.parametrize(
    ("days", "well", "text"),
    [
        (0, True, "attested today"),
        (179, True, "attested 179 days ago"),
        (180, False, "attested STALE: 180 days ago"),
    ],
)
def test_the_finding_follows_the_attestation(
    days: int, text: str, *, well: bool
) -> None:
    record = world.entry(KEN, attested_at_ms=NOW_MS - days * DAY_MS).record
    found = attestation_finding(record, NOW_MS)
    assert (found.well, found.text, bool(found.hint)) == (well, text, not well)


def test_who_never_attested_has_time_for_it_after_joining() -> None:
    record = world.entry(KEN).record
    joined = record.signing_keys[0].valid_from_ms
    fresh = attestation_finding(record, joined + 10 * DAY_MS)
    assert (fresh.well, fresh.text) == (
        True,
        "never attested; to be done within 170 days",
    )
    late = attestation_finding(record, joined + 180 * DAY_MS)
    assert (late.well, late.text) == (False, "never attested")
