"""Asks before something is done that cannot be undone."""

import sys

from broker.cli.output import note, visible
from broker.core.errors import ConfigurationError


def confirm(question: str, *, yes: bool) -> None:
    """Returns when the person at the keyboard, or `--yes`, agrees.

    Raises:
        ConfigurationError: They do not, or there is nobody to ask.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise ConfigurationError(
            f"this has to be confirmed, at a terminal; or give --yes: {question}"
        )
    note(visible(f"{question} [yes/no] "))
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise ConfigurationError("not confirmed; nothing was done")
