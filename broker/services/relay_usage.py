"""What parties have sent, counted up to this moment: on record, and under way.

The index knows what the ledger says. What this worker has let pass in rounds that are
not on record yet, it knows itself: else a party could send many times its limit while
a round is written. Other workers' rounds are known once they are written.
"""

from dataclasses import dataclass
from typing import Final

from broker.core.flows.relay import Examined
from broker.core.flows.usage import MINUTE_MS, Usage, UsageLookUp, stored_bytes
from keys.identity import PartyId

# After which something that was let pass and never got on record is forgotten.
_FORGET_MS: Final = 10 * MINUTE_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passage:
    party: PartyId
    arrived_ms: int
    stored_bytes: int
    noted_ms: int


class Meter:
    """Counts for one worker.

    Args:
        recorded: What the index says.
    """

    def __init__(self, recorded: UsageLookUp) -> None:
        self._recorded = recorded
        self._under_way: dict[bytes, _Passage] = {}

    def usage(self, party: PartyId, at_ms: int) -> Usage:
        """Returns what was taken from a party: in the minute up to then, and all."""
        found = self._recorded(party, at_ms)
        own = [one for one in self._under_way.values() if one.party == party]
        recent = sum(at_ms - MINUTE_MS < one.arrived_ms <= at_ms for one in own)
        return Usage(
            messages=found.messages + recent,
            stored_bytes=found.stored_bytes + sum(one.stored_bytes for one in own),
        )

    def let_pass(self, examined: Examined, now_ms: int) -> None:
        """Counts a message that is under way."""
        self._under_way[examined.submission_digest] = _Passage(
            party=examined.party,
            arrived_ms=examined.arrived_ms,
            stored_bytes=stored_bytes(examined.checked.parts),
            noted_ms=now_ms,
        )
        self._forget(now_ms)

    def settle(self, digest: bytes) -> None:
        """Counts a message no longer: it is on record, or is decided once more."""
        self._under_way.pop(digest, None)

    def _forget(self, now_ms: int) -> None:
        # In the order of their times, so that a look at the oldest is enough.
        while self._under_way:
            oldest = next(iter(self._under_way))
            if now_ms - self._under_way[oldest].noted_ms <= _FORGET_MS:
                return
            del self._under_way[oldest]
