"""The folder adapter keeps to the contract of adapters."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.conformance import AdapterConformance, Bench
from adapters.contract import AdapterKind
from adapters.folder.adapter import KIND
from adapters.values import Delivery
from tests.adapter_world import bound_deliveries


@dataclass(slots=True)
class FolderBench:
    """A folder, which is away when it has another name."""

    folder: Path
    kind: AdapterKind[Any] = KIND
    secrets: Sequence[str] = ()

    @property
    def settings(self) -> Mapping[str, object]:
        return {
            "out": str(self.folder / "out"),
            "drop": str(self.folder / "drop"),
            "look_s": 0.05,
        }

    @property
    def deliveries(self) -> Sequence[Delivery]:
        return bound_deliveries()

    async def held(self) -> object:
        files = sorted((self.folder / "out").iterdir())
        return {path.name: path.read_bytes() for path in files}

    async def holds(self, delivery: Delivery) -> bool:
        found = (self.folder / "out").glob(f"*-{delivery.message_digest.hex()}.json")
        return any(b'"content"' in path.read_bytes() for path in found)

    async def go_away(self) -> None:
        (self.folder / "out").rename(self.folder / "elsewhere")

    async def come_back(self) -> None:
        (self.folder / "elsewhere").rename(self.folder / "out")


@asynccontextmanager
async def _bench(folder: Path) -> AsyncIterator[Bench]:
    for name in ("out", "drop"):
        (folder / name).mkdir(mode=0o700)
    yield FolderBench(folder)


class TestFolder(AdapterConformance):
    """As any third party would."""

    def bench(self, folder: Path) -> AbstractAsyncContextManager[Bench]:
        return _bench(folder)
