"""What the simulator does wrong on purpose, once for each time it is told to.

Where in an answer a fault comes in is said at its name; carrying it out is left to
`adapters.interpol.simulator.service`.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Misdeed(StrEnum):
    """What can go wrong."""

    UNAVAILABLE = "unavailable"
    """503 before anything is done."""
    BUSY = "busy"
    """A signed refusal for now."""
    LOST_ANSWER = "lost-answer"
    """It is done, and then 503: the client cannot know."""
    SCHEMA = "schema"
    """A signed answer that is not as the schema has it."""
    DUPLICATE = "duplicate"
    """Candidates and answers are in the answer twice."""
    UNSIGNED = "unsigned"
    """An answer without a signature."""
    ALTERED = "altered"
    """An answer that was changed after it was signed."""
    WRAPPED = "wrapped"
    """A forged answer around a true one, whose signature holds."""
    REPLAYED = "replayed"
    """The last answer again, whatever was asked."""
    TRUNCATED = "truncated"
    """Half an answer."""
    OVERSIZE = "oversize"
    """An answer without end, or nearly."""
    ENTITY = "entity"
    """An answer with a document type and an external entity."""


class Orders(BaseModel):
    """What is sent to have it do something wrong.

    Attributes:
        latency_ms: How long each answer takes from now on; None: as before.
        next: What goes wrong with the next answers, one each.
    """

    model_config = ConfigDict(extra="forbid")

    latency_ms: Annotated[int, Field(ge=0, le=60_000)] | None = None
    next: Annotated[list[Misdeed], Field(max_length=100)] = []


@dataclass(slots=True)
class Faults:
    """What is still to go wrong.

    Attributes:
        latency_ms: How long each answer takes, on top.
    """

    latency_ms: int = 0
    _next: deque[Misdeed] = field(default_factory=deque)

    def order(self, orders: Orders) -> None:
        """Notes what is to go wrong."""
        if orders.latency_ms is not None:
            self.latency_ms = orders.latency_ms
        self._next.extend(orders.next)

    def draw(self) -> Misdeed | None:
        """Returns what goes wrong now, once."""
        return self._next.popleft() if self._next else None

    def left(self) -> Sequence[str]:
        """Returns what has not gone wrong yet."""
        return tuple(self._next)
