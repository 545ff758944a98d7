"""What is known about a request besides its own words.

Gathering it is left to the floors above.
"""

from dataclasses import dataclass

from broker.core.handling import Handling


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierTrace:
    """A trace request that was sent or received before.

    Attributes:
        message_digest: SHA-256 of its signed header.
        message_id: As people read it.
        by: Who asked.
        to: Whom.
        case_reference: Of its case, or empty.
        fingerprints: Of the weapons that bear a number, 32 bytes each.
        filed: Where else it is recorded: system and identifier, as `filed_at` folds
            them.
    """

    message_digest: bytes
    message_id: str
    by: str
    to: tuple[str, ...]
    case_reference: str
    fingerprints: frozenset[bytes]
    filed: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a request is judged by besides its own words.

    Attributes:
        today: ISO 8601, such as "2026-03-09".
        party: Who asks; empty when that is not known.
        recipients: Whom; empty when that is not decided.
        handling: How it may be handled; None when that is not decided.
        case_reference: Of its case, or empty.
        earlier: Trace requests that were sent or received before, oldest first.
        own_records: Places of items, and what own lists say of them, as sentences
            without full stop.
        alike: Likewise of messages other than traces.
        embargoes: What a table of embargoes says of it, as sentences without full
            stop.
    """

    today: str
    party: str = ""
    recipients: tuple[str, ...] = ()
    handling: Handling | None = None
    case_reference: str = ""
    earlier: tuple[EarlierTrace, ...] = ()
    own_records: tuple[tuple[str, str], ...] = ()
    alike: tuple[tuple[str, str], ...] = ()
    embargoes: tuple[str, ...] = ()
