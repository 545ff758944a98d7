"""The way up: brings what waits in the outbox to the hub, as long as it takes.

What waits there is left to the dispatcher and the intake.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, Protocol

import structlog

from broker.core.codec.envelope import ReceiptsItem, encode_submission
from broker.core.codec.receipts import decode_receipt, encode_bundle, encode_proof
from broker.core.errors import BusError, RefusedError, StoreError
from broker.core.flows.usage import MINUTE_MS
from broker.core.holder import Holder
from broker.core.limits import Limits
from broker.core.ports import Clock, Uplink
from broker.core.receipts import sign_together
from broker.core.records import OutboxItem
from broker.core.trust import Trust
from keys.directory.model import PartyRecord
from keys.signing import SigningKey

_WINDOW: Final = 64  # submissions under way at once
_PACE_LOOKS: Final = 5  # polls until what was held back is tried again
_BACKOFF_S: Final = (0.2, 1.0, 5.0, 15.0)


class OutboxStore(Protocol):
    """What waits for the hub."""

    def bundle_statements(
        self,
        limit: int,
        sign: Callable[[Sequence[bytes]], tuple[bytes, Sequence[bytes]]],
        now_ms: int,
    ) -> int:
        """Signs waiting statements together and queues them; returns how many."""
        ...

    def waiting(self, limit: int, messages: int | None = None) -> list[OutboxItem]:
        """Returns the oldest items the hub has not confirmed, with so many messages."""
        ...

    def count_submitted(self, since_ms: int) -> int:
        """Returns how many messages the hub's stream took after `since_ms`."""
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
        trust: Returns the directory to go by now.
    """

    def __init__(
        self,
        holder: Holder,
        store: OutboxStore,
        uplink: Uplink,
        clock: Clock,
        limits: Limits,
        trust: Callable[[], Trust],
    ) -> None:
        self._holder = holder
        self._store = store
        self._uplink = uplink
        self._clock = clock
        self._limits = limits
        self._trust = trust
        self._wake = asyncio.Event()
        self._counter = -1
        self._paced = False
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
        """Returns as soon as something new may wait, or may go."""
        patience = _PACE_LOOKS if self._paced else None
        while not stop.is_set() and not self._wake.is_set():
            seen = self._store.change_counter()
            if seen != self._counter:
                self._counter = seen
                break
            if patience is not None:
                if not patience:
                    break
                patience -= 1
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
        record = self._own_record()
        if record is not None:
            self._store.bundle_statements(
                self._limits.receipts_max,
                lambda receipts: self._sign(receipts, record),
                self._clock.now_ms(),
            )
        return self._store.waiting(_WINDOW, self._pace())

    def _pace(self) -> int | None:
        """Returns how many messages the stewards let go now; None for any number.

        The hub counts those that arrived within the minute before each. None arrived
        later than it was confirmed here, and what was not confirmed is sent again
        before anything else: so that the hub never counts more than we do.
        """
        federation = self._trust().view.federation
        limit = federation.limits(self._holder.party).messages_per_minute
        if limit is None:
            self._paced = False
            return None
        taken = self._store.count_submitted(self._clock.now_ms() - MINUTE_MS)
        self._paced = taken >= limit
        return max(0, limit - taken)

    def _own_record(self) -> PartyRecord | None:
        """Returns our record when somebody would rely on what we sign now.

        Until then statements wait unsigned: once signed with a key that the directory
        does not show, or shows as revoked, they would be lost.
        """
        entry = self._trust().view.parties.get(self._holder.party)
        if entry is not None:
            with suppress(RefusedError):
                self._holder.signing_key(entry.record, self._clock.now_ms())
                return entry.record
        return None

    def _sign(
        self, receipts: Sequence[bytes], record: PartyRecord
    ) -> tuple[bytes, Sequence[bytes]]:
        """Signs as many as one key covers; returns the submission, and their proofs.

        A receipt is verified by the time that stands in it. What waited while keys
        were rotated is signed with the key of its own time.
        """
        times = [decode_receipt(receipt).at_ms for receipt in receipts]
        key, count = self._key_of(times[0], record), len(times)
        if any(self._key_of(t, record) is not key for t in (min(times), max(times))):
            others = (
                at
                for at, at_ms in enumerate(times)
                if self._key_of(at_ms, record) is not key
            )
            count = next(others, count)
        bundle = sign_together(receipts[:count], signer=self._holder.party, key=key)
        proofs = [
            encode_proof(bundle, entry, with_signature=True)
            for entry in bundle.receipts
        ]
        return encode_submission(ReceiptsItem(encode_bundle(bundle))), proofs

    def _key_of(self, at_ms: int, record: PartyRecord) -> SigningKey:
        try:
            return self._holder.signing_key(record, at_ms)
        except RefusedError:
            # The hub will refuse it; kept here, it would hold up all others.
            return self._holder.signing_key(record, self._clock.now_ms())
