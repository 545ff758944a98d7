"""Documents that wait for officers to approve their release, as plain values.

How they are kept is left to the store, and what officers say to
`broker.core.approvals`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from broker.core.handling import Handling
from keys.identity import PartyId

PENDING_FOR_MS: Final = 30 * 86_400_000
"""How long a document waits, unless told otherwise."""


class PendingState(StrEnum):
    """What became of a document that had to wait."""

    WAITING = "waiting"
    RELEASED = "released"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDocument:
    """A document that waits, as it was handed in.

    Attributes:
        kind: "trace-request/1".
        body: The serialised content message.
        recipients: Whom it is for.
        handling: How it may be handled.
        case_reference: Pseudonymous, or empty.
        in_reply_to: Digest of the message it answers, or empty.
        lifetime_ms: How long it may be delivered; None for the default.
        partial: Whether it goes to those who may get it although others may not.
    """

    kind: str
    body: bytes
    recipients: tuple[PartyId, ...]
    handling: Handling
    case_reference: str = ""
    in_reply_to: bytes = b""
    lifetime_ms: int | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """One row of what waits, or has waited.

    Attributes:
        pending_id: UUID version 7, 16 bytes.
        held_ms: Since when, in ms since the epoch.
        lapses_ms: When it ceases to wait, likewise.
        state: What became of it.
        changed_ms: Since when that is so.
        digest: Of the release that was needed when it was held, 32 bytes.
        protected: The document, under the node's own key.
    """

    pending_id: bytes
    held_ms: int
    lapses_ms: int
    state: PendingState
    changed_ms: int
    digest: bytes
    protected: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Approver:
    """Who approved a release, and when."""

    officer: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What is kept with a message that officers released.

    Attributes:
        message_digest: Of the message, 32 bytes.
        pending_id: Under which it had waited.
        at_ms: When it was sealed, in ms since the epoch.
        approved: By whom.
        protected: The evidence, under the node's own key.
    """

    message_digest: bytes
    pending_id: bytes
    at_ms: int
    approved: tuple[Approver, ...]
    protected: bytes
