"""What a node keeps of its reviews of receipts, as plain values.

Reviewing is left to `broker.core.reviews.review`, keeping to the store.
"""

from dataclasses import dataclass

from broker.core.reviews.findings import ReceiptFinding, Review


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReview:
    """A message that has to be looked at.

    Attributes:
        message_digest: Its name, 32 bytes.
        changes: How often something about it has changed: what changes while it is
            looked at is looked at again.
    """

    message_digest: bytes
    changes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What came of looking at a message.

    Attributes:
        due: What was looked at.
        review: What was found.
        title: What people call the message.
    """

    due: DueReview
    review: Review
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFinding:
    """A finding, and what became of it.

    Attributes:
        alarm: Number of the alarm that was raised about it.
        settled_ms: When it was found to be over; None while it is not.
    """

    finding: ReceiptFinding
    alarm: int
    settled_ms: int | None
