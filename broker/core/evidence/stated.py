"""A message and what was stated about it, read from evidence and not believed.

Checking any of it is left to `messages`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from broker.core.codec.envelope import SignedParts, decode_signed
from broker.core.codec.header import decode_header
from broker.core.codec.receipts import BundleParts, decode_proof, decode_receipt
from broker.core.errors import ProofError, RefusedError
from broker.core.evidence.directories import Signing
from broker.core.evidence.parts import MessageParts, ReceiptParts
from broker.core.limits import Limits
from broker.core.model import Header, Receipt, message_id_text


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedReceipt:
    """A receipt, read but not checked.

    Attributes:
        bundle: Who signed it, with its path to the signature.
    """

    parts: ReceiptParts
    receipt: Receipt
    bundle: BundleParts

    @property
    def signing(self) -> Signing:
        """Whose signature it is under."""
        return Signing(
            by=self.bundle.signer,
            key_id=self.bundle.signer_key_id,
            at_ms=self.receipt.at_ms,
        )

    def __str__(self) -> str:
        """Who states what, in few words."""
        return f"{self.receipt.stage.name} by {self.receipt.by}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedMessage:
    """A message, read but not checked."""

    parts: MessageParts
    signed: SignedParts
    header: Header
    receipts: tuple[StatedReceipt, ...]

    @property
    def signing(self) -> Signing:
        """The origin's signature."""
        header = self.header
        return Signing(
            by=header.origin,
            key_id=header.signer_key_id,
            at_ms=header.created_ms,
            snapshot=header.directory_version,
        )

    @property
    def signings(self) -> Iterator[Signing]:
        """Every signature that a directory has to vouch for."""
        yield self.signing
        for one in self.receipts:
            yield one.signing

    def __str__(self) -> str:
        """The message as people name it."""
        return f"message {message_id_text(self.header.message_id)}"


def read_message(parts: MessageParts) -> StatedMessage:
    """Reads a message and what was stated about it; believes nothing of it.

    Raises:
        ProofError: Something of it cannot be read.
    """
    try:
        signed = decode_signed(parts.signed_header)
        header = decode_header(signed.header, Limits())
        receipts = [_read_receipt(one) for one in parts.receipts]
    except RefusedError as error:
        raise ProofError(f"it cannot be read: {error}") from error
    return StatedMessage(
        parts=parts,
        signed=signed,
        header=header,
        receipts=tuple(sorted(receipts, key=_time)),
    )


def _read_receipt(parts: ReceiptParts) -> StatedReceipt:
    receipt = decode_receipt(parts.receipt)
    bundle = decode_proof(parts.receipt, parts.proof)
    if bundle.signer != receipt.by:
        raise ProofError("a statement in the name of one, signed by another")
    return StatedReceipt(parts=parts, receipt=receipt, bundle=bundle)


def _time(one: StatedReceipt) -> tuple[int, int, str]:
    return one.receipt.at_ms, one.receipt.stage.value, one.receipt.by
