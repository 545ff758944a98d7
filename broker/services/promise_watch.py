"""Watches over the hub's promises of inclusion: each is looked up once it has run out.

A broken one is an alarm. The proof for others is made by `audit verify`, also when the
promise is kept in the end: the newest state of the log that lacks it is kept here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from broker.core.audit.entry import receipt_leaf_hash
from broker.core.audit.proof import verify_inclusion
from broker.core.broken_promises import is_promise, signed_checkpoint, witnessed_later
from broker.core.codec.desk import LogQuestion
from broker.core.errors import BusError, ProofError
from broker.core.ports import Clock
from broker.core.records import Alarm, LedgerLine
from broker.core.status import iso_time
from broker.services.audit_check import Missing, Proven
from broker.services.log_follower import Ask
from broker.services.looking import keep_looking
from keys.directory.model import FederationRecord

TOPIC: Final = "promise"
"""Of the alarms about it."""
GRACE_MS: Final = 300_000
"""After a promise has run out, before it is looked up: clocks may be so far apart."""

_LOOK_S: Final = 60.0
_BATCH: Final = 200  # promises looked up in one step
_AGAIN: Final = 100  # broken ones looked at again in one step: all that are kept


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

    def keep_lacking(
        self, message_digest: bytes, note: str, at_ms: int, *, is_settled: bool
    ) -> None:
        """Keeps a state of the log that lacks what was promised."""
        ...

    def lacking_promises(self, limit: int) -> list[bytes]:
        """Returns the broken promises to look at again."""
        ...

    def settle_lacking(self, message_digest: bytes) -> None:
        """Notes that no newer state of the log lacks it."""
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
        federation: Returns who the log and its witnesses are now.
        clock: The time.
    """

    store: WatchedPromises
    prove: Callable[[LedgerLine], Awaitable[Proven | Missing]]
    ask: Ask
    federation: Callable[[], FederationRecord]
    clock: Clock


class PromiseWatch:
    """Looks up each promise that has run out.

    Args:
        ports: What it works with.
    """

    def __init__(self, ports: PromiseWatchPorts) -> None:
        self._ports = ports

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set; a hub that is away is asked again later."""

        async def look() -> None:
            with suppress(BusError):  # said by whoever keeps the connection
                while await self.step() and not stop.is_set():
                    pass

        await keep_looking(
            look,
            stop,
            every_s=_LOOK_S,
            waiting="promises cannot be checked",
            name="promises",
            backoff_s=_LOOK_S,
        )

    async def step(self) -> bool:
        """Looks up what is due; tells whether there is more of it.

        What cannot be looked up keeps nothing else from being so.

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
        problem: ProofError | None = None
        for digest in due:
            try:
                lacking = await self._lacking(digest)
            except ProofError as error:
                problem = problem or error
                continue
            if lacking is None:
                kept.append(digest)
            elif not await self._is_logged(lacking.line):
                await asyncio.to_thread(self._alarm, lacking)
                broken += 1
        if kept:
            await asyncio.to_thread(store.promises_kept, kept)
        problem = await self._look_again() or problem
        if problem is not None:
            raise problem
        # What the witnesses have not come to yet is due still: no reason to hurry.
        return more or (len(due) == _BATCH and bool(kept or broken))

    async def _look_again(self) -> ProofError | None:
        """Follows what is broken until a state of the log shows it, or has it.

        Returns:
            What kept one of them from being looked up.
        """
        store, problem = self._ports.store, None
        for digest in await asyncio.to_thread(store.lacking_promises, _AGAIN):
            try:
                lacking = await self._lacking(digest)
            except ProofError as error:
                problem = error
                continue
            if lacking is None:
                await asyncio.to_thread(store.settle_lacking, digest)
            else:
                await asyncio.to_thread(self._keep, lacking)
        return problem

    async def _lacking(self, digest: bytes) -> "_Lacking | None":
        """Returns the promise about a message if the log that counts lacks it."""
        for line in await asyncio.to_thread(self._ports.store.ledger, digest):
            if not is_promise(line.receipt):
                continue
            found = await self._ports.prove(line)
            if isinstance(found, Missing):
                return _Lacking(line=line, note=found.checkpoint)
        return None

    async def _is_logged(self, line: LedgerLine) -> bool:
        """Tells whether the hub proves it to be under its newest checkpoint at least.

        Then it is the witnesses who have not come as far yet. Where none are asked
        for there is nobody to wait for.
        """
        federation = self._ports.federation()
        if not federation.witness_quorum:
            return False
        leaf = receipt_leaf_hash(line.receipt_bytes)
        try:
            answer = await self._ports.ask(LogQuestion(leaf_hash=leaf))
            if answer.index is None:
                return False
            newest = signed_checkpoint(answer.checkpoint, federation)
            verify_inclusion(
                leaf, answer.index, newest.size, answer.inclusion, newest.root
            )
        except ProofError:
            return False  # the hub's mere word
        return True

    def _keep(self, lacking: "_Lacking") -> None:
        """Keeps the state of the log that lacks it: later, the log may have it."""
        if not lacking.note:
            return
        receipt, federation = lacking.line.receipt, self._ports.federation()
        is_shown = bool(witnessed_later(receipt, lacking.note, federation))
        self._ports.store.keep_lacking(
            receipt.message_digest,
            lacking.note,
            self._ports.clock.now_ms(),
            is_settled=is_shown,
        )

    def _alarm(self, lacking: "_Lacking") -> None:
        line = lacking.line
        self._keep(lacking)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lacking:
    """A promise that has run out, and the state of the log that lacks it."""

    line: LedgerLine
    note: str
