"""Sends what takes messages back, and the answers to it.

Nobody's policy is asked: a notice says nothing but digests and words of closed lists.
What follows from one that was received is left to `recall_keeper`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from broker.core.codec.recall import encode_attestation, encode_notice
from broker.core.envelope import Sealed
from broker.core.errors import Code, RefusedError, StoreConflictError
from broker.core.flows.recipient import Withheld
from broker.core.holder import Holder
from broker.core.limits import Limits
from broker.core.model import Header, Receipt
from broker.core.outgoing import Denial, Letter, OutgoingDocument
from broker.core.ports import Clock
from broker.core.protocol_kinds import ATTESTATION
from broker.core.recalls.recall import (
    Attestation,
    Attested,
    Compliance,
    Notice,
    SentNotice,
    check_may_recall,
    compliance,
    untold,
)
from broker.core.records import LedgerLine, SentMessage
from broker.core.trust import Trust
from broker.services.dispatch import Dispatcher
from keys.identity import PartyId


class NoticeSendingStore(Protocol):
    """Where sent notices, and the answers to them, are kept."""

    def store_notice(
        self,
        notice: Notice,
        letters: Sequence[Letter],
        denial: Denial | None,
        protect: Callable[[Sealed], bytes],
        now_ms: int,
    ) -> tuple[Sealed, ...]:
        """Seals, stores and queues a notice; all or nothing."""
        ...

    def store_attestation(
        self,
        said: Attestation,
        letters: Sequence[Letter],
        protect: Callable[[Sealed], bytes],
        receipts: Sequence[Receipt],
        now_ms: int,
    ) -> tuple[Sealed, ...]:
        """Seals, stores and queues the answer to a notice, once; all or nothing."""
        ...

    def store_withheld(self, denial: Denial) -> None:
        """Records a denial, and queues the blinded statement of it for the log."""
        ...

    def notices_sent(self, message_digest: bytes | None = None) -> list[SentNotice]:
        """Returns notices this node sent, about one message or all, oldest first."""
        ...

    def attested(self, notice_digest: bytes) -> list[Attested]:
        """Returns what was attested in answer to a notice."""
        ...

    def ledger(self, message_digest: bytes | None = None) -> list[LedgerLine]:
        """Returns the receipts about one message."""
        ...


@dataclass(frozen=True, slots=True)
class _NoticePost:
    """Where the dispatcher stores a notice (`dispatch.SendingStore`)."""

    store: NoticeSendingStore
    notice: Notice

    def store_sealed(
        self,
        letters: Sequence[Letter],
        denial: Denial | None,
        protect: Callable[[Sealed], bytes],
        now_ms: int,
    ) -> tuple[Sealed, ...]:
        """Seals and stores it, together with the note of whom it goes to."""
        return self.store.store_notice(self.notice, letters, denial, protect, now_ms)

    def store_withheld(self, denial: Denial) -> None:
        """Records a denial."""
        self.store.store_withheld(denial)


@dataclass(frozen=True, slots=True)
class _AnswerPost:
    """Where the dispatcher stores an attestation (`dispatch.SendingStore`)."""

    store: NoticeSendingStore
    said: Attestation
    receipts: Sequence[Receipt]

    def store_sealed(
        self,
        letters: Sequence[Letter],
        denial: Denial | None,  # noqa: ARG002 - there is one recipient, or none
        protect: Callable[[Sealed], bytes],
        now_ms: int,
    ) -> tuple[Sealed, ...]:
        """Seals and stores it, together with what is stated about the notice."""
        return self.store.store_attestation(
            self.said, letters, protect, self.receipts, now_ms
        )

    def store_withheld(self, denial: Denial) -> None:
        """Records a denial."""
        self.store.store_withheld(denial)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePlan:
    """Whom a notice would reach.

    Attributes:
        parties: Whom it would be sealed to now.
        withheld: Whom nothing can be sealed to at present, and why.
        told: Who was sent such a notice before.
    """

    parties: tuple[PartyId, ...]
    withheld: tuple[Withheld, ...]
    told: tuple[PartyId, ...]


@dataclass(frozen=True, slots=True)
class RecallDesk:
    """Sends notices and attestations of one party.

    Args:
        holder: Who sends.
        store: Where it is kept.
        trust: Returns the directory to go by now.
        clock: The time.
        limits: Bounds.
    """

    holder: Holder
    store: NoticeSendingStore
    trust: Callable[[], Trust]
    clock: Clock
    limits: Limits

    def plan(self, message: SentMessage, notice: Notice) -> NoticePlan:
        """Returns whom a notice about a message of ours would reach. Changes nothing.

        Raises:
            RefusedError: INVALID_RECALL, when it cannot be taken back.
        """
        check_may_recall(self.holder.party, message.header)
        recipients = message.header.parties
        left = untold(recipients, self._alike(notice))
        told = tuple(party for party in recipients if party not in left)
        if not left:
            return NoticePlan(parties=(), withheld=(), told=told)
        document = self._document(message.header, notice, left)
        plan = self._dispatcher(_NoticePost(self.store, notice)).plan(document)
        parties = tuple(release.party for release in plan.releases)
        return NoticePlan(parties=parties, withheld=plan.withheld, told=told)

    def send(self, message: SentMessage, notice: Notice) -> tuple[Sealed, ...]:
        """Sends a notice to those recipients who were not sent such a one before.

        Whom nothing can be sealed to at present is told later, by the node itself.

        Returns:
            The message that carries it; empty when it reaches nobody now.

        Raises:
            RefusedError: INVALID_RECALL; or nothing of ours would be taken.
            StoreConflictError: Everybody was told before.
            StoreError: It could not be stored; nobody was told.
        """
        plan = self.plan(message, notice)
        if plan.parties:
            self._check_own_standing()
            document = self._document(message.header, notice, plan.parties)
            return self._dispatcher(_NoticePost(self.store, notice)).send(document)
        if not plan.withheld:
            raise StoreConflictError(
                "every recipient was sent this already: see rogatory recalls list"
            )
        return ()

    def attest(
        self, carrier: Header, said: Attestation, receipts: Sequence[Receipt]
    ) -> bool:
        """Answers a notice; tells whether its origin can be reached at present.

        Args:
            carrier: Header of the message that brought the notice.
            said: What is attested.
            receipts: What is stated about the notice besides.

        Raises:
            RefusedError: Nothing of ours would be taken at present.
            StoreConflictError: It was answered meanwhile.
            StoreError: It could not be stored.
        """
        document = OutgoingDocument(
            kind=ATTESTATION,
            body=encode_attestation(said),
            recipients=(carrier.origin,),
            handling=carrier.handling,
            case_reference=carrier.case_reference,
            in_reply_to=said.notice_digest,
            lifetime_ms=self.limits.lifetime_max_ms,
        )
        dispatcher = self._dispatcher(_AnswerPost(self.store, said, receipts))
        if dispatcher.plan(document).withheld:
            return False
        self._check_own_standing()
        dispatcher.send(document)
        return True

    def compliance(
        self, message: SentMessage, within_ms: int
    ) -> tuple[Compliance, ...]:
        """Returns where each recipient of a message stands that we have taken back.

        Args:
            message: Ours.
            within_ms: How long a recipient has for its attestation.
        """
        sent = self.store.notices_sent(message.message_digest)
        return compliance(
            message.header.parties,
            sent,
            [one for notice in sent for one in self.store.attested(notice.digest)],
            [
                line.receipt
                for notice in sent
                for line in self.store.ledger(notice.digest)
            ],
            now_ms=self.clock.now_ms(),
            within_ms=within_ms,
        )

    def _alike(self, notice: Notice) -> list[SentNotice]:
        """Returns notices that were sent and ask for the same, for whatever reason."""
        return [
            one
            for one in self.store.notices_sent(notice.message_digest)
            if one.notice.replacement == notice.replacement
            and one.notice.destroy == notice.destroy
        ]

    def _document(
        self, header: Header, notice: Notice, parties: Sequence[PartyId]
    ) -> OutgoingDocument:
        return OutgoingDocument(
            kind=notice.kind,
            body=encode_notice(notice),
            recipients=tuple(parties),
            handling=header.handling,
            case_reference=header.case_reference,
            in_reply_to=notice.message_digest,
            lifetime_ms=self.limits.lifetime_max_ms,
        )

    def _dispatcher(self, post: _NoticePost | _AnswerPost) -> Dispatcher:
        return Dispatcher(self.holder, post, self.trust, self.clock, self.limits)

    def _check_own_standing(self) -> None:
        """Keeps what nobody would take from being sealed.

        Raises:
            DirectoryError: We take no part at present.
            RefusedError: We have published no policy that a header could name.
        """
        trust, me = self.trust(), self.holder.party
        trust.view.check_standing(me, self.clock.now_ms())
        if me not in trust.policy_digests:
            raise RefusedError(Code.EXPORT_POLICY, trust.problems.get(me, ""))
