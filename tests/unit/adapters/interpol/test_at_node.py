"""The adapter beside a real node: what its policy gives is filed, and taken back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.contract import Desk
from adapters.interpol.adapter import KIND, InterpolAdapter
from broker.app.adapters.configuration import Configured
from broker.app.adapters.running import AdapterRunner, Pace
from tests.adapter_world import AdapterWorld
from tests.interpol_world import RegisterInProcess, written
from tests.part import until

_QUICK = Pace(first_s=0.01, most_s=0.05, look_s=0.01, within_s=10.0, seen_s=0.05)
_ITEM = {
    "itemClass": "ITEM_CLASS_FIREARM",
    "firearm": {
        "type": "FIREARM_TYPE_ASSAULT_RIFLE",
        "make": "Example Works",
        "model": "Model 5",
        "calibre": {"raw": "7.62x39"},
        "countryManufacture": "BEL",
        "frameSerial": {"raw": "ZZQ-70013"},
    },
}


@asynccontextmanager
async def _beside(
    world: AdapterWorld, register: RegisterInProcess
) -> AsyncIterator[None]:
    def make(configured: Configured, desk: Desk) -> InterpolAdapter:
        settings = KIND.settings.model_validate(dict(configured.settings))
        return register.adapter_of(settings, desk)

    configured = world.configured(
        kind="interpol", settings=written(register.folder, "https://register.invalid")
    )
    runner = AdapterRunner(world.desk(configured), _QUICK, make)
    stop = asyncio.Event()
    running = asyncio.create_task(runner.run(stop))
    try:
        yield
    finally:
        stop.set()
        await running


async def test_a_hit_is_proposed_to_a_person_and_a_loss_taken_back_is_off_record(
    at_node: AdapterWorld, tmp_path: Path
) -> None:
    register = RegisterInProcess(tmp_path / "register", at_node.parties.clock.at_ms)
    loss = await at_node.arrives("stock-loss", handling="TLP:AMBER H1")
    await at_node.arrives("trace-request", content={"items": [_ITEM]})
    store = at_node.node.store
    async with _beside(at_node, register):
        # What the search found, and what the register answers to the trace.
        await until(lambda: len(store.proposals()) == 2, "both are proposed")
        await at_node.taken_back(loss)
        await until(
            lambda: any(b"<RecordWithdrawal" in one for one in register.asked),
            "the record is withdrawn",
        )
