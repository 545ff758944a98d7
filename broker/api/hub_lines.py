"""How many requests may wait for the hub at a time: the others are answered meanwhile.

What the hub is asked is left to the callers.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from broker.api.answering import problem
from broker.api.problems import ApiCode

_LINES: Final = 8
_lines = threading.BoundedSemaphore(_LINES)


@contextmanager
def hub_line() -> Iterator[None]:
    """Lets a thread ask the hub, as long as the block lasts.

    A hub that does not answer holds up those who ask it, and nobody else: there are
    only so many threads.

    Raises:
        ProblemError: UNAVAILABLE: enough are asking already.
    """
    if not _lines.acquire(blocking=False):
        raise problem(
            ApiCode.UNAVAILABLE,
            "enough requests wait for the hub already",
            headers={"Retry-After": "10"},
        )
    try:
        yield
    finally:
        _lines.release()
