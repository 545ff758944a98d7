"""The desk where documents wait until enough officers have approved their release.

Who has to approve is the policy's to say, whether enough have, `core.approvals`'.
Every look plans anew: what has changed since is what would leave now, and what officers
said about anything else does not count.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import structlog

from broker.core.approvals import hear
from broker.core.codec.approvals import (
    decode_statement,
    encode_release,
    encode_signed_approval,
)
from broker.core.envelope import Sealed
from broker.core.errors import Code, RefusedError, StoreConflictError
from broker.core.feed import Once
from broker.core.holder import Holder
from broker.core.model import message_id_text, new_message_id
from broker.core.officers import check_statement
from broker.core.outgoing import OutgoingDocument
from broker.core.pending import (
    PENDING_FOR_MS,
    Approver,
    HeldDocument,
    Pending,
    PendingState,
    Released,
)
from broker.core.ports import Clock
from broker.core.records import Alarm
from broker.core.releases import Evidence, SignedApproval
from broker.core.trust import Trust
from broker.services.looking import keep_looking
from broker.services.pending_look import document_of, look, officers_of
from broker.services.pending_ports import (
    MakeDispatcher,
    Moment,
    PendingDocuments,
    Post,
    Waiting,
)
from broker.services.pending_vault import (
    protect_approval,
    protect_document,
    protect_evidence,
)
from keys.framing import sha256

_POLL_S: Final = 1.0
_AGAIN_MS: Final = 60_000  # time alone changes what policies say: age, days


class PendingDesk:
    """Holds documents back until officers have approved that they leave.

    Args:
        holder: Whose documents.
        store: Its node's.
        trust: Returns the directory to go by now.
        clock: The time.
        dispatcher: Makes what sends.
    """

    def __init__(
        self,
        holder: Holder,
        store: PendingDocuments,
        trust: Callable[[], Trust],
        clock: Clock,
        dispatcher: MakeDispatcher,
    ) -> None:
        self._holder = holder
        self._store = store
        self._trust = trust
        self._clock = clock
        self._dispatcher = dispatcher
        self._looked: tuple[object, ...] = ()
        self._log = structlog.get_logger("pending")

    async def run(self, stop: asyncio.Event, poll_s: float = _POLL_S) -> None:
        """Releases what is approved and ends what has lapsed, until `stop` is set.

        Args:
            stop: Ends it.
            poll_s: Seconds between two looks whether anything has changed.
        """

        async def look() -> None:
            await asyncio.to_thread(self.step)

        await keep_looking(
            look, stop, every_s=poll_s, waiting="releases wait", name="pending"
        )

    def step(self) -> None:
        """Does what is due: what a command began and did not end, and what lapses.

        Raises:
            StoreError: It could not be stored; it is due still.
        """
        now_ms, waiting = (
            self._clock.now_ms(),
            self._store.pending(PendingState.WAITING),
        )
        seen = (
            self._trust() if waiting else None,
            self._store.change_counter(),
            now_ms // _AGAIN_MS,
        )
        if not waiting or self._looked == seen:
            return
        for pending in waiting:
            try:
                self.release(pending.pending_id)
            except RefusedError as error:
                # It must not keep the others back.
                self._log.warning("cannot be released", reason=str(error))
        self._looked = seen

    def hold(
        self,
        document: OutgoingDocument,
        *,
        partial: bool = False,
        for_ms: int = PENDING_FOR_MS,
        once: Once | None = None,
    ) -> Waiting:
        """Keeps a document until its release is approved; durable on return.

        Args:
            document: As it was to be sent.
            partial: Whether it goes to those who may get it although others may not.
            for_ms: How long it waits at most.
            once: The request that is carried out with it; None for a person's.

        Raises:
            RepeatedError: The same request was carried out before.
            RefusedError: The document cannot be sent to anybody.
            StoreError: It could not be stored.
        """
        now_ms = self._clock.now_ms()
        held = HeldDocument(
            kind=document.kind,
            body=document.body,
            recipients=document.recipients,
            handling=document.handling,
            case_reference=document.case_reference,
            in_reply_to=document.in_reply_to,
            lifetime_ms=document.lifetime_ms,
            partial=partial,
        )
        desk = self._dispatcher(self._store, self._trust, self._clock)
        pending_id = new_message_id(now_ms)
        pending = Pending(
            pending_id=pending_id,
            held_ms=now_ms,
            lapses_ms=now_ms + for_ms,
            state=PendingState.WAITING,
            changed_ms=now_ms,
            digest=desk.plan(document).digest,
            protected=protect_document(self._holder.store_key, pending_id, held),
        )
        self._store.hold(pending, once)
        return self.look(pending)

    def look(self, pending: Pending) -> Waiting:
        """Returns how a document stands now. Changes nothing.

        Raises:
            ContentError: It was protected under another key.
            DirectoryError: There is no directory to go by.
        """
        return self._look(pending, self._trust(), self._clock.now_ms())

    def say(self, pending: Pending, signed: SignedApproval) -> tuple[Sealed, ...]:
        """Takes what an officer says; sends the document if that was what it lacked.

        Returns:
            What was sent; nothing when approvals are still missing.

        Raises:
            RefusedError: INVALID_APPROVAL: it is about something else, by nobody who
                may approve this, or not signed by them.
            StoreConflictError: The document does not wait any more.
            StoreError: It could not be stored; nothing has happened.
        """
        self._check(pending, signed)
        self._store.store_approval(
            pending.pending_id,
            sha256(encode_signed_approval(signed)),
            protect_approval(self._holder.store_key, pending.pending_id, signed),
            self._clock.now_ms(),
        )
        return self.release(pending.pending_id)

    def release(self, pending_id: bytes) -> tuple[Sealed, ...]:
        """Sends a document if enough have approved it, once; ends it if it has lapsed.

        Returns:
            What was sent; nothing if it does not wait, or cannot leave yet.

        Raises:
            RefusedError: It is approved, and cannot be sealed.
            StoreError: It could not be stored; it waits still.
        """
        pending = self._store.find_pending(pending_id)
        if pending is None or pending.state is not PendingState.WAITING:
            return ()
        trust, now_ms = self._trust(), self._clock.now_ms()
        # Somebody else may send or end it in the same moment: then there is nothing
        # left to do.
        with suppress(StoreConflictError):
            if pending.lapses_ms <= now_ms:
                self._store.settle_pending(pending_id, PendingState.LAPSED, now_ms)
                return ()
            waiting = self._look(pending, trust, now_ms)
            if waiting.plan is not None and waiting.tally.met and not waiting.obstacle:
                return self._send(waiting, trust, now_ms)
        return ()

    def withdraw(self, pending: Pending) -> None:
        """Takes a document back.

        Raises:
            StoreConflictError: It does not wait any more.
        """
        self._store.settle_pending(
            pending.pending_id, PendingState.WITHDRAWN, self._clock.now_ms()
        )

    def _look(self, pending: Pending, trust: Trust, now_ms: int) -> Waiting:
        found = look(
            self._holder,
            self._store,
            pending,
            self._dispatcher(self._store, lambda: trust, Moment(now_ms)),
            officers_of(trust, self._holder.party),
            now_ms,
        )
        if found.forged:
            self._sound_alarm(pending, found.forged)
        return found

    def _check(self, pending: Pending, signed: SignedApproval) -> None:
        trust, now_ms = self._trust(), self._clock.now_ms()
        waiting = self._look(pending, trust, now_ms)
        if pending.state is not PendingState.WAITING or pending.lapses_ms <= now_ms:
            raise StoreConflictError("the document does not wait any more")
        if waiting.plan is None:
            raise RefusedError(Code.INVALID_APPROVAL, waiting.obstacle)
        plan, officers = waiting.plan, officers_of(trust, self._holder.party)
        try:
            hear(plan.digest, [signed], officers, now_ms)
        except RefusedError as error:
            # Not stale, not from somebody else: made to pass for an officer's.
            self._sound_alarm(pending, error.detail)
            raise
        check_statement(signed, plan.digest, plan.release.needed, officers, now_ms)

    def _send(self, waiting: Waiting, trust: Trust, now_ms: int) -> tuple[Sealed, ...]:
        pending, plan = waiting.pending, waiting.plan
        if plan is None:
            return ()
        counted = waiting.tally.counted
        evidence = Evidence(release=encode_release(plan.release), approvals=counted)
        store_key = self._holder.store_key
        said = [decode_statement(one.statement) for one in counted]
        approved = tuple(Approver(officer=s.officer, at_ms=s.at_ms) for s in said)

        def release(sealed: Sealed) -> Released:
            return Released(
                message_digest=sealed.message_digest,
                pending_id=pending.pending_id,
                at_ms=now_ms,
                approved=approved,
                protected=protect_evidence(store_key, sealed.message_digest, evidence),
            )

        post = Post(self._store, pending.pending_id, release, waiting.counted)
        sealed = self._dispatcher(post, lambda: trust, Moment(now_ms)).send(
            document_of(waiting.held), partial=waiting.held.partial, approvals=counted
        )
        self._log.info("released", messages=len(sealed), by=[s.officer for s in said])
        return sealed

    def _sound_alarm(self, pending: Pending, why: str) -> None:
        name = message_id_text(pending.pending_id)
        text = f"an approval for the pending document {name} does not hold: {why}"
        self._store.raise_alarm_once(
            f"approval/{name}/{why}",
            Alarm(at_ms=self._clock.now_ms(), topic="approval", text=text),
        )
