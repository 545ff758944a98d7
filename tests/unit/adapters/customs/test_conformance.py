"""The adapter for customs keeps to the contract of adapters."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.conformance import AdapterConformance, Bench
from adapters.contract import AdapterKind
from adapters.customs.adapter import KIND
from adapters.customs.drawing import entry_id
from adapters.values import Delivery
from tests.adapter_world import bound_deliveries
from tests.customs_world import PARTY_KEY, write_keys


@dataclass(slots=True)
class CustomsBench:
    """A folder, which is away when it has another name."""

    folder: Path
    kind: AdapterKind[Any] = KIND

    @property
    def settings(self) -> Mapping[str, object]:
        return {
            "signing_key": f"file:{self.folder / 'signing.pem'}",
            "party_key": f"file:{self.folder / 'party.key'}",
            "folder": str(self.folder / "out"),
        }

    @property
    def deliveries(self) -> Sequence[Delivery]:
        return bound_deliveries()

    @property
    def secrets(self) -> Sequence[str]:
        return (PARTY_KEY, (self.folder / "signing.pem").read_text().splitlines()[1])

    async def held(self) -> object:
        files = sorted((self.folder / "out").rglob("*.*"))
        return {path: path.read_bytes() for path in files if path.is_file()}

    async def holds(self, delivery: Delivery) -> bool:
        name = entry_id(delivery.message_digest).encode()
        found = (self.folder / "out").rglob("*.json")
        return any(name in path.read_bytes() for path in found)

    async def go_away(self) -> None:
        (self.folder / "out").rename(self.folder / "elsewhere")

    async def come_back(self) -> None:
        (self.folder / "elsewhere").rename(self.folder / "out")


@asynccontextmanager
async def _bench(folder: Path) -> AsyncIterator[Bench]:
    write_keys(folder)
    (folder / "out").mkdir()
    yield CustomsBench(folder)


class TestCustomsFolder(AdapterConformance):
    """As any third party would."""

    def bench(self, folder: Path) -> AbstractAsyncContextManager[Bench]:
        return _bench(folder)
