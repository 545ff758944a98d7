"""What the store keeps of an object: tokens, and bytes that only the node can open.

What stands in the bytes is left to `broker.core.identification.records`.
"""

from dataclasses import dataclass
from typing import Final

LIST_ID_SIZE: Final = 16
"""Bytes of the id of an own list; that of a message is longer."""
NAME_TOKEN_SIZE: Final = 8
"""Bytes by which leads name an own list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """One object that is to be kept.

    Attributes:
        position: Within its owner, from 0.
        tokens: By which it is found.
        protected: The object, encrypted.
    """

    position: int
    tokens: tuple[int, ...]
    protected: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRow:
    """One object that is kept.

    Attributes:
        number: Of the row.
        owner: Digest of a message, or the id of an own list.
        position: Within its owner.
        protected: The object, encrypted.
    """

    number: int
    owner: bytes
    position: int
    protected: bytes

    @property
    def is_listed(self) -> bool:
        """Tells whether it is an entry of an own list."""
        return len(self.owner) == LIST_ID_SIZE


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """One list that is kept.

    Attributes:
        list_id: Owner of its rows.
        name_token: Of its name.
        imported_ms: When it was imported, in ms since the epoch.
        entries: How many rows it has.
        protected: Its name and sort, encrypted.
    """

    list_id: bytes
    name_token: int
    imported_ms: int
    entries: int
    protected: bytes

    @property
    def other(self) -> bytes:
        """How leads name the list: the same after it was imported again."""
        return self.name_token.to_bytes(NAME_TOKEN_SIZE, "big", signed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRow:
    """One lead that is kept.

    Attributes:
        number: By which people name it; 0 before it is noted.
        pair: Token of the two objects: a pair is noted once.
        message_digest: Of the message that was looked up.
        other: Of the message that was found, or the name token of an own list.
        protected: The lead, encrypted.
        decided: What became of it, encrypted; empty while it is open.
    """

    number: int = 0
    pair: bytes
    message_digest: bytes
    other: bytes
    protected: bytes
    decided: bytes = b""

    @property
    def is_listed(self) -> bool:
        """Tells whether it leads to an own list."""
        return len(self.other) == NAME_TOKEN_SIZE
