"""Sending: asks the policies, seals what they release, records what they decide.

Bringing what was stored to the hub is left to the uplink; this works without it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from broker.core.approvals import check_approvals
from broker.core.codec.documents import decode_document
from broker.core.decisions import DecisionRecord, Direction, protect_asked
from broker.core.envelope import Sealed, seal
from broker.core.errors import Code, RefusedError
from broker.core.flows.export import ExportPlan, Parcel, plan_export
from broker.core.flows.export_record import Minutes
from broker.core.flows.recipient import Circumstances
from broker.core.holder import Holder
from broker.core.limits import Limits
from broker.core.model import Header, Link, Recipient, new_message_id
from broker.core.onward import ONWARD_KIND, Onward
from broker.core.outgoing import Denial, Letter, OutgoingDocument
from broker.core.ports import Clock
from broker.core.releases import SignedApproval
from broker.core.trust import Trust
from keys.framing import DIGEST_SIZE
from keys.identity import PartyId
from keys.sealing import protect
from keys.signing import SigningKey

_FRAMING = 16  # bytes that a submission adds, or fewer


class SendingStore(Protocol):
    """Where sent messages and decisions are kept."""

    def store_sealed(
        self,
        letters: Sequence[Letter],
        denial: Denial | None,
        protect: Callable[[Sealed], bytes],
        now_ms: int,
    ) -> tuple[Sealed, ...]:
        """Seals, stores and queues messages, all or none; durable on return."""
        ...

    def store_withheld(self, denial: Denial) -> None:
        """Records a denial, and queues the blinded statement of it for the log."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    """What one document is decided by from beginning to end."""

    trust: Trust
    now_ms: int


class Dispatcher:
    """Sends documents of one party.

    Args:
        holder: Who sends.
        store: Where it is kept.
        trust: Returns the directory to go by now.
        clock: The time.
        limits: Bounds.
        onward: Returns what speaks for a document that passes on what others
            provided. Without it none is passed on.
        check_step: Refuses what the matter that it answers has no place for.
    """

    def __init__(
        self,
        holder: Holder,
        store: SendingStore,
        trust: Callable[[], Trust],
        clock: Clock,
        limits: Limits,
        onward: Callable[[OutgoingDocument], Onward] | None = None,
        check_step: Callable[[OutgoingDocument], None] = lambda _: None,
    ) -> None:
        self._holder = holder
        self._store = store
        self._trust = trust
        self._clock = clock
        self._limits = limits
        self._onward = onward
        self._check_step = check_step

    def plan(self, document: OutgoingDocument) -> ExportPlan:
        """Returns who would get what, who not and why not. Changes nothing.

        Raises:
            RefusedError: The document itself cannot be sent to anybody.
        """
        return self._plan(document, self._moment())

    def send(
        self,
        document: OutgoingDocument,
        *,
        partial: bool = False,
        approvals: Sequence[SignedApproval] = (),
    ) -> tuple[Sealed, ...]:
        """Seals and stores a document; it is durable on return.

        Args:
            document: What to send.
            partial: Send to those who may get it although others may not. Without
                it, one recipient who may not get it means that nobody does.
            approvals: What officers said about releases, this one or others.

        Returns:
            One message for each group of recipients who get the same; all of them are
            stored, or none.

        Raises:
            RefusedError: Policy withholds it, which is recorded; or officers have to
                approve it first; or it is too large, or not what its kind asks for;
                or no key of ours is valid now.
            StoreError: It could not be stored; nothing was sent.
        """
        moment = self._moment()
        plan = self._plan(document, moment)
        minutes = Minutes(
            plan=plan,
            policy_digests=moment.trust.policy_digests,
            protected=protect_asked(
                self._holder.store_key, plan.asked, Direction.EXPORT
            ),
        )
        denial = minutes.denial()
        if denial is not None and not (partial and plan.parcels):
            self._store.store_withheld(denial)
            raise RefusedError(plan.withheld[0].code, denial.withholding.detail)
        approved = self._check_approvals(plan, approvals, moment)
        own = moment.trust.view.record(self._holder.party)
        signer = self._holder.signing_key(own, moment.now_ms)
        letters = []
        for parcel in plan.parcels:
            header = self._header(document, parcel, signer, approved, moment)
            letters.append(self._letter(document, header, parcel, signer, minutes))
        return self._store.store_sealed(letters, denial, self._protect, moment.now_ms)

    def _moment(self) -> _Moment:
        return _Moment(trust=self._trust(), now_ms=self._clock.now_ms())

    def _plan(self, document: OutgoingDocument, moment: _Moment) -> ExportPlan:
        self._check(document)
        onward = None
        if document.kind == ONWARD_KIND and self._onward is not None:
            onward = self._onward(document)
        return plan_export(
            self._holder.party,
            document,
            Circumstances(
                directory=moment.trust.view,
                engines=moment.trust.engines,
                now_ms=moment.now_ms,
                onward=onward,
            ),
            policy_digest=moment.trust.policy_digests.get(self._holder.party, b""),
        )

    def _check(self, document: OutgoingDocument) -> None:
        if not document.recipients:
            raise RefusedError(Code.INVALID_RECIPIENTS, "nobody is named")
        if len(set(document.recipients)) > self._limits.recipients_max:
            raise RefusedError(
                Code.INVALID_RECIPIENTS, f"more than {self._limits.recipients_max}"
            )
        if len(document.case_reference) > self._limits.case_reference_max:
            raise RefusedError(
                Code.INVALID_HEADER,
                f"case reference longer than {self._limits.case_reference_max}",
            )
        if not (
            document.case_reference.isascii() and document.case_reference.isprintable()
        ):
            raise RefusedError(
                Code.INVALID_HEADER, "case reference: letters of ASCII only"
            )
        if len(document.in_reply_to) not in (0, DIGEST_SIZE):
            raise RefusedError(Code.INVALID_HEADER, "answers what is no message")
        lifetime = document.lifetime_ms
        if lifetime is not None and not 0 < lifetime <= self._limits.lifetime_max_ms:
            raise RefusedError(Code.LIFETIME_TOO_LONG)
        decode_document(document.kind, document.body)
        self._check_step(document)

    def _check_approvals(
        self, plan: ExportPlan, approvals: Sequence[SignedApproval], moment: _Moment
    ) -> bytes:
        """Returns the digest of the approvals that count; empty if none is needed.

        Raises:
            RefusedError: APPROVAL_NEEDED or INVALID_APPROVAL.
        """
        engine = moment.trust.engines.get(self._holder.party)
        return check_approvals(
            plan.digest,
            plan.release.needed,
            approvals,
            {} if engine is None else engine.officers,
            moment.now_ms,
        )

    def _header(
        self,
        document: OutgoingDocument,
        parcel: Parcel,
        signer: SigningKey,
        approved: bytes,
        moment: _Moment,
    ) -> Header:
        now_ms, trust = moment.now_ms, moment.trust
        lifetime = document.lifetime_ms or self._limits.default_lifetime_ms
        return Header(
            message_id=new_message_id(now_ms),
            kind=document.kind,
            origin=self._holder.party,
            signer_key_id=signer.public.key_id,
            recipients=tuple(
                Recipient(party=release.party, key_id=release.key.key_id)
                for release in parcel.releases
            ),
            handling=parcel.handling,
            created_ms=now_ms,
            expires_ms=now_ms + lifetime,
            case_reference=document.case_reference,
            in_reply_to=document.in_reply_to,
            directory_version=trust.view.snapshot_digest,
            policy_digest=trust.policy_digests.get(self._holder.party, b""),
            withheld=tuple(sorted(parcel.withheld)),
            approvals_digest=approved if parcel.approvals else b"",
        )

    def _letter(
        self,
        document: OutgoingDocument,
        header: Header,
        parcel: Parcel,
        signer: SigningKey,
        minutes: Minutes,
    ) -> Letter:
        keys = {release.party: release.key for release in parcel.releases}

        def seal_with(links: Mapping[PartyId, Link]) -> Sealed:
            self._check_not_taken_back(document)
            sealed = seal(header, parcel.body, signer=signer, keys=keys, links=links)
            size = len(sealed.envelope) + _FRAMING
            if size > self._limits.envelope_max_size:
                raise RefusedError(Code.OVERSIZE, f"{size} bytes when sealed")
            return sealed

        def decided(sealed: Sealed) -> list[DecisionRecord]:
            return minutes.released(parcel, sealed.message_digest)

        return Letter(parties=parcel.parties, seal=seal_with, decided=decided)

    def _check_not_taken_back(self, document: OutgoingDocument) -> None:
        """Refuses to pass on what was taken back since it was planned.

        In the transaction of the copy: what is taken back later finds the copy.
        """
        if document.kind != ONWARD_KIND or self._onward is None:
            return
        if self._onward(document).provided is None:
            raise RefusedError(Code.RECALLED, "what it passes on was taken back")

    def _protect(self, sealed: Sealed) -> bytes:
        return protect(
            self._holder.store_key, sealed.content_key, context=sealed.message_digest
        )
