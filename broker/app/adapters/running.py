"""Runs the adapters of a node: each for itself, started again when it fails.

A crash of one ends none of the others. What an adapter is given is left to `feeding`.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from adapters.contract import Adapter
from adapters.errors import SystemAwayError
from broker.app.adapters.configuration import Configured
from broker.app.adapters.desk import NodeDesk, code_of
from broker.app.adapters.feeding import (
    EndedError,
    FaultError,
    Feeder,
    HaltedError,
    not_ended,
)
from broker.app.adapters.kinds import make_adapter
from broker.app.adapters.threads import in_thread
from broker.core.adapting import AdapterState, LetterCode
from broker.core.errors import ConfigurationError, StoreError
from broker.infra.adapter_lock import sole_runner

AWAY_CODE: Final = "system-away"
_MOST_THREADS: Final = 64  # of all adapters together, where they use threads at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long is waited for what.

    Attributes:
        first_s: Before something is tried again the first time.
        most_s: At most: each time it is twice as long.
        look_s: Between two looks whether anything is due.
        within_s: How long an adapter may take for one thing.
        seen_s: Between two notes that it runs.
        stop_s: How long it may take to stop when it is told to; then it is cut off.
    """

    first_s: float = 1.0
    most_s: float = 300.0
    look_s: float = 0.5
    within_s: float = 300.0
    seen_s: float = 30.0
    stop_s: float = 20.0

    def after(self, times: int) -> float:
        """Returns the seconds to wait after so many failures in a row, from 1."""
        return float(min(self.most_s, self.first_s * 2 ** min(times - 1, 32)))


@dataclass(slots=True)
class AdapterRunner:
    """Runs one adapter until it is told to stop.

    Args:
        desk: Its desk.
        pace: How long is waited for what.
        make: Makes the adapter.
    """

    desk: NodeDesk
    pace: Pace = field(default_factory=Pace)
    make: Callable[[Configured, NodeDesk], Adapter] = make_adapter
    _troubles: dict[str, AdapterState] = field(default_factory=dict)
    _halted: bool = False
    _feeder: Feeder | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Runs it; returns when it has stopped, or is halted.

        Raises:
            ConfigurationError: Another process runs it.
            StoreError: The node's store cannot be used.
        """
        configured, store = self.desk.configured, self.desk.node.store
        with sole_runner(configured.folder):
            store.know_adapter(
                configured.name,
                configured.kind,
                configured.taker.desk,
                self.desk.now_ms(),
            )
            beating = asyncio.create_task(self._beat())
            try:
                await self._keep(stop)
            finally:
                beating.cancel()
                await asyncio.gather(beating, return_exceptions=True)
                if not self._halted:
                    self._note(AdapterState.STOPPED)

    async def _keep(self, stop: asyncio.Event) -> None:
        """Makes the adapter, and makes it anew each time that it fails."""
        times, loop = 0, asyncio.get_running_loop()
        while not (stop.is_set() or self._halted):
            begun = loop.time()
            try:
                await self._once(stop)
            except Exception as error:  # noqa: BLE001 - of a stranger's program
                if loop.time() - begun > self.pace.most_s:
                    times = 0  # it had run well for long
                times += 1
                self._went_wrong("adapter", AdapterState.FAILING, _first(error))
                await _pause(stop, self.pace.after(times))

    async def _once(self, stop: asyncio.Event) -> None:
        try:
            adapter = self.make(self.desk.configured, self.desk)
        except SystemExit as error:
            raise EndedError("it wanted to end the process") from error
        self._feeder = Feeder(self.desk, adapter, self.pace.within_s)
        await in_thread(self._feeder.filing.catch_up)
        self._well("adapter")
        taking = asyncio.create_task(self._take_in(adapter, stop))
        feeding = asyncio.create_task(self._feed(self._feeder, stop))
        ending = asyncio.create_task(self._end(stop))
        both = asyncio.gather(taking, feeding)
        first: set[asyncio.Future[Any]] = {both, ending}
        try:
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            if both.done():
                both.result()
        finally:
            for one in (taking, feeding, ending):
                one.cancel()
            await asyncio.gather(both, taking, feeding, ending, return_exceptions=True)

    async def _end(self, stop: asyncio.Event) -> None:
        """Returns when an adapter that was told to stop has had its time to."""
        await stop.wait()
        await asyncio.sleep(self.pace.stop_s)
        _log().warning("adapter cut off", adapter=self.desk.name)

    async def _take_in(self, adapter: Adapter, stop: asyncio.Event) -> None:
        """Lets it take in what comes, again and again while its system is away."""
        times, loop = 0, asyncio.get_running_loop()
        while not stop.is_set():
            begun = loop.time()
            try:
                await not_ended(lambda: adapter.run(stop))
            except SystemAwayError as error:
                if loop.time() - begun > self.pace.most_s:
                    times = 0  # it had run well for long
                times += 1
                self._went_wrong("run", AdapterState.AWAY, error)
                await _pause(stop, self.pace.after(times))
                self._well("run")
            else:
                if not stop.is_set():
                    raise ConfigurationError("it has ended without being told to")

    async def _feed(self, feeder: Feeder, stop: asyncio.Event) -> None:
        times = 0
        while not stop.is_set():
            wait_s = self.pace.look_s
            try:
                if await feeder.step():
                    wait_s = 0.0
            except HaltedError as error:
                self._halted = True
                self._went_wrong("feed", AdapterState.HALTED, error)
                raise
            except FaultError as error:
                self._went_wrong("feed", AdapterState.FAILING, error)
                wait_s = self.pace.after(error.attempts)
            except (SystemAwayError, StoreError) as error:
                times += 1
                self._went_wrong("feed", AdapterState.AWAY, error)
                wait_s = self.pace.after(times)
            else:
                times = 0
                self._well("feed")
            if wait_s:
                await _pause(stop, wait_s)

    async def _beat(self) -> None:
        """Notes now and then that it runs, and up to where nothing is due."""
        while True:
            self._note(self._state)
            await asyncio.sleep(self.pace.seen_s)

    @property
    def _state(self) -> AdapterState:
        for state in (AdapterState.HALTED, AdapterState.FAILING, AdapterState.AWAY):
            if state in self._troubles.values():
                return state
        return AdapterState.RUNNING

    def _well(self, part: str) -> None:
        if self._troubles.pop(part, None) is not None:
            self._note(self._state)
            _log().info("adapter works again", adapter=self.desk.name, part=part)

    def _went_wrong(self, part: str, state: AdapterState, error: Exception) -> None:
        code = _code(error)
        cause = error.__cause__ or error
        # Never the text: it may say what was given, or how to get in there.
        _log().warning(
            "adapter in trouble",
            adapter=self.desk.name,
            part=part,
            state=state.value,
            code=code,
            error=type(cause).__name__,
        )
        known = self._troubles.get(part)
        self._troubles[part] = state
        with suppress(StoreError):
            name, now_ms = self.desk.name, self.desk.now_ms()
            self.desk.node.store.note_adapter_error(name, code, now_ms)
        if known is not state:
            self._note(self._state)

    def _note(self, state: AdapterState) -> None:
        seen = 0 if self._feeder is None else self._feeder.filing.seen
        # Where even that cannot be stored, the feed says so by and by.
        with suppress(StoreError):
            self.desk.node.store.note_adapter(
                self.desk.name, state, self.desk.now_ms(), cursor=seen
            )


async def run_adapters(runners: Iterable[AdapterRunner], stop: asyncio.Event) -> None:
    """Runs adapters side by side until they are told to stop.

    One that cannot be run at all is left out, and said so in the log.

    Raises:
        ConfigurationError: None of them can be run: other processes run them.
        StoreError: None of them can: the node's store or their folders are no use.
    """
    chosen = list(runners)
    # A call that hangs, such as to a disk that is away, keeps its thread for good.
    asyncio.get_running_loop().set_default_executor(
        ThreadPoolExecutor(max_workers=_MOST_THREADS)
    )
    failed: list[ConfigurationError | StoreError] = []

    async def one(runner: AdapterRunner) -> None:
        try:
            await runner.run(stop)
        except (ConfigurationError, StoreError) as error:
            failed.append(error)
            _log().error("adapter not run", adapter=runner.desk.name, why=str(error))

    async with asyncio.TaskGroup() as group:
        for runner in chosen:
            group.create_task(one(runner))
    if len(failed) == len(chosen) and failed:
        raise failed[0]


def _code(error: Exception) -> str:
    if isinstance(error, SystemAwayError):
        return AWAY_CODE
    if isinstance(error, HaltedError):
        return LetterCode.LOOSER_EMISSION.value
    if isinstance(error, StoreError):
        return "store"
    if isinstance(error, ConfigurationError):
        return "configuration"
    return code_of(error)


def _first(error: BaseException) -> Exception:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error if isinstance(error, Exception) else RuntimeError(repr(error))


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


def _log() -> structlog.stdlib.BoundLogger:
    logger: structlog.stdlib.BoundLogger = structlog.get_logger("adapter")
    return logger
