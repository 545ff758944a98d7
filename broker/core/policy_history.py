"""One version of a party's published policy, as its node remembers it.

How it is kept is left to the store, what it says to `broker.core.policy`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Eyes(StrEnum):
    """How many people it takes to publish in a party's name."""

    FOUR = "four"
    TWO = "two"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """A policy that was published, and has been in force since.

    Attributes:
        version: Of the publication that brought it.
        digest: SHA-256 of the policy as published, 32 bytes.
        published_ms: When it was prepared, in ms since the epoch.
        seen_ms: When this node learnt of it, likewise.
        policy: As published.
        signers: Identifiers of the role keys that signed it, ascending; empty where
            that is not known.
        threshold: How many of them had to; 0 where that is not known.
        text: As it was written; empty where it was published from elsewhere.
    """

    version: int
    digest: bytes
    published_ms: int
    seen_ms: int
    policy: bytes
    signers: tuple[str, ...] = ()
    threshold: int = 0
    text: str = ""

    @property
    def eyes(self) -> Eyes:
        """Whether one key was enough for it."""
        if self.threshold == 0:
            return Eyes.UNKNOWN
        return Eyes.FOUR if self.threshold > 1 else Eyes.TWO
