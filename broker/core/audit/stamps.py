"""Time-stamps on the log as the hub keeps them: which are kept, and when one is due.

What a time-stamp proves is left to `keys.timestamps`, the clock to whoever calls.
"""

from dataclasses import dataclass
from typing import Final

RETRY_MS: Final = 60_000
"""After which an authority that gave none is asked again, at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A time-stamp on one checkpoint.

    Attributes:
        size: Entries of the tree that the checkpoint is about.
        at_ms: The authority's time, in ms since the epoch.
        taken_ms: Our own time, by which the next one is due, in ms since the epoch.
        note: The checkpoint as the log signed it: what the token is about.
        token: What the authority answered, a DER TimeStampResp.
    """

    size: int
    at_ms: int
    taken_ms: int
    note: str
    token: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """That time-stamps cannot be had.

    Attributes:
        since_ms: When it was noticed, in ms since the epoch.
        reason: Why, as it was seen last.
    """

    since_ms: int
    reason: str


def due_ms(newest: Stamp | None, every_ms: int) -> int:
    """Returns when the next time-stamp is due, in ms since the epoch; 0: at once.

    Args:
        newest: The last one, if there is any.
        every_ms: How often one is wanted.
    """
    return 0 if newest is None else newest.taken_ms + every_ms


def next_wait_ms(waited_ms: int, every_ms: int) -> int:
    """Returns how long to wait after another attempt that failed, in ms.

    Args:
        waited_ms: How long was waited before it; 0 at the first.
        every_ms: How often a time-stamp is wanted, which is never exceeded.
    """
    return min(every_ms, max(RETRY_MS, 2 * waited_ms))
