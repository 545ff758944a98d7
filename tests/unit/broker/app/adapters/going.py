"""Adapters that run as a process would run them, at a real node.

What befalls them is left to the tests.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from broker.app.adapters.running import AdapterRunner, Pace, run_adapters
from broker.core.adapting import AdapterHealth, AdapterState
from tests.adapter_world import AdapterWorld
from tests.unit.broker.app.adapters.recorder import Recorder

QUICK = Pace(first_s=0.01, most_s=0.05, look_s=0.01, within_s=5.0, seen_s=0.05)
PATIENCE_S = 10.0


class Running:
    """Some adapters, run as a process would run them."""

    def __init__(self, world: AdapterWorld) -> None:
        self.world = world
        self.stop = asyncio.Event()

    def runner(self, name: str, adapter: Recorder) -> AdapterRunner:
        desk = self.world.desk(self.world.configured(name))
        return AdapterRunner(desk, QUICK, lambda *_: adapter)

    def health(self, name: str) -> AdapterHealth:
        found = self.world.side.store.adapter(name)
        assert found is not None
        return found

    def state(self, name: str) -> AdapterState:
        with suppress(AssertionError):
            return self.health(name).state_at(self.world.parties.clock.now_ms())
        return AdapterState.STOPPED

    @asynccontextmanager
    async def going(self, *runners: AdapterRunner) -> AsyncIterator[None]:
        task = asyncio.create_task(run_adapters(runners, self.stop))
        try:
            yield
        finally:
            self.stop.set()
            async with asyncio.timeout(PATIENCE_S):
                await task


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - the store sets no event
            await asyncio.sleep(0.01)
