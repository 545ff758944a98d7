"""What policies bind a card to, redact of it or ask for first, holds for cards too."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from broker.core.codec.contacts import decode_card
from broker.core.codec.envelope import decode_envelope
from broker.core.fields import FieldClass, Treatment
from broker.core.opening import read_content
from broker.core.policy.rule import ApprovalRule, Rule, Validity
from broker.core.records import SentMessage
from broker.core.trust import Trust
from broker.infra.node_store import NodeStore
from keys.sealing import unprotect
from tests import world
from tests.officers import AMINA
from tests.unit.broker.core.flows.documents import permit, policy
from tests.unit.broker.services.card_world import CardWorld
from tests.world import BEL, DAY_MS, KEN, MEX, NOW_MS, XPO

NO_NAMES: Final = {
    FieldClass.PERSONAL: Treatment.DROP,
    FieldClass.FREE_TEXT: Treatment.KEEP,
}
TODAY: Final = dt.date(1970, 1, 1) + dt.timedelta(days=NOW_MS // DAY_MS)


@pytest.fixture
def cards(tmp_path: Path) -> Iterator[CardWorld]:
    store = NodeStore(tmp_path / "node.db")
    made = CardWorld(store=store)
    made.keep()
    yield made
    store.close()


def going_by(*rules: Rule) -> Trust:
    return world.trust({KEN: world.entry(KEN, policy(*rules, officers=(AMINA,)))})


def people(message: SentMessage) -> int:
    store_key = world.holder(KEN).store_key
    digest = message.message_digest
    key = unprotect(store_key, message.protected_key, context=digest)
    parts = decode_envelope(message.envelope)
    card = decode_card(read_content(parts.signed_header, parts.ciphertext, key))
    return len(card.people)


def test_each_party_gets_one_card_with_what_it_may_know(cards: CardWorld) -> None:
    cards.trust = going_by(
        permit("all", BEL, XPO), permit("no-names", MEX, fields=NO_NAMES)
    )
    found = cards.keeper.step()
    assert cards.sent() == [(BEL, XPO), (MEX,)]
    by_party = {
        party: message
        for message in cards.store.sent()
        for party in message.header.parties
    }
    assert {party: people(message) for party, message in by_party.items()} == {
        BEL: 1,
        XPO: 1,
        MEX: 0,
    }
    for party, message in by_party.items():
        assert found[party].message_digest == message.message_digest
    assert cards.keeper.step() == found
    assert len(cards.store.sent()) == 2
    assert cards.store.count_decisions(0) == 3


def test_a_card_that_officers_would_have_to_approve_is_withheld_and_says_so(
    cards: CardWorld,
) -> None:
    one = ApprovalRule(needed=1, officers=frozenset({AMINA}))
    cards.trust = going_by(permit("all", BEL), permit("held", MEX, approval=one))
    found = cards.keeper.step()
    assert cards.sent() == [(BEL,)]
    assert (found[MEX].code, found[MEX].message_digest) == ("approval-needed", b"")
    assert "rule held" in found[MEX].detail
    assert cards.keeper.step() == found


def test_a_card_goes_out_on_the_day_on_which_a_rule_begins(cards: CardWorld) -> None:
    tomorrow = Validity(first=TODAY + dt.timedelta(days=1))
    late = replace(permit("later", MEX), validity=tomorrow)
    cards.trust = going_by(permit("all", BEL), late)
    assert cards.keeper.step()[MEX].code == "export-policy"
    cards.clock.at_ms += DAY_MS
    assert cards.keeper.step()[MEX].code == ""
    assert cards.sent() == [(BEL,), (MEX,)]
