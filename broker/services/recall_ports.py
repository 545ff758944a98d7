"""What carrying out a recall needs of a node's store, as one protocol.

What is done with it is left to `recall_keeper`.
"""

from collections.abc import Sequence
from typing import Protocol

from broker.core.model import Receipt
from broker.core.recalls.recall import Attested, Outcome, SentNotice
from broker.core.recalls.taken_back import Destroyed, Hold, ReceivedNotice
from broker.core.records import Alarm
from broker.services.recall_trace import TraceStore


class RecallStore(TraceStore, Protocol):
    """What was received and taken back, and what is noted of it."""

    def note_notice(self, received: ReceivedNotice) -> None:
        """Keeps a notice that came; durable on return."""
        ...

    def notice_sent(self, digest: bytes) -> SentNotice | None:
        """Returns a notice this node sent, by the message that carries it."""
        ...

    def note_attested(self, attested: Attested, now_ms: int) -> None:
        """Keeps what a recipient attested; durable on return."""
        ...

    def notices_received(
        self, message_digest: bytes | None = None
    ) -> list[ReceivedNotice]:
        """Returns the notices that came, about one message or all."""
        ...

    def notices_waiting(self, *, automatic: bool) -> list[ReceivedNotice]:
        """Returns notices that are to be carried out, oldest first."""
        ...

    def notices_unanswered(self) -> list[ReceivedNotice]:
        """Returns notices that were carried out, or not, and are yet to be answered."""
        ...

    def void_notice(self, digest: bytes) -> None:
        """Notes that a notice is of no effect."""
        ...

    def hold_on(self, message_digest: bytes) -> Hold | None:
        """Returns who demands that a message is kept, if somebody does."""
        ...

    def destroyed(self, message_digest: bytes) -> Destroyed | None:
        """Returns what is noted of the destruction of a content."""
        ...

    def carry_out(
        self,
        received: ReceivedNotice,
        outcome: Outcome | None,
        now_ms: int,
        *,
        copies: Sequence[bytes] = (),
        drafts: Sequence[bytes] = (),
        refusal: Receipt | None = None,
    ) -> bool:
        """Does what a notice asks for, all of it or nothing; durable on return."""
        ...

    def refused_unerased(self) -> list[tuple[bytes, bytes]]:
        """Returns messages that came after they were taken back, with the notice."""
        ...

    def erase_batch(self, gone: Sequence[Destroyed]) -> None:
        """Destroys contents; durable on return, all of it or nothing."""
        ...

    def note_copy_told(self, copy_digest: bytes) -> None:
        """Notes that the recipients of a copy need not be told any more."""
        ...

    def scrub(self) -> bool:
        """Leaves nothing in the file of what was destroyed; tells whether it could."""
        ...

    def settle_alarm(self, name: str, now_ms: int, text: str) -> bool:
        """Notes that what an alarm was about is over; tells whether that was new."""
        ...

    def raise_alarm_once(self, name: str, alarm: Alarm) -> bool:
        """Notes an alarm, unless one was noted under this name; tells whether."""
        ...
