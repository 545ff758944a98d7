"""Sending: asks the policies, seals what they release, records what they withhold.

Bringing what was stored to the hub is left to the uplink; this works without it.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from broker.core.codec.documents import decode_document
from broker.core.envelope import Sealed, seal
from broker.core.errors import Code, RefusedError
from broker.core.flows.export import ExportPlan, Release, Withheld, plan_export
from broker.core.handling import Handling
from broker.core.holder import Holder
from broker.core.limits import Limits
from broker.core.model import (
    Header,
    Link,
    Receipt,
    Recipient,
    Stage,
    new_message_id,
    new_nonce,
)
from broker.core.ports import Clock
from broker.core.records import Withholding
from broker.core.trust import Trust
from keys.framing import DIGEST_SIZE, labelled_digest
from keys.identity import PartyId
from keys.sealing import protect
from keys.signing import SigningKey


class SendingStore(Protocol):
    """Where sent messages and denials are kept."""

    def store_sealed(
        self,
        parties: Sequence[PartyId],
        seal: Callable[[Mapping[PartyId, Link]], Sealed],
        protect: Callable[[Sealed], bytes],
        now_ms: int,
    ) -> Sealed:
        """Seals, stores and queues a message; durable on return."""
        ...

    def store_withheld(self, withheld: Withholding, receipt: Receipt) -> None:
        """Records a denial, and queues the blinded statement of it for the log."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingDocument:
    """A document ready to be sealed.

    Attributes:
        kind: "trace-request/1".
        body: The serialised content message.
        recipients: Whom it is for.
        handling: How it may be handled.
        case_reference: Pseudonymous, or empty.
        in_reply_to: Digest of the message it answers, or empty.
        lifetime_ms: How long it may be delivered; None for the default.
    """

    kind: str
    body: bytes
    recipients: tuple[PartyId, ...]
    handling: Handling
    case_reference: str = ""
    in_reply_to: bytes = b""
    lifetime_ms: int | None = None


class Dispatcher:
    """Sends documents of one party.

    Args:
        holder: Who sends.
        store: Where it is kept.
        trust: Returns the directory to go by now.
        clock: The time.
        limits: Bounds.
    """

    def __init__(
        self,
        holder: Holder,
        store: SendingStore,
        trust: Callable[[], Trust],
        clock: Clock,
        limits: Limits,
    ) -> None:
        self._holder = holder
        self._store = store
        self._trust = trust
        self._clock = clock
        self._limits = limits

    def plan(self, document: OutgoingDocument) -> ExportPlan:
        """Returns who would get it and why not. Changes nothing.

        Raises:
            RefusedError: The document itself cannot be sent to anybody.
        """
        self._check(document)
        trust = self._trust()
        return plan_export(
            self._holder.party,
            document.recipients,
            document.kind,
            document.handling,
            directory=trust.view,
            engines=trust.engines,
            now_ms=self._clock.now_ms(),
        )

    def send(self, document: OutgoingDocument, *, partial: bool = False) -> Sealed:
        """Seals and stores a document; it is durable on return.

        Args:
            document: What to send.
            partial: Send to those who may get it although others may not. Without
                it, one recipient who may not get it means that nobody does.

        Raises:
            RefusedError: Policy withholds it, which is recorded; or it is too large,
                or not what its kind asks for; or no key of ours is valid now.
            StoreError: It could not be stored; nothing was sent.
        """
        plan = self.plan(document)
        if plan.withheld and (not partial or not plan.releases):
            self._withhold(document, plan.withheld)
            raise RefusedError(plan.withheld[0].code, _why(plan.withheld))
        if plan.withheld:
            self._withhold(document, plan.withheld)
        now_ms = self._clock.now_ms()
        own = self._trust().view.record(self._holder.party)
        signer = self._holder.signing_key(own, now_ms)
        header = self._header(document, plan.releases, signer, now_ms)
        keys = {release.party: release.key for release in plan.releases}

        def seal_with(links: Mapping[PartyId, Link]) -> Sealed:
            sealed = seal(
                header,
                document.body,
                signer=signer,
                keys=keys,
                links=links,
            )
            # Room for the submission's own framing.
            size = len(sealed.envelope) + 16
            if size > self._limits.envelope_max_size:
                raise RefusedError(Code.OVERSIZE, f"{size} bytes when sealed")
            return sealed

        return self._store.store_sealed(
            header.parties, seal_with, self._protect, now_ms
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

    def _header(
        self,
        document: OutgoingDocument,
        releases: Sequence[Release],
        signer: SigningKey,
        now_ms: int,
    ) -> Header:
        trust = self._trust()
        lifetime = document.lifetime_ms or self._limits.default_lifetime_ms
        return Header(
            message_id=new_message_id(now_ms),
            kind=document.kind,
            origin=self._holder.party,
            signer_key_id=signer.public.key_id,
            recipients=tuple(
                Recipient(party=release.party, key_id=release.key.key_id)
                for release in releases
            ),
            handling=document.handling,
            created_ms=now_ms,
            expires_ms=now_ms + lifetime,
            case_reference=document.case_reference,
            in_reply_to=document.in_reply_to,
            directory_version=trust.view.snapshot_digest,
            policy_digest=trust.policy_digests[self._holder.party],
        )

    def _protect(self, sealed: Sealed) -> bytes:
        return protect(
            self._holder.store_key, sealed.content_key, context=sealed.message_digest
        )

    def _withhold(
        self, document: OutgoingDocument, withheld: Sequence[Withheld]
    ) -> None:
        """Records the denial. The log learns a code and a digest, no more."""
        now_ms = self._clock.now_ms()
        decision = {
            "at_ms": now_ms,
            "handling": str(document.handling),
            "kind": document.kind,
            "withheld": [[one.party, one.code.value, one.reasons] for one in withheld],
        }
        digest = labelled_digest(
            b"rogatory/decision/1",
            json.dumps(decision, sort_keys=True).encode(),
            secrets.token_bytes(16),
        )
        me = self._holder.party
        self._store.store_withheld(
            Withholding(
                digest=digest,
                kind=document.kind,
                recipients=tuple(one.party for one in withheld),
                code=withheld[0].code.value,
                detail=_why(withheld),
                at_ms=now_ms,
            ),
            Receipt(
                stage=Stage.WITHHELD,
                message_digest=digest,
                by=me,
                to=me,
                at_ms=now_ms,
                code=withheld[0].code.value,
                nonce=new_nonce(),
            ),
        )


def _why(withheld: Sequence[Withheld]) -> str:
    return "; ".join(f"{one.party}: {', '.join(one.reasons)}" for one in withheld)
