"""The adapter `misp` is held to what every adapter is held to."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.conformance import AdapterConformance, Bench
from adapters.contract import AdapterKind
from adapters.misp.adapter import KIND
from adapters.values import Delivery
from broker.core.handling import Handling, Restrictions
from tests.adapter_world import example_delivery
from tests.misp_stand_in import KEY, MispStandIn, misp_stand_in

BOUND = Handling.parse("TLP:AMBER+STRICT H2", Restrictions(no_onward=True))


@dataclass(frozen=True)
class MispBench:
    """A stand-in for an instance."""

    state: MispStandIn
    key: str

    kind: AdapterKind[Any] = KIND
    secrets: Sequence[str] = (KEY,)
    deliveries: Sequence[Delivery] = (
        example_delivery("stock-loss", 1),
        example_delivery("diversion-alert", 2, handling=BOUND),
    )

    @property
    def settings(self) -> Mapping[str, object]:
        return {"url": self.state.server.url, "key": self.key}

    async def held(self) -> object:
        return dict(self.state.events)

    async def holds(self, delivery: Delivery) -> bool:
        return delivery.message_digest.hex() in str(self.state.events)

    async def go_away(self) -> None:
        self.state.server.go_away()

    async def come_back(self) -> None:
        self.state.server.come_back()


class TestMisp(AdapterConformance):
    @asynccontextmanager
    async def bench(self, folder: Path) -> AsyncIterator[Bench]:
        (folder / "key").write_text(KEY)
        with misp_stand_in() as state:
            yield MispBench(state, f"file:{folder / 'key'}")
