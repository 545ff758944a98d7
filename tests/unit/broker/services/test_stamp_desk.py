"""The hub answers which time-stamp shows best how old an entry is."""

from broker.core.audit.stamps import Stamp
from broker.core.codec.desk_stamps import (
    NO_STAMP,
    StampAnswer,
    decode_stamp_answer,
    encode_stamp_question,
)
from broker.services.stamp_desk import ReadableStamps, StampDesk


class Kept:
    """Two time-stamps, on 10 entries and on 20."""

    def newest(self) -> Stamp | None:
        """Returns the last one."""
        return stamp(20)

    def first_covering(self, index: int) -> Stamp | None:
        """Returns the first one on a checkpoint that covers an entry."""
        return next((stamp(size) for size in (10, 20) if size > index), None)


def stamp(size: int) -> Stamp:
    return Stamp(size=size, at_ms=1, taken_ms=1, note=f"note {size}", token=b"token")


def answer(index: int | None, stamps: ReadableStamps | None) -> StampAnswer:
    desk = StampDesk(lambda: stamps)
    return decode_stamp_answer(desk.stamp("account", encode_stamp_question(index)))


def test_the_first_that_covers_an_entry_is_handed_out() -> None:
    assert answer(9, Kept()).note == "note 10"
    assert answer(10, Kept()).note == "note 20"
    assert answer(20, Kept()) == NO_STAMP
    assert answer(None, Kept()) == StampAnswer(note="note 20", token=b"token")


def test_a_hub_without_time_stamps_says_so() -> None:
    assert answer(None, None) == NO_STAMP
