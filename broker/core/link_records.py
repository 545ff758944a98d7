"""What a node keeps of its links, as plain values.

What follows from it is left to `broker.core.links`, how it is kept to the
store.
"""

from dataclasses import dataclass
from enum import Enum, auto

from broker.core.links import Asking, Closure, Heard, MissingNumber
from broker.core.model import Receipt
from broker.core.records import Alarm, InboxMessage
from keys.identity import PartyId


class Standing(Enum):
    """What a number of an origin is to us."""

    WANTED = auto()
    SETTLED = auto()
    NOT_ASKED_FOR = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request: which numbers of one party are asked for with it."""

    party: PartyId
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer: about which number one party is told something with it."""

    party: PartyId
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A number that is not missing any more, although it did not come by itself.

    Attributes:
        at_ms: Since when, in ms since the epoch.
        message_digest: Of the message; empty where its origin does not know it.
        code: REFUSED_BY_HUB: why the hub refused it; empty otherwise.
    """

    origin: PartyId
    number: int
    closure: Closure
    at_ms: int
    message_digest: bytes = b""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Evidence: the hub has accepted a message, and its recipient had to ask for it.

    Attributes:
        noticed_ms: When it came by another way, in ms since the epoch.
        receipt: The hub's ACCEPTED, exactly as it was signed.
        proof: Binds it to the hub's signature.
    """

    message_digest: bytes
    origin: PartyId
    number: int
    noticed_ms: int
    receipt: bytes
    proof: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A message that was sent again, and what is stored together with it.

    Attributes:
        answer_digest: Of the message in which it came.
        message: The message itself.
        receipt: What its origin is told about it.
        evidence: That the hub had accepted it.
        alarm: What an operator is told.
    """

    answer_digest: bytes
    message: InboxMessage
    receipt: Receipt
    evidence: Dropped
    alarm: Alarm


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """How it stands between us and one party.

    Attributes:
        sent_number: Of the last message to it; 0 before the first.
        sent_ms: When that was sealed, in ms since the epoch; 0 before the first.
        heard: When it spoke last; None if it never did.
        missing: What of its messages has not come, ascending.
        asking: How asking for that goes.
        closed: What did not come by itself and is not missing any more, by number.
        silent: Whether it has broken its word about when it speaks again.
        dropped: How often the hub had accepted what had to be asked for.
    """

    party: PartyId
    sent_number: int = 0
    sent_ms: int = 0
    heard: Heard | None = None
    missing: tuple[MissingNumber, ...] = ()
    asking: Asking = Asking()  # noqa: RUF009 - frozen
    closed: tuple[Closed, ...] = ()
    silent: bool = False
    dropped: int = 0
