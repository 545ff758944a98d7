"""An adapter that writes down what it is given, fed at a real node."""

from typing import Any

from broker.app.adapters.feeding import Feeder
from broker.infra.node_store import NodeStore
from tests.adapter_world import AdapterWorld
from tests.unit.broker.app.adapters.recorder import Recorder


class Fed:
    """An adapter that writes down what it is given, at a real node."""

    def __init__(
        self,
        world: AdapterWorld,
        **configured: Any,  # noqa: ANN401 - fields of what is configured
    ) -> None:
        self.world = world
        self.desk = world.desk(world.configured(**configured))
        self.adapter = Recorder()
        taker = self.desk.configured.taker
        self.store.know_adapter(self.desk.name, "recorder", taker.desk, 1)
        self.restart()

    @property
    def store(self) -> NodeStore:
        return self.world.side.store

    def restart(self) -> None:
        """Forgets what was in memory, as after a crash."""
        self.feeder = Feeder(self.desk, self.adapter, 5.0)

    async def all(self) -> None:
        """Does everything that is due."""
        while await self.feeder.step():
            pass

    @property
    def digests(self) -> list[bytes]:
        return [one.message_digest for one in self.adapter.delivered]
