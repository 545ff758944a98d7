"""When something was seen: dates of a content as STIX times.

Which date counts for which kind is said here; nothing else.
"""

import calendar
import datetime as dt
from collections.abc import Mapping

from adapters.reading import inner

_MONTHS = 12


def seen(fields: Mapping[str, object], created: str) -> tuple[str, str]:
    """Returns the first and the last moment at which what a content tells was seen.

    Args:
        fields: The content in plain words.
        created: What to say where it tells no date.
    """
    period = inner(fields.get("period"))
    recovery = inner(fields.get("recovery"))
    single = str(
        recovery.get("date") or fields.get("detected") or fields.get("date") or ""
    )
    first = _moment(str(period.get("from", "")) or single, last=False)
    last = _moment(str(period.get("to", "")) or single, last=True)
    begin = first or last or created
    end = last or first or created
    return (begin, end) if begin <= end else (begin, begin)


def _moment(text: str, *, last: bool) -> str:
    """Returns the first or last second of a day, month or year; empty for none."""
    numbers = [int(part) for part in text.split("-") if part.isdecimal()]
    if not numbers:
        return ""
    year, month, day = [*numbers, 0, 0][:3]
    month = month or (_MONTHS if last else 1)
    try:
        day = day or (calendar.monthrange(year, month)[1] if last else 1)
        date = dt.date(year, month, day)
    except ValueError:
        return ""  # an older release took what no calendar knows
    return f"{date}T{'23:59:59' if last else '00:00:00'}.000Z"
