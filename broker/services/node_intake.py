"""The way down: stores what the hub delivers, and says so.

A delivery is acknowledged to the bus only after it is stored. What cannot be used is
refused with a code, and told to its origin. Opening is left to `node_opening`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from broker.core.codec.envelope import EnvelopeItem, ReceiptsItem, decode_delivery
from broker.core.codec.receipts import decode_bundle, encode_proof
from broker.core.envelope import Claim, VerifiedEnvelope, read_claim
from broker.core.errors import (
    BusError,
    BusUnavailableError,
    Code,
    RefusedError,
    StoreError,
)
from broker.core.flows.intake import statement, verify_delivery
from broker.core.holder import Holder
from broker.core.limits import Limits
from broker.core.model import Receipt, Stage
from broker.core.ports import Clock, Incoming, Source
from broker.core.receipts import read_bundle
from broker.core.records import (
    Alarm,
    InboxMessage,
    InboxState,
    LedgerLine,
    SentMessage,
)
from broker.core.trust import Trust
from keys.identity import HUB, PartyId

_BATCH: Final = 128
_FETCH_WAIT_S: Final = 1.0
_BACKOFF_S: Final = 1.0
_OF_HUB: Final = frozenset({Stage.ACCEPTED, Stage.REFUSED})
_OF_RECIPIENT: Final = frozenset(
    {Stage.DELIVERED, Stage.OPENED, Stage.REFUSED, Stage.ACKNOWLEDGED, Stage.ACTED}
)
# What a newer directory may know better.
_STALE_CODES: Final = frozenset(
    {
        Code.UNKNOWN_PARTY,
        Code.PARTY_SUSPENDED,
        Code.UNKNOWN_KEY,
        Code.KEY_NOT_VALID,
    }
)


class InboxStore(Protocol):
    """Where received messages and receipts are kept."""

    def store_delivered(self, arrivals: Sequence[tuple[InboxMessage, Receipt]]) -> int:
        """Stores what arrived, with the statement about it; durable on return."""
        ...

    def digest_of_id(self, origin: PartyId, message_id: bytes) -> bytes | None:
        """Returns the message that `origin` sent under this id, if one is here."""
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
        refresh: Asks for a newer directory; tells whether it could be had.
        arrived: Called with what was verified and stored, and may be opened.
        answered: Called when there are new statements to bring to the hub.
    """

    source: Source
    store: InboxStore
    clock: Clock
    trust: Callable[[], Trust]
    refresh: Callable[[], Awaitable[bool]]
    arrived: Callable[[Mapping[bytes, VerifiedEnvelope]], None]
    answered: Callable[[], None]


@dataclass(slots=True)
class _Haul:
    arrivals: list[tuple[InboxMessage, Receipt]] = field(default_factory=list)
    lines: list[LedgerLine] = field(default_factory=list)
    verified: dict[bytes, VerifiedEnvelope] = field(default_factory=dict)


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
        self._heard_ms = 0
        self._log = structlog.get_logger("intake")

    @property
    def heard_ms(self) -> int:
        """Until when everything has been taken in that came for us; 0 for never."""
        return self._heard_ms

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set."""
        while not stop.is_set():
            try:
                await self.take_in()
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
        asked_ms = self._ports.clock.now_ms()
        arrivals = await self._ports.source.fetch(_BATCH, _FETCH_WAIT_S)
        if not arrivals:
            self._heard_ms = asked_ms
            return 0
        haul = await asyncio.to_thread(self._sort, arrivals)
        if haul is None:
            if not await self._ports.refresh():
                # To refuse now would be final; not to acknowledge means: later.
                raise BusUnavailableError("the directory is older than a message")
            haul = await asyncio.to_thread(self._sort, arrivals, last_try=True)
        if haul is not None:
            await asyncio.to_thread(self._store, haul)
            self._ports.arrived(haul.verified)
        if len(arrivals) < _BATCH:
            # There was no more than that when it was asked for.
            self._heard_ms = asked_ms
        await self._ports.source.acknowledge(arrivals)
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
                        self._take_message(data, haul, last_try=last_try)
                    case ReceiptsItem(data):
                        haul.lines.extend(self._lines(data, arrival.arrived_ms))
            except _StaleError:
                return None
            except RefusedError as error:
                if error.code in _STALE_CODES and not last_try:
                    return None
                self._alarm("delivery", f"number {arrival.sequence}: {error}")
        return haul

    def _take_message(self, data: bytes, haul: _Haul, *, last_try: bool) -> None:
        claim = read_claim(data, self._limits)
        if claim is None:
            raise RefusedError(Code.MALFORMED, "delivery cannot be read")
        me = self._holder.party
        view = self._ports.trust().view
        now_ms = self._ports.clock.now_ms()
        try:
            verified = verify_delivery(
                data, me, view, now_ms=now_ms, limits=self._limits
            )
            self._check_replay(claim)
        except RefusedError as error:
            if error.code in _STALE_CODES and not last_try:
                raise _StaleError from error
            receipt = statement(me, claim, Stage.REFUSED, now_ms, error)
            state = InboxState.REFUSED
        else:
            haul.verified[claim.digest] = verified
            receipt = statement(me, claim, Stage.DELIVERED, now_ms)
            state = InboxState.DELIVERED
        haul.arrivals.append((_inbox_message(claim, data, state, receipt), receipt))

    def _check_replay(self, claim: Claim) -> None:
        header = claim.header
        known = self._ports.store.digest_of_id(header.origin, header.message_id)
        if known is not None and known != claim.digest:
            raise RefusedError(Code.REPLAYED_ID)

    def _lines(self, data: bytes, came_ms: int) -> list[LedgerLine]:
        bundle = decode_bundle(data, self._limits)
        receipts = read_bundle(bundle, self._ports.trust().view)
        lines = []
        for receipt, entry in zip(receipts, bundle.receipts, strict=True):
            if self._concerns_us(receipt):
                proof = encode_proof(bundle, entry, with_signature=True)
                lines.append(
                    LedgerLine(
                        receipt=receipt,
                        receipt_bytes=entry.receipt,
                        proof=proof,
                        came_ms=came_ms,
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
        # What recipients did is theirs to say: the hub could claim anything of them.
        if receipt.stage not in (_OF_HUB if receipt.by == HUB else _OF_RECIPIENT):
            self._alarm("receipt", f"not for its author to say: {what}")
            return False
        return True

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
