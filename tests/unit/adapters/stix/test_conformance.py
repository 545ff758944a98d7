"""The adapter `taxii` is held to what every adapter is held to."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.conformance import AdapterConformance, Bench
from adapters.contract import AdapterKind
from adapters.stix.adapter import KIND
from adapters.values import Delivery
from broker.core.handling import Handling, Restrictions
from tests.adapter_world import example_delivery
from tests.taxii_stand_in import PASSWORD, TaxiiStandIn, taxii_stand_in

BOUND = Handling.parse("TLP:AMBER+STRICT H2", Restrictions(no_onward=True))


@dataclass(frozen=True)
class TaxiiBench:
    """A collection of somebody else's, and what is pushed to it."""

    state: TaxiiStandIn
    password: str

    kind: AdapterKind[Any] = KIND
    secrets: Sequence[str] = (PASSWORD,)
    deliveries: Sequence[Delivery] = (
        example_delivery("stock-loss", 1),
        example_delivery("diversion-alert", 2, handling=BOUND),
    )

    @property
    def settings(self) -> Mapping[str, object]:
        return {"push": {**self.state.settings, "password": self.password}}

    async def held(self) -> object:
        return {name: dict(one) for name, one in self.state.objects.items()}

    async def holds(self, delivery: Delivery) -> bool:
        return any(
            delivery.message_digest.hex() in str(one.get("extensions"))
            for one in self.state.latest("report")
        )

    async def go_away(self) -> None:
        self.state.server.go_away()

    async def come_back(self) -> None:
        self.state.server.come_back()


class TestTaxii(AdapterConformance):
    @asynccontextmanager
    async def bench(self, folder: Path) -> AsyncIterator[Bench]:
        (folder / "password").write_text(PASSWORD)
        with taxii_stand_in() as state:
            yield TaxiiBench(state, f"file:{folder / 'password'}")


async def test_a_server_that_takes_its_time_is_asked_until_it_is_done(
    tmp_path: Path,
    desk: Any,  # noqa: ANN401 - the fixture
) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    with taxii_stand_in() as state:
        state.pending = 2
        settings = {
            "push": {**state.settings, "password": f"file:{tmp_path / 'password'}"}
        }
        adapter = KIND.make(KIND.settings.model_validate(settings), desk)
        await adapter.deliver(example_delivery("stock-loss"))
        assert state.pending == 0
