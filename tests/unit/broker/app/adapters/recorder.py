"""An adapter that writes down what it was asked for, and fails when it is told to."""

import asyncio
from collections import deque
from dataclasses import dataclass, field, replace

from adapters.contract import AdapterDefaults
from adapters.values import Consumed, Delivery, Emission, Received, Withdrawal
from broker.core.handling import Handling
from keys.framing import sha256


@dataclass(slots=True)
class Recorder(AdapterDefaults):
    """Writes down what it was asked for.

    Attributes:
        fails: What is raised by the next calls, one after another.
        marks: With what emissions are marked; None: as the delivery is.
        waits: Until this, each delivery takes.
    """

    fails: deque[BaseException] = field(default_factory=deque)
    marks: Handling | None = None
    waits: asyncio.Event | None = None
    delivered: list[Delivery] = field(default_factory=list)
    withdrawn: list[Withdrawal] = field(default_factory=list)
    mended: list[Received] = field(default_factory=list)
    tries: int = 0
    runs: int = 0

    async def deliver(self, delivery: Delivery) -> Consumed:
        await self._try()
        self.delivered.append(delivery)
        target = f"file {delivery.message_id}"
        marks = self.marks or delivery.handling
        emission = Emission(
            target=target, sha256=sha256(target.encode()), handling=marks
        )
        return Consumed(emissions=(emission,))

    async def withdraw(self, withdrawal: Withdrawal) -> Consumed:
        await self._try()
        self.withdrawn.append(replace(withdrawal))
        return Consumed(note="gone there")

    async def mend(self, received: Received) -> None:
        await self._try()
        self.mended.append(received)

    async def run(self, stop: asyncio.Event) -> None:
        self.runs += 1
        await stop.wait()

    async def _try(self) -> None:
        self.tries += 1
        if self.waits is not None:
            await self.waits.wait()
        if self.fails:
            raise self.fails.popleft()
