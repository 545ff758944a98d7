"""The adapter for customs keeps to the contract of adapters with Mosquitto as well."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiomqtt

from adapters.conformance import AdapterConformance, Bench
from adapters.contract import AdapterKind
from adapters.customs.adapter import KIND
from adapters.customs.drawing import entry_id
from adapters.values import Delivery
from tests.adapter_world import bound_deliveries
from tests.brokers import POSTS, Broker, started
from tests.customs_world import PARTY_KEY, write_keys


@dataclass(slots=True)
class MosquittoBench:
    """Mosquitto, and all that is retained there."""

    folder: Path
    broker: Broker
    kind: AdapterKind[Any] = KIND

    @property
    def settings(self) -> Mapping[str, object]:
        return {
            "signing_key": f"file:{self.folder / 'signing.pem'}",
            "party_key": f"file:{self.folder / 'party.key'}",
            "mqtt": self.broker.settings().model_dump(mode="json"),
        }

    @property
    def deliveries(self) -> Sequence[Delivery]:
        return bound_deliveries()

    @property
    def secrets(self) -> Sequence[str]:
        return (PARTY_KEY, (self.folder / "signing.pem").read_text().splitlines()[1])

    async def held(self) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        async with aiomqtt.Client(
            "127.0.0.1",
            self.broker.port,
            protocol=aiomqtt.ProtocolVersion.V5,
            tls_context=self.broker.context(POSTS[0]),
        ) as client:
            await client.subscribe("rogatory/v1/watchlist/all/#", qos=1)
            try:
                while True:
                    async with asyncio.timeout(0.3):
                        message = await anext(client.messages)
                    found[message.topic.value] = message.payload
            except TimeoutError:
                return found

    async def holds(self, delivery: Delivery) -> bool:
        name = entry_id(delivery.message_digest)
        return any(topic.endswith(name) for topic in await self.held())

    async def go_away(self) -> None:
        self.broker.stop()

    async def come_back(self) -> None:
        self.broker.start()


@asynccontextmanager
async def _bench(folder: Path) -> AsyncIterator[Bench]:
    write_keys(folder)
    with started(folder / "broker", "5") as broker:
        yield MosquittoBench(folder, broker)


class TestCustomsMosquitto(AdapterConformance):
    """As any third party would."""

    def bench(self, folder: Path) -> AbstractAsyncContextManager[Bench]:
        return _bench(folder)
