"""What a system asks for when it lists messages, as plain values.

Who may see what is left to the interface, finding it to the store.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which messages are asked for.

    Attributes:
        after: Place of the last one that is known already; 0: from the beginning.
        limit: How many at most.
        kind: With its version; empty: any.
        origin: Who sent it; empty: anybody.
        case_reference: Empty: any.
        since_ms: Nothing that came, or was sealed, before, in ms since the epoch.
    """

    after: int = 0
    limit: int = 100
    kind: str = ""
    origin: str = ""
    case_reference: str = ""
    since_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A message that was found.

    Attributes:
        place: Where it stands in the list; ascending, and never another's.
        message_digest: SHA-256 of its signed header, 32 bytes.
    """

    place: int
    message_digest: bytes
