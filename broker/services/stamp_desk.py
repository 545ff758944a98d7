"""Answers questions about the time-stamps on the hub's log.

Encodings are left to the codec; who may ask, to the desk this is one of.
"""

from collections.abc import Callable
from typing import Protocol

from broker.core.audit.stamps import Stamp
from broker.core.codec.desk_stamps import (
    NO_STAMP,
    StampAnswer,
    decode_stamp_question,
    encode_stamp_answer,
)


class ReadableStamps(Protocol):
    """The time-stamps, as questions about them need them."""

    def newest(self) -> Stamp | None:
        """Returns the last one."""
        ...

    def first_covering(self, index: int) -> Stamp | None:
        """Returns the first one on a checkpoint that covers an entry."""
        ...


class StampDesk:
    """Answers questions for time-stamps.

    Args:
        stamps: Opens them, or gives None while there are none.
    """

    def __init__(self, stamps: Callable[[], ReadableStamps | None]) -> None:
        self._stamps = stamps

    def stamp(self, _account: str, payload: bytes) -> bytes:
        """Answers a question; every party gets the same answer.

        Raises:
            RefusedError: The question cannot be read.
        """
        index = decode_stamp_question(payload)
        stamps = self._stamps()
        if stamps is None:
            return encode_stamp_answer(NO_STAMP)
        found = stamps.newest() if index is None else stamps.first_covering(index)
        if found is None:
            return encode_stamp_answer(NO_STAMP)
        return encode_stamp_answer(StampAnswer(note=found.note, token=found.token))
