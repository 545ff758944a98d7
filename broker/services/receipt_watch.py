"""Watches the receipts: raises each thing that is late, missing or contradictory once.

At both ends: what others owe us, and what we owe others. What counts as wrong is left
to `broker.core.reviews.review`.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from broker.core.model import Header, Stage, message_id_text
from broker.core.ports import Clock
from broker.core.records import InboxMessage, InboxState, LedgerLine, SentMessage
from broker.core.reviews.clocks import ReceiptClocks
from broker.core.reviews.findings import Heard, Review, Reviewed
from broker.core.reviews.review import review_received, review_sent
from broker.core.reviews.watching import Conclusion, DueReview
from broker.services.looking import keep_looking

_BATCH: Final = 200  # messages reviewed in one transaction
_PORTIONS: Final = 5  # in one look: what there is more must not take the traffic's time
_LOOK_S: Final = 5.0
_NAME: Final = "receipts"
_NOTHING: Final = Review(findings=(), next_ms=None)


class WatchedStore(Protocol):
    """Where receipts are kept, and what was found about them."""

    def due_reviews(self, limit: int, now_ms: int) -> list[DueReview]:
        """Returns what has changed since it was reviewed, or is due."""
        ...

    def conclude_reviews(self, conclusions: Sequence[Conclusion], now_ms: int) -> int:
        """Keeps what was found; returns how many alarms it raised about what is new."""
        ...

    def find_sent(self, message_digest: bytes) -> SentMessage | None:
        """Returns one message of our own."""
        ...

    def find_received(self, message_digest: bytes) -> InboxMessage | None:
        """Returns one received message."""
        ...

    def submitted_ms(self, message_digest: bytes) -> int | None:
        """Returns when the hub's stream took a message, or None."""
        ...

    def ledger(self, message_digest: bytes | None = None) -> list[LedgerLine]:
        """Returns the receipts about one message."""
        ...

    def contradictions(self, message_digest: bytes | None = None) -> list[LedgerLine]:
        """Returns receipts that contradict one of those."""
        ...

    def notices_sent(self, message_digest: bytes | None = None) -> Sequence[object]:
        """Returns with what we have taken a message of our own back."""
        ...

    def taken_back(self, message_digest: bytes) -> object | None:
        """Returns why a received content is not to be used; None if it may be."""
        ...

    def own_words(self, message_digest: bytes) -> Mapping[Stage, int]:
        """Returns what we have said of a received message, and when."""
        ...


@dataclass(frozen=True, slots=True)
class ReceiptWatch:
    """Looks at what has changed, and at what has become due.

    Args:
        store: The node's.
        clock: The time.
        clocks: How long everything may take.
        heard_ms: Returns until when everything has been taken in that came for us; 0
            before the first time. A node that was off must not call missing what waits
            for it at the hub.
    """

    store: WatchedStore
    clock: Clock
    clocks: ReceiptClocks
    heard_ms: Callable[[], int]

    async def run(self, stop: asyncio.Event, look_s: float = _LOOK_S) -> None:
        """Works until `stop` is set.

        Args:
            stop: Ends it.
            look_s: Seconds between two looks.
        """

        async def look() -> None:
            if raised := await asyncio.to_thread(self.look):
                structlog.get_logger(_NAME).error("alarm", raised=raised)

        await keep_looking(
            look,
            stop,
            every_s=look_s,
            waiting="the watch over receipts waits",
            name=_NAME,
        )

    def look(self) -> int:
        """Reviews what is due, or the oldest of it; returns how many alarms it raised.

        Raises:
            StoreError: The store cannot be read or written; nothing is lost by it.
        """
        raised = 0
        until_ms = min(self.heard_ms(), self.clock.now_ms())
        for _ in range(_PORTIONS):
            due = self.store.due_reviews(_BATCH, until_ms)
            conclusions = [self._review(one, until_ms) for one in due]
            if conclusions:
                raised += self.store.conclude_reviews(conclusions, self.clock.now_ms())
            if len(due) < _BATCH:
                break
        return raised

    def _review(self, due: DueReview, now_ms: int) -> Conclusion:
        digest = due.message_digest
        sent = self.store.find_sent(digest)
        if sent is not None:
            review = review_sent(
                _reviewed(
                    digest,
                    sent.header,
                    taken_back=bool(self.store.notices_sent(digest)),
                ),
                self._heard(digest),
                self.store.submitted_ms(digest),
                self.clocks,
                now_ms,
            )
            return _conclusion(due, review, sent.header)
        received = self.store.find_received(digest)
        if received is None or received.state is InboxState.REFUSED:
            # A withholding, or a message that we owe nothing any more.
            return Conclusion(due=due, review=_NOTHING, title="")
        review = review_received(
            _reviewed(
                digest,
                received.header,
                taken_back=self.store.taken_back(digest) is not None,
            ),
            self.store.own_words(digest),
            received.received_ms,
            self.clocks,
            now_ms,
        )
        return _conclusion(due, review, received.header)

    def _heard(self, digest: bytes) -> list[Heard]:
        lines = (*self.store.ledger(digest), *self.store.contradictions(digest))
        return [Heard(receipt=one.receipt, came_ms=one.came_ms) for one in lines]


def _reviewed(digest: bytes, header: Header, *, taken_back: bool) -> Reviewed:
    return Reviewed(
        message_digest=digest,
        kind=header.kind,
        origin=header.origin,
        parties=header.parties,
        taken_back=taken_back,
    )


def _conclusion(due: DueReview, review: Review, header: Header) -> Conclusion:
    title = f"{header.kind} {message_id_text(header.message_id)}"
    return Conclusion(due=due, review=review, title=title)
