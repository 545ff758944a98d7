"""Takes messages back: carries out the notices of others, and follows up our own.

From the moment at which a notice is opened nothing is shown of its message
(`examine`); what is to be destroyed is destroyed soon after, and answered. How people
start a recall is left to the command line.
"""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from broker.core.errors import Code, RefusedError, StoreConflictError
from broker.core.flows.intake import claim_of, statement
from broker.core.flows.taking_back import check_answer, read_taking_back
from broker.core.holder import Holder
from broker.core.model import Decider, Receipt, Stage, new_nonce
from broker.core.ports import Clock
from broker.core.recalls.recall import (
    Attestation,
    Attested,
    Notice,
    Outcome,
    Reason,
    check_may_recall,
)
from broker.core.recalls.taken_back import (
    BY_NOTICE,
    Destroyed,
    NoticeState,
    ReceivedNotice,
)
from broker.core.records import Alarm, InboxMessage, InboxState
from broker.services.recall_desk import RecallDesk
from broker.services.recall_ports import RecallStore
from broker.services.recall_trace import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallRules:
    """How a node deals with what is taken back.

    Attributes:
        automatic: Whether notices are carried out without asking a person.
        authority: Which office or system answers them.
    """

    automatic: bool = True
    authority: str = "node"


class RecallKeeper:
    """Carries out what others take back.

    Args:
        holder: Who we are.
        store: Its node's.
        desk: Sends notices and answers.
        clock: The time.
        rules: How it deals with notices.
        answered: Called when there are new statements to bring to the hub.
    """

    def __init__(
        self,
        holder: Holder,
        store: RecallStore,
        desk: RecallDesk,
        clock: Clock,
        rules: RecallRules,
        answered: Callable[[], None] = lambda: None,
    ) -> None:
        self._holder = holder
        self._store = store
        self._desk = desk
        self._clock = clock
        self._rules = rules
        self._answered = answered
        self._trace = Trace(holder, store)
        self._late = True  # whether something may have come after it was taken back
        self._log = structlog.get_logger("recall")

    def examine(self, message: InboxMessage, body: bytes) -> None:
        """Looks at each content that is about to be opened, before it is stored.

        1. Nothing is opened that its origin has taken back before it came. 2. A notice
        is kept, so that what comes after it is not opened either. 3. An attestation is
        kept.

        Raises:
            RefusedError: RECALLED or INVALID_RECALL.
            StoreError: It cannot be stored.
        """
        header, digest = message.header, message.message_digest
        # 1.
        if any(
            one.origin == header.origin
            and one.notice.destroy
            and one.state is not NoticeState.VOID
            for one in self._store.notices_received(digest)
        ):
            self._late = True
            raise RefusedError(Code.RECALLED, "before it came")
        try:
            match read_taking_back(header, body):
                case Notice() as notice:
                    # 2.
                    self._keep_notice(message, notice)
                case Attestation() as said:
                    # 3.
                    sent = self._store.notice_sent(said.notice_digest)
                    check_answer(said, header.origin, sent)
                    attested = Attested(digest=digest, by=header.origin, said=said)
                    self._store.note_attested(attested, self._clock.now_ms())
                case None:
                    pass
        except RefusedError as error:
            self._alarm(digest, f"{header.kind} of {header.origin}: {error.detail}")
            raise

    def step(self) -> None:
        """Does what is due: carries out, passes on to recipients of copies, answers.

        Raises:
            StoreError: Something could not be stored; it is due still.
            KeysError: Something was protected under another key, or there is no
                directory to go by.
        """
        for received in self._store.notices_waiting(automatic=self._rules.automatic):
            self.carry_out(received)
        if not self._rules.automatic:
            self._ask_for_people()
        self._erase_late()
        for copy, _ in self._store.copies_due():
            self._tell_of(copy)
        for received in self._store.notices_unanswered():
            if not self._rules.automatic:
                self._settle(received)
            self._answer(received)
        if not self._store.scrub():
            self._log.info("what was destroyed is overwritten as soon as nobody reads")

    def carry_out(self, received: ReceivedNotice) -> bool:
        """Does what a notice asks for; tells whether it still had to be done.

        Raises:
            StoreError: It could not be stored; nothing was done.
        """
        notice, now_ms = received.notice, self._clock.now_ms()
        target = self._store.find_received(notice.message_digest)
        if target is None:
            outcome = Outcome.NOT_HELD if notice.destroy else None
            return self._store.carry_out(received, outcome, now_ms)
        try:
            check_may_recall(received.origin, target.header)
        except RefusedError as error:
            self._store.void_notice(received.digest)
            self._alarm(received.digest, f"notice of {received.origin}: {error.detail}")
            return False
        if not notice.destroy:
            return self._store.carry_out(received, None, now_ms)
        if self._store.hold_on(notice.message_digest) is not None:
            return self._store.carry_out(received, Outcome.KEPT_BY_LAW, now_ms)
        return self._destroy(received, target, now_ms)

    def _destroy(
        self, received: ReceivedNotice, target: InboxMessage, now_ms: int
    ) -> bool:
        gone = self._store.destroyed(target.message_digest)
        if gone is not None:
            by_notice = gone.rule == BY_NOTICE
            outcome = Outcome.DESTROYED if by_notice else Outcome.GONE_BEFORE
            return self._store.carry_out(received, outcome, now_ms)
        if not target.protected_key:
            if target.state is InboxState.DELIVERED:
                return False  # not opened yet, and now refused when it is
            return self._store.carry_out(received, Outcome.NOT_HELD, now_ms)
        refusal = None
        if target.waits:
            error = RefusedError(Code.RECALLED, "while it waited for a person")
            claim = claim_of(target)
            me = self._holder.party
            refusal = statement(me, claim, Stage.REFUSED, now_ms, error)
        origins = self._trace.origins(target)
        done = self._store.carry_out(
            received,
            Outcome.DESTROYED,
            now_ms,
            copies=self._trace.copies(origins),
            drafts=self._trace.drafts(origins),
            refusal=refusal,
        )
        if done:
            self._log.info("content destroyed", message=target.message_digest.hex())
            self._answered()
        return done

    def _keep_notice(self, message: InboxMessage, notice: Notice) -> None:
        origin = message.header.origin
        if self._store.find_sent(notice.message_digest) is not None:
            raise RefusedError(Code.INVALID_RECALL, "the message is our own")
        target = self._store.find_received(notice.message_digest)
        if target is not None:
            check_may_recall(origin, target.header)
        self._store.note_notice(
            ReceivedNotice(
                digest=message.message_digest,
                origin=origin,
                notice=notice,
                received_ms=self._clock.now_ms(),
                state=NoticeState.WAITING,
            )
        )

    def _ask_for_people(self) -> None:
        for received in self._store.notices_waiting(automatic=True):
            digest = received.notice.message_digest.hex()
            self._alarm(
                received.digest,
                f"{received.origin} takes back {digest[:16]}, and a person has to "
                "decide: rogatory recalls carry-out, or recalls keep",
            )

    def _erase_late(self) -> None:
        """Destroys the sealed form of what came after it was taken back."""
        if not self._late:
            return
        self._late = False
        now_ms = self._clock.now_ms()
        gone = [
            Destroyed(message_digest=digest, at_ms=now_ms, rule=BY_NOTICE, cause=notice)
            for digest, notice in self._store.refused_unerased()
        ]
        if gone:
            self._store.erase_batch(gone)

    def _tell_of(self, copy: bytes) -> None:
        """Takes back what we have passed on of what was taken back from us."""
        sent = self._store.find_sent(copy)
        if sent is None:
            return
        notice = Notice(message_digest=copy, reason=Reason.PROVIDER_RECALLED)
        try:
            self._desk.send(sent, notice)
        except StoreConflictError:
            self._store.note_copy_told(copy)  # a person has done it before
        except RefusedError as error:
            self._log.warning("recipients of a copy wait", reason=str(error))

    def _answer(self, received: ReceivedNotice) -> None:
        carrier = self._store.find_received(received.digest)
        if carrier is None or received.outcome is None or received.done_ms is None:
            return
        digest = received.notice.message_digest
        said = Attestation(
            notice_digest=received.digest,
            message_digest=digest,
            outcome=received.outcome,
            at_ms=received.done_ms,
            downstream=self._trace.downstream(digest, received.digest),
        )
        try:
            if self._desk.attest(carrier.header, said, self._statements(received)):
                self._answered()
        except StoreConflictError:
            return  # somebody else was faster
        except RefusedError as error:
            self._log.warning("an attestation waits", reason=str(error))

    def _statements(self, received: ReceivedNotice) -> list[Receipt]:
        """Returns what is stated about a notice: acknowledged, and acted upon."""
        kept = received.outcome is Outcome.KEPT_BY_LAW
        hold = self._store.hold_on(received.notice.message_digest) if kept else None
        stages = [] if received.acknowledged else [Stage.ACKNOWLEDGED]
        if not kept:
            stages.append(Stage.ACTED)
        by_person = kept or not self._rules.automatic
        return [
            Receipt(
                stage=stage,
                message_digest=received.digest,
                by=self._holder.party,
                to=received.origin,
                at_ms=self._clock.now_ms(),
                nonce=new_nonce(),
                authority=hold.authority if hold else self._rules.authority,
                decider=Decider.PERSON if by_person else Decider.SYSTEM,
            )
            for stage in stages
        ]

    def _settle(self, received: ReceivedNotice) -> None:
        """Ends the alarm about a notice that a person has decided about."""
        name, now_ms = f"recall/{received.digest.hex()}", self._clock.now_ms()
        self._store.settle_alarm(name, now_ms, "a person has decided")

    def _alarm(self, digest: bytes, text: str) -> None:
        alarm = Alarm(at_ms=self._clock.now_ms(), topic="recall", text=text)
        if self._store.raise_alarm_once(f"recall/{digest.hex()}", alarm):
            self._log.error("alarm", topic="recall", text=text)
