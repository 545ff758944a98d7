"""The TAXII server beside a real node: what its policy gives is polled, and revoked."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from adapters.contract import Desk
from adapters.stix.adapter import KIND, TaxiiAdapter
from broker.app.adapters.configuration import Configured
from broker.app.adapters.running import AdapterRunner, Pace
from tests.adapter_world import AdapterWorld
from tests.certificates import write_certificates
from tests.taxii_world import AMBER, taxii_fields

QUICK = Pace(first_s=0.01, most_s=0.05, look_s=0.01, within_s=5.0, seen_s=0.05)
PATIENCE_S = 15.0


class Beside:
    """The adapter `taxii` beside a node, as a process would run it."""

    def __init__(self, world: AdapterWorld, folder: Path) -> None:
        self.world = world
        self.settings: Mapping[str, object] = taxii_fields(folder)
        self.adapter: TaxiiAdapter | None = None

    def make(self, configured: Configured, desk: Desk) -> TaxiiAdapter:
        settings = KIND.settings.model_validate(dict(configured.settings))
        self.adapter = TaxiiAdapter(settings, desk)
        return self.adapter

    @asynccontextmanager
    async def going(self) -> AsyncIterator[None]:
        configured = self.world.configured(kind="taxii", settings=self.settings)
        runner = AdapterRunner(self.world.desk(configured), QUICK, self.make)
        stop = asyncio.Event()
        running = asyncio.create_task(runner.run(stop))
        try:
            yield
        finally:
            stop.set()
            await running

    def reports(self) -> list[dict[str, Any]]:
        """What a client that may read the collection would be given."""
        if self.adapter is None:
            return []
        [collection] = [one for one in self.adapter._collections if one.title == AMBER]
        shown = self.adapter._shelf.view(collection)
        return [one.object for one in shown if one.object["type"] == "report"]

    async def until(self, true: Callable[[list[dict[str, Any]]], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not true(self.reports()):  # noqa: ASYNC110 - a shelf sets no event
                await asyncio.sleep(0.01)


async def test_what_arrives_is_there_and_is_revoked_when_it_is_taken_back(
    at_node: AdapterWorld, tmp_path: Path
) -> None:
    write_certificates(tmp_path)
    beside = Beside(at_node, tmp_path)
    digest = await at_node.arrives("stock-loss")
    async with beside.going():
        await beside.until(lambda found: len(found) == 1)
    [report] = beside.reports()
    beside.adapter = None
    async with beside.going():
        await beside.until(lambda found: found == [report])
        await at_node.taken_back(digest)
        await beside.until(lambda found: bool(found and found[0].get("revoked")))
    assert "ZZQ-70013" not in str(beside.reports())
