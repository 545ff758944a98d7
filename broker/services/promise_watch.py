"""Watches over the hub's promises of inclusion: each is looked up once it has run out.

A broken one is an alarm; the proof for others is made by `audit verify`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from broker.core.audit.entry import receipt_leaf_hash
from broker.core.broken_promises import is_promise
from broker.core.codec.desk import LogQuestion
from broker.core.errors import BrokerError, BusError
from broker.core.ports import Clock
from broker.core.records import Alarm, LedgerLine
from broker.core.status import iso_time
from broker.services.audit_check import Missing, Proven
from broker.services.log_follower import Ask
from keys.errors import KeysError

TOPIC: Final = "promise"
"""Of the alarms about it."""
GRACE_MS: Final = 300_000
"""After a promise has run out, before it is looked up: clocks may be so far apart."""

_LOOK_S: Final = 60.0
_BATCH: Final = 200  # promises looked up in one step


class WatchedPromises(Protocol):
    """Where promises are noted; its methods raise `StoreError`."""

    def follow_promises(self) -> bool:
        """Notes what the newest receipts promise; tells whether there may be more."""
        ...

    def due_promises(self, now_ms: int, limit: int) -> list[bytes]:
        """Returns the messages whose promise has run out, unchecked."""
        ...

    def promises_kept(self, message_digests: Sequence[bytes]) -> None:
        """Forgets those that were kept."""
        ...

    def promise_broken(self, message_digest: bytes, at_ms: int) -> None:
        """Notes that one was broken."""
        ...

    def ledger(self, message_digest: bytes | None = None) -> Sequence[LedgerLine]:
        """Returns the receipts about a message."""
        ...

    def raise_alarm(self, alarm: Alarm) -> None:
        """Notes something an operator must look at."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseWatchPorts:
    """What the watch works with.

    Attributes:
        store: The party's own.
        prove: Proves that a receipt is in the log that counts. Raises `ProofError`.
        ask: Puts a question to the hub.
        clock: The time.
    """

    store: WatchedPromises
    prove: Callable[[LedgerLine], Awaitable[Proven | Missing]]
    ask: Ask
    clock: Clock


class PromiseWatch:
    """Looks up each promise that has run out.

    Args:
        ports: What it works with.
    """

    def __init__(self, ports: PromiseWatchPorts) -> None:
        self._ports = ports
        self._log = structlog.get_logger("promises")

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set; a hub that is away is asked again later."""
        while not stop.is_set():
            again = False
            try:
                again = await self.step()
            except BusError:
                pass  # said by whoever keeps the connection
            except (BrokerError, KeysError) as error:
                self._log.warning("promises cannot be checked", reason=str(error))
            if not again:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _LOOK_S)

    async def step(self) -> bool:
        """Looks up what is due; tells whether there is more of it.

        Raises:
            BusError: The hub cannot be asked.
            ProofError: The log contradicts itself.
            StoreError: The store failed.
        """
        store = self._ports.store
        more = await asyncio.to_thread(store.follow_promises)
        now_ms = self._ports.clock.now_ms()
        due = await asyncio.to_thread(store.due_promises, now_ms - GRACE_MS, _BATCH)
        kept, broken = list[bytes](), 0
        for digest in due:
            lacking = await self._lacking(digest)
            if lacking is None:
                kept.append(digest)
            elif not await self._is_logged(lacking):
                await asyncio.to_thread(self._alarm, lacking)
                broken += 1
        if kept:
            await asyncio.to_thread(store.promises_kept, kept)
        # What the witnesses have not come to yet is due still: no reason to hurry.
        return more or (len(due) == _BATCH and bool(kept or broken))

    async def _lacking(self, digest: bytes) -> LedgerLine | None:
        """Returns the promise about a message if the log that counts lacks it."""
        for line in await asyncio.to_thread(self._ports.store.ledger, digest):
            if not is_promise(line.receipt):
                continue
            if isinstance(await self._ports.prove(line), Missing):
                return line
        return None

    async def _is_logged(self, line: LedgerLine) -> bool:
        """Tells whether the hub has it at least under its newest checkpoint.

        Then it is the witnesses who have not come as far yet.
        """
        leaf = receipt_leaf_hash(line.receipt_bytes)
        answer = await self._ports.ask(LogQuestion(leaf_hash=leaf))
        return answer.index is not None

    def _alarm(self, line: LedgerLine) -> None:
        digest, now_ms = line.receipt.message_digest, self._ports.clock.now_ms()
        # Noted last: of the two, an alarm too many is the lesser evil.
        self._ports.store.raise_alarm(
            Alarm(
                at_ms=now_ms,
                topic=TOPIC,
                text=(
                    f"the hub promised to have its receipt for {digest.hex()[:16]} in "
                    f"the log by {iso_time(line.receipt.logged_by_ms)}, and it is not "
                    "there; rogatory audit verify makes a proof of it for others"
                ),
            )
        )
        self._ports.store.promise_broken(digest, now_ms)
