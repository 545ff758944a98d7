"""The way down: stores what the hub delivers, opens it, and says so.

A delivery is acknowledged to the bus only after it is stored. What cannot be used is
refused with a code, and told to its origin.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from broker.core.codec.envelope import EnvelopeItem, ReceiptsItem, decode_delivery
from broker.core.codec.receipts import decode_bundle, encode_proof
from broker.core.envelope import Claim, VerifiedEnvelope, open_envelope, read_claim
from broker.core.errors import BusError, Code, RefusedError, StoreError
from broker.core.flows.intake import admit_content, verify_delivery
from broker.core.holder import Holder
from broker.core.limits import Limits
from broker.core.model import Link, Receipt, Stage, new_nonce
from broker.core.ports import Clock, Incoming, Source
from broker.core.receipts import read_bundle
from broker.core.records import (
    Alarm,
    InboxMessage,
    InboxState,
    LedgerLine,
    Opening,
    SentMessage,
)
from broker.core.trust import Trust
from keys.identity import HUB, PartyId
from keys.sealing import protect

_BATCH: Final = 128
_OPEN_BATCH: Final = 32
_FETCH_WAIT_S: Final = 1.0
_BACKOFF_S: Final = 1.0
# What a newer directory may know better.
_STALE_CODES: Final = frozenset(
    {Code.UNKNOWN_PARTY, Code.UNKNOWN_KEY, Code.KEY_NOT_VALID}
)


class InboxStore(Protocol):
    """Where received messages and receipts are kept."""

    def store_delivered(self, arrivals: Sequence[tuple[InboxMessage, Receipt]]) -> int:
        """Stores what arrived, with the statement about it; durable on return."""
        ...

    def digest_of_id(self, origin: PartyId, message_id: bytes) -> bytes | None:
        """Returns the message that `origin` sent under this id, if one is here."""
        ...

    def unopened(self, limit: int) -> list[InboxMessage]:
        """Returns delivered messages nobody has opened yet."""
        ...

    def settle(self, openings: Sequence[Opening]) -> None:
        """Notes what came of opening messages; durable on return."""
        ...

    def find_sent(self, message_digest: bytes) -> SentMessage | None:
        """Returns one message of our own."""
        ...

    def store_receipts(self, lines: Sequence[LedgerLine]) -> int:
        """Stores receipts about own messages; returns how many were new."""
        ...

    def raise_alarm(self, alarm: Alarm) -> None:
        """Notes something an operator must look at."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakePorts:
    """What the intake works with.

    Attributes:
        source: Our inbox at the hub.
        store: Our own.
        clock: The time.
        trust: Returns the directory to go by now.
        refresh: Asks for a newer directory.
        answered: Called when there are new statements to bring to the hub.
    """

    source: Source
    store: InboxStore
    clock: Clock
    trust: Callable[[], Trust]
    refresh: Callable[[], Awaitable[None]]
    answered: Callable[[], None]


@dataclass(slots=True)
class _Haul:
    arrivals: list[tuple[InboxMessage, Receipt]] = field(default_factory=list)
    lines: list[LedgerLine] = field(default_factory=list)


class NodeIntake:
    """Takes in what is for us.

    Args:
        holder: Who we are.
        ports: What it works with.
        limits: Bounds.
    """

    def __init__(self, holder: Holder, ports: IntakePorts, limits: Limits) -> None:
        self._holder = holder
        self._ports = ports
        self._limits = limits
        self._verified: dict[bytes, VerifiedEnvelope] = {}
        self._arrived = asyncio.Event()
        self._log = structlog.get_logger("intake")

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set."""
        async with asyncio.TaskGroup() as loops:
            loops.create_task(self._repeat(self.take_in, stop))
            loops.create_task(self._repeat(self._open_when_arrived, stop))

    async def _repeat(
        self, step: Callable[[], Awaitable[object]], stop: asyncio.Event
    ) -> None:
        self._arrived.set()
        while not stop.is_set():
            try:
                await step()
            except (BusError, StoreError) as error:
                self._log.warning("the intake waits", reason=str(error))
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _BACKOFF_S)

    async def take_in(self) -> int:
        """Stores one batch of deliveries; returns how many there were.

        Raises:
            BusError: The hub cannot be reached.
            StoreError: They cannot be stored; they will come again.
        """
        arrivals = await self._ports.source.fetch(_BATCH, _FETCH_WAIT_S)
        if not arrivals:
            return 0
        haul = await asyncio.to_thread(self._sort, arrivals)
        if haul is None:
            await self._ports.refresh()
            haul = await asyncio.to_thread(self._sort, arrivals, last_try=True)
        if haul is not None:
            await asyncio.to_thread(self._store, haul)
        await self._ports.source.acknowledge(arrivals)
        self._arrived.set()
        self._ports.answered()
        return len(arrivals)

    def _store(self, haul: _Haul) -> None:
        if haul.arrivals:
            self._ports.store.store_delivered(haul.arrivals)
        if haul.lines:
            self._ports.store.store_receipts(haul.lines)

    def _sort(
        self, arrivals: Sequence[Incoming], *, last_try: bool = False
    ) -> _Haul | None:
        """Makes values of deliveries; None when a newer directory may be needed."""
        haul = _Haul()
        for arrival in arrivals:
            try:
                match decode_delivery(arrival.data):
                    case EnvelopeItem(data):
                        haul.arrivals.append(self._message(data, last_try=last_try))
                    case ReceiptsItem(data):
                        haul.lines.extend(self._lines(data))
            except _StaleError:
                return None
            except RefusedError as error:
                if error.code in _STALE_CODES and not last_try:
                    return None
                self._alarm("delivery", f"number {arrival.sequence}: {error}")
        return haul

    def _message(self, data: bytes, *, last_try: bool) -> tuple[InboxMessage, Receipt]:
        claim = read_claim(data, self._limits)
        if claim is None:
            raise RefusedError(Code.MALFORMED, "delivery cannot be read")
        trust = self._ports.trust()
        now_ms = self._ports.clock.now_ms()
        try:
            verified = verify_delivery(
                data,
                self._holder.party,
                trust.view,
                now_ms=now_ms,
                limits=self._limits,
            )
            self._check_replay(claim)
        except RefusedError as error:
            if error.code in _STALE_CODES and not last_try:
                raise _StaleError from error
            receipt = self._receipt(claim, Stage.REFUSED, now_ms, error)
            return _inbox_message(claim, data, InboxState.REFUSED, receipt), receipt
        self._verified[claim.digest] = verified
        receipt = self._receipt(claim, Stage.DELIVERED, now_ms)
        return _inbox_message(claim, data, InboxState.DELIVERED, receipt), receipt

    def _check_replay(self, claim: Claim) -> None:
        header = claim.header
        known = self._ports.store.digest_of_id(header.origin, header.message_id)
        if known is not None and known != claim.digest:
            raise RefusedError(Code.REPLAYED_ID)

    def _receipt(
        self,
        claim: Claim,
        stage: Stage,
        now_ms: int,
        error: RefusedError | None = None,
    ) -> Receipt:
        return Receipt(
            stage=stage,
            message_digest=claim.digest,
            by=self._holder.party,
            to=claim.header.origin,
            at_ms=now_ms,
            code=error.code.value if error else "",
            detail=error.detail if error else "",
            nonce=new_nonce(),
        )

    def _lines(self, data: bytes) -> list[LedgerLine]:
        bundle = decode_bundle(data, self._limits)
        receipts = read_bundle(bundle, self._ports.trust().view)
        lines = []
        for receipt, entry in zip(receipts, bundle.receipts, strict=True):
            if self._concerns_us(receipt):
                proof = encode_proof(bundle, entry, with_signature=True)
                lines.append(
                    LedgerLine(
                        receipt=receipt, receipt_bytes=entry.receipt, proof=proof
                    )
                )
        return lines

    def _concerns_us(self, receipt: Receipt) -> bool:
        """Keeps only what its author may say about a message of ours."""
        what = f"{receipt.stage.name} by {receipt.by} {receipt.code} {receipt.detail}"
        if not receipt.message_digest:
            self._alarm("refusal", what)
            return False
        sent = self._ports.store.find_sent(receipt.message_digest)
        if sent is None or receipt.to != self._holder.party:
            self._alarm("receipt", f"about no message of ours: {what}")
            return False
        if receipt.by != HUB and receipt.by not in sent.header.parties:
            self._alarm("receipt", f"by no recipient of the message: {what}")
            return False
        return True

    async def _open_when_arrived(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._arrived.wait(), _FETCH_WAIT_S)
        self._arrived.clear()
        while await self.open_some():
            pass

    async def open_some(self) -> int:
        """Opens one batch of delivered messages; returns how many there were.

        Raises:
            StoreError: The result cannot be stored; they stay delivered.
        """
        done = await asyncio.to_thread(self._open_batch)
        if done:
            self._ports.answered()
        return done

    def _open_batch(self) -> int:
        messages = self._ports.store.unopened(_OPEN_BATCH)
        if messages:
            self._ports.store.settle([self._open(message) for message in messages])
        return len(messages)

    def _open(self, message: InboxMessage) -> Opening:
        trust = self._ports.trust()
        now_ms = self._ports.clock.now_ms()
        link: Link | None = None
        claim = Claim(
            digest=message.message_digest, header=message.header, signed_header=b""
        )
        try:
            verified = self._verified.pop(message.message_digest, None)
            if verified is None:
                verified = verify_delivery(
                    message.envelope,
                    self._holder.party,
                    trust.view,
                    now_ms=now_ms,
                    limits=self._limits,
                )
            opened = open_envelope(
                verified, self._holder.party, self._holder.encryption
            )
            link = opened.link
            engine = trust.engines.get(self._holder.party)
            admit_content(message.header, opened.body, self._holder.party, engine)
        except RefusedError as error:
            receipt = self._receipt(claim, Stage.REFUSED, now_ms, error)
            return Opening(message=message, receipt=receipt, link=link)
        return Opening(
            message=message,
            receipt=self._receipt(claim, Stage.OPENED, now_ms),
            link=link,
            protected_key=protect(
                self._holder.store_key,
                opened.content_key,
                context=message.message_digest,
            ),
        )

    def _alarm(self, topic: str, text: str) -> None:
        self._log.error("alarm", topic=topic, text=text)
        now_ms = self._ports.clock.now_ms()
        self._ports.store.raise_alarm(Alarm(at_ms=now_ms, topic=topic, text=text))


class _StaleError(Exception):
    """A newer directory may know what this one does not."""


def _inbox_message(
    claim: Claim, data: bytes, state: InboxState, receipt: Receipt
) -> InboxMessage:
    return InboxMessage(
        message_digest=claim.digest,
        header=claim.header,
        envelope=data,
        state=state,
        received_ms=receipt.at_ms,
        code=receipt.code,
        detail=receipt.detail,
    )
