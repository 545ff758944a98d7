"""Reports of border posts: what is taken in, and what of it a person is shown."""

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.customs.drawing import Drawing
from adapters.customs.report_intake import (
    DailyShare,
    ReportKeeper,
    address_of,
    received,
)
from adapters.customs.reports import MAX_SIZE, ReportAddress, read_report
from adapters.customs.watchlist import Entry, Watchlist
from adapters.errors import RejectedError
from adapters.memory_desk import MemoryDesk
from adapters.values import Submission
from broker.core.errors import StoreError
from broker.core.handling import Handling
from tests.adapter_world import example_delivery
from tests.customs_world import OTHER_POST, POST, adapter_in, report_of, write_keys

ADDRESS = ReportAddress(post=POST, report_id="r-1")
ALERT = example_delivery("diversion-alert")


def keeper(desk: MemoryDesk, *entries: Entry) -> ReportKeeper:
    async def listed() -> Watchlist:
        return Watchlist(entries={one.entry_id: one for one in entries})

    return ReportKeeper(desk, Handling.parse("TLP:AMBER"), listed)


def entry(desk: MemoryDesk, handling: Handling = ALERT.handling) -> Entry:
    alert = replace(ALERT, handling=handling)
    desk.deliveries.append(alert)
    drawing = Drawing(party=desk.party, party_key=b"k" * 32, keep_days=180)
    found = drawing.entry(alert, ())
    assert found is not None
    return found


def code_of(payload: bytes, address: ReportAddress = ADDRESS) -> str:
    with pytest.raises(RejectedError) as error:
        read_report(payload, address)
    assert error.value.payload == payload
    assert "ZZQ" not in str(error.value)
    return error.value.code


def only(desk: MemoryDesk) -> Submission:
    (proposal,) = desk.proposed.values()
    return proposal.submission


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"a":' * 2000,
        report_of(format="rogatory-seizure/2"),
        report_of(extra="x"),
        report_of(items=[]),
        report_of(items=[{"item_class": "FIREARM"}] * 501),
        report_of(day="yesterday"),
        report_of(place={"country": "Kenya"}),
        report_of(hit={"entry_id": "W-1", "version": 1}),
        report_of(items=[{"item_class": "FIREARM", "quantity": 0}]),
        report_of(items=[{"item_class": "FIREARM", "quantity": "1"}]),
        report_of(items=[{"item_class": "FIREARM\n"}]),
    ],
)
def test_a_report_without_the_form_is_refused_and_not_repeated(payload: bytes) -> None:
    assert code_of(payload) == "bad-form"


@pytest.mark.parametrize(
    "item",
    [
        {"item_class": "EXPLOSIVE", "serial": "ZZQ-1"},
        {"item_class": "PART", "serial": "ZZQ-1"},
        {"item_class": "FIREARM", "part": "SLIDE"},
        {"item_class": "AMMUNITION", "model": "M1"},
    ],
)
def test_a_detail_that_would_be_lost_is_refused(item: dict[str, str]) -> None:
    assert code_of(report_of(items=[item])) == "bad-form"


def test_a_report_that_is_too_long_is_refused_unread() -> None:
    assert code_of(b" " * (MAX_SIZE + 1)) == "too-long"


def test_a_report_that_names_another_post_or_report_is_refused() -> None:
    assert code_of(report_of(OTHER_POST)) == "another-post"
    assert code_of(report_of(report_id="r-2")) == "another-post"


async def test_a_report_that_comes_again_is_proposed_once(desk: MemoryDesk) -> None:
    made = keeper(desk)
    assert await made.keep(report_of(), ADDRESS) == ""
    assert await made.keep(report_of(), ADDRESS) == ""
    assert len(desk.proposed) == 1


async def test_another_report_under_the_same_name_is_shown_as_well(
    desk: MemoryDesk,
) -> None:
    made = keeper(desk)
    await made.keep(report_of(), ADDRESS)
    await made.keep(report_of(day="2026-04-22"), ADDRESS)
    assert len(desk.proposed) == 2


async def test_a_hit_binds_the_draft_to_what_led_to_it(desk: MemoryDesk) -> None:
    found = entry(desk, Handling.parse("TLP:AMBER+STRICT H2"))
    hit = {"entry_id": found.entry_id, "version": 1}
    assert await keeper(desk, found).keep(report_of(hit=hit), ADDRESS) == ""
    made = only(desk)
    assert made.handling == "TLP:AMBER+STRICT H2"
    assert made.based_on == (ALERT.message_digest,)
    assert (made.to, made.case_reference) == (("BEL",), "BEL-2026-0042")


async def test_a_hit_on_what_is_not_listed_is_said_to_the_person(
    desk: MemoryDesk,
) -> None:
    hit = {"entry_id": "W-" + "0" * 20, "version": 3}
    await keeper(desk).keep(report_of(hit=hit), ADDRESS)
    (proposal,) = desk.proposed.values()
    assert any("not on the list" in reason for reason in proposal.reasons)
    assert proposal.submission.based_on == ()


async def test_every_class_of_item_has_its_place_in_the_record(
    desk: MemoryDesk,
) -> None:
    items = [
        {"item_class": "FIREARM", "type": "PISTOL", "calibre": "9x19", "serial": "Z1"},
        {"item_class": "PART", "part": "SLIDE", "serial": "Z2", "exhibit": "E-2"},
        {"item_class": "AMMUNITION", "calibre": "9x19", "serial": "L3", "quantity": 50},
        {"item_class": "EXPLOSIVE", "description": "A brick"},
    ]
    assert await keeper(desk).keep(report_of(items=items), ADDRESS) == ""
    listed = only(desk).content["items"]
    assert isinstance(listed, list)
    texts = [str(one["item"]) for one in listed]
    for text, said in zip(texts, ("Z1", "Z2", "L3", "A brick"), strict=True):
        assert said in text


async def test_words_that_the_record_does_not_know_are_set_aside(
    desk: MemoryDesk,
) -> None:
    payload = report_of(items=[{"item_class": "SPOON"}])
    assert await keeper(desk).keep(payload, ADDRESS) == "bad-content"
    ((letter, _),) = desk.letters.values()
    assert letter.data == payload
    assert not desk.proposed


async def test_what_a_person_has_mended_is_taken_in(
    desk: MemoryDesk, tmp_path: Path
) -> None:
    write_keys(tmp_path)
    (tmp_path / "out").mkdir()
    made = adapter_in(tmp_path, desk, folder=str(tmp_path / "out"))
    letter = received(report_of(), ADDRESS)
    assert address_of(letter) == ADDRESS
    await made.mend(letter)
    assert only(desk).kind == "recovery-record/1"
    with pytest.raises(RejectedError):
        await made.mend(replace(letter, data=b"{"))


async def test_two_reports_that_cannot_be_used_are_both_kept(desk: MemoryDesk) -> None:
    made = keeper(desk)
    for payload in (b"{", b"[", b"{"):
        assert await made.keep(payload, ADDRESS) == "bad-form"
    assert [letter.data for letter, _ in desk.letters.values()] == [b"{", b"["]


async def test_a_report_that_makes_us_fail_is_set_aside_and_holds_up_no_others(
    desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RecursionError("ZZQ-01044")

    monkeypatch.setattr("adapters.customs.report_intake.read_report", broken)
    assert await keeper(desk).keep(report_of(), ADDRESS) == "fault"
    ((kept, _),) = desk.letters.values()
    assert kept.data == report_of()


async def test_a_report_that_cannot_be_stored_is_neither_kept_nor_refused(
    desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> str:
        raise StoreError("no room")

    monkeypatch.setattr(MemoryDesk, "propose", full)
    with pytest.raises(StoreError):
        await keeper(desk).keep(report_of(), ADDRESS)
    assert not desk.letters


def test_a_post_has_its_share_of_each_day_and_a_repetition_costs_nothing() -> None:
    now_ms = [0]
    share = DailyShare(2, lambda: now_ms[0])
    one, two, three = (report_of(day=f"2026-04-2{day}") for day in (1, 2, 3))
    assert [share.takes(payload, ADDRESS) for payload in (one, one, two, three)] == [
        True,
        True,
        True,
        False,
    ]
    assert share.takes(one, ADDRESS)
    assert share.takes(three, ReportAddress(post=OTHER_POST, report_id="r-1"))
    now_ms[0] = 86_400_000
    assert share.takes(three, ADDRESS)
