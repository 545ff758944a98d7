"""A hostile or broken peer cannot make the watch over cases send or say without end."""

import asyncio
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.cases.duties import Duty
from broker.core.cases.leg import Owed
from broker.core.cases.lifecycle import Debt, Side
from broker.core.cases.review import DueNotice
from broker.core.errors import Code, DocumentError, DocumentProblem, RefusedError
from broker.core.protocol_kinds import OVERDUE_NOTICE
from broker.core.records import Alarm, InboxMessage
from broker.services.case_watch import CaseWatch, WatchPorts
from keys.identity import PartyId
from tests import case_world, world
from tests.case_world import HOUR_MS, CaseWorld
from tests.world import BEL, KEN, MEX, NOW_MS


@pytest.fixture
def parties(tmp_path: Path) -> Iterator[CaseWorld]:
    made = case_world.made(tmp_path)
    yield made
    made.close()


def _sent_notices(parties: CaseWorld) -> int:
    sent = parties.sides[KEN].store.sent(100, protocol=True)
    return sum(one.header.kind == OVERDUE_NOTICE for one in sent)


def _knows_no_notices(message: InboxMessage, _body: bytes) -> None:
    if message.header.kind == OVERDUE_NOTICE:
        raise RefusedError(Code.UNKNOWN_KIND, message.header.kind)


async def test_a_peer_that_refuses_every_notice_gets_two_and_no_more(
    parties: CaseWorld,
) -> None:
    """As a node of an earlier version does."""
    await parties.asked()
    node = parties.sides[BEL].node
    node.examine = _knows_no_notices
    node.restart()
    parties.clock.at_ms += 73 * HOUR_MS
    for _ in range(5):
        parties.watch(KEN).look()
        await parties.settle()
    assert _sent_notices(parties) == 1
    parties.clock.at_ms += 40 * HOUR_MS
    for _ in range(5):
        parties.watch(KEN).look()
        await parties.settle()
    assert _sent_notices(parties) == 2


class _Refusing:
    """Sends nothing to BEL, and everything to others; counts its tries."""

    def __init__(self) -> None:
        self.tries: list[PartyId] = []

    def send(self, notice: DueNotice) -> bool:
        self.tries.append(notice.duty.owed.by)
        return notice.duty.owed.by != BEL


def _overdue(parties: CaseWorld, desk: _Refusing) -> CaseWatch:
    """BEL is late with forty things, MEX with one, due after all of them."""
    owed = [_duty(number, BEL) for number in range(40)] + [_duty(99, MEX)]
    ports = WatchPorts(
        store=parties.sides[KEN].store,
        clock=parties.clock,
        duties=lambda: owed,
        heard_ms=parties.clock.now_ms,
        send=desk.send,
        store_key=world.holder(KEN).store_key,
    )
    return CaseWatch(KEN, ports)


def _duty(number: int, by: PartyId) -> Duty:
    debt = Debt(clock="answer", by=Side.ADDRESSEE, states=frozenset({"x"}), what="it")
    owed = Owed(
        debt=debt,
        by=by,
        about=number.to_bytes(32),
        since_ms=NOW_MS - HOUR_MS,
        due_ms=NOW_MS - HOUR_MS + number,
    )
    return Duty(
        case=f"C-{number}",
        reference="",
        matter="trace",
        state="x",
        owed=owed,
        to=(KEN,),
    )


def test_a_party_that_can_be_sent_nothing_keeps_no_notice_from_others(
    parties: CaseWorld,
) -> None:
    desk = _Refusing()
    watch = _overdue(parties, desk)
    for _ in range(3):
        watch.look()
    assert desk.tries.count(MEX) >= 1
    assert desk.tries.count(BEL) == 40


def test_a_notice_that_could_not_be_sent_is_tried_again_though_nothing_happens(
    parties: CaseWorld,
) -> None:
    desk = _Refusing()
    watch = _overdue(parties, desk)
    for _ in range(5):
        watch.look()
    parties.clock.at_ms += HOUR_MS + 1
    for _ in range(5):
        watch.look()
    assert desk.tries.count(BEL) == 80


async def test_a_notice_that_is_none_keeps_the_watch_running(
    parties: CaseWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(kind: str, _content: object) -> bytes:
        raise DocumentError([DocumentProblem("office", "x", f"expected no {kind}")])

    monkeypatch.setattr("broker.services.overdue_notices.encode_document", broken)
    await parties.asked()
    parties.clock.at_ms += 73 * HOUR_MS
    assert parties.watch(KEN).look() == 1
    assert _sent_notices(parties) == 0


async def test_the_watch_rests_after_a_long_look(parties: CaseWorld) -> None:
    """However much comes, it takes a twentieth of the time."""
    looks, ended = [], asyncio.Event()

    def duties() -> list[Duty]:
        looks.append(1)
        time.sleep(0.02)
        return []

    ports = WatchPorts(
        store=_Restless(),
        clock=parties.clock,
        duties=duties,
        heard_ms=parties.clock.now_ms,
        send=lambda _notice: False,
        store_key=world.holder(KEN).store_key,
    )
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(CaseWatch(KEN, ports).run(ended, look_s=0.001))
        await asyncio.sleep(0.2)
        ended.set()
    assert len(looks) == 1


class _Restless:
    """A store in which something changes all the time."""

    def case_mark(self) -> bytes:
        return secrets.token_bytes(8)

    def open_alarms(self, prefix: str) -> list[str]:
        return [prefix] if not prefix else []

    def raise_alarm_once(self, name: str, alarm: Alarm) -> bool:
        return bool(name and alarm)

    def settle_alarm(self, name: str, now_ms: int, text: str) -> bool:
        return bool(name and now_ms and text)
