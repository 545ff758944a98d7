"""The other end, as the conformance suite has to know it, and how it is played with.

What an adapter is held to is left to `adapters.conformance`.
"""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final, Protocol

from adapters.contract import Adapter, AdapterKind, Desk
from adapters.errors import AdapterError, SystemAwayError
from adapters.memory_desk import MemoryDesk
from adapters.values import Consumed, Delivery, Withdrawal

PATIENCE_S: Final = 20.0
"""Within which an adapter has to do one thing, and to stop."""

UNKNOWN: Final = "surely_no_setting_has_this_name"


class Bench(Protocol):
    """The other system, and what the suite has to know of the adapter.

    A fresh one for each test: the other system as it is, or what stands in for it.
    """

    @property
    def kind(self) -> AdapterKind[Any]:
        """What is tested."""
        ...

    @property
    def settings(self) -> Mapping[str, object]:
        """As an operator would write them, for this other system."""
        ...

    @property
    def deliveries(self) -> Sequence[Delivery]:
        """Two or more that the other system takes, of different messages.

        One of them with restrictions beside its label.
        """
        ...

    @property
    def secrets(self) -> Sequence[str]:
        """Secrets that the settings refer to, and that may show nowhere."""
        ...

    async def held(self) -> object:
        """Returns what the other system holds, so that it can be compared.

        What tells one call from another (times, numbers of calls) is left out.
        """
        ...

    async def holds(self, delivery: Delivery) -> bool:
        """Tells whether the other system still has the content of a delivery."""
        ...

    async def go_away(self) -> None:
        """Makes the other system impossible to reach."""
        ...

    async def come_back(self) -> None:
        """Makes it possible again, with all that it held."""
        ...


class ConformanceError(AssertionError):
    """An adapter that does not keep to the contract."""


def own_desk(folder: Path) -> MemoryDesk:
    """Returns a desk whose folder outlives a start of the adapter."""
    own = folder / "own"
    own.mkdir(mode=0o700, exist_ok=True)
    return MemoryDesk(own)


def made(bench: Bench, desk: Desk) -> Adapter:
    """Returns an adapter as an operator's settings make it."""
    settings = bench.kind.settings.model_validate(dict(bench.settings))
    adapter: Adapter = bench.kind.make(settings, desk)
    return adapter


@asynccontextmanager
async def going(bench: Bench, desk: Desk) -> AsyncIterator[Adapter]:
    """Runs an adapter as long as the block lasts, and has it stop in time."""
    adapter, stop = made(bench, desk), asyncio.Event()
    running = asyncio.create_task(_run(adapter, stop))
    await asyncio.sleep(0)
    try:
        yield adapter
    finally:
        stop.set()
        try:
            await asyncio.wait_for(running, PATIENCE_S)
        except TimeoutError:
            raise ConformanceError("it does not stop when it is told to") from None


async def _run(adapter: Adapter, stop: asyncio.Event) -> None:
    """Does what a node does about an adapter whose system is away."""
    while not stop.is_set():
        with suppress(SystemAwayError):
            await adapter.run(stop)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 0.05)


async def done(doing: Awaitable[object]) -> Consumed:
    """Waits for an adapter, and checks that it says what it did."""
    found = await asyncio.wait_for(doing, PATIENCE_S)
    if not isinstance(found, Consumed):
        raise ConformanceError("it does not say what it did")
    return found


async def in_time(act: Callable[[], Awaitable[object]]) -> object:
    """Waits for something, for as long as an adapter may take."""
    return await asyncio.wait_for(act(), PATIENCE_S)


async def until_delivered(adapter: Adapter, delivery: Delivery) -> Consumed:
    """Delivers as a node does: again and again while the system is away."""
    while True:
        with suppress(SystemAwayError):
            return await adapter.deliver(delivery)
        await asyncio.sleep(0.05)


async def provoked(bench: Bench, desk: Desk, said: io.StringIO) -> None:
    """Has an adapter say all that it has to say."""
    settings = bench.kind.settings.model_validate(dict(bench.settings))
    said.write(f"{settings!r} {settings!s} {settings.model_dump()!r}")
    async with going(bench, desk) as adapter:
        said.write(f"{adapter!r} {adapter!s}")
        said.write(repr(await adapter.check()))
        said.write(repr(await done(adapter.deliver(bench.deliveries[0]))))
        await bench.go_away()
        for one in bench.deliveries:
            try:
                await done(adapter.deliver(one))
            except AdapterError as error:
                said.write(f"{error!r} {error!s} {error.__cause__!r}")
        said.write(repr(await adapter.check()))


def withdrawal_of(delivery: Delivery) -> Withdrawal:
    """Returns what takes a delivery back."""
    return Withdrawal(
        key=f"conformance/{delivery.key}",
        message_digest=delivery.message_digest,
        destroy=True,
        replacement=b"",
        at_ms=delivery.received_ms + 1,
    )


def check_same(before: object, after: object, problem: str) -> None:
    """Returns if two things are the same.

    Raises:
        ConformanceError: They are not.
    """
    if before != after:
        raise ConformanceError(f"{problem}: {before!r} became {after!r}")


def with_unknown(
    settings: Mapping[str, object], at: str = "settings"
) -> list[tuple[str, dict[str, object]]]:
    """Returns settings with a name in them that nobody knows, once for each table."""
    found: list[tuple[str, dict[str, object]]] = [(at, {**settings, UNKNOWN: 1})]
    for name, value in settings.items():
        if isinstance(value, Mapping):
            found.extend(
                (where, {**settings, name: inner})
                for where, inner in with_unknown(value, f"{at}.{name}")
            )
    return found
