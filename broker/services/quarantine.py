"""Quarantine: what our policy wants a person to look at before anybody gets it.

To its origin such a message is delivered, and nothing else, until it is decided. How a
person is shown it is left to the command line.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, Protocol

import structlog

from broker.core.admitted import Admission, AdmissionState, Settlement
from broker.core.decisions import DecisionRecord
from broker.core.errors import Code, RefusedError, StoreConflictError
from broker.core.flows.intake import (
    claim_of,
    judge_content,
    record_of,
    statement,
)
from broker.core.holder import Holder
from broker.core.model import Stage
from broker.core.policy.decision import Deny
from broker.core.ports import Clock
from broker.core.records import InboxMessage
from broker.core.trust import Trust
from broker.services.holdings import Holdings, HoldingStore
from broker.services.looking import keep_looking
from keys.sealing import protect, unprotect

_LOOK_S: Final = 60.0
_NOTE: Final = b"quarantine/note/1 "
_PERSON: Final = "a person looked at it"  # their words may tell of the content


class QuarantineStore(HoldingStore, Protocol):
    """Where messages wait for a person."""

    def quarantined(self, limit: int = 1000) -> list[Admission]:
        """Returns what waits for a person, the longest waiting first."""
        ...

    def store_decisions(self, records: Iterable[DecisionRecord]) -> None:
        """Records decisions that nothing else is stored with; durable on return."""
        ...

    def end_quarantine(self, settlement: Settlement) -> bool:
        """Notes what a person, or the time, made of a message; durable on return."""
        ...


@dataclass(frozen=True, slots=True)
class QuarantineDesk:
    """Where a person decides about what waits.

    Args:
        holder: Who we are.
        store: Its node's.
        trust: Returns the directory to go by now.
        clock: The time.
    """

    holder: Holder
    store: QuarantineStore
    trust: Callable[[], Trust]
    clock: Clock

    def release(self, message: InboxMessage, desks: Sequence[str] = ()) -> Admission:
        """Takes a message: it is opened, and its origin is told so.

        Our policy is asked again, as it is now: a person's word does not outweigh it.

        Args:
            message: What waits.
            desks: Who gets it; empty: those that our policy names.

        Returns:
            On which terms it is here.

        Raises:
            RefusedError: IMPORT_POLICY, when our policy does not take it any more;
                EXPIRED. It goes on waiting.
            StoreConflictError: It does not wait, or somebody else has decided.
        """
        waiting, now_ms = self._waiting(message), self.clock.now_ms()
        if now_ms > message.header.expires_ms:
            raise RefusedError(Code.EXPIRED, "while it waited")
        trust, me = self.trust(), self.holder.party
        body = Holdings(self.holder, self.store).content(message)
        engine, digest = trust.engines.get(me), trust.policy_digests.get(me, b"")
        judged = judge_content(message.header, body, me, engine, now_ms)
        decision = record_of(
            judged, message.message_digest, digest, self.holder.store_key
        )
        if isinstance(judged.decision, Deny):
            self.store.store_decisions([decision])
        terms = judged.terms()
        admission = replace(
            waiting,
            state=AdmissionState.RELEASED,
            routes=tuple(sorted(set(desks) or terms.routes)),
            retention_days=terms.retention_days,
            with_consent=terms.with_consent,
            policy_digest=digest,
            since_ms=now_ms,
        )
        receipt = statement(me, claim_of(message), Stage.OPENED, now_ms)
        self._settle(
            Settlement(admission=admission, receipt=receipt, decision=decision)
        )
        return admission

    def decline(self, message: InboxMessage, reason: str) -> Admission:
        """Does not take a message: nobody gets it, and its origin is told so.

        Args:
            message: What waits.
            reason: Why; kept here under our own key, and told to nobody.

        Raises:
            StoreConflictError: It does not wait, or somebody else has decided.
        """
        note = protect(
            self.holder.store_key,
            reason.encode(),
            context=_NOTE + message.message_digest,
        )
        admission = replace(
            self._waiting(message),
            state=AdmissionState.DECLINED,
            routes=(),
            since_ms=self.clock.now_ms(),
            note=note,
        )
        self._refuse(message, admission, RefusedError(Code.DECLINED, _PERSON))
        return admission

    def note(self, admission: Admission) -> str:
        """Returns why a person declined a message; empty if nobody did.

        Raises:
            ContentError: It was protected under another key.
        """
        if not admission.note:
            return ""
        context = _NOTE + admission.message_digest
        return unprotect(
            self.holder.store_key, admission.note, context=context
        ).decode()

    def expire(self) -> int:
        """Refuses what waited longer than its origin wanted; returns how many."""
        now_ms = self.clock.now_ms()
        ended = 0
        for waiting in self.store.quarantined():
            message = self.store.find_received(waiting.message_digest)
            if message is None or now_ms <= message.header.expires_ms:
                continue
            admission = replace(
                waiting, state=AdmissionState.EXPIRED, routes=(), since_ms=now_ms
            )
            error = RefusedError(Code.EXPIRED, "while it waited for a person")
            with suppress(StoreConflictError):  # a person was faster
                self._refuse(message, admission, error)
                ended += 1
        return ended

    def _waiting(self, message: InboxMessage) -> Admission:
        admission = self.store.admission(message.message_digest)
        if admission is None or admission.state is not AdmissionState.QUARANTINED:
            state = message.state.value if admission is None else admission.state.value
            raise StoreConflictError(f"it does not wait for a person: it is {state}")
        return admission

    def _refuse(
        self, message: InboxMessage, admission: Admission, error: RefusedError
    ) -> None:
        me, now_ms = self.holder.party, admission.since_ms
        receipt = statement(me, claim_of(message), Stage.REFUSED, now_ms, error)
        self._settle(Settlement(admission=admission, receipt=receipt))

    def _settle(self, settlement: Settlement) -> None:
        if not self.store.end_quarantine(settlement):
            raise StoreConflictError("somebody else has decided about it meanwhile")


class QuarantineWatch:
    """Ends what has waited too long.

    Args:
        desk: Where it is decided.
        answered: Called when there are new statements to bring to the hub.
    """

    def __init__(self, desk: QuarantineDesk, answered: Callable[[], None]) -> None:
        self._desk = desk
        self._answered = answered
        self._log = structlog.get_logger("quarantine")

    async def run(self, stop: asyncio.Event, look_s: float = _LOOK_S) -> None:
        """Works until `stop` is set.

        Args:
            stop: Ends it.
            look_s: Seconds between two looks.
        """

        async def look() -> None:
            if await asyncio.to_thread(self._desk.expire):
                self._answered()

        await keep_looking(
            look,
            stop,
            every_s=look_s,
            waiting="quarantine waits",
            name="quarantine",
            backoff_s=look_s,
        )
