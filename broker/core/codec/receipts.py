"""Receipts, receipt bundles and audit batches between values and bytes.

Signing them together is left to `broker.core.receipts`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from google.protobuf.message import DecodeError

from broker.core.codec.strict import read_canonical, write_canonical
from broker.core.errors import Code, RefusedError
from broker.core.limits import TIME_MS_MAX, Limits
from broker.core.model import BY_AUTHORITY, Decider, Receipt, Stage
from keys.errors import PartyCodeError
from keys.framing import DIGEST_SIZE
from keys.identity import HUB, PartyId
from rogatory.v1 import audit_pb2, receipt_pb2 as pb

_NONCE_SIZE = 16  # bytes
_DETAIL_MAX = 400  # characters
_AUTHORITY_MAX = 100  # characters
# Codes of a later version are taken too, but nothing that is no code.
_CODE: Final = re.compile(r"(?:[a-z][a-z-]{0,39})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPath:
    """One receipt's bytes and its place under the signed root."""

    receipt: bytes
    index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleParts:
    """A receipt bundle, split but not trusted."""

    signer: str
    signer_key_id: bytes
    tree_size: int
    signature: bytes
    receipts: tuple[ReceiptPath, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One entry on its way to the log.

    Attributes:
        receipt: Bytes of the receipt: what is stated.
        signed_header: What it is about, where that could be read.
        proof: Bytes of the ReceiptProof that binds it to a signature.
        submission_digest: SHA-256 of the submission that led to it.
        recipients: Of an ACCEPTED message.
        message_id: Of an ACCEPTED or REFUSED message, where readable.
        expires_ms: Of an ACCEPTED message.
        arrived_ms: When an ACCEPTED message arrived at the bus, in ms since the
            epoch; 0 where that was not noted.
        stored_bytes: That the copies of an ACCEPTED message take.
    """

    receipt: bytes
    proof: bytes
    submission_digest: bytes
    signed_header: bytes = b""
    recipients: tuple[PartyId, ...] = ()
    message_id: bytes = b""
    expires_ms: int = 0
    arrived_ms: int = 0
    stored_bytes: int = 0


def encode_receipt(receipt: Receipt) -> bytes:
    """Returns the bytes of one receipt."""
    return write_canonical(
        pb.Receipt(
            stage=pb.Stage.Name(receipt.stage.value),
            message_digest=receipt.message_digest,
            submission_digest=receipt.submission_digest,
            by=receipt.by,
            to=receipt.to,
            at_ms=receipt.at_ms,
            code=receipt.code,
            detail=_printable(receipt.detail)[:_DETAIL_MAX],
            logged_by_ms=receipt.logged_by_ms,
            nonce=receipt.nonce,
            authority=receipt.authority,
            decider=pb.Decider.Name(receipt.decider.value),
        )
    )


def decode_receipt(data: bytes) -> Receipt:
    """Reads one receipt.

    Raises:
        RefusedError: MALFORMED, UNKNOWN_FIELD, NOT_CANONICAL or INVALID_RECEIPT.
    """
    message = read_canonical(pb.Receipt, data)
    try:
        stage, decider = Stage(message.stage), Decider(message.decider)
        by = message.by if message.by == HUB else PartyId(message.by)
        to = PartyId(message.to)
    except (ValueError, PartyCodeError):
        raise RefusedError(Code.INVALID_RECEIPT, "stage or party") from None
    if len(message.nonce) != _NONCE_SIZE or len(message.detail) > _DETAIL_MAX:
        raise RefusedError(Code.INVALID_RECEIPT, "nonce or detail")
    for digest in (message.message_digest, message.submission_digest):
        if digest and len(digest) != DIGEST_SIZE:
            raise RefusedError(Code.INVALID_RECEIPT, "digest")
    if max(message.at_ms, message.logged_by_ms) > TIME_MS_MAX:
        raise RefusedError(Code.INVALID_RECEIPT, "time")
    # Shown on terminals: no escape sequence of anybody's making gets there.
    if not message.detail.isprintable():
        raise RefusedError(Code.INVALID_RECEIPT, "detail")
    refusal = stage in (Stage.REFUSED, Stage.WITHHELD)
    if refusal != bool(message.code) or not _CODE.fullmatch(message.code):
        raise RefusedError(Code.INVALID_RECEIPT, "code")
    _check_authority(stage, message.authority, decider)
    return Receipt(
        stage=stage,
        message_digest=message.message_digest,
        submission_digest=message.submission_digest,
        by=by,
        to=to,
        at_ms=message.at_ms,
        code=message.code,
        detail=message.detail,
        logged_by_ms=message.logged_by_ms,
        nonce=message.nonce,
        authority=message.authority,
        decider=decider,
    )


def _check_authority(stage: Stage, authority: str, decider: Decider) -> None:
    """Refuses an act without whose it was, and a node's own word in such a name."""
    if len(authority) > _AUTHORITY_MAX or not authority.isprintable():
        raise RefusedError(Code.INVALID_RECEIPT, "authority")
    by_authority = stage in BY_AUTHORITY
    if by_authority != (decider is not Decider.NODE) or by_authority != bool(
        authority.strip()
    ):
        raise RefusedError(Code.INVALID_RECEIPT, "authority")


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)


def peek_receipt(data: bytes) -> tuple[Stage, bytes, str, str, int]:
    """Returns stage, message digest, by, to and time of a receipt that was checked.

    For what the hub itself has written, where checking it again is most of the work.

    Raises:
        RefusedError: MALFORMED.
    """
    try:
        message = pb.Receipt.FromString(data)
        stage = Stage(message.stage)
    except (DecodeError, ValueError):
        raise RefusedError(Code.MALFORMED, "Receipt") from None
    return (
        stage,
        message.message_digest,
        message.by,
        message.to,
        message.at_ms,
    )


def encode_root(signer: str, tree_size: int, root: bytes) -> bytes:
    """Returns what is signed for a whole bundle."""
    return write_canonical(
        pb.ReceiptRoot(signer=signer, tree_size=tree_size, root=root)
    )


def encode_bundle(parts: BundleParts) -> bytes:
    """Returns the bytes of a receipt bundle."""
    return write_canonical(
        pb.ReceiptBundle(
            signer=parts.signer,
            signer_key_id=parts.signer_key_id,
            tree_size=parts.tree_size,
            signature=parts.signature,
            receipts=[
                pb.SignedReceipt(
                    receipt=entry.receipt, index=entry.index, path=entry.path
                )
                for entry in parts.receipts
            ],
        )
    )


def decode_bundle(data: bytes, limits: Limits) -> BundleParts:
    """Splits a receipt bundle.

    Raises:
        RefusedError: MALFORMED, UNKNOWN_FIELD, NOT_CANONICAL or INVALID_RECEIPT.
    """
    message = read_canonical(pb.ReceiptBundle, data)
    if not 0 < len(message.receipts) <= limits.receipts_max:
        raise RefusedError(Code.INVALID_RECEIPT, f"{len(message.receipts)} receipts")
    return BundleParts(
        signer=message.signer,
        signer_key_id=message.signer_key_id,
        tree_size=message.tree_size,
        signature=message.signature,
        receipts=tuple(
            ReceiptPath(
                receipt=entry.receipt, index=entry.index, path=tuple(entry.path)
            )
            for entry in message.receipts
        ),
    )


def encode_proof(
    parts: BundleParts, entry: ReceiptPath, *, with_signature: bool
) -> bytes:
    """Returns the proof that binds `entry` to the bundle's signature.

    A batch stores the signature once: an entry without it means that of the nearest
    entry before it which has one.
    """
    return write_canonical(
        audit_pb2.ReceiptProof(
            signer=parts.signer,
            signer_key_id=parts.signer_key_id,
            tree_size=parts.tree_size,
            index=entry.index,
            path=entry.path,
            signature=parts.signature if with_signature else b"",
        )
    )


def decode_proof(receipt: bytes, proof: bytes) -> BundleParts:
    """Returns the bundle of one that `proof` stands for.

    Raises:
        RefusedError: MALFORMED, UNKNOWN_FIELD or NOT_CANONICAL.
    """
    message = read_canonical(audit_pb2.ReceiptProof, proof)
    return BundleParts(
        signer=message.signer,
        signer_key_id=message.signer_key_id,
        tree_size=message.tree_size,
        signature=message.signature,
        receipts=(
            ReceiptPath(receipt=receipt, index=message.index, path=tuple(message.path)),
        ),
    )


def encode_audit_batch(records: Sequence[AuditRecord]) -> bytes:
    """Returns what the relay hands to the log."""
    return write_canonical(
        audit_pb2.AuditBatch(
            entries=[
                audit_pb2.AuditEntry(
                    receipt=record.receipt,
                    signed_header=record.signed_header,
                    proof=record.proof,
                    submission_digest=record.submission_digest,
                    recipients=record.recipients,
                    message_id=record.message_id,
                    expires_ms=record.expires_ms,
                    arrived_ms=record.arrived_ms,
                    stored_bytes=record.stored_bytes,
                )
                for record in records
            ]
        )
    )


def decode_audit_batch(data: bytes) -> list[AuditRecord]:
    """Returns the entries of a batch, in their order.

    Raises:
        RefusedError: MALFORMED, UNKNOWN_FIELD or NOT_CANONICAL; MALFORMED also for a
            snapshot of the directory, which is not the relay's to log.
    """
    batch = read_canonical(audit_pb2.AuditBatch, data)
    if any(entry.snapshot for entry in batch.entries):
        raise RefusedError(Code.MALFORMED, "a snapshot among receipts")
    try:
        return [
            AuditRecord(
                receipt=entry.receipt,
                signed_header=entry.signed_header,
                proof=entry.proof,
                submission_digest=entry.submission_digest,
                recipients=tuple(PartyId(party) for party in entry.recipients),
                message_id=entry.message_id,
                expires_ms=entry.expires_ms,
                arrived_ms=entry.arrived_ms,
                stored_bytes=entry.stored_bytes,
            )
            for entry in batch.entries
        ]
    except PartyCodeError:
        raise RefusedError(Code.MALFORMED, "party code in an audit entry") from None
