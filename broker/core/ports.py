"""What the services need from the world, as small protocols.

Owned by those who call them; drivers in `broker.infra` share no base class.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message to write to the ledger.

    Attributes:
        subject: Where to.
        payload: What.
        dedup_id: Deterministic; the same decision always has the same.
    """

    subject: str
    payload: bytes
    dedup_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One message taken from a durable consumer.

    Attributes:
        subject: Where it was published.
        data: What.
        sequence: Its number in the stream.
        reply: The subject that acknowledges it.
        arrived_ms: When the server stored it, in ms since the epoch.
    """

    subject: str
    data: bytes
    sequence: int
    reply: str
    arrived_ms: int


class Source(Protocol):
    """A durable consumer: what was not acknowledged comes again."""

    async def fetch(self, limit: int, wait_s: float) -> Sequence[Incoming]:
        """Returns up to `limit` messages; none after `wait_s` seconds of silence.

        Raises:
            BusUnavailableError: Nobody there.
        """
        ...

    async def acknowledge(self, messages: Sequence[Incoming]) -> None:
        """Tells the server not to deliver these again."""
        ...


class Ledger(Protocol):
    """Where the relay's decisions are written."""

    async def commit(self, items: Sequence[Outgoing]) -> None:
        """Writes all of `items` or none, durably.

        Raises:
            AlreadyCommittedError: One of them was written before; none was now.
            BusUnavailableError: No answer in time; it may or may not be written.
            BusRefusedError: The server said no (no room, too large).
        """
        ...


class AuditTail(Protocol):
    """The audit entries of the ledger by their number in the stream.

    Read by number and not through a consumer: a consumer delivers newer messages
    before it repeats older ones, and the log must not overtake itself.
    """

    async def after(self, sequence: int) -> Sequence[tuple[int, bytes]]:
        """Returns entries with a greater number, in order; empty at the end.

        Raises:
            BusUnavailableError: Nobody there.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One message that the log is made of.

    Attributes:
        sequence: Its number in the stream.
        subject: Where it was published, which says who may have.
        data: What.
    """

    sequence: int
    subject: str
    data: bytes


class LogTail(Protocol):
    """All of the ledger that the log is made of: receipts, and snapshots."""

    async def after(self, sequence: int) -> Sequence[LedgerEntry]:
        """Returns entries with a greater number, in order; empty at the end.

        Raises:
            BusUnavailableError: Nobody there.
        """
        ...


class Uplink(Protocol):
    """A node's way to the hub."""

    async def submit(self, payload: bytes) -> None:
        """Returns once the hub's stream holds `payload` durably.

        Raises:
            BusUnavailableError: Nobody there, or no answer in time.
            BusRefusedError: The server said no.
        """
        ...


class Clock(Protocol):
    """The time, in milliseconds since 1970-01-01T00:00:00Z."""

    def now_ms(self) -> int:
        """Returns the present."""
        ...
