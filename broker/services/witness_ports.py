"""What a witness needs from others: a memory, the stewards' word, and a way to the hub.

What it does with them is left to `witness`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from broker.core.audit.witness import Evidence, SeenCheckpoint
from broker.core.ports import Clock
from broker.core.records import Alarm
from keys.directory.model import FederationRecord


class Remembered(Protocol):
    """One step of a log, as the memory gives it."""

    @property
    def seen(self) -> SeenCheckpoint:
        """The checkpoint."""
        ...

    @property
    def cosigned_ms(self) -> int | None:
        """When the hub took the newest cosignature of it."""
        ...


class WitnessMemory(Protocol):
    """What a witness remembers; every change is durable on return."""

    def newest(self, origin: str) -> Remembered | None:
        """Returns the largest checkpoint of a log that was seen."""
        ...

    def of_size(self, origin: str, size: int) -> SeenCheckpoint | None:
        """Returns the checkpoint of a size, if it is remembered."""
        ...

    def take(self, after: SeenCheckpoint | None, seen: SeenCheckpoint, ms: int) -> None:
        """Remembers that a checkpoint continues the newest one.

        Raises:
            StoreError: It could not be stored, or another process was faster.
        """
        ...

    def note_cosigned(self, seen: SeenCheckpoint, at_ms: int) -> None:
        """Notes that the hub has taken a cosignature."""
        ...

    def file(self, evidence: Evidence, at_ms: int) -> bool:
        """Keeps evidence, once; tells whether it is new."""
        ...


class FederationSource(Protocol):
    """What the stewards say, verified by their signatures.

    Whether the log holds it is not asked: a witness has to go on when the stewards
    give the log another key, and others wait for its cosignature.
    """

    async def current(self) -> FederationRecord:
        """Returns what was fetched a short while ago, or is fetched now.

        Raises:
            DirectoryError: It cannot be had.
        """
        ...

    async def refresh(self) -> FederationRecord:
        """Returns what is fetched now.

        Raises:
            DirectoryError: It cannot be had.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessPorts:
    """What a witness works with.

    Attributes:
        ask: Puts a question to the hub's desk; raises `BusError`.
        federation: Names the log and its key.
        memory: What was seen.
        alarm: Notes, once under a name, something that a person must look at.
        clock: The time.
    """

    ask: Callable[[bytes], Awaitable[bytes]]
    federation: FederationSource
    memory: WitnessMemory
    alarm: Callable[[str, Alarm], object]
    clock: Clock
