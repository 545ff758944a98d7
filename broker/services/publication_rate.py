"""How often a party may publish: each time makes a snapshot that is kept for ever.

What it publishes is judged by the directory's registrar.
"""

import threading
from collections import defaultdict, deque
from typing import Final

from broker.core.errors import Code, RefusedError
from keys.identity import PartyId

_MOST: Final = 60
_WITHIN_MS: Final = 3_600_000


class PublicationRate:
    """Counts publications of each party, in memory: a restart forgives.

    Args:
        most: How many are taken within the time.
        within_ms: The time.
    """

    def __init__(self, *, most: int = _MOST, within_ms: int = _WITHIN_MS) -> None:
        self._most = most
        self._within_ms = within_ms
        self._taken: defaultdict[PartyId, deque[int]] = defaultdict(deque)
        self._lock = threading.Lock()

    def take(self, party: PartyId, now_ms: int) -> None:
        """Counts one.

        Raises:
            RefusedError: RATE_LIMIT, when there were too many; it is not counted.
        """
        with self._lock:
            taken = self._taken[party]
            while taken and taken[0] <= now_ms - self._within_ms:
                taken.popleft()
            if len(taken) >= self._most:
                raise RefusedError(
                    Code.RATE_LIMIT,
                    f"{self._most} publications of {party} within "
                    f"{self._within_ms // 60_000} minutes",
                )
            taken.append(now_ms)
