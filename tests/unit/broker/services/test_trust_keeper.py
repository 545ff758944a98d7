"""A process goes by the newest directory that was verified, and says when it is old."""

import asyncio
import threading
from collections import deque
from dataclasses import dataclass, field, replace

import pytest

from broker.services.trust_keeper import TrustKeeper
from keys.directory.model import DirectoryView
from keys.errors import RefreshError, UnreachableError
from tests import world
from tests.world import BEL

ABSENT = UnreachableError("nobody answered")
NOTHING = RefreshError("nothing is stored here")


@dataclass(slots=True)
class Source:
    """A directory client that answers as it is told; the last answer stays."""

    fresh: deque[DirectoryView | Exception] = field(default_factory=deque)
    cached: DirectoryView | Exception = NOTHING
    exhausted: threading.Event = field(default_factory=threading.Event)

    def refresh(self, now_ms: int) -> DirectoryView:
        """Returns the next answer."""
        assert now_ms == world.NOW_MS
        if len(self.fresh) == 1:
            self.exhausted.set()
        found = self.fresh.popleft() if len(self.fresh) > 1 else self.fresh[0]
        if isinstance(found, Exception):
            raise found
        return found

    def cached_view(self, now_ms: int) -> DirectoryView:
        """Returns what is stored."""
        assert now_ms == world.NOW_MS
        if isinstance(self.cached, Exception):
            raise self.cached
        return self.cached


def version(number: int) -> DirectoryView:
    return replace(world.view(), version=number)


def keeper(source: Source, poll_s: float = 60.0) -> TrustKeeper:
    return TrustKeeper(source, world.FakeClock(), poll_s=poll_s)


async def test_a_fresh_directory_wins_over_the_stored_one() -> None:
    source = Source(deque([version(2)]), version(1))
    kept = keeper(source)
    assert (await kept.start()).view.version == 2
    assert kept.current().view.version == 2


async def test_the_stored_one_does_when_nobody_answers() -> None:
    kept = keeper(Source(deque([ABSENT]), version(1)))
    assert (await kept.start()).view.version == 1


async def test_with_neither_there_is_nothing_to_go_by() -> None:
    kept = keeper(Source(deque([ABSENT])))
    with pytest.raises(UnreachableError):
        kept.current()
    with pytest.raises(UnreachableError):
        await kept.start()


async def test_a_directory_that_does_not_verify_leaves_the_old_one() -> None:
    kept = keeper(Source(deque([version(1), RefreshError("rolled back")])))
    await kept.start()
    with pytest.raises(RefreshError):
        await kept.refresh()
    assert not await kept.try_refresh()
    assert kept.current().view.version == 1


async def test_the_same_directory_is_not_compiled_again() -> None:
    kept = keeper(Source(deque([version(1), version(1), version(2)])))
    first = await kept.start()
    assert await kept.try_refresh()
    assert kept.current() is first
    assert (await kept.refresh()).view.version == 2


async def test_a_party_that_cannot_be_relied_on_takes_nobody_with_it() -> None:
    broken = replace(
        world.view({BEL: replace(world.entry(BEL), policy=b"\xff")}),
        failed={"MEX": "expired"},
    )
    trust = await keeper(Source(deque([broken]))).start()
    assert BEL in trust.problems
    assert len(trust.engines) == 3


async def test_the_loop_looks_again_and_again() -> None:
    source = Source(deque([version(1), ABSENT, version(2)]))
    kept = keeper(source, poll_s=0.001)
    await kept.start()
    stop = asyncio.Event()
    running = asyncio.create_task(kept.run(stop))
    await asyncio.wait_for(asyncio.to_thread(source.exhausted.wait), 10)
    stop.set()
    await running
    assert kept.current().view.version == 2


async def test_a_nudge_has_it_look_at_once() -> None:
    source = Source(deque([version(1), version(2)]))
    kept = TrustKeeper(source, world.FakeClock(), poll_s=60.0, spread_s=0.01)
    await kept.start()
    stop = asyncio.Event()
    running = asyncio.create_task(kept.run(stop))
    kept.nudge()
    await asyncio.wait_for(asyncio.to_thread(source.exhausted.wait), 10)
    stop.set()
    await running
    assert kept.current().view.version == 2
