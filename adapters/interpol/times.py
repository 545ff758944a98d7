"""Times as documents of the register have them.

What time it is, is left to the desk.
"""

import datetime as dt

from adapters.interpol.errors import XmlRefusedError


def instant(at_ms: int) -> str:
    """Returns a time as documents have it: "2026-03-09T10:00:00.000Z"."""
    at = dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC)
    return at.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def at_ms(text: str) -> int:
    """Reads a time as documents have it.

    Raises:
        XmlRefusedError: There is no such time.
    """
    try:
        return int(dt.datetime.fromisoformat(text).timestamp() * 1000)
    except ValueError as error:
        raise XmlRefusedError(f"{text!r} is no time") from error
