"""What becomes of a message is said in stages, and what is not said is noticed.

Two nodes and a relay over a bus in memory; the clock is theirs together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from broker.core.codec.receipts import decode_receipt
from broker.core.envelope import Sealed
from broker.core.errors import OutOfOrderError
from broker.core.limits import Limits
from broker.core.model import Decider, Receipt, Stage
from broker.core.records import InboxMessage
from broker.core.reviews.clocks import HOUR_MS, ReceiptClocks
from broker.core.status import RecipientStatus, message_status
from broker.infra.node_store import NodeStore
from broker.services.authority_desk import AuthorityDesk, Saying
from broker.services.node_uplink import NodeUplink
from broker.services.receipt_watch import ReceiptWatch
from keys.identity import HUB, PartyId
from tests import world
from tests.memory_bus import MemoryUplink
from tests.unit.broker.infra.stored_messages import send
from tests.unit.broker.services.node_world import NodeWorld
from tests.unit.broker.services.relay_world import RelayWorld, bundled
from tests.world import BEL, KEN, NOW_MS

CLOCKS = ReceiptClocks()
CENTRE = "National Firearms Centre"


@dataclass(slots=True)
class Exchange:
    """KEN's node, BEL's, and the hub between them."""

    folder: Path
    clock: world.FakeClock = field(default_factory=world.FakeClock)
    relay: RelayWorld = field(init=False)
    nodes: dict[PartyId, NodeWorld] = field(init=False)
    _brought: dict[PartyId, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Puts all of it on one clock."""
        self.relay = RelayWorld(self.folder, clock=self.clock)
        self.nodes = {
            party: NodeWorld(
                NodeStore(self.folder / f"{party}.sqlite3"),
                party=party,
                clock=self.clock,
            )
            for party in (KEN, BEL)
        }

    async def settle(self, *, dropped: PartyId | None = None) -> None:
        """Lets everybody work until nothing is under way.

        Args:
            dropped: What is for this party does not reach it.
        """
        busy = True
        while busy:
            busy = await self._submit()
            for party, node in self.nodes.items():
                inbox = self.relay.ledger.inbox_of(party)
                node.source.now_ms = self.clock.at_ms
                new = inbox[self._brought.get(party, 0) :]
                self._brought[party] = len(inbox)
                for data in new if party != dropped else ():
                    node.source.publish("inbox", data)
                while await node.intake.take_in():
                    await node.opening.open_some()

    async def _submit(self) -> bool:
        submitted = False
        for party, node in self.nodes.items():
            way = MemoryUplink()
            uplink = NodeUplink(
                world.holder(party), node.store, way, self.clock, Limits(), world.trust
            )
            await uplink.step()
            for data in way.taken:
                submitted = True
                self.relay.source.submit(party, data)
        if submitted:
            await self.relay.work()
        return submitted

    def look(self, party: PartyId, after_ms: int) -> list[str]:
        """Has a node look at its receipts at some time; returns the open alarms."""
        self.clock.at_ms = NOW_MS + after_ms
        node = self.nodes[party]
        ReceiptWatch(
            node.store, self.clock, CLOCKS, lambda: node.intake.heard_ms
        ).look()
        found = node.store.sounded_alarms(only_open=True)
        return [one.alarm.text for one in found]

    def received(self, message: Sealed) -> InboxMessage:
        """Returns a message as BEL has it."""
        found = self.nodes[BEL].store.find_received(message.message_digest)
        assert found is not None
        return found

    def say(self, message: Sealed, stage: Stage, note: str = "") -> Receipt:
        """Has an authority of BEL say something about a message."""
        desk = AuthorityDesk(world.holder(BEL), self.nodes[BEL].store, self.clock)
        return desk.say(
            self.received(message),
            Saying(stage=stage, authority=CENTRE, decider=Decider.PERSON, note=note),
        )

    def told(self, message: Sealed) -> list[tuple[str, Stage]]:
        """Returns what KEN holds about a message."""
        lines = self.nodes[KEN].store.ledger(message.message_digest)
        return [(one.receipt.by, one.receipt.stage) for one in lines]

    def status(self, message: Sealed) -> RecipientStatus:
        """Returns how far a message has come, as KEN sees it."""
        lines = self.nodes[KEN].store.ledger(message.message_digest)
        return message_status(
            message.header,
            [one.receipt for one in lines],
            submitted_ms=NOW_MS,
            now_ms=self.clock.at_ms,
        ).recipients[0]


@pytest.fixture
def exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Exchange]:
    monkeypatch.setattr("broker.services.node_intake._FETCH_WAIT_S", 0)
    made = Exchange(tmp_path)
    yield made
    for node in made.nodes.values():
        node.store.close()


def sent(exchange: Exchange) -> Sealed:
    return send(exchange.nodes[KEN].store, [BEL], world.body())


def in_files(folder: Path, word: bytes) -> bool:
    return any(word in one.read_bytes() for one in folder.iterdir())


OPENED = [(HUB, Stage.ACCEPTED), (BEL, Stage.DELIVERED), (BEL, Stage.OPENED)]


async def test_every_stage_is_signed_logged_and_reaches_the_origin(
    exchange: Exchange,
) -> None:
    message = sent(exchange)
    await exchange.settle()
    assert exchange.told(message) == OPENED
    exchange.clock.at_ms += 1
    exchange.say(message, Stage.ACKNOWLEDGED, "file 4711")
    await exchange.settle()
    exchange.clock.at_ms += 1
    exchange.say(message, Stage.ACTED)
    await exchange.settle()
    assert exchange.told(message) == [
        *OPENED,
        (BEL, Stage.ACKNOWLEDGED),
        (BEL, Stage.ACTED),
    ]
    furthest = exchange.status(message).furthest
    assert furthest is not None
    assert (furthest.stage, furthest.authority, furthest.decider) == (
        Stage.ACTED,
        CENTRE,
        Decider.PERSON,
    )
    logged = [decode_receipt(one.receipt) for one in await exchange.relay.audited()]
    assert [one.stage for one in logged if one.authority] == [
        Stage.ACKNOWLEDGED,
        Stage.ACTED,
    ]
    ours = exchange.nodes[BEL].store.stated(message.message_digest)
    theirs = exchange.nodes[KEN].store.ledger(message.message_digest)
    assert [one.receipt_bytes for one in ours] == [
        one.receipt_bytes for one in theirs if one.receipt.by == BEL
    ]
    ends_ms = 10 * CLOCKS.acknowledged_ms
    assert exchange.look(KEN, ends_ms) == exchange.look(BEL, ends_ms) == []


async def test_what_an_authority_notes_for_itself_leaves_the_node_for_nobody(
    exchange: Exchange, tmp_path: Path
) -> None:
    message = sent(exchange)
    await exchange.settle()
    exchange.say(message, Stage.ACKNOWLEDGED, "about the CANARY")
    await exchange.settle()
    desk = AuthorityDesk(world.holder(BEL), exchange.nodes[BEL].store, exchange.clock)
    assert desk.notes(message.message_digest) == {
        Stage.ACKNOWLEDGED: "about the CANARY"
    }
    assert not in_files(tmp_path, b"CANARY")
    assert not any(b"CANARY" in one.payload for one in exchange.relay.ledger.items)


async def test_a_clock_that_runs_out_sounds_at_both_ends_and_is_settled_at_both(
    exchange: Exchange,
) -> None:
    message = sent(exchange)
    await exchange.settle()
    late_ms = CLOCKS.acknowledged_ms + HOUR_MS
    assert exchange.look(KEN, HOUR_MS) == exchange.look(BEL, HOUR_MS) == []
    exchange.clock.at_ms = NOW_MS + late_ms
    await exchange.settle()
    [awaited] = exchange.look(KEN, late_ms)
    [owed] = exchange.look(BEL, late_ms)
    assert "ACKNOWLEDGED by BEL is missing, 1 h overdue" in awaited
    assert "we owe KEN ACKNOWLEDGED, 1 h overdue" in owed
    exchange.say(message, Stage.ACKNOWLEDGED)
    await exchange.settle()
    assert exchange.look(KEN, late_ms) == exchange.look(BEL, late_ms) == []


async def test_a_hub_that_keeps_receipts_back_is_noticed(exchange: Exchange) -> None:
    sent(exchange)
    await exchange.settle(dropped=KEN)
    assert exchange.look(KEN, HOUR_MS) == []
    await exchange.settle()
    [text] = exchange.look(KEN, HOUR_MS)
    assert "ACCEPTED by the hub is missing, 50 min overdue" in text
    assert "clock: accepted" in text


async def test_a_recipient_that_dates_its_word_anew_is_caught_by_its_first(
    exchange: Exchange,
) -> None:
    message = sent(exchange)
    await exchange.settle()
    lie = world.receipt(message, Stage.DELIVERED, at_ms=NOW_MS - 1)
    exchange.relay.source.submit(BEL, bundled([lie], BEL))
    await exchange.relay.work()
    await exchange.settle()
    [text] = exchange.look(KEN, HOUR_MS)
    assert "BEL says DELIVERED twice, and not the same" in text
    store = exchange.nodes[KEN].store
    assert [one.receipt for one in store.contradictions()] == [lie]
    assert exchange.told(message) == OPENED


async def test_a_recipient_that_acts_after_it_refused_is_caught(
    exchange: Exchange,
) -> None:
    message = sent(exchange)
    await exchange.settle()
    exchange.clock.at_ms += 1
    exchange.say(message, Stage.REFUSED, "not for us")
    with pytest.raises(OutOfOrderError):
        exchange.say(message, Stage.ACKNOWLEDGED)
    await exchange.settle()
    furthest = exchange.status(message).furthest
    assert furthest is not None
    assert (furthest.stage, furthest.code) == (Stage.REFUSED, "declined")
    assert furthest.detail == f"by a person of {CENTRE}"
    assert exchange.look(KEN, HOUR_MS) == []
    acted = world.receipt(
        message,
        Stage.ACTED,
        at_ms=NOW_MS + 2,
        authority=CENTRE,
        decider=Decider.SYSTEM,
    )
    exchange.relay.source.submit(BEL, bundled([acted], BEL))
    await exchange.relay.work()
    await exchange.settle()
    [text] = exchange.look(KEN, HOUR_MS)
    assert "BEL says both ACTED and REFUSED" in text


async def test_receipts_that_come_again_after_a_crash_contradict_nothing(
    exchange: Exchange,
) -> None:
    message = sent(exchange)
    source = exchange.nodes[KEN].source
    source.lost_acks = 100
    await exchange.settle()
    source.lost_acks = 0
    exchange.nodes[KEN].restart()
    source.now_ms += 1
    source.redeliver()
    await exchange.settle()
    assert exchange.told(message) == OPENED
    assert exchange.nodes[KEN].store.contradictions() == []
    assert exchange.look(KEN, HOUR_MS) == []


async def test_what_is_not_opened_yet_is_not_acknowledged(exchange: Exchange) -> None:
    message = sent(exchange)
    node = exchange.nodes[BEL]
    await exchange.settle(dropped=BEL)
    node.deliver(message)
    await node.intake.take_in()
    with pytest.raises(OutOfOrderError, match="before it is OPENED"):
        exchange.say(message, Stage.ACKNOWLEDGED)
    await node.opening.open_some()
    with pytest.raises(OutOfOrderError, match="may now be acknowledged or declined"):
        exchange.say(message, Stage.ACTED)
    exchange.say(message, Stage.ACKNOWLEDGED)
