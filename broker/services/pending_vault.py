"""What waits for approval, as it lies in the store: under the node's own key.

What is done with it is left to `broker.services.pending`.
"""

from typing import Final

from broker.core.codec.approvals import (
    decode_evidence,
    decode_held,
    decode_signed_approval,
    encode_evidence,
    encode_held,
    encode_signed_approval,
)
from broker.core.pending import HeldDocument, Pending, Released
from broker.core.releases import Evidence, SignedApproval
from keys.framing import frame
from keys.sealing import protect, unprotect

_DOCUMENT: Final = b"pending-document/1"
_APPROVAL: Final = b"pending-approval/1"
_EVIDENCE: Final = b"release-evidence/1"


def protect_document(store_key: bytes, pending_id: bytes, held: HeldDocument) -> bytes:
    """Returns a document that waits, for the store."""
    return protect(store_key, encode_held(held), context=frame(_DOCUMENT, pending_id))


def open_document(store_key: bytes, pending: Pending) -> HeldDocument:
    """Returns what `protect_document` was given.

    Raises:
        ContentError: It was protected under another key.
        RefusedError: It cannot be read.
    """
    context = frame(_DOCUMENT, pending.pending_id)
    return decode_held(unprotect(store_key, pending.protected, context=context))


def protect_approval(
    store_key: bytes, pending_id: bytes, signed: SignedApproval
) -> bytes:
    """Returns what an officer said, for the store."""
    data = encode_signed_approval(signed)
    return protect(store_key, data, context=frame(_APPROVAL, pending_id))


def open_approval(store_key: bytes, pending_id: bytes, kept: bytes) -> SignedApproval:
    """Returns what `protect_approval` was given.

    Raises:
        ContentError: It was protected under another key.
        RefusedError: INVALID_APPROVAL: it cannot be read.
    """
    data = unprotect(store_key, kept, context=frame(_APPROVAL, pending_id))
    return decode_signed_approval(data)


def protect_evidence(
    store_key: bytes, message_digest: bytes, evidence: Evidence
) -> bytes:
    """Returns what released a message, for the store."""
    data = encode_evidence(evidence)
    return protect(store_key, data, context=frame(_EVIDENCE, message_digest))


def open_evidence(store_key: bytes, released: Released) -> Evidence:
    """Returns what `protect_evidence` was given.

    Raises:
        ContentError: It was protected under another key.
        RefusedError: It cannot be read.
    """
    context = frame(_EVIDENCE, released.message_digest)
    return decode_evidence(unprotect(store_key, released.protected, context=context))
