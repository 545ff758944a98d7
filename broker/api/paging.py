"""Cursors: where a list goes on, in a form that nobody is tempted to take apart."""

import base64
import binascii
from typing import Final

from broker.api.answering import problem
from broker.api.problems import ApiCode, Place

_MAX: Final = 2**63 - 1


def cursor_of(list_name: str, place: int) -> str:
    """Returns the cursor that goes on after a place.

    Args:
        list_name: Of which list: a cursor of another is refused.
        place: Where the last one stood that was given.
    """
    raw = f"{list_name}:{place}".encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def place_of(list_name: str, cursor: str | None) -> int:
    """Returns the place after which a list goes on; 0 without a cursor.

    Raises:
        ProblemError: BAD_REQUEST: it is no cursor of this list.
    """
    if cursor is None:
        return 0
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        raw = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
        name, _, digits = raw.partition(":")
        # Python reads signs, spaces and underscores as part of a number.
        if name == list_name and digits.isdecimal() and int(digits) <= _MAX:
            place = int(digits)
            if cursor_of(list_name, place) == cursor:
                return place
    except (binascii.Error, ValueError):
        pass
    wrong = Place(
        path="cursor", found=repr(cursor[:40]), expected="next_cursor of this list"
    )
    raise problem(ApiCode.BAD_REQUEST, places=(wrong,))
