"""The day that a register is looked at, and how messages are named in its tables."""

import datetime as dt
from typing import Annotated, Final

import typer

from broker.cli.permission_words import day_in
from broker.core.registers.spans import day_of
from broker.core.registers.statement import Statement
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK

_SHOWN: Final = 16  # hexadecimal digits: what `rogatory show` takes

OnOption = Annotated[
    str | None,
    typer.Option("--on", help="Day to look at, such as 2026-03-09; today if absent."),
]


def day_to_look_at(on: str | None) -> dt.date:
    """Returns the day that `--on` names, or today (UTC).

    Raises:
        ConfigurationError: It is none.
    """
    return day_in(on) or day_of(SYSTEM_CLOCK.now_ms())


def said_by(statement: Statement) -> str:
    """Returns who says so; with "via BEL" when that was passed on."""
    return f"{statement.by} via {statement.via}" if statement.via else statement.by


def message_of(statement: Statement) -> str:
    """Returns the beginning of a message's digest, by which it can be shown."""
    return statement.digest.hex()[:_SHOWN]


def source_fields(statement: Statement) -> dict[str, object]:
    """Returns where a statement comes from, as programs read it."""
    return {
        "message": statement.digest.hex(),
        "by": str(statement.by),
        "via": statement.via or None,
        "sealed": iso_time(statement.at_ms),
    }
