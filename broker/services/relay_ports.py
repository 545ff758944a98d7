"""What a relay worker works with, and how it spends its machine.

The work itself is in `broker.services.relay`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from broker.core.codec.receipts import AuditRecord
from broker.core.flows.relay import Known, Outcome
from broker.core.flows.round import Decided, Position
from broker.core.flows.usage import Usage
from broker.core.ports import AuditTail, Clock, Ledger, Source
from broker.core.trust import Trust
from keys.identity import PartyId


class Index(Protocol):
    """What was decided before, on this machine."""

    def position(self) -> Position:
        """Returns the newest entry of the ledger that is known."""
        ...

    def rewind(self) -> None:
        """Forgets how far the ledger was followed, and what was counted there."""
        ...

    def learn(self, records: Sequence[AuditRecord], position: Position) -> None:
        """Takes in audit entries up to a place in the ledger."""
        ...

    def by_ids(self, message_ids: Sequence[bytes]) -> Mapping[bytes, Known]:
        """Returns the accepted messages among these UUIDs."""
        ...

    def by_digest(self, message_digest: bytes) -> Known | None:
        """Returns the accepted message of this digest."""
        ...

    def decided(
        self, submission_digests: Sequence[bytes]
    ) -> Mapping[tuple[bytes, PartyId], Decided]:
        """Returns what became of these bytes, by digest and by who submitted them."""
        ...

    def usage(self, party: PartyId, at_ms: int) -> Usage:
        """Returns what was taken from a party: in the minute up to then, and all."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayTuning:
    """How a worker spends its machine.

    Attributes:
        round_size: Most submissions decided together.
        rounds_in_flight: How many rounds overlap: one verifies while another syncs.
        small_round: Fewer submissions than that, and the next round waits for this.
        threads: Threads that verify signatures.
        chunk: Fewest signatures worth a thread.
    """

    round_size: int = 256
    rounds_in_flight: int = 3
    small_round: int = 64
    threads: int = 2
    chunk: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayPorts:
    """What a worker works with.

    Attributes:
        source: The shared durable of what parties submit.
        ledger: Where decisions are written.
        index: What was decided before.
        tail: How the index learns what other workers decided.
        clock: The time.
        trust: Returns the directory to go by now.
        refresh: Asks for a newer directory, when an account is not known yet; tells
            whether it could be had.
        published: Returns every account that some party has published and not
            replaced, also those of parties whose record has expired since.
        decided: Told about each decision once it is on record.
    """

    source: Source
    ledger: Ledger
    index: Index
    tail: AuditTail
    clock: Clock
    trust: Callable[[], Trust]
    refresh: Callable[[], Awaitable[bool]]
    published: Callable[[], Mapping[str, PartyId]]
    decided: Callable[[Outcome], None] = lambda _: None
