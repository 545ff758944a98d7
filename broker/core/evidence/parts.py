"""What a file of evidence holds about one message, between values and members.

Nothing here is checked: that is left to `messages`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from broker.core.codec.approvals import decode_evidence, encode_evidence
from broker.core.codec.envelope import SealedBody
from broker.core.errors import ProofError, RefusedError
from broker.core.evidence.layout import (
    BODY,
    DECISIONS,
    POLICY,
    RELEASE,
    SALT,
    SIGNATURE,
    SIGNED_HEADER,
    of_message,
    receipt_names,
    receipts_of,
)
from broker.core.releases import Evidence
from keys.framing import sha256

Read = Callable[[str], bytes | None]
"""Returns a member by its name; None when it is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptParts:
    """One statement about a message.

    Attributes:
        receipt: The serialised receipt.
        proof: Binds it to a signature (ReceiptProof).
        place: That it is in the log, as C2SP tlog-proof.
    """

    receipt: bytes
    proof: bytes
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageParts:
    """All that is shown of a message. Never its ciphertext.

    Attributes:
        signed_header: As the origin signed it; its SHA-256 names the message.
        signature: The origin's.
        receipts: What was stated about it, in the order of their digests.
        content: Salt and clear text; None unless it is disclosed.
        release: What officers approved, with their approvals; only with the content,
            whose digest it names without salt.
        policy: The policy that those officers are named in; empty without a release.
        decisions: What the exporter's own policy decided; empty if nothing is shown.
    """

    signed_header: bytes
    signature: bytes
    receipts: tuple[ReceiptParts, ...]
    content: SealedBody | None = None
    release: Evidence | None = None
    policy: bytes = b""
    decisions: bytes = b""

    @property
    def digest(self) -> bytes:
        """Name of the message, 32 bytes."""
        return sha256(self.signed_header)


def write_parts(parts: MessageParts) -> Iterator[tuple[str, bytes]]:
    """Yields the members that hold a message: name and content."""
    digest = parts.digest
    shown = {
        SIGNED_HEADER: parts.signed_header,
        SIGNATURE: parts.signature,
        POLICY: parts.policy,
        DECISIONS: parts.decisions,
    }
    if parts.content is not None:
        yield of_message(digest, SALT), parts.content.salt
        yield of_message(digest, BODY), parts.content.body
    if parts.release is not None:
        yield of_message(digest, RELEASE), encode_evidence(parts.release)
    for name, data in shown.items():
        if data:
            yield of_message(digest, name), data
    for one in parts.receipts:
        names = receipt_names(sha256(one.receipt))
        for name, data in zip(
            names, (one.receipt, one.proof, one.place.encode()), strict=True
        ):
            yield of_message(digest, name), data


def read_parts(digest: bytes, names: Sequence[str], read: Read) -> MessageParts:
    """Returns what the members say about a message.

    Args:
        digest: Its name, 32 bytes.
        names: Of the members that may belong to it.
        read: Returns one.

    Raises:
        ProofError: Something that belongs to it is missing, or cannot be read.
    """

    def part(name: str) -> bytes | None:
        return read(of_message(digest, name))

    signed_header, signature = part(SIGNED_HEADER), part(SIGNATURE)
    if signed_header is None or signature is None:
        raise ProofError(f"the header of message {digest.hex()} or its signature lacks")
    if sha256(signed_header) != digest:
        raise ProofError(f"what is shown as {digest.hex()} is another message")
    salt, body = part(SALT), part(BODY)
    if (salt is None) != (body is None):
        raise ProofError("content without its salt, or a salt without content")
    release = part(RELEASE)
    try:
        approved = None if release is None else decode_evidence(release)
    except RefusedError as error:
        raise ProofError(f"what was approved cannot be read: {error}") from error
    return MessageParts(
        signed_header=signed_header,
        signature=signature,
        receipts=tuple(_receipts(digest, names, part)),
        content=None if salt is None else SealedBody(salt=salt, body=body or b""),
        release=approved,
        policy=part(POLICY) or b"",
        decisions=part(DECISIONS) or b"",
    )


def _receipts(
    digest: bytes, names: Sequence[str], part: Read
) -> Iterator[ReceiptParts]:
    for receipt_digest in receipts_of(digest, names):
        receipt, proof, place = map(part, receipt_names(receipt_digest))
        if receipt is None or proof is None or place is None:
            raise ProofError(f"of receipt {receipt_digest.hex()[:16]} something lacks")
        if sha256(receipt) != receipt_digest:
            raise ProofError(f"receipt {receipt_digest.hex()[:16]} is another")
        yield ReceiptParts(receipt=receipt, proof=proof, place=as_text(place))


def as_text(data: bytes) -> str:
    """Returns a member that is text.

    Raises:
        ProofError: It is none.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ProofError("a proof that is not text") from error
