"""What a party may still send: its limits against what the hub took from it before.

Pure: what was taken is counted from the ledger, by the relay's index. What a message
says and whether it may pass is left to `relay`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from broker.core.codec.envelope import EnvelopeParts
from broker.core.errors import Code, RefusedError
from keys.directory.model import PartyLimits
from keys.identity import PartyId

MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the hub has taken from a party.

    Attributes:
        messages: That arrived within the minute before, and were accepted.
        stored_bytes: Of accepted messages in the hub's store.
    """

    messages: int = 0
    stored_bytes: int = 0


UsageLookUp = Callable[[PartyId, int], Usage]
"""Returns the usage of a party at a time, in ms since the epoch."""


def nothing_used(_party: PartyId, _at_ms: int) -> Usage:
    """Stands in where nothing was taken before."""
    return Usage()


def check_limits(
    limits: PartyLimits, size: int, usage: Callable[[], Usage], *, stored: int
) -> None:
    """Refuses a message that is more than the stewards allow its origin.

    The minute is counted by when messages arrived at the bus, not by when they were
    decided: a party that kept to its limit while no relay ran is not refused for that.

    Args:
        limits: Of the origin.
        size: Of the envelope, in bytes.
        usage: What was taken before; asked for only where a limit needs it.
        stored: Bytes that the message would add to the store.

    Raises:
        RefusedError: OVERSIZE, RATE_LIMIT or QUOTA.
    """
    if limits.message_bytes is not None and size > limits.message_bytes:
        raise RefusedError(
            Code.OVERSIZE, f"{size} bytes, where {limits.message_bytes} are allowed"
        )
    if limits.messages_per_minute is None and limits.stored_bytes is None:
        return
    used = usage()
    if (
        limits.messages_per_minute is not None
        and used.messages >= limits.messages_per_minute
    ):
        raise RefusedError(
            Code.RATE_LIMIT, f"{limits.messages_per_minute} a minute are allowed"
        )
    if (
        limits.stored_bytes is not None
        and used.stored_bytes + stored > limits.stored_bytes
    ):
        raise RefusedError(
            Code.QUOTA,
            f"{used.stored_bytes} bytes are stored, {stored} more asked for, "
            f"{limits.stored_bytes} allowed",
        )


def stored_bytes(parts: EnvelopeParts) -> int:
    """Returns how many bytes the copies of a message take, one for each recipient.

    As far as its origin made them: what the bus adds to each is not counted.
    """
    shared = len(parts.signed_header) + len(parts.signature) + len(parts.ciphertext)
    return sum(shared + len(wrap) for wrap in parts.wraps)
