"""The adapter for the register keeps to the contract of adapters."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adapters.conformance import AdapterConformance, Bench
from adapters.contract import AdapterKind
from adapters.interpol.adapter import KIND
from adapters.interpol.parts import Record
from adapters.interpol.simulator.store import SimulatorStore, unpacked
from adapters.memory_desk import MemoryDesk
from adapters.values import Delivery
from tests.adapter_world import bound_deliveries, example_delivery
from tests.interpol_world import RegisterInProcess, written


@dataclass(slots=True)
class RegisterBench:
    """A register in process: the wire has tests of its own, against the real one."""

    register: RegisterInProcess

    @property
    def kind(self) -> AdapterKind[Any]:
        return replace(KIND, make=self.register.adapter_of)

    @property
    def settings(self) -> Mapping[str, object]:
        return written(self.register.folder, "https://register.invalid")

    @property
    def secrets(self) -> Sequence[str]:
        return (self.register.folder / "client.key").read_text().splitlines()[1:-1]

    @property
    def deliveries(self) -> Sequence[Delivery]:
        return tuple(
            example_delivery(
                "stock-loss",
                number,
                handling=bound.handling,
                content={"items": [_item(f"ZZQ-7000{number}")]},
            )
            for number, bound in enumerate(bound_deliveries())
        )

    async def held(self) -> object:
        with SimulatorStore(self.register.folder / "register.db").change() as database:
            return [
                database.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - names of this test
                for table in ("record", "trace", "answer", "done")
            ]

    async def holds(self, delivery: Delivery) -> bool:
        with SimulatorStore(self.register.folder / "register.db").change() as database:
            rows = database.execute("SELECT content FROM record").fetchall()
        numbers = {unpacked(Record, one).firearm.serial_number for (one,) in rows}
        return f"ZZQ-7000{self.deliveries.index(delivery)}" in numbers

    async def go_away(self) -> None:
        self.register.away = True

    async def come_back(self) -> None:
        self.register.away = False


def _item(raw: str) -> dict[str, object]:
    return {
        "itemClass": "ITEM_CLASS_FIREARM",
        "firearm": {"make": "Example Works", "frameSerial": {"raw": raw}},
    }


@asynccontextmanager
async def _bench(folder: Path) -> AsyncIterator[Bench]:
    yield RegisterBench(RegisterInProcess(folder, MemoryDesk(folder).time_ms))


class TestInterpol(AdapterConformance):
    """As any third party would."""

    def bench(self, folder: Path) -> AbstractAsyncContextManager[Bench]:
        return _bench(folder)
