"""Times as the interface writes and reads them: RFC 3339, UTC, milliseconds."""

from typing import Annotated

from pydantic import Field

from broker.api.answering import problem
from broker.api.problems import ApiCode, Place
from broker.core.errors import ConfigurationError
from broker.core.status import iso_time, parse_time

Moment = Annotated[
    str,
    Field(
        json_schema_extra={"format": "date-time"}, examples=["2031-05-04T12:00:00.000Z"]
    ),
]
"""The type of a time in an answer."""


def moment(at_ms: int) -> str:
    """Returns a time as it is written; ms since the epoch."""
    return iso_time(at_ms)


def moment_or_none(at_ms: int | None) -> str | None:
    """Does the same, with nothing for nothing."""
    return None if at_ms is None else iso_time(at_ms)


def milliseconds(text: str, path: str) -> int:
    """Reads a time of a request; returns ms since the epoch.

    Args:
        text: As it was sent.
        path: Where in the request, for whoever has to correct it.

    Raises:
        ProblemError: BAD_REQUEST: no time with a zone.
    """
    try:
        return parse_time(text)
    except (ConfigurationError, ValueError, OverflowError):
        place = Place(
            path=path, found=repr(text[:40]), expected="such as 2031-05-04T12:00:00Z"
        )
        raise problem(ApiCode.BAD_REQUEST, places=(place,)) from None
