"""The adapter for declarations keeps to the contract; what it gives out are rows."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.conformance import AdapterConformance, Bench
from adapters.contract import AdapterKind
from adapters.declarations.adapter import KIND
from adapters.values import Delivery
from broker.core.handling import Handling, Restrictions
from tests.adapter_world import example_delivery

_BOUND = Handling.parse("TLP:AMBER H2", Restrictions(no_onward=True, retention_days=30))


@dataclass(slots=True)
class Folder:
    """A folder that rows about seizures are copied from."""

    place: Path
    kind: AdapterKind[Any] = KIND
    secrets: Sequence[str] = ()
    deliveries: Sequence[Delivery] = field(
        default_factory=lambda: (
            example_delivery("recovery-record", 1, handling=_BOUND),
            example_delivery("recovery-record", 2),
        )
    )

    @property
    def settings(self) -> Mapping[str, object]:
        return {"cen": str(self.place / "cen"), "inbox": str(self.place / "inbox")}

    async def held(self) -> object:
        return {one.name: one.read_bytes() for one in (self.place / "cen").iterdir()}

    async def holds(self, delivery: Delivery) -> bool:
        name = f"cen-{delivery.message_digest.hex()[:20]}.csv"
        return (self.place / "cen" / name).exists()

    async def go_away(self) -> None:
        (self.place / "cen").rename(self.place / "away")

    async def come_back(self) -> None:
        (self.place / "away").rename(self.place / "cen")


class TestDeclarations(AdapterConformance):
    @asynccontextmanager
    async def bench(self, folder: Path) -> AsyncIterator[Bench]:
        for name in ("cen", "inbox"):
            (folder / name).mkdir()
        yield Folder(folder)
