"""Everybody follows the events of a node through one reader of its store."""

import asyncio
from dataclasses import dataclass, field

import pytest

from broker.api.event_tap import EventTap
from broker.core.errors import StoreError
from broker.core.feed import Event, FeedEntry
from broker.core.happened import Happened


@dataclass(slots=True)
class Source:
    """What happened, in memory; it counts who asks."""

    happened: list[Happened] = field(default_factory=list)
    asked: int = 0
    fails: Exception | None = None

    def happen(self, count: int = 1) -> None:
        for _ in range(count):
            entry = FeedEntry(
                sequence=self.feed_end() + 2,  # with gaps, as a real one
                event=Event.ALARM,
                subject=b"",
                party="",
                detail="t",
                at_ms=0,
            )
            self.happened.append(Happened(entry=entry))

    def happened_after(self, sequence: int, limit: int = 500) -> list[Happened]:
        self.asked += 1
        if self.fails is not None:
            raise self.fails
        return [one for one in self.happened if one.entry.sequence > sequence][:limit]

    def feed_end(self) -> int:
        return self.happened[-1].entry.sequence if self.happened else 0


async def numbers(tap: EventTap, after: int, count: int) -> list[int]:
    """Reads on until so many events were told."""
    found: list[int] = []
    while len(found) < count:
        told = await tap.after(after)
        found += [one.sequence for one in told]
        after = found[-1]
    return found


async def test_readers_wait_for_what_happens_and_are_told_once() -> None:
    source = Source()
    tap = EventTap(source, look_s=0.001)
    async with tap.reading():
        waiting = [asyncio.create_task(numbers(tap, 0, 3)) for _ in range(20)]
        await asyncio.sleep(0.01)
        source.happen(3)
        assert await asyncio.gather(*waiting) == [[2, 4, 6]] * 20


async def test_a_reader_that_was_away_goes_on_where_it_was() -> None:
    source = Source()
    source.happen(10)
    tap = EventTap(source, look_s=0.001)
    async with tap.reading():
        assert await numbers(tap, 0, 10) == list(range(2, 22, 2))
        assert await numbers(tap, 15, 3) == [16, 18, 20]
        source.happen()
        assert await numbers(tap, 20, 1) == [22]


async def test_a_reader_far_behind_reads_the_store_and_misses_nothing() -> None:
    source = Source()
    tap = EventTap(source, look_s=0.001, kept=5)
    async with tap.reading():
        source.happen(1200)
        expected = list(range(2, 2402, 2))
        assert await numbers(tap, 0, 1200) == expected
        await numbers(tap, 2400 - 2, 1)
        assert await numbers(tap, 2400 - 6, 3) == expected[-3:]


async def test_the_store_is_asked_once_for_everybody() -> None:
    source = Source()
    tap = EventTap(source, look_s=3600)
    source.happen(3)
    async with tap.reading():
        await asyncio.gather(*(numbers(tap, 0, 3) for _ in range(3)))
        before = source.asked
    assert before <= 4  # the tap's own look, and three that were behind it


async def test_nobody_reads_the_store_while_nobody_reads() -> None:
    source = Source()
    tap = EventTap(source, look_s=0.001)
    async with tap.reading():
        source.happen()
        await numbers(tap, 0, 1)
    asked = source.asked
    await asyncio.sleep(0.02)
    assert (source.asked, tap.readers) == (asked, 0)
    source.happen()
    async with tap.reading():
        assert await numbers(tap, 2, 1) == [4]


async def test_a_store_that_cannot_be_read_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("broker.api.event_tap._REST_S", 0.001)
    source = Source(fails=StoreError("locked"))
    tap = EventTap(source, look_s=0.001)
    async with tap.reading():
        reading = asyncio.create_task(numbers(tap, 0, 1))
        await asyncio.sleep(0.01)
        assert not reading.done()
        source.happen()
        source.fails = None
        assert await reading == [2]


async def test_a_mistake_of_ours_ends_the_readers_and_does_not_hang_them() -> None:
    source = Source(fails=ValueError("a mistake"))
    tap = EventTap(source, look_s=0.001)
    with pytest.raises(ValueError, match="a mistake"):
        async with tap.reading(), asyncio.timeout(5):
            await tap.after(0)


async def test_one_who_comes_as_the_last_one_goes_waits_and_does_not_spin() -> None:
    source = Source()
    source.happen()
    end = source.feed_end()
    tap = EventTap(source, look_s=0.001)
    left = asyncio.Event()

    async def first() -> None:
        async with tap.reading():
            await left.wait()

    async def second() -> list[int]:
        while tap.readers:  # noqa: ASYNC110 - to the very turn of the loop
            # Comes in between the end of the first's reading, and what it ends.
            await asyncio.sleep(0)
        async with tap.reading():
            return await numbers(tap, end, 1)

    going, coming = asyncio.create_task(first()), asyncio.create_task(second())
    await asyncio.sleep(0.01)
    left.set()
    await going
    source.happen()
    # One that spins holds up the whole process, and this limit with it.
    assert await asyncio.wait_for(coming, 5) == [source.feed_end()]
