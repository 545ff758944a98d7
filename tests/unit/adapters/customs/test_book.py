"""A list that follows what is delivered and withdrawn, over restarts."""

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.customs.book import FILE, Book
from adapters.customs.drawing import Drawing
from adapters.customs.watchlist import Entry
from adapters.errors import RejectedError
from adapters.memory_desk import MemoryDesk
from adapters.values import Delivery
from broker.core.errors import StoreError
from broker.core.handling import Handling, Restrictions
from tests.adapter_world import example_delivery, withdrawal_of
from tests.customs_world import DAY_MS, update_of

ALERT = example_delivery("diversion-alert")
UPDATE = update_of(ALERT)
LOSS = example_delivery("stock-loss")


def book(desk: MemoryDesk) -> Book:
    return Book(desk, Drawing(party=desk.party, party_key=b"k" * 32, keep_days=180))


async def taken(made: Book, desk: MemoryDesk, *deliveries: Delivery) -> None:
    for one in deliveries:
        if one not in desk.deliveries:
            desk.deliveries.append(one)
        await made.take(one)


async def listed(made: Book) -> list[Entry]:
    return list((await made.watchlist()).entries.values())


async def versions(made: Book) -> list[int]:
    listed = await made.watchlist()
    return sorted(one.version for one in listed.entries.values())


async def test_what_is_delivered_twice_changes_the_list_once(desk: MemoryDesk) -> None:
    made = book(desk)
    await taken(made, desk, ALERT, ALERT, LOSS, ALERT)
    assert (await made.watchlist()).revision == 2
    assert await versions(made) == [1, 1]


async def test_an_update_counts_whether_it_comes_after_its_alert_or_before(
    desk: MemoryDesk, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = MemoryDesk(tmp_path / "other")
    late, early = book(desk), book(other)
    await taken(late, desk, ALERT, UPDATE)
    await taken(early, other, UPDATE)
    assert (await early.watchlist()).entries == {}
    await taken(early, other, ALERT)
    (one,) = (await late.watchlist()).entries.values()
    (two,) = (await early.watchlist()).entries.values()
    assert (one.version, two.version) == (2, 1)
    assert one.criteria == two.criteria
    assert "OMSLL" in one.criteria.places


async def test_a_withdrawn_update_gives_back_what_was_before(desk: MemoryDesk) -> None:
    made = book(desk)
    await taken(made, desk, ALERT, UPDATE)
    await made.withdraw(withdrawal_of(UPDATE))
    (entry,) = (await made.watchlist()).entries.values()
    assert "OMSLL" not in entry.criteria.places
    assert entry.version == 3
    assert entry.sources == (ALERT.message_digest,)


async def test_a_withdrawn_alert_is_gone_with_a_newer_version(desk: MemoryDesk) -> None:
    made = book(desk)
    await taken(made, desk, ALERT, LOSS)
    before = (await made.watchlist()).revision
    await made.withdraw(withdrawal_of(ALERT))
    await made.withdraw(withdrawal_of(ALERT))
    change = await made.change_after(before)
    assert ([one.version for one in change.gone], change.entries) == ([2], ())
    assert change.revision == before + 1
    assert (await made.change_after(0)).gone == ()


async def test_withdrawing_what_never_came_changes_nothing(desk: MemoryDesk) -> None:
    made = book(desk)
    assert await made.withdraw(withdrawal_of(ALERT)) == ""
    assert (await made.watchlist()).revision == 0


async def test_a_restart_changes_nothing(desk: MemoryDesk) -> None:
    made = book(desk)
    await taken(made, desk, ALERT, UPDATE, LOSS)
    assert await book(desk).watchlist() == await made.watchlist()


async def test_what_was_never_delivered_is_not_listed_after_a_restart(
    desk: MemoryDesk,
) -> None:
    await taken(book(desk), desk, ALERT)
    desk.deliveries.append(LOSS)  # the node has it, the adapter was not given it yet
    assert len((await book(desk).watchlist()).entries) == 1


async def test_what_the_node_destroyed_meanwhile_is_gone_after_a_restart(
    desk: MemoryDesk,
) -> None:
    await taken(book(desk), desk, ALERT, LOSS)
    desk.deliveries.remove(ALERT)
    again = book(desk)
    assert len((await again.watchlist()).entries) == 1
    assert [one.version for one in (await again.change_after(2)).gone] == [2]


async def test_what_is_over_leaves_the_list(desk: MemoryDesk) -> None:
    made = book(desk)
    await taken(made, desk, ALERT)
    desk.time_ms = ALERT.received_ms + 180 * DAY_MS
    await made.expire()
    assert (await made.watchlist()).entries == {}
    assert len((await made.change_after(1)).gone) == 1


async def test_nothing_of_a_content_is_on_the_disk(desk: MemoryDesk) -> None:
    await taken(book(desk), desk, ALERT, UPDATE, LOSS)
    stored = b"".join(one.read_bytes() for one in desk.folder.glob(f"{FILE}*"))
    for secret in (
        b"CSQU3054383",
        b"9074729",
        b"ZZQ",
        b"KEMBA",
        b"BEL-2026",
        b"930200",
    ):
        assert secret not in stored


async def test_other_kinds_leave_nothing_behind(desk: MemoryDesk) -> None:
    made = book(desk)
    await taken(made, desk, example_delivery("trace-request"))
    assert (await made.watchlist()).revision == 0
    assert made.store.taken() == frozenset()


async def test_an_update_whose_handling_cannot_be_kept_leaves_the_list_as_it_was(
    desk: MemoryDesk,
) -> None:
    def bound(one: Delivery, agency: str) -> Delivery:
        handling = Handling.parse("TLP:AMBER", Restrictions(release_to=(agency,)))
        return replace(one, handling=handling)

    made = book(desk)
    await taken(made, desk, bound(ALERT, "customs"))
    before = await made.watchlist()
    with pytest.raises(RejectedError) as error:
        await made.take(bound(UPDATE, "police"))
    assert error.value.code == "handling-conflict"
    assert await made.watchlist() == before
    assert await book(desk).watchlist() == before


async def test_what_does_not_fit_together_any_more_is_gone_after_a_restart(
    desk: MemoryDesk,
) -> None:
    made = book(desk)
    await taken(made, desk, ALERT, UPDATE, LOSS)
    for at, agency in ((0, "customs"), (1, "police")):
        handling = Handling.parse("TLP:AMBER", Restrictions(release_to=(agency,)))
        desk.deliveries[at] = replace(desk.deliveries[at], handling=handling)
    assert [one.reasons[0] for one in (await listed(book(desk)))] == ["STOCK_LOSS"]


async def test_a_folder_that_cannot_be_written_is_said_so(desk: MemoryDesk) -> None:
    (desk.folder / FILE).mkdir()
    with pytest.raises(StoreError):
        book(desk)


async def test_an_alert_so_large_that_no_broker_would_take_it_is_rejected(
    desk: MemoryDesk,
) -> None:
    made = book(desk)
    await taken(made, desk, ALERT)
    ranges = [
        {"first": {"raw": f"ZZQ{n}X1"}, "last": {"raw": f"ZZQ{n}X2"}}
        for n in range(4000)
    ]
    with pytest.raises(RejectedError) as error:
        await made.take(update_of(ALERT, serialRanges=ranges))
    assert error.value.code == "too-large"
    assert await versions(made) == [1]
