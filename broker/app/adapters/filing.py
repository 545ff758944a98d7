"""What is due for one adapter, and what has become of it, as the node's store has it.

Each call here is one look at the store, or one transaction; giving it to the adapter
is left to `feeding`.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from adapters.errors import RejectedError
from adapters.values import Consumed, Delivery, Received
from broker.app.adapters.desk import NodeDesk, code_of, reason_of
from broker.app.adapters.vault import (
    LetterContent,
    open_letter,
    protect_letter,
    protect_target,
)
from broker.core.adapting import (
    AdapterState,
    Count,
    DeadLetter,
    Emitted,
    LetterCode,
    LetterState,
    LetterWay,
)
from broker.core.errors import StoreError
from broker.core.feed import Event
from broker.core.records import Alarm
from broker.infra.letter_store import Putting

ALARM_TOPIC: Final = "adapter"
PAYLOAD_MAX: Final = 16 << 20
"""How many bytes of what was refused a dead letter holds at the most."""
_LONGEST_TARGET: Final = 500  # characters
Way = LetterWay
"""Which way something goes, whether or not it becomes a dead letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something that an adapter is to do next.

    Attributes:
        way: What.
        key: What tells it from everything else of the adapter that goes this way.
        message_digest: The message it is about; empty for what came in.
        cursor: The event of the feed that is done with by it; 0: none.
        notice: The notice that is done with by it; 0: none.
        letter: The dead letter that is tried again; None: it comes for the first time.
        destroy: Of a withdrawal: whether copies have to be destroyed.
        replacement: Likewise: digest of what takes its place, or empty.
        at_ms: Likewise: since when, in ms since the epoch.
    """

    way: LetterWay
    key: str
    message_digest: bytes = b""
    cursor: int = 0
    notice: int = 0
    letter: DeadLetter | None = None
    destroy: bool = True
    replacement: bytes = b""
    at_ms: int = 0


class Filing:
    """The files about one adapter.

    Args:
        desk: Its desk.
    """

    def __init__(self, desk: NodeDesk) -> None:
        self._desk = desk
        self._store = desk.node.store
        self.seen = 0
        """Up to this event of the feed nothing is due."""

    def next(self) -> Due | None:
        """Returns what is due first; None when nothing is."""
        name, desk = self._desk.name, self._desk.configured.taker.desk
        position = self._store.adapter_position(name)
        if position is None:
            return None
        cursor, last_notice = position
        for notice in self._store.desk_notices_after(desk, last_notice, 1):
            return Due(
                way=Way.WITHDRAWAL,
                key=f"notice/{notice.number}",
                message_digest=notice.message_digest,
                notice=notice.number,
                destroy=notice.destroy,
                replacement=notice.replacement,
                at_ms=notice.at_ms,
            )
        if kept := self._store.kept_too_long(name, self._desk.now_ms()):
            digest, until_ms = kept
            return Due(
                way=Way.WITHDRAWAL,
                key=f"expired/{digest.hex()}",
                message_digest=digest,
                at_ms=until_ms,
            )
        for letter in self._store.letters(name, LetterState.REPLAY, 1):
            return self._again(letter)
        # Before the look: what is written between the two is seen the next time.
        end = self._store.feed_end()
        after = max(cursor, self.seen)
        for entry in self._store.due_for_desk(desk, after, 1):
            gone = entry.event is Event.DESTROYED
            return Due(
                way=Way.WITHDRAWAL if gone else Way.DELIVERY,
                key=("destroyed/" if gone else "") + entry.subject.hex(),
                message_digest=entry.subject,
                cursor=entry.sequence,
                at_ms=entry.at_ms,
            )
        self.seen = end
        return None

    def begin(self, due: Due) -> int:
        """Notes that something is tried; returns how often it was, without an end."""
        return self._store.try_adapter(self._desk.name, f"{due.way.value}/{due.key}")

    def excuse(self) -> None:
        """Notes that what was tried is not to blame for its not having ended."""
        with suppress(StoreError):
            self._store.forget_tries(self._desk.name)

    def catch_up(self) -> None:
        """Notes that the desk was told, where a crash kept that from being noted."""
        name, desk = self._desk.name, self._desk.configured.taker.desk
        self._store.note_desk_told(desk, f"adapter {name}", self._desk.now_ms())

    def was_given(self, message_digest: bytes) -> bool:
        """Tells whether a content ever was given to the adapter's desk."""
        desk = self._desk.configured.taker.desk
        given = self._store.handed_out(message_digest)
        return any(one.desk == desk for one in given)

    def received(self, due: Due) -> Received | None:
        """Returns what came in once, as it is now; None when it is gone.

        Raises:
            ContentError: It was protected under another key.
        """
        letter = due.letter
        content = letter and self._open(letter)
        if not content:
            return None
        return Received(
            key=content.key,
            data=content.data,
            media_type=content.media_type,
            source=content.source,
        )

    def done(
        self, due: Due, consumed: Consumed, delivery: Delivery | None = None
    ) -> None:
        """Notes that something is done, and what was given out for it.

        Args:
            due: What.
            consumed: What the adapter says that it did.
            delivery: What it was given; None for anything else than a delivery.
        """
        now_ms, name = self._desk.now_ms(), self._desk.name
        emitted = [
            Emitted(
                adapter=name,
                message_digest=due.message_digest,
                sha256=one.sha256,
                handling=str(one.handling),
                at_ms=now_ms,
                target=protect_target(
                    self._key, name, due.message_digest, one.target[:_LONGEST_TARGET]
                ),
            )
            for one in consumed.emissions
            if delivery is not None
        ]
        counts = {Way.DELIVERY: Count.DELIVERED, Way.WITHDRAWAL: Count.WITHDRAWN}
        self._store.done_with(
            name,
            now_ms,
            cursor=due.cursor,
            notice=due.notice,
            emitted=emitted,
            count=counts.get(due.way),
            keeps=(due.message_digest, delivery.keep_until_ms if delivery else None),
        )
        if due.letter is not None:
            self._store.settle_letter(due.letter.number, LetterState.SETTLED, now_ms)
        self._tell(due)

    def passed_over(self, due: Due) -> None:
        """Notes that nothing has to be done: it was taken back, or is gone."""
        now_ms = self._desk.now_ms()
        self._store.done_with(self._desk.name, now_ms, cursor=due.cursor)
        if due.letter is not None:
            self._store.settle_letter(due.letter.number, LetterState.DROPPED, now_ms)

    def put_back(self, due: Due) -> None:
        """Has what cannot be opened here wait on, unchanged."""
        if due.letter is not None:
            self._store.settle_letter(
                due.letter.number, LetterState.WAITING, self._desk.now_ms()
            )

    def withheld(self, due: Due, error: Exception) -> None:
        """Notes that the adapter must not have it; a person may change that."""
        code = code_of(error, LetterCode.ABOVE_CEILING)
        self._put(due, code, LetterContent(reason=str(error)), Count.WITHHELD)

    def dead(self, due: Due, error: Exception) -> None:
        """Makes a dead letter of something."""
        before = due.letter and self._open(due.letter)
        data = error.payload if isinstance(error, RejectedError) else b""
        if len(data) > PAYLOAD_MAX:
            data = b""  # the message itself is here; no letter has to hold all that
        content = LetterContent(
            reason=reason_of(error),
            # What came in is kept as it is, whatever is said of it the next time.
            key=before.key if before else "",
            data=before.data if before and due.way is Way.RECEIVED else data,
            media_type=before.media_type if before else "",
            source=before.source if before else "",
        )
        self._put(due, code_of(error), content, Count.LETTERS)

    def loosened(self, due: Due, reason: str) -> None:
        """Makes a dead letter and an alarm of what was given out too loosely."""
        now_ms = self._desk.now_ms()
        # The letter last: with it the delivery is done with, and a crash before that
        # must not leave an adapter that runs on as if nothing had been.
        self._store.note_adapter(self._desk.name, AdapterState.HALTED, now_ms)
        self._store.raise_alarm(
            Alarm(
                at_ms=now_ms,
                topic=ALARM_TOPIC,
                text=f"{self._desk.name} has marked something less strictly than it "
                f"was given ({reason}) and is halted; see: rogatory adapter letters",
            )
        )
        code = LetterCode.LOOSER_EMISSION.value
        self._put(due, code, LetterContent(reason=reason), Count.LETTERS)

    @property
    def _key(self) -> bytes:
        return self._desk.keys.holder.store_key

    def _open(self, letter: DeadLetter) -> LetterContent | None:
        return open_letter(self._key, letter.adapter, letter.key, letter.protected)

    def _again(self, letter: DeadLetter) -> Due:
        due = Due(
            way=letter.way,
            key=letter.key,
            message_digest=letter.message_digest,
            letter=letter,
            at_ms=letter.at_ms,
        )
        if letter.way is not Way.WITHDRAWAL:
            return due
        for notice in self._store.desk_notices_about(letter.message_digest):
            if letter.key == f"notice/{notice.number}":
                return Due(
                    way=letter.way,
                    key=letter.key,
                    message_digest=letter.message_digest,
                    letter=letter,
                    destroy=notice.destroy,
                    replacement=notice.replacement,
                    at_ms=notice.at_ms,
                )
        return due

    def _put(self, due: Due, code: str, content: LetterContent, count: Count) -> None:
        now_ms, name = self._desk.now_ms(), self._desk.name
        attempts = self._store.attempts_of(name)
        self._store.put_letter(
            Putting(
                letter=DeadLetter(
                    number=0,
                    adapter=name,
                    way=due.way,
                    key=due.key,
                    message_digest=due.message_digest,
                    code=code,
                    state=LetterState.WAITING,
                    attempts=attempts,
                    at_ms=now_ms,
                    changed_ms=now_ms,
                    protected=protect_letter(self._key, name, due.key, content),
                ),
                cursor=due.cursor,
                notice=due.notice,
                count=count,
            )
        )
        self._tell(due)

    def _tell(self, due: Due) -> None:
        if due.way is Way.WITHDRAWAL:
            self.catch_up()
