"""What MISP's REST interface does with events, for tests; it is not MISP, and says so.

It answers as the source of MISP 2.4 and 2.5 does: an event that is there already is
"not found" when it is added, and a key that is not known is forbidden.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.stand_in import SAYS_SO, StandInServer, stand_in

KEY = "k" * 40


@dataclass
class MispStandIn:
    """An instance, and what it holds.

    Attributes:
        events: By UUID.
        blocked: UUIDs of events that were deleted.
        asked: Method and path of every request.
        refuses: Status to answer every addition with, if any.
        deaf: Whether it says yes to everything, and does nothing.
        server: What listens.
    """

    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)
    refuses: int = 0
    deaf: bool = False
    server: StandInServer = field(init=False)

    def answer(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, object]:
        """Returns status and JSON of an answer."""
        self.asked.append((method, path))
        name = path.rpartition("/")[2]
        if headers.get("Authorization") != KEY:
            return 403, {"message": "Authentication failed"}
        if path == "/servers/getVersion":
            return 200, {"version": "2.5.0", "note": SAYS_SO}
        if path.startswith("/events/view/"):
            found = self.events.get(name)
            return (200, found) if found else (404, {"message": "Invalid event"})
        return self._change(path, name, body)

    def _change(self, path: str, name: str, body: bytes) -> tuple[int, object]:
        if self.deaf:
            return 200, {"saved": True}
        if path == "/events/add":
            return self._add(json.loads(body))
        if path.startswith("/events/delete/") and name in self.events:
            del self.events[name]
            self.blocked.add(name)
            return 200, {"saved": True}
        return 404, {"message": "Invalid event"}

    def _add(self, event: dict[str, Any]) -> tuple[int, object]:
        name = event["Event"]["uuid"]
        if self.refuses:
            return self.refuses, {"message": "Could not add Event"}
        if name in self.blocked:
            return 403, {"message": "Event blocked by event blocklist."}
        if name in self.events:
            return 404, {"message": "Event already exists"}
        self.events[name] = event
        return 200, event


@contextmanager
def misp_stand_in() -> Iterator[MispStandIn]:
    """Yields an instance that listens."""
    state = MispStandIn()
    with stand_in(state.answer) as state.server:
        yield state
