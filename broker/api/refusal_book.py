"""What known clients did not get, kept; and no more of it than a node can bear.

Whoever is refused without end could otherwise have the node write without end, and push
what others were refused out of what is kept.
"""

import threading
from collections import Counter
from typing import Final, Protocol

import structlog

from broker.core.clients import ClientRefusal
from broker.core.errors import BrokerError
from broker.core.ports import Clock

_MINUTE_MS: Final = 60_000
_KEPT_A_MINUTE: Final = 60
"""How many refusals of one client are kept within a minute; the others are not."""


class RefusalRecords(Protocol):
    """Where refusals are kept."""

    def note_client_refusal(self, refusal: ClientRefusal) -> None:
        """Keeps what a client did not get."""
        ...


class RefusalBook:
    """Keeps refusals; may be used by several threads.

    Args:
        records: Where.
        clock: The time.
    """

    def __init__(self, records: RefusalRecords, clock: Clock) -> None:
        self._records = records
        self._clock = clock
        self._lock = threading.Lock()
        self._minute = 0
        self._kept: Counter[str] = Counter()

    def note(self, client: str, code: str, what: str) -> None:
        """Keeps a refusal, unless there were too many of this client's lately.

        That it cannot be kept is for the log: the refusal stands.

        Args:
            client: Who asked.
            code: Why not.
            what: What for; nothing of what stands in the request.
        """
        now_ms = self._clock.now_ms()
        with self._lock:
            if now_ms // _MINUTE_MS != self._minute:
                self._minute = now_ms // _MINUTE_MS
                self._kept.clear()
            self._kept[client] += 1
            if self._kept[client] > _KEPT_A_MINUTE:
                return
        refusal = ClientRefusal(client=client, code=code, what=what, at_ms=now_ms)
        try:
            self._records.note_client_refusal(refusal)
        except BrokerError as error:
            log = structlog.get_logger("api")
            log.error("refusal-not-kept", problem=str(error))  # noqa: TRY400 - known why
