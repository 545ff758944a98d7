"""DSSE pre-authentication encoding: the only bytes that are ever signed.

Source: the DSSE v1.0.0 protocol, "PAE(type, body)". Which payload types exist is
said here too, so that no two uses can be confused with one another.
"""

from enum import Enum


class PayloadType(Enum):
    """What a signature is about. One for each use; never reused."""

    ENVELOPE = b"application/vnd.rogatory.envelope.v1+protobuf"
    RECEIPTS = b"application/vnd.rogatory.receipts.v1+protobuf"
    APPROVAL = b"application/vnd.rogatory.approval.v1+protobuf"


def preauth(payload_type: PayloadType, body: bytes) -> bytes:
    """Returns the pre-authentication encoding of `body`.

    Lengths count bytes, not characters; that is why the type is bytes here.
    """
    kind = payload_type.value
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)
