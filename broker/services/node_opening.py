"""Opens what was delivered, asks our own policy, and says what came of it.

Whether the bytes are what their origin signed was checked by `node_intake`; after a
restart it is checked here again. What waits for a person is left to `quarantine`.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from broker.core.admitted import AdmissionState, admission_under
from broker.core.envelope import VerifiedEnvelope
from broker.core.errors import RefusedError, StoreError
from broker.core.flows.intake import (
    claim_of,
    judge_content,
    record_of,
    statement,
    verify_delivery,
)
from broker.core.holder import Holder
from broker.core.limits import Limits
from broker.core.model import Link, Receipt, Stage
from broker.core.opening import open_envelope
from broker.core.ports import Clock
from broker.core.records import InboxMessage, Opening
from broker.core.trust import Trust
from keys.sealing import protect

_BATCH: Final = 32
_LOOK_S: Final = 1.0  # seconds between two looks when nothing is announced
_BACKOFF_S: Final = 1.0


class DeliveredStore(Protocol):
    """What was delivered, and what came of it."""

    def unopened(self, limit: int) -> list[InboxMessage]:
        """Returns delivered messages nobody has opened yet."""
        ...

    def settle(self, openings: Sequence[Opening]) -> None:
        """Notes what came of opening messages; durable on return."""
        ...


def _nothing_known(_message: InboxMessage, _body: bytes) -> None:
    """Takes everything: nothing was taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningPorts:
    """What opening works with.

    Attributes:
        store: Our own.
        clock: The time.
        trust: Returns the directory to go by now.
        answered: Called when there are new statements to bring to the hub.
        examine: Called with each content that our policy takes, before it is stored;
            refuses what must not be opened for what else is known.
    """

    store: DeliveredStore
    clock: Clock
    trust: Callable[[], Trust]
    answered: Callable[[], None]
    examine: Callable[[InboxMessage, bytes], None] = _nothing_known


class NodeOpening:
    """Opens what was delivered to one party.

    Args:
        holder: Who we are.
        ports: What it works with.
        limits: Bounds.
    """

    def __init__(self, holder: Holder, ports: OpeningPorts, limits: Limits) -> None:
        self._holder = holder
        self._ports = ports
        self._limits = limits
        self._verified: dict[bytes, VerifiedEnvelope] = {}
        self._set_aside: set[bytes] = set()
        self._arrived = asyncio.Event()
        self._log = structlog.get_logger("opening")

    def arrived(self, verified: Mapping[bytes, VerifiedEnvelope]) -> None:
        """Tells what was stored a moment ago, so that it need not be verified twice."""
        self._verified.update(verified)
        self._arrived.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set."""
        while not stop.is_set():
            try:
                while await self.open_some():
                    pass
            except StoreError as error:
                self._log.warning("opening waits", reason=str(error))
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _BACKOFF_S)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), _LOOK_S)
            self._arrived.clear()

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
        waiting = self._ports.store.unopened(_BATCH + len(self._set_aside))
        messages = [m for m in waiting if m.message_digest not in self._set_aside]
        if not messages:
            # What is left was delivered again, and opened the first time.
            self._verified.clear()
        openings = [self._try_to_open(message) for message in messages]
        self._ports.store.settle([opening for opening in openings if opening])
        return len(messages)

    def _try_to_open(self, message: InboxMessage) -> Opening | None:
        try:
            return self._open(message)
        except StoreError:
            raise  # says nothing about the message
        except Exception:  # noqa: BLE001 - a flaw of ours must not let one message stop all others
            # Neither opened nor refused: a mended release opens it after a restart.
            self._log.exception("set aside", message=message.message_digest.hex())
            self._set_aside.add(message.message_digest)
            return None

    def _open(self, message: InboxMessage) -> Opening:
        """Opens one message.

        1. It is verified. 2. It is opened. 3. Our policy is asked. 4. What it says is
        kept together with what comes of it: opened, refused, or held for a person.
        """
        me, now_ms = self._holder.party, self._ports.clock.now_ms()
        trust = self._ports.trust()
        link: Link | None = None
        decision = None
        try:
            # 1.
            verified = self._verified.pop(message.message_digest, None)
            if verified is None:
                verified = verify_delivery(
                    message.envelope,
                    me,
                    trust.view,
                    now_ms=now_ms,
                    limits=self._limits,
                )
            # 2.
            opened = open_envelope(verified, me, self._holder.encryption)
            link = opened.link
            # 3.
            judged = judge_content(
                message.header, opened.body, me, trust.engines.get(me), now_ms
            )
            decision = record_of(
                judged,
                message.message_digest,
                trust.policy_digests.get(me, b""),
                self._holder.store_key,
            )
            terms = judged.terms()
            self._ports.examine(message, opened.body)
        except RefusedError as error:
            return Opening(
                message=message,
                at_ms=now_ms,
                receipt=self._statement(message, Stage.REFUSED, now_ms, error),
                link=link,
                decision=decision,
            )
        # 4.
        admission = admission_under(
            message.message_digest,
            message.header.kind,
            terms,
            policy_digest=decision.policy_digest,
            now_ms=now_ms,
        )
        waits = admission.state is AdmissionState.QUARANTINED
        return Opening(
            message=message,
            at_ms=now_ms,
            receipt=None
            if waits
            else self._statement(message, Stage.OPENED, now_ms, None),
            link=link,
            protected_key=protect(
                self._holder.store_key,
                opened.content_key,
                context=message.message_digest,
            ),
            admission=admission,
            decision=decision,
        )

    def _statement(
        self,
        message: InboxMessage,
        stage: Stage,
        now_ms: int,
        error: RefusedError | None,
    ) -> Receipt:
        return statement(self._holder.party, claim_of(message), stage, now_ms, error)
