"""How the `rogatory audit` commands read conditions, and show what was stated.

Which lines fit is left to `broker.core.trails.trail`.
"""

from datetime import UTC, date, datetime
from typing import Final

from broker.core.audit.padding import PADDING_STAGE
from broker.core.audit.snapshot import SNAPSHOT_STAGE
from broker.core.codec.kinds import KINDS
from broker.core.errors import Code, ConfigurationError
from broker.core.model import Stage
from broker.core.status import iso_time, parse_time
from broker.core.trails.trail import TrailLine
from keys.identity import HUB, PartyId

COLUMNS: Final = ("at", "stage", "by", "to", "kind", "message", "code")
_SHOWN_DIGITS: Final = 24  # of a digest, in a table
_STAGES: Final = (*Stage.__members__, SNAPSHOT_STAGE, PADDING_STAGE)


def read_party(text: str | None) -> str | None:
    """Returns a party's code, or the hub's name, however it is written.

    Raises:
        PartyCodeError: It is neither.
    """
    if text is None or text.upper() == HUB:
        return text and HUB
    return PartyId(text.upper())


def read_stage(text: str | None) -> str | None:
    """Returns the name of a stage, however it is written.

    Raises:
        ConfigurationError: There is none of that name.
    """
    if text is None or text.upper() in _STAGES:
        return text and text.upper()
    raise ConfigurationError(
        f"{text!r} is no stage; there are {', '.join(Stage.__members__)}, and at a "
        f"hub {SNAPSHOT_STAGE} and {PADDING_STAGE}"
    )


def read_kind(text: str | None) -> str | None:
    """Returns a kind with its version; that may be left out where there is but one.

    Raises:
        ConfigurationError: There is no such kind, or it has several versions.
    """
    if text is None or text in KINDS:
        return text
    versions = [one.text for one in KINDS.values() if one.name == text]
    if len(versions) == 1:
        return versions[0]
    known = versions or sorted({one.name for one in KINDS.values()})
    raise ConfigurationError(f"{text!r} is no kind; there are {', '.join(known)}")


def read_code(text: str | None) -> str | None:
    """Returns the code of a refusal.

    Raises:
        ConfigurationError: There is no such code.
    """
    if text is None or text in {one.value for one in Code}:
        return text
    raise ConfigurationError(
        f"{text!r} is no code; there are {', '.join(sorted(Code))}; what each means is "
        "in docs/envelope.md"
    )


def read_when(text: str | None) -> int | None:
    """Reads a time with its zone, or a day of UTC; returns ms since the epoch.

    Raises:
        ConfigurationError: Neither.
    """
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return parse_time(text)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return int(moment.timestamp()) * 1000


def line_fields(line: TrailLine) -> dict[str, object]:
    """Returns what is shown of a line, by name, for tables and for JSON."""
    fields: dict[str, object] = {
        "cursor": line.cursor,
        "at": iso_time(line.at_ms),
        "stage": line.stage,
        "by": line.by,
        "to": line.to,
        "message": line.message_digest.hex(),
        "kind": line.kind,
        "case": line.case_reference,
        "code": line.code,
    }
    if not line.version:
        return fields
    return {**fields, "code": f"version {line.version}", "version": line.version}


def line_row(line: TrailLine) -> tuple[str, ...]:
    """Returns a line for a table of `COLUMNS`."""
    fields = line_fields(line)
    return tuple(str(fields[name])[:_SHOWN_DIGITS] for name in COLUMNS)
