"""How many documents of one client are looked at at a time: others have their turn.

Looking at a large document takes a thread for seconds, and there are only so many. What
is looked at is left to the callers.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from broker.api.answering import problem
from broker.api.problems import ApiCode
from broker.api.roles import Caller

LINES: Final = 8
"""Documents of one client at a time: a fifth of the threads that there are."""

_lock = threading.Lock()
_taken: Counter[str] = Counter()


@contextmanager
def client_line(who: Caller) -> Iterator[None]:
    """Lets a client's document be looked at, as long as the block lasts.

    Raises:
        ProblemError: TOO_MANY: enough of this client's are being looked at.
    """
    with _lock:
        if _taken[who.client] >= LINES:
            raise problem(
                ApiCode.TOO_MANY,
                f"{LINES} documents of this client are being looked at already",
                headers={"Retry-After": "2"},
            )
        _taken[who.client] += 1
    try:
        yield
    finally:
        with _lock:
            _taken[who.client] -= 1
            if not _taken[who.client]:
                del _taken[who.client]
