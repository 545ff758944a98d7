"""Each thing that is wrong with receipts sounds once, at both ends."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import structlog

from broker.core.envelope import Sealed
from broker.core.model import FIRST_LINK, Receipt, Stage
from broker.core.records import LedgerLine
from broker.core.reviews.clocks import HOUR_MS, ReceiptClocks
from broker.core.reviews.findings import FindingKind
from broker.core.reviews.statement_order import check_order
from broker.infra.node_store import NodeStore
from broker.infra.settling import note_alarm
from broker.services.receipt_watch import ReceiptWatch
from keys.identity import HUB
from tests import world
from tests.unit.broker.infra.stored_messages import arrival, line, opened, send
from tests.world import BEL, KEN, NOW_MS

CLOCKS = ReceiptClocks()
ASKING = "trace-request/1"


@dataclass(slots=True)
class Watched:
    """A node of KEN's and the watch over its receipts."""

    store: NodeStore
    clock: world.FakeClock = field(default_factory=world.FakeClock)
    heard_ms: int | None = None

    @property
    def watch(self) -> ReceiptWatch:
        """A watch that remembers nothing, as after a restart."""
        return ReceiptWatch(
            self.store, self.clock, CLOCKS, lambda: self._heard(self.heard_ms)
        )

    def _heard(self, set_ms: int | None) -> int:
        return self.clock.at_ms if set_ms is None else set_ms

    def look(self, after_ms: int = 0) -> int:
        """Looks so long after the beginning."""
        self.clock.at_ms = NOW_MS + after_ms
        return self.watch.look()

    def send(self) -> Sealed:
        """Seals a message, and has the hub's stream take it."""
        message = send(self.store)
        items = [one.sequence for one in self.store.waiting(10)]
        self.store.mark_submitted(items, NOW_MS)
        return message

    def tell(self, *receipts: Receipt) -> None:
        """Takes in receipts."""
        self.store.store_receipts([line(one) for one in receipts])

    def open_alarms(self) -> list[str]:
        """Returns what the open alarms say."""
        found = self.store.sounded_alarms(only_open=True)
        return [one.alarm.text for one in found]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Watched]:
    made = Watched(NodeStore(tmp_path / "node.sqlite3"))
    yield made
    made.store.close()


def accepted(message: Sealed, at_ms: int = NOW_MS) -> Receipt:
    return world.receipt(message, Stage.ACCEPTED, HUB, at_ms=at_ms)


def test_a_receipt_that_does_not_come_sounds_once_whatever_restarts(
    node: Watched,
) -> None:
    node.send()
    assert node.look() == 0
    assert node.look(CLOCKS.accepted_ms) == 0
    assert node.look(HOUR_MS) == 1
    assert [node.look(HOUR_MS + n) for n in (0, 1, HOUR_MS)] == [0, 0, 0]
    [text] = node.open_alarms()
    assert "ACCEPTED by the hub is missing, 50 min overdue" in text
    assert "clock: accepted" in text


def test_what_came_late_after_all_settles_its_alarm_and_says_so(node: Watched) -> None:
    message = node.send()
    node.look(HOUR_MS)
    node.tell(accepted(message, NOW_MS + 2 * HOUR_MS))
    assert node.look(2 * HOUR_MS) == 0
    assert node.open_alarms() == []
    found = node.store.find_alarm(1)
    assert found is not None
    assert found.settled == "it came, 1 h 50 min late"
    [kept] = node.store.receipt_findings(message.message_digest)
    assert kept.finding.kind is FindingKind.LATE
    assert kept.settled_ms == NOW_MS + 2 * HOUR_MS
    assert node.store.receipt_findings(alarm=1) == [kept]
    node.tell(world.receipt(message, Stage.DELIVERED, at_ms=NOW_MS + 3 * HOUR_MS))
    assert node.look(3 * HOUR_MS) == 0
    assert node.store.receipt_findings() == [kept]


def test_what_came_late_and_was_not_missed_before_sounds(node: Watched) -> None:
    message = node.send()
    node.tell(accepted(message, NOW_MS + HOUR_MS))
    assert node.look(HOUR_MS) == 1
    assert "the hub answered 50 min late" in node.open_alarms()[0]
    assert node.look(2 * HOUR_MS) == 0
    assert len(node.open_alarms()) == 1


def test_what_had_been_said_in_time_settles_its_alarm_when_it_comes(
    node: Watched,
) -> None:
    message = node.send()
    node.look(HOUR_MS)
    node.tell(accepted(message))
    node.look(HOUR_MS + 1)
    found = node.store.find_alarm(1)
    assert found is not None
    assert found.settled == "it is settled"


def test_what_is_found_again_under_other_clocks_opens_its_alarm_again(
    node: Watched,
) -> None:
    node.send()
    assert node.look(HOUR_MS) == 1
    patient = replace(CLOCKS, accepted_ms=2 * HOUR_MS)
    for clocks, count in ((patient, 0), (CLOCKS, 1)):
        # A change of settings alone has nothing reviewed again.
        node.store.mark_submitted([1], NOW_MS)
        watch = ReceiptWatch(node.store, node.clock, clocks, node.clock.now_ms)
        assert watch.look() == 0
        assert len(node.open_alarms()) == count


def test_a_node_that_was_off_calls_nothing_missing_that_waits_at_the_hub(
    node: Watched,
) -> None:
    message = node.send()
    node.heard_ms = 0
    assert node.look(10 * CLOCKS.delivered_ms) == 0
    node.tell(accepted(message))
    node.heard_ms = NOW_MS + CLOCKS.delivered_ms
    assert node.look(10 * CLOCKS.delivered_ms) == 0
    node.heard_ms = None
    assert node.look(10 * CLOCKS.delivered_ms) == 1
    assert "DELIVERED by BEL is missing" in node.open_alarms()[0]


def test_a_second_receipt_that_differs_sounds_and_is_kept(node: Watched) -> None:
    message = node.send()
    first = world.receipt(message, Stage.DELIVERED, at_ms=NOW_MS + 1)
    second = world.receipt(message, Stage.DELIVERED, at_ms=NOW_MS + 2)
    node.tell(accepted(message), first)
    assert node.look() == 0
    node.tell(second)
    assert node.look() == 1
    assert "BEL says DELIVERED twice" in node.open_alarms()[0]
    assert [one.receipt for one in node.store.contradictions()] == [second]


def test_a_hub_that_refuses_what_the_recipient_has_sounds(node: Watched) -> None:
    message = node.send()
    refused = world.receipt(message, Stage.REFUSED, HUB, code="expired")
    node.tell(refused, world.receipt(message, Stage.DELIVERED))
    assert node.look() == 1
    assert "the hub says REFUSED, and BEL says DELIVERED" in node.open_alarms()[0]


def test_many_of_one_sort_found_at_once_are_one_alarm(node: Watched) -> None:
    messages = [node.send() for _ in range(3)]
    assert node.look(HOUR_MS) == 1
    [text] = node.open_alarms()
    assert "the same of 2 more message(s)" in text
    assert len(node.store.receipt_findings(alarm=1)) == 3
    for message in messages[:2]:
        node.tell(accepted(message))
    node.look(HOUR_MS)
    assert len(node.open_alarms()) == 1
    node.tell(accepted(messages[2]))
    node.look(HOUR_MS)
    assert node.open_alarms() == []


def test_what_we_owe_sounds_at_our_end_until_it_is_said(node: Watched) -> None:
    message = world.sealed(KEN, [BEL], kind=ASKING)
    node.store.store_delivered([arrival(message)])
    node.store.settle([opened(message, FIRST_LINK)])
    assert node.look() == 0
    assert node.look(CLOCKS.acknowledged_ms + HOUR_MS) == 1
    [text] = node.open_alarms()
    assert "we owe KEN ACKNOWLEDGED" in text
    assert node.store.alarms()[0].topic == "owing"
    refused = world.receipt(message, Stage.REFUSED, code="declined")
    node.store.state(refused, check_order(Stage.REFUSED, ASKING))
    node.look(CLOCKS.acknowledged_ms + HOUR_MS)
    assert node.open_alarms() == []


def test_of_what_was_refused_and_what_was_withheld_nothing_is_owed(
    node: Watched,
) -> None:
    message = world.sealed(KEN, [BEL], kind=ASKING)
    node.store.store_delivered([arrival(message)])
    node.store.settle([opened(message, FIRST_LINK, code="import-policy")])
    with node.store._database.write() as db:
        db.execute("INSERT INTO to_review VALUES (x'00', 0, 1)")
    assert node.look(10 * CLOCKS.acknowledged_ms) == 0
    assert node.store.due_reviews(10, 10**15) == []


def test_what_changes_while_it_is_looked_at_is_looked_at_again(
    node: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = node.send()
    first = world.receipt(message, Stage.DELIVERED, at_ms=NOW_MS + 1)
    second = world.receipt(message, Stage.DELIVERED, at_ms=NOW_MS + 2)
    node.tell(accepted(message), first)
    read = NodeStore.ledger

    def while_reading(
        store: NodeStore, digest: bytes | None = None
    ) -> list[LedgerLine]:
        found = read(store, digest)
        monkeypatch.setattr(NodeStore, "ledger", read)
        # Comes after the watch has read the contradictions of the moment before.
        monkeypatch.setattr(NodeStore, "contradictions", lambda *_: [])
        node.tell(second)
        return found

    monkeypatch.setattr(NodeStore, "ledger", while_reading)
    assert node.look() == 0
    monkeypatch.undo()
    assert node.look() == 1


def test_a_crash_while_an_alarm_is_raised_loses_none_and_repeats_none(
    node: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.send()

    def crash(*_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr("broker.infra.review_store.note_alarm", crash)
    with pytest.raises(ZeroDivisionError):
        node.look(HOUR_MS)
    assert node.store.receipt_findings() == []
    monkeypatch.setattr("broker.infra.review_store.note_alarm", note_alarm)
    assert node.look(HOUR_MS) == 1
    assert node.look(HOUR_MS) == 0


def test_a_look_takes_some_portions_and_leaves_the_rest_to_the_next(
    node: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.services.receipt_watch._BATCH", 2)
    for _ in range(5):
        node.send()
    assert node.look(HOUR_MS) == 3
    assert len(node.store.receipt_findings()) == 5
    for _ in range(11):
        node.send()
    assert [node.look(HOUR_MS) for _ in range(3)] == [5, 1, 0]


async def test_the_watch_looks_until_it_is_stopped_and_its_log_tells_of_alarms(
    node: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.send()
    node.clock.at_ms = NOW_MS + HOUR_MS
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    look = ReceiptWatch.look

    def looked(watch: ReceiptWatch) -> int:
        raised = look(watch)
        loop.call_soon_threadsafe(stop.set)
        return raised

    monkeypatch.setattr(ReceiptWatch, "look", looked)
    with structlog.testing.capture_logs() as logged:
        async with asyncio.timeout(10):
            await node.watch.run(stop, look_s=0)
    assert len(node.open_alarms()) == 1
    assert {"event": "alarm", "log_level": "error", "raised": 1} in logged
