"""A desk without a node, for tests and for the conformance suite.

It keeps in memory what the adapter asked for, and refuses what a node would refuse.
"""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from adapters.values import Delivery, Proposal, Received, Submission
from broker.core.codec.documents import encode_document
from broker.core.errors import Code, RefusedError
from broker.core.handling import Handling, Restrictions
from broker.core.tightening import check_not_looser
from keys.framing import sha256
from keys.identity import PartyId


@dataclass(slots=True)
class MemoryDesk:
    """What a node gives an adapter, kept in memory.

    Args:
        folder: The adapter's own.
        deliveries: What the adapter may have, in order.
        time_ms: The present, in ms since the epoch; it stands still.
    """

    folder: Path
    deliveries: list[Delivery] = field(default_factory=list)
    name: str = "adapter"
    party: PartyId = field(default_factory=lambda: PartyId("KEN"))
    time_ms: int = 1_790_000_000_000
    submitted: dict[str, Submission] = field(default_factory=dict)
    proposed: dict[str, Proposal] = field(default_factory=dict)
    letters: dict[str, tuple[Received, Exception]] = field(default_factory=dict)

    def now_ms(self) -> int:
        """Returns the time that was set."""
        return self.time_ms

    async def submit(self, submission: Submission) -> tuple[bytes, ...]:
        """Keeps a document as sent."""
        self._check(submission)
        kept = self.submitted.setdefault(submission.key, submission)
        return (sha256(kept.key.encode()),)

    async def propose(self, proposal: Proposal) -> str:
        """Keeps a document for a person."""
        self._check(proposal.submission)
        key = proposal.submission.key
        self.proposed.setdefault(key, proposal)
        return sha256(key.encode()).hex()[:16]

    async def set_aside(self, received: Received, error: Exception) -> int:
        """Keeps what cannot be used."""
        self.letters.setdefault(received.key, (received, error))
        return list(self.letters).index(received.key) + 1

    async def again(
        self, kinds: Collection[str] = (), since_ms: int = 0
    ) -> AsyncIterator[Delivery]:
        """Yields the deliveries that were set."""
        for one in self.deliveries:
            name = one.kind.partition("/")[0]
            if (not kinds or name in kinds) and one.received_ms >= since_ms:
                yield one

    def _check(self, submission: Submission) -> None:
        """Refuses what does not fit its kind, or is handled more loosely.

        Raises:
            DocumentError: It does not fit its kind.
            HandlingError: Not a handling label.
            RefusedError: LOOSER_HANDLING, or CANNOT_OPEN: a source is not here.
        """
        encode_document(submission.kind, submission.content)
        handling = Handling.parse(submission.handling)
        known = {one.message_digest: one for one in self.deliveries}
        for digest in submission.based_on:
            if digest not in known:
                raise RefusedError(Code.CANNOT_OPEN, "no such message came in here")
            # A node adds the restrictions of its sources by itself.
            label = replace(known[digest].handling, restrictions=Restrictions())
            check_not_looser(label, handling)
