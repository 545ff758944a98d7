"""The timekeeper: has a checkpoint of the log time-stamped, once an hour or so.

When the authority cannot be had, that is said once and tried again; the log, and
everything else, goes on as if nothing were the matter. What a time-stamp proves is
left to `keys.timestamps`, the network to the driver.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from broker.core.audit.checkpoint import read_checkpoint
from broker.core.audit.stamps import Outage, Stamp, due_ms, next_wait_ms
from broker.core.errors import BrokerError
from broker.core.ports import Clock
from broker.services.looking import keep_looking
from keys.errors import TimestampError
from keys.timestamps import timestamp_request, verify_timestamp

_LOOK_S: Final = 5.0
_APART_MS: Final = 60_000
"""By how much two clocks may differ before it is worth a word."""


class StampKeeper(Protocol):
    """Where time-stamps are kept; its methods raise `StoreError`."""

    def add(self, stamp: Stamp) -> None:
        """Keeps one, and ends an outage."""
        ...

    def newest(self) -> Stamp | None:
        """Returns the last one."""
        ...

    def note_outage(self, outage: Outage) -> bool:
        """Notes that none could be had; tells whether that is news."""
        ...

    def outage(self) -> Outage | None:
        """Returns since when none can be had."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TimekeeperPorts:
    """What the timekeeper works with.

    Attributes:
        checkpoint: Returns the newest checkpoint as the log signed it; empty while
            the log is. Raises `BrokerError` when it cannot be read.
        ask: Puts a request to the authority. Raises `TimestampError`.
        store: Keeps what it gives.
        clock: The time.
    """

    checkpoint: Callable[[], str]
    ask: Callable[[bytes], Awaitable[bytes]]
    store: StampKeeper
    clock: Clock


class Timekeeper:
    """Has the log's checkpoints time-stamped.

    Args:
        ports: What it works with.
        authorities: Who is trusted to give time-stamps, PEM certificates.
        every_ms: How often one is wanted.
    """

    def __init__(
        self, ports: TimekeeperPorts, authorities: bytes, every_ms: int
    ) -> None:
        self._ports = ports
        self._authorities = authorities
        self._every_ms = every_ms
        self._waited_ms = 0
        self._not_before_ms = 0
        self._log = structlog.get_logger("timekeeper")

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set; an answer that is waited for then is given up."""

        async def look() -> None:
            await self._step_until(stop)

        await keep_looking(
            look,
            stop,
            every_s=_LOOK_S,
            waiting="time-stamps wait",
            name="timekeeper",
        )

    async def _step_until(self, stop: asyncio.Event) -> None:
        """Takes a step, and gives it up when `stop` is set."""
        step = asyncio.ensure_future(self.step())
        ending = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({step, ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending.cancel()
            step.cancel()
            with suppress(asyncio.CancelledError):
                await step

    async def step(self) -> bool:
        """Gets a time-stamp if one is due; tells whether it did.

        A checkpoint that covers no entry more than the last one is left alone: there
        is nothing in it whose age would be known better.
        """
        now_ms = self._ports.clock.now_ms()
        # A clock that was put back must not stop the attempts for that long.
        if now_ms < self._not_before_ms <= now_ms + self._waited_ms:
            return False
        try:
            newest = await asyncio.to_thread(self._ports.store.newest)
            # A clock that was put back must not stop the time-stamps for that long.
            if now_ms < due_ms(newest, self._every_ms) <= now_ms + self._every_ms:
                return False
            note = await asyncio.to_thread(self._ports.checkpoint)
            if not note or not _grown(note, newest):
                return False
            await self._stamp(note)
        except (BrokerError, TimestampError) as error:
            await self._failed(str(error), now_ms)
            return False
        self._waited_ms = self._not_before_ms = 0
        return True

    async def _stamp(self, note: str) -> None:
        """Gets a time-stamp on a checkpoint, verifies it and keeps it."""
        request, data = timestamp_request(note.encode()), note.encode()
        token = await self._ports.ask(request.body)
        said = verify_timestamp(token, data, self._authorities, nonce=request.nonce)
        size = read_checkpoint(note).size
        before = await asyncio.to_thread(self._ports.store.outage)
        now_ms = self._ports.clock.now_ms()
        stamp = Stamp(
            size=size, at_ms=said.at_ms, taken_ms=now_ms, note=note, token=token
        )
        await asyncio.to_thread(self._ports.store.add, stamp)
        if before is not None:
            away_s = (now_ms - before.since_ms) // 1000
            self._log.info("there are time-stamps again", after_s=away_s, entries=size)
        apart_ms = abs(said.at_ms - now_ms)
        if apart_ms > _APART_MS + said.accuracy_ms:
            self._log.warning(
                "the time-stamp authority's clock and ours differ",
                seconds=apart_ms // 1000,
            )

    async def _failed(self, reason: str, now_ms: int) -> None:
        self._waited_ms = next_wait_ms(self._waited_ms, self._every_ms)
        self._not_before_ms = now_ms + self._waited_ms
        outage = Outage(since_ms=now_ms, reason=reason)
        try:
            news = await asyncio.to_thread(self._ports.store.note_outage, outage)
        except BrokerError as error:
            self._log.warning("an outage cannot be noted", reason=str(error))
            news = True
        if news:
            self._log.warning(
                "no time-stamp on the log; everything else goes on", reason=reason
            )


def _grown(note: str, newest: Stamp | None) -> bool:
    size = read_checkpoint(note).size
    return size > (0 if newest is None else newest.size)
