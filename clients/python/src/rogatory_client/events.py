"""Server-sent events (WHATWG HTML, 9.2), read line by line.

Connecting again is left to the clients.
"""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at the node.

    Attributes:
        id: Its number; what `after` takes in order to go on behind it.
        name: What happened, such as "message.received".
        data: More about it.
    """

    id: str
    name: str
    data: Any


@dataclass(slots=True)
class EventReader:
    """Puts lines together to events.

    Attributes:
        last_id: Id of the last event that was complete; where to go on.
        retry_s: Seconds that the node asks to wait before connecting again.
    """

    last_id: str = ""
    retry_s: float = 1.0
    _name: str = ""
    _id: str = ""
    _data: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Goes on from where it is told to, whatever comes first."""
        self._id = self.last_id

    def take(self, line: str) -> Event | None:
        """Takes one line, without its end; returns an event when it ends one.

        Raises:
            ValueError: The data of an event is not JSON.
        """
        if not line:
            return self._end()
        if line.startswith(":"):
            return None  # keeps the connection alive
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._name = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and value.isdecimal():
            self.retry_s = int(value) / 1000
        return None

    def broken_off(self) -> None:
        """Forgets what of an event came before the connection broke."""
        self._name, self._id, self._data = "", self.last_id, []

    def _end(self) -> Event | None:
        data, name = "\n".join(self._data), self._name
        self._data, self._name = [], ""
        self.last_id = self._id
        if not data:
            return None
        return Event(id=self._id, name=name or "message", data=json.loads(data))
