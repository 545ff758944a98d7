"""What a node keeps, as plain values: what it sent, what it got, what became of it.

How it is kept is left to the store.
"""

from dataclasses import dataclass
from enum import StrEnum

from broker.core.admitted import Admission
from broker.core.decisions import DecisionRecord
from broker.core.model import Header, Link, Receipt
from keys.identity import PartyId


class InboxState(StrEnum):
    """How far a received message has come at this node."""

    DELIVERED = "delivered"
    OPENED = "opened"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """A message this node sealed.

    Attributes:
        message_digest: SHA-256 of the signed header: the name of the message.
        envelope: As it was sealed, with every wrap.
        protected_key: The content key under the node's own key.
    """

    message_digest: bytes
    header: Header
    envelope: bytes
    protected_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxItem:
    """Something that must reach the hub, and has not been reported there yet."""

    sequence: int
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxMessage:
    """A message this node received.

    Attributes:
        envelope: As delivered, with our wrap alone.
        protected_key: The content key under the node's own key; empty until opened.
        link: Where it stands between its origin and us; None until opened.
        code: Why it was refused; empty otherwise.
    """

    message_digest: bytes
    header: Header
    envelope: bytes
    state: InboxState
    received_ms: int
    opened_ms: int | None = None
    protected_key: bytes = b""
    link: Link | None = None
    code: str = ""
    detail: str = ""

    @property
    def waits(self) -> bool:
        """Whether it could be opened, and waits until a person has looked at it."""
        return self.state is InboxState.DELIVERED and bool(self.protected_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What came of opening a message: an OPENED receipt, or a REFUSED one.

    Attributes:
        at_ms: When, in ms since the epoch.
        receipt: What its origin is told; None while it waits for a person.
        link: Where the message stands; None when it could not be opened at all.
        protected_key: The content key under the node's own key; empty when refused.
        admission: On which terms our policy takes it; None when refused.
        decision: What our policy said; None when it was not asked.
    """

    message: InboxMessage
    at_ms: int
    receipt: Receipt | None
    link: Link | None = None
    protected_key: bytes = b""
    admission: Admission | None = None
    decision: DecisionRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One receipt about one message, as this node holds it.

    Attributes:
        receipt: What is stated.
        receipt_bytes: Exactly as it was signed.
        proof: Binds it to the signature of whoever states it.
        came_ms: When it came into our inbox at the hub; 0 where that was not noted.
    """

    receipt: Receipt
    receipt_bytes: bytes
    proof: bytes
    came_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Withholding:
    """A document that policy kept from leaving."""

    digest: bytes
    kind: str
    recipients: tuple[PartyId, ...]
    code: str
    detail: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something an operator must look at."""

    at_ms: int
    topic: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundedAlarm:
    """An alarm, and what became of it.

    Attributes:
        number: By which people name it.
        settled_ms: When what it was about was found to be over; None if it is not.
        settled: How it ended; empty if it has not.
        acknowledged_by: Who has looked at it; empty if nobody has.
        acknowledged_ms: When that was; None if nobody has.
    """

    number: int
    alarm: Alarm
    settled_ms: int | None = None
    settled: str = ""
    acknowledged_by: str = ""
    acknowledged_ms: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody has yet to look at it."""
        return self.settled_ms is None and self.acknowledged_ms is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Messages of one origin that ought to be here and are not."""

    party: PartyId
    missing: tuple[int, ...]
