"""The way up: brings what waits in the outbox to the hub, as long as it takes.

What waits there is left to the dispatcher and the intake.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, Protocol

import structlog

from broker.core.codec.envelope import ReceiptsItem, encode_submission
from broker.core.codec.receipts import encode_bundle
from broker.core.errors import BusError, StoreError
from broker.core.holder import Holder
from broker.core.limits import Limits
from broker.core.ports import Clock, Uplink
from broker.core.receipts import sign_together
from broker.core.records import OutboxItem

_WINDOW: Final = 64  # submissions under way at once
_BACKOFF_S: Final = (0.2, 1.0, 5.0, 15.0)


class OutboxStore(Protocol):
    """What waits for the hub."""

    def bundle_statements(
        self, limit: int, sign: Callable[[Sequence[bytes]], bytes], now_ms: int
    ) -> int:
        """Signs waiting statements together and queues them; returns how many."""
        ...

    def waiting(self, limit: int) -> list[OutboxItem]:
        """Returns the oldest items the hub has not confirmed."""
        ...

    def mark_submitted(self, sequences: Sequence[int], now_ms: int) -> None:
        """Notes that the hub's stream holds these."""
        ...

    def change_counter(self) -> int:
        """Returns a number that changes when anybody has written."""
        ...


class NodeUplink:
    """Empties the outbox.

    Args:
        holder: Who signs the receipts.
        store: The outbox.
        uplink: The way to the hub.
        clock: The time.
        limits: Bounds.
    """

    def __init__(
        self,
        holder: Holder,
        store: OutboxStore,
        uplink: Uplink,
        clock: Clock,
        limits: Limits,
    ) -> None:
        self._holder = holder
        self._store = store
        self._uplink = uplink
        self._clock = clock
        self._limits = limits
        self._wake = asyncio.Event()
        self._counter = -1
        self._log = structlog.get_logger("uplink")

    def wake(self) -> None:
        """Tells that something new waits."""
        self._wake.set()

    async def run(self, stop: asyncio.Event, poll_s: float = 0.1) -> None:
        """Works until `stop` is set.

        Args:
            stop: Ends it.
            poll_s: Seconds between two looks whether another process, such as the
                command line, has put something into the outbox.
        """
        failures = 0
        while not stop.is_set():
            try:
                sent = await self.step()
                failures = 0
                if not sent:
                    await self._rest(stop, poll_s)
            except (BusError, StoreError) as error:
                self._log.warning("the outbox waits", reason=str(error))
                wait = _BACKOFF_S[min(failures, len(_BACKOFF_S) - 1)]
                failures += 1
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), wait)

    async def _rest(self, stop: asyncio.Event, poll_s: float) -> None:
        """Returns as soon as something new may wait."""
        while not stop.is_set() and not self._wake.is_set():
            seen = self._store.change_counter()
            if seen != self._counter:
                self._counter = seen
                break
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), poll_s)
        self._wake.clear()

    async def step(self) -> int:
        """Brings one window of items to the hub; returns how many it took.

        Raises:
            BusError: The hub cannot be reached, or says no.
            StoreError: The outbox cannot be read or written.
        """
        items = await asyncio.to_thread(self._collect)
        if not items:
            return 0
        results = await asyncio.gather(
            *(self._uplink.submit(item.payload) for item in items),
            return_exceptions=True,
        )
        taken = [
            item.sequence
            for item, result in zip(items, results, strict=True)
            if result is None
        ]
        if taken:
            await asyncio.to_thread(
                self._store.mark_submitted, taken, self._clock.now_ms()
            )
        for result in results:
            if result is not None:
                raise result
        return len(taken)

    def _collect(self) -> list[OutboxItem]:
        self._store.bundle_statements(
            self._limits.receipts_max, self._sign, self._clock.now_ms()
        )
        return self._store.waiting(_WINDOW)

    def _sign(self, receipts: Sequence[bytes]) -> bytes:
        bundle = sign_together(
            receipts, signer=self._holder.party, key=self._holder.signing
        )
        return encode_submission(ReceiptsItem(encode_bundle(bundle)))
