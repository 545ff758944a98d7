"""The adapter `geojson` is held to what every adapter is held to."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.conformance import AdapterConformance, Bench
from adapters.contract import AdapterKind
from adapters.geojson.adapter import KIND
from adapters.values import Delivery
from broker.core.handling import Handling, Restrictions
from tests.adapter_world import example_delivery

BOUND = Handling.parse("TLP:AMBER H2", Restrictions(no_onward=True))


def route(number: int, place: str, to: str, **fields: Any) -> Delivery:  # noqa: ANN401 - fields of a delivery
    waypoints = [
        {"place": {"country": country, "name": place}, "role": role}
        for country, role in (
            ("KEN", "WAYPOINT_ROLE_ORIGIN"),
            (to, "WAYPOINT_ROLE_DESTINATION"),
        )
    ]
    content = {"waypoints": waypoints}
    return example_delivery("route-intelligence", number, content=content, **fields)


@dataclass(frozen=True)
class GeojsonBench:
    """A folder, and the names of places by which routes in it are told apart."""

    folder: Path
    kind: AdapterKind[Any] = KIND
    secrets: Sequence[str] = ()
    deliveries: Sequence[Delivery] = (
        route(1, "Northern quay", "MEX"),
        route(2, "Southern pass", "UGA", handling=BOUND),
    )

    @property
    def settings(self) -> Mapping[str, object]:
        return {"file": str(self.folder / "there" / "routes.geojson")}

    async def held(self) -> object:
        return (self.folder / "there" / "routes.geojson").read_text()

    async def holds(self, delivery: Delivery) -> bool:
        told = str(await self.held())
        name = "Northern quay" if delivery == self.deliveries[0] else "Southern pass"
        return name in told

    async def go_away(self) -> None:
        (self.folder / "there").rename(self.folder / "elsewhere")

    async def come_back(self) -> None:
        (self.folder / "elsewhere").rename(self.folder / "there")


class TestGeojson(AdapterConformance):
    @asynccontextmanager
    async def bench(self, folder: Path) -> AsyncIterator[Bench]:
        (folder / "there").mkdir()
        yield GeojsonBench(folder)
