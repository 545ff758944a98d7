"""People are reminded in time, others are told when a clock ran out: once each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.cases.duties import Duty
from broker.core.cases.review import DueNotice
from broker.core.codec.documents import encode_document, read_document
from broker.core.codec.kinds import parse_kind
from broker.core.protocol_kinds import OVERDUE_NOTICE
from broker.services.case_watch import CaseWatch, WatchPorts
from broker.services.overdue_notices import alternate_office
from keys.directory.model import Contact, Office, OfficeRole
from tests import case_world, world
from tests.case_world import DAY_MS, HOUR_MS, CaseWorld, step
from tests.world import BEL, KEN, MEX, NOW_MS

DESK = Office(role=OfficeRole.DUTY_DESK, name="Duty desk", round_the_clock=True)
CENTRE = Office(role=OfficeRole.TRACING_AUTHORITY, name="Weapons Centre")
POLICE = Office(role=OfficeRole.POLICE, name="Police")
CONTACT = Contact(office=CENTRE.name)


@pytest.fixture
def parties(tmp_path: Path) -> Iterator[CaseWorld]:
    entry = world.entry(BEL, contact=CONTACT, offices=(CENTRE, POLICE, DESK))
    made = case_world.made(tmp_path, world.trust({BEL: entry}))
    yield made
    made.close()


async def _later(parties: CaseWorld, passed_ms: int) -> None:
    """Lets time pass, everybody look, and what they send arrive."""
    parties.clock.at_ms += passed_ms
    for party in (KEN, BEL):
        parties.watch(party).look()
    await parties.settle()


def _notices(parties: CaseWorld) -> list[dict[str, object]]:
    """Returns the contents of the notices that KEN has sent, oldest first."""
    store = parties.sides[KEN].store
    found = []
    for message in reversed(store.sent(100, protocol=True)):
        if message.header.kind == OVERDUE_NOTICE:
            body = parties.sides[KEN].holdings.content(message)
            found.append(read_document(parse_kind(OVERDUE_NOTICE), body))
    return found


async def test_nothing_is_said_while_there_is_time(parties: CaseWorld) -> None:
    await parties.asked()
    await _later(parties, DAY_MS)
    assert not parties.alarms(KEN)
    assert not parties.alarms(BEL)
    assert not _notices(parties)


async def test_who_owes_is_reminded_at_half_and_before_the_end(
    parties: CaseWorld,
) -> None:
    await parties.asked()
    await _later(parties, 37 * HOUR_MS)
    [alarm] = parties.alarms(BEL)
    assert alarm.startswith("half of the time is over to answer KEN, until 2027-01-18")
    assert alarm.endswith("see: rogatory case show KEN-7")
    await _later(parties, 30 * HOUR_MS)
    [alarm] = parties.alarms(BEL)
    assert alarm.startswith("nine tenths of the time is over")
    assert not parties.alarms(KEN)


async def test_what_is_done_in_time_settles_the_reminder(parties: CaseWorld) -> None:
    asked = await parties.asked()
    await _later(parties, 37 * HOUR_MS)
    assert parties.alarms(BEL)
    parties.state(BEL, asked)
    await _later(parties, HOUR_MS)
    assert not parties.alarms(BEL)


async def test_both_ends_are_told_when_the_clock_has_run_out(
    parties: CaseWorld,
) -> None:
    await parties.asked()
    await _later(parties, 73 * HOUR_MS)
    [at_ken] = parties.alarms(KEN)
    [at_bel] = parties.alarms(BEL)
    assert at_ken.startswith("overdue since 2027-01-18T08:00:00.000Z: BEL owes")
    assert at_bel.startswith("overdue since 2027-01-18T08:00:00.000Z: KEN waits")


async def test_an_alarm_tells_nothing_of_the_content(parties: CaseWorld) -> None:
    await parties.asked()
    await _later(parties, 73 * HOUR_MS)
    for text in (*parties.alarms(KEN), *parties.alarms(BEL)):
        assert "acknowledge" not in text
        assert "trace" not in text


async def test_a_signed_notice_goes_out_once(parties: CaseWorld) -> None:
    await parties.asked()
    await _later(parties, 73 * HOUR_MS)
    await _later(parties, HOUR_MS)
    [notice] = _notices(parties)
    assert notice == {
        "clock": "acknowledge",
        "state": "submitted",
        "dueMs": str(NOW_MS + 3 * DAY_MS),
        "sequence": 1,
    }
    for party in (KEN, BEL):
        leg = parties.leg(party)
        assert [one.event.told.event for one in leg.moves] == ["overdue-notice"]
        [duty] = [
            one for one in parties.duties(party) if one.owed.debt.clock == "acknowledge"
        ]
        assert [(one.by, one.sequence) for one in duty.notices] == [(KEN, 1)]
    assert parties.leg(KEN) == parties.leg(BEL)


async def test_the_second_notice_names_an_office_that_always_answers(
    parties: CaseWorld,
) -> None:
    await parties.asked()
    await _later(parties, 73 * HOUR_MS)
    await _later(parties, 35 * HOUR_MS)
    assert len(_notices(parties)) == 1
    await _later(parties, 2 * HOUR_MS)
    second = _notices(parties)[1]
    assert (second["sequence"], second["escalated"]) == (2, True)
    assert second["office"] == "Duty desk"
    await _later(parties, 100 * HOUR_MS)
    clocks = [one["clock"] for one in _notices(parties)]
    assert clocks.count("acknowledge") == 2


async def test_a_watch_that_died_sends_nothing_twice(parties: CaseWorld) -> None:
    await parties.asked()
    parties.clock.at_ms += 73 * HOUR_MS
    parties.watch(KEN).look()
    parties.watches.clear()  # killed before it noted anything itself
    parties.watch(KEN).look()
    assert len(_notices(parties)) == 1
    assert len(parties.alarms(KEN)) == 1


async def test_who_is_to_send_none_sends_none(parties: CaseWorld) -> None:
    await parties.asked()
    parties.clock.at_ms += 73 * HOUR_MS
    parties.watch(KEN, notices=False).look()
    assert not _notices(parties)
    assert parties.alarms(KEN)


async def test_what_has_been_due_for_a_month_is_not_news(parties: CaseWorld) -> None:
    await parties.asked()
    parties.clock.at_ms += 3 * DAY_MS + 40 * DAY_MS
    parties.watch(KEN).look()
    assert not _notices(parties)


async def test_a_notice_to_whom_nothing_may_be_sent_waits(parties: CaseWorld) -> None:
    await parties.asked()
    parties.sides[KEN].trust = world.trust({BEL: None})
    await _later(parties, 73 * HOUR_MS)
    assert not _notices(parties)
    parties.sides[KEN].trust = world.trust()
    await _later(parties, 4 * DAY_MS)
    assert [one["clock"] for one in _notices(parties)].count("acknowledge") == 1


async def test_a_node_that_was_off_calls_nothing_overdue_before_it_has_heard(
    parties: CaseWorld,
) -> None:
    await parties.asked()
    parties.clock.at_ms += 73 * HOUR_MS
    store = parties.sides[KEN].store
    heard = [0]

    def never(_notice: DueNotice) -> bool:
        raise AssertionError

    ports = WatchPorts(
        store=store,
        clock=parties.clock,
        duties=lambda: parties.duties(KEN),
        heard_ms=lambda: heard[0],
        send=never,
        store_key=world.holder(KEN).store_key,
    )
    watch = CaseWatch(KEN, ports)
    assert watch.look() == 0
    heard[0] = NOW_MS + HOUR_MS
    assert watch.look() == 0
    assert not parties.alarms(KEN)


async def test_nothing_is_read_while_nothing_changes(parties: CaseWorld) -> None:
    await parties.asked()
    reads = []

    def duties() -> list[Duty]:
        reads.append(1)
        return parties.duties(KEN)

    ports = WatchPorts(
        store=parties.sides[KEN].store,
        clock=parties.clock,
        duties=duties,
        heard_ms=parties.clock.now_ms,
        send=lambda _notice: False,
        store_key=world.holder(KEN).store_key,
    )
    watch = CaseWatch(KEN, ports)
    for _ in range(5):
        watch.look()
    assert len(reads) <= 2
    parties.clock.at_ms += 73 * HOUR_MS
    watch.look()
    assert len(reads) <= 3
    assert parties.alarms(KEN)


async def test_a_notice_of_whom_nothing_is_owed_to_counts_for_nothing(
    parties: CaseWorld,
) -> None:
    """A forged notice of MEX about a debt between KEN and BEL moves nothing."""
    asked = await parties.asked()
    body = _forged()
    parties.sides[MEX].send((BEL,), body, OVERDUE_NOTICE, world.AMBER, asked)
    await parties.settle()
    assert parties.leg(BEL) == parties.leg(KEN)
    assert not parties.leg(BEL).moves


def _forged() -> bytes:
    content = {"clock": "acknowledge", "state": "submitted", "dueMs": 1, "sequence": 9}
    return encode_document(OVERDUE_NOTICE, content)


async def test_a_delay_has_a_clock_of_its_own(parties: CaseWorld) -> None:
    asked = await parties.asked()
    parties.say(BEL, step("start"), after=asked)
    await parties.settle()
    assert {one.owed.debt.clock for one in parties.duties(KEN)} == {"answer"}


def test_the_alternate_office_is_never_the_point_of_contact() -> None:
    record = world.entry(BEL, contact=CONTACT, offices=(CENTRE, POLICE)).record
    assert alternate_office(record) == POLICE
    alone = world.entry(BEL, contact=CONTACT, offices=(CENTRE,)).record
    assert alternate_office(alone) is None
