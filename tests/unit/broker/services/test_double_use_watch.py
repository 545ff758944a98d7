"""People are told of a certificate that may have been used twice: once, and no more."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from broker.core.records import Alarm
from broker.core.registers.certificates import registrations
from broker.core.registers.double_use import Lead, Reason, Sign, leads
from broker.core.registers.uses import certificates, uses
from broker.infra.node_store import NodeStore
from broker.services.double_use_watch import ALARMS_MAX, DoubleUseWatch
from tests.unit.broker.core.registers.stating import example, stated
from tests.world import BEL, KEN, FakeClock

_REGISTERED: Final = stated(
    "certificate-registration", KEN, example("certificate-registration")
)
_COVERS: Final = [{"itemClass": "ITEM_CLASS_FIREARM", "quantity": 1200}]
_ASKED: Final = stated(
    "verification-request", BEL, example("verification-request", covers=_COVERS)
)


def _lead() -> Lead:
    statements = (_REGISTERED, _ASKED)
    [lead] = leads(certificates(registrations(statements), (), uses(statements)))
    return lead


class World:
    """A store with alarms, and leads that tests set."""

    def __init__(self, store: NodeStore) -> None:
        self.store = store
        self.leads: list[Lead] = []
        self.looks = 0
        self.raised: Callable[[], object] = lambda: None
        self.mark = b"1"
        self.watch = DoubleUseWatch(
            store=self, clock=FakeClock(), store_key=b"k" * 32, leads=self._known
        )
        self.open_alarms = store.open_alarms
        self.settle_alarm = store.settle_alarm

    def case_mark(self) -> bytes:
        return self.mark

    def raise_alarm_once(self, name: str, alarm: Alarm) -> bool:
        raised = self.store.raise_alarm_once(name, alarm)
        self.raised()
        return raised

    def _known(self) -> list[Lead]:
        self.looks += 1
        return self.leads

    def look(self, *found: Lead) -> int:
        self.leads = list(found)
        self.mark += b"1"
        return self.watch.look()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    store = NodeStore(tmp_path / "node.sqlite3")
    yield World(store)
    store.close()


def test_a_strong_lead_is_told_once(world: World) -> None:
    assert world.look(_lead()) == 1
    assert world.look(_lead()) == 0
    [name] = world.store.open_alarms("double-use/")
    [alarm] = [one for one in world.store.alarms() if one.topic == "certificate"]
    assert "rogatory certificate list --leads" in alarm.text
    # Neither the name nor the text gives the certificate away.
    assert "0031" not in name + alarm.text


def test_a_weak_lead_is_left_to_whoever_looks(world: World) -> None:
    weak = replace(_lead(), reasons=(Reason(sign=Sign.FILES, text="two scans"),))
    assert world.look(weak) == 0
    assert world.store.open_alarms("double-use/") == []


def test_another_sign_is_told_again_and_the_first_is_over(world: World) -> None:
    lead = _lead()
    world.look(lead)
    more = (*lead.reasons, Reason(sign=Sign.EXPORTERS, text="BEL, MEX"))
    [first] = world.store.open_alarms("double-use/")
    assert world.look(replace(lead, reasons=more)) == 1
    assert first not in world.store.open_alarms("double-use/")


def test_what_nothing_speaks_for_any_longer_is_settled(world: World) -> None:
    world.look(_lead())
    world.look()
    assert world.store.open_alarms("double-use/") == []


def test_thousands_of_leads_do_not_give_thousands_of_alarms(world: World) -> None:
    """Two messages are enough to make them, and all alarms say the same."""
    lead = _lead()
    certificate = lead.certificate
    found = []
    for number in range(ALARMS_MAX + 20):
        digest = number.to_bytes(32, "big")
        asked = [
            replace(use, paper=replace(use.paper, sha256=digest))
            for use in certificate.uses
        ]
        one = replace(certificate, uses=tuple(asked))
        found.append(replace(lead, certificate=one))
    assert world.look(*found) == ALARMS_MAX
    assert world.look(*found) == 0
    assert len(world.store.open_alarms("double-use/")) == ALARMS_MAX


def test_a_lead_that_comes_up_again_is_told_again(world: World) -> None:
    """Who makes a lead and takes it back could otherwise silence the real one."""
    assert world.look(_lead()) == 1
    assert world.look() == 0
    assert world.look(_lead()) == 1
    assert world.look(_lead()) == 0
    assert len(world.store.open_alarms("double-use/")) == 1


def test_nothing_is_read_while_nothing_changes(world: World) -> None:
    world.look(_lead())
    world.watch.look()
    assert world.looks == 1


async def test_it_looks_until_it_is_stopped(world: World) -> None:
    stop, told = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    world.raised = lambda: loop.call_soon_threadsafe(told.set)
    world.leads = [_lead()]
    running = asyncio.create_task(world.watch.run(stop))
    async with asyncio.timeout(10):
        await told.wait()
        stop.set()
        await running
    assert len(world.store.open_alarms("double-use/")) == 1
