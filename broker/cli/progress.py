"""How far something long has come: a bar on a terminal, a line now and then elsewhere.

Both go to standard error.
"""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from broker.cli.output import note

LEAST_TOLD: Final = 10_000
"""Below this, whoever does not watch is told nothing: it is done too soon."""
_TENTHS: Final = 10
_PERCENT: Final = 100

Progress = Callable[[int, int], None]
"""Is told how much is done, of how much."""


@contextmanager
def shown_progress(what: str) -> Iterator[Progress]:
    """Shows how far the block has come.

    Args:
        what: What is counted, in the plural.
    """
    on_terminal = sys.stderr.isatty()
    shown = -1

    def show(done: int, of: int) -> None:
        nonlocal shown
        steps = _PERCENT if on_terminal else _TENTHS
        step = done * steps // max(1, of)
        if step == shown or (not on_terminal and of < LEAST_TOLD):
            return
        shown = step
        if on_terminal:
            print(f"\r{_bar(done, of, what)}", end="", file=sys.stderr, flush=True)
        else:
            note(f"{done} of {of} {what}")

    try:
        yield show
    finally:
        if on_terminal and shown >= 0:
            print(file=sys.stderr)


def _bar(done: int, of: int, what: str) -> str:
    told = f" {done} of {of} {what}"
    room = max(0, min(40, shutil.get_terminal_size().columns - len(told) - 3))
    filled = room * done // max(1, of)
    return f"[{'=' * filled}{' ' * (room - filled)}]{told}"
