"""What a message consists of, as plain values.

Bytes are left to the codecs, signatures and seals to `broker.core.envelope`.
"""

import secrets
import uuid
from dataclasses import dataclass
from enum import Enum
from typing import Final

from broker.core.errors import Code, RefusedError
from broker.core.fields import FieldClass
from broker.core.handling import Handling
from keys.identity import KeyId, PartyId

SUITE: Final = "RGT1-MLKEM768X25519-HKDFSHA256-AES256GCM-ED25519+MLDSA65"
"""Pins every algorithm of a message. There is one; nothing is negotiated."""


_ID_SIZE: Final = 16  # bytes
_NONCE_SIZE: Final = 16  # bytes
_V7: Final = (7, 0b10)  # version and variant bits of RFC 9562


class Stage(Enum):
    """How far a message has come, in the words of whoever says it."""

    ACCEPTED = 1
    DELIVERED = 2
    OPENED = 3
    REFUSED = 4
    WITHHELD = 5
    ACKNOWLEDGED = 6
    ACTED = 7


BY_AUTHORITY: Final = frozenset({Stage.ACKNOWLEDGED, Stage.ACTED})
"""What an authority says, and not a node of itself."""


class Decider(Enum):
    """Who has decided to say something: nobody but the node, a person, a system."""

    NODE = 0
    PERSON = 1
    SYSTEM = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One party a message is sealed to, and under which of its keys."""

    party: PartyId
    key_id: KeyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """All that the hub sees of a message.

    Attributes:
        withheld: Classes of fields that the origin blurred or dropped for these
            recipients, ascending; never PLAIN.
        approvals_digest: Of the officers' approvals of the release, 32 bytes, or empty.
    """

    message_id: bytes
    kind: str
    origin: PartyId
    signer_key_id: KeyId
    recipients: tuple[Recipient, ...]
    handling: Handling
    created_ms: int
    expires_ms: int
    case_reference: str = ""
    in_reply_to: bytes = b""
    directory_version: bytes = b""
    policy_digest: bytes = b""
    padded_size: int = 0
    withheld: tuple[FieldClass, ...] = ()
    approvals_digest: bytes = b""

    @property
    def parties(self) -> tuple[PartyId, ...]:
        """The recipients' codes, ascending."""
        return tuple(recipient.party for recipient in self.recipients)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a message stands between one origin and one recipient.

    Attributes:
        sequence: From 1.
        previous: Digest of the message before it, 32 bytes; zeros for the first.
    """

    sequence: int
    previous: bytes


FIRST_LINK: Final = Link(sequence=1, previous=bytes(32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One statement about one message.

    Attributes:
        authority: ACKNOWLEDGED and ACTED: the office or system that says so.
        decider: Who decided it there.
    """

    stage: Stage
    message_digest: bytes
    by: str
    to: str
    at_ms: int
    nonce: bytes
    submission_digest: bytes = b""
    code: str = ""
    detail: str = ""
    logged_by_ms: int = 0
    authority: str = ""
    decider: Decider = Decider.NODE


def new_nonces(count: int) -> list[bytes]:
    """Returns what blinds so many receipts, 16 random bytes each."""
    pool = secrets.token_bytes(_NONCE_SIZE * count)
    return [pool[at : at + _NONCE_SIZE] for at in range(0, len(pool), _NONCE_SIZE)]


def new_nonce() -> bytes:
    """Returns what blinds one receipt, 16 random bytes."""
    return secrets.token_bytes(_NONCE_SIZE)


def new_message_id(now_ms: int) -> bytes:
    """Returns a UUID version 7 (RFC 9562) for `now_ms`, 16 bytes."""
    raw = bytearray(now_ms.to_bytes(6, "big") + secrets.token_bytes(10))
    raw[6] = 0x70 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    return bytes(raw)


def message_id_text(message_id: bytes) -> str:
    """Returns the form people read and type."""
    return str(uuid.UUID(bytes=message_id))


def check_message_id(message_id: bytes) -> None:
    """Refuses what is not a UUID version 7.

    Raises:
        RefusedError: INVALID_HEADER.
    """
    if len(message_id) != _ID_SIZE or (message_id[6] >> 4, message_id[8] >> 6) != _V7:
        raise RefusedError(Code.INVALID_HEADER, "message id")
