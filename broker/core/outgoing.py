"""What is to be sent, on its way from a document to the store.

What policies make of it is left to `broker.core.flows.export`, sealing to
`broker.core.envelope`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from broker.core.decisions import DecisionRecord
from broker.core.envelope import Sealed
from broker.core.handling import Handling
from broker.core.model import Link, Receipt
from broker.core.records import Withholding
from keys.identity import PartyId


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message that is sealed inside the transaction that stores it.

    Attributes:
        parties: Its recipients.
        seal: Called with the next link for each of them.
        decided: Returns what was decided about each of them, given the message.
    """

    parties: tuple[PartyId, ...]
    seal: Callable[[Mapping[PartyId, Link]], Sealed]
    decided: Callable[[Sealed], Sequence[DecisionRecord]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """What is kept of recipients who get nothing.

    Attributes:
        withholding: Who, and why.
        receipt: The blinded statement of it, for the log.
        decisions: What was decided about each of them.
    """

    withholding: Withholding
    receipt: Receipt
    decisions: tuple[DecisionRecord, ...]
