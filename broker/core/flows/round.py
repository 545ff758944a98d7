"""One round of the relay: what is written for many decisions together.

Pure, but for the random nonces and the one signature that covers the round's
receipts. Order inside a round: copies, receipts, then the audit entries of both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from broker.core import subjects
from broker.core.codec.envelope import deliveries, encode_receipt_delivery
from broker.core.codec.receipts import (
    AuditRecord,
    BundleParts,
    encode_audit_batch,
    encode_bundle,
    encode_proof,
    encode_receipt,
)
from broker.core.errors import Code
from broker.core.flows.relay import Accepted, Forwarded, Outcome, Refused
from broker.core.flows.usage import stored_bytes
from broker.core.limits import Limits
from broker.core.model import Receipt, Stage, new_nonces
from broker.core.ports import Outgoing
from broker.core.receipts import pick, sign_together
from broker.core.trust import Trust
from keys.framing import DIGEST_SIZE, sha256
from keys.identity import HUB, PartyId
from keys.signing import SigningKey

# Of an entry that the hub makes, but for its signed header: receipt, with a detail
# in any script, recipients, proof.
_ENTRY_MAX_SIZE: Final = 4096  # bytes
_PROOF_SIZE: Final = 160  # bytes of an entry's proof and digests, but for its path
_NODE_SIZE: Final = DIGEST_SIZE + 2  # bytes of one hash on a path


@dataclass(frozen=True, slots=True, kw_only=True)
class Reissue:
    """A receipt of the hub that its owner asked for again, by sending again."""

    party: PartyId
    receipt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A submission that was decided before.

    Attributes:
        reissue: The hub's receipt to give again; None when there was none, because
            the submission was receipts.
    """

    reissue: Reissue | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in the ledger, and what stands there.

    Attributes:
        sequence: Number of an audit entry; 0 for the beginning.
        digest: SHA-256 of that entry: another ledger has another there.
    """

    sequence: int
    digest: bytes


BEGINNING: Final = Position(sequence=0, digest=b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stated:
    """A statement of the hub, whom it is for, and what the log gets of it."""

    party: PartyId
    receipt: bytes
    record: AuditRecord | None


def output_count(outcome: Outcome) -> int:
    """Returns how many bus messages an outcome needs at most."""
    match outcome:
        case Accepted():
            return len(outcome.envelope.header.recipients) + 1
        case Refused():
            return 1
        case Forwarded():
            return len({receipt.to for receipt in outcome.receipts}) + 2


def audit_bytes(outcome: Outcome) -> int:
    """Returns how many bytes of audit entries an outcome makes at most.

    Entries repeat what parties wrote: without a look at their size, two parties with
    long headers could make a round that the bus never takes.
    """
    match outcome:
        case Accepted():
            return _ENTRY_MAX_SIZE + len(outcome.envelope.parts.signed_header)
        case Refused():
            return _ENTRY_MAX_SIZE + len(outcome.signed_header)
        case Forwarded():
            rejection = _ENTRY_MAX_SIZE if outcome.rejected else 0
            bundle = outcome.bundle
            return (
                rejection
                + len(bundle.signature)
                + sum(
                    len(entry.receipt) + _NODE_SIZE * len(entry.path) + _PROOF_SIZE
                    for entry in bundle.receipts
                )
            )


def assemble(
    outcomes: Sequence[Outcome],
    reissues: Sequence[Reissue],
    *,
    trust: Trust,
    key: SigningKey,
    now_ms: int,
    limits: Limits,
) -> list[Outgoing]:
    """Returns everything that must be written for `outcomes`, all or nothing."""
    # Random bytes are a call to the kernel; one call is enough for a round.
    nonces = iter(new_nonces(len(outcomes)))
    outgoing: list[Outgoing] = []
    stated = [_Stated(party=r.party, receipt=r.receipt, record=None) for r in reissues]
    forwarded: list[Forwarded] = []
    for outcome in outcomes:
        match outcome:
            case Accepted():
                outgoing.extend(_copies(outcome, trust))
                stated.append(_accepted(outcome, next(nonces), now_ms, limits))
            case Refused():
                stated.append(_refused(outcome, next(nonces), now_ms))
            case Forwarded():
                forwarded.append(outcome)
                if outcome.rejected:
                    stated.append(_refused(_rejection(outcome), next(nonces), now_ms))
    records: list[AuditRecord] = []
    if stated:
        bundle = sign_together([s.receipt for s in stated], signer=HUB, key=key)
        outgoing.extend(_receipts(bundle, [s.party for s in stated], trust, b""))
        records.extend(_with_proofs(bundle, [s.record for s in stated]))
    for outcome in forwarded:
        readers = [_reader(receipt) for receipt in outcome.receipts]
        outgoing.extend(
            _receipts(outcome.bundle, readers, trust, outcome.submission_digest)
        )
        records.extend(
            _with_proofs(
                outcome.bundle,
                [
                    AuditRecord(
                        receipt=entry.receipt,
                        proof=b"",
                        submission_digest=outcome.submission_digest,
                    )
                    for entry in outcome.bundle.receipts
                ],
            )
        )
    if records:
        batch = encode_audit_batch(records)
        outgoing.append(
            Outgoing(
                subject=subjects.AUDIT_ENTRIES,
                payload=batch,
                dedup_id=f"audit.{sha256(batch).hex()}",
            )
        )
    return outgoing


def _copies(outcome: Accepted, trust: Trust) -> list[Outgoing]:
    envelope = outcome.envelope
    return [
        Outgoing(
            subject=subjects.inbox(trust.view.record(party).account),
            payload=delivery,
            dedup_id=f"{envelope.digest.hex()}.{party}",
        )
        for party, delivery in zip(
            envelope.header.parties, deliveries(envelope.parts), strict=True
        )
    ]


def _accepted(outcome: Accepted, nonce: bytes, now_ms: int, limits: Limits) -> _Stated:
    header = outcome.envelope.header
    receipt = encode_receipt(
        Receipt(
            stage=Stage.ACCEPTED,
            message_digest=outcome.envelope.digest,
            submission_digest=outcome.submission_digest,
            by=HUB,
            to=header.origin,
            at_ms=now_ms,
            logged_by_ms=now_ms + limits.inclusion_promise_ms,
            nonce=nonce,
        )
    )
    record = AuditRecord(
        receipt=receipt,
        proof=b"",
        submission_digest=outcome.submission_digest,
        signed_header=outcome.envelope.parts.signed_header,
        recipients=header.parties,
        message_id=header.message_id,
        expires_ms=header.expires_ms,
        arrived_ms=outcome.arrived_ms,
        stored_bytes=stored_bytes(outcome.envelope.parts),
    )
    return _Stated(party=header.origin, receipt=receipt, record=record)


def _refused(outcome: Refused, nonce: bytes, now_ms: int) -> _Stated:
    receipt = encode_receipt(
        Receipt(
            stage=Stage.REFUSED,
            message_digest=sha256(outcome.signed_header)
            if outcome.signed_header
            else b"",
            submission_digest=outcome.submission_digest,
            by=HUB,
            to=outcome.party,
            at_ms=now_ms,
            code=outcome.code.value,
            detail=outcome.detail,
            nonce=nonce,
        )
    )
    record = AuditRecord(
        receipt=receipt,
        proof=b"",
        submission_digest=outcome.submission_digest,
        signed_header=outcome.signed_header,
        message_id=outcome.header.message_id if outcome.header else b"",
    )
    return _Stated(party=outcome.party, receipt=receipt, record=record)


def _rejection(outcome: Forwarded) -> Refused:
    return Refused(
        submission_digest=outcome.submission_digest,
        party=outcome.party,
        code=Code.INVALID_RECEIPT,
        detail="; ".join(outcome.rejected),
    )


def _reader(receipt: Receipt) -> PartyId | None:
    # What a party withheld by its own policy concerns the log and nobody else.
    return None if receipt.stage is Stage.WITHHELD else PartyId(receipt.to)


def _receipts(
    bundle: BundleParts,
    readers: Sequence[PartyId | None],
    trust: Trust,
    salt: bytes,
) -> list[Outgoing]:
    """Gives every reader the receipts meant for it, and no other."""
    outgoing = []
    for party in sorted({reader for reader in readers if reader is not None}):
        account = trust.account(party)
        if account is None:
            continue
        own = [index for index, reader in enumerate(readers) if reader == party]
        data = encode_bundle(pick(bundle, own))
        outgoing.append(
            Outgoing(
                subject=subjects.inbox(account),
                payload=encode_receipt_delivery(data),
                dedup_id=f"receipts.{sha256(salt + data).hex()}",
            )
        )
    return outgoing


def _with_proofs(
    bundle: BundleParts, records: Sequence[AuditRecord | None]
) -> list[AuditRecord]:
    """Binds each record to the bundle's signature, which is stored once."""
    proven: list[AuditRecord] = []
    for entry, record in zip(bundle.receipts, records, strict=True):
        if record is None:
            continue
        proof = encode_proof(bundle, entry, with_signature=not proven)
        proven.append(replace(record, proof=proof))
    return proven
