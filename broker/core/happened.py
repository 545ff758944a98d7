"""An event of a node with what decides about who may be told of it.

Reading it is left to the store; who calls, to the interfaces.
"""

from dataclasses import dataclass

from broker.core.feed import FeedEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One event, and what it is about.

    Attributes:
        entry: The event.
        message_id: Of the message, 16 bytes; empty when it is about none.
        kind: Of the message, with its version; empty when it is about none.
        origin: Who sent it, likewise.
        sent: Whether that was this node.
        desks: Which desks our policy gives it to; none when it was sent from here.
        given: When its content is gone: the desks that were given it, each with its
            agency; None while it is there.
        agency: Whose system has submitted it; empty when none has.
    """

    entry: FeedEntry
    message_id: bytes = b""
    kind: str = ""
    origin: str = ""
    sent: bool = False
    desks: frozenset[str] = frozenset()
    given: frozenset[tuple[str, str]] | None = None
    agency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """What somebody may be told of.

    Attributes:
        everything: Everything that happens, whomever it concerns.
        desks: What these desks get, and what becomes of it.
        agency: What this agency's systems have submitted, and what becomes of it;
            empty: nothing.
        reader: Whose desks these are; empty: it is not known.
    """

    everything: bool = False
    desks: frozenset[str] = frozenset()
    agency: str = ""
    reader: str = ""

    def may_know(self, happened: Happened) -> bool:
        """Tells whether an event is for them; what nobody was named for is for none."""
        if self.everything:
            return True
        own = bool(self.agency) and happened.agency == self.agency
        desks = happened.desks
        if happened.given is not None and self.reader:
            # Another agency at the same desk was not given it, and does not learn now
            # that there was anything.
            desks = frozenset(
                desk for desk, agency in happened.given if agency == self.reader
            )
        return own or bool(self.desks & desks)
