"""What keeping links works with: a store as it sees it, and everything else.

The store itself is left to `broker.infra`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from broker.core.envelope import Sealed
from broker.core.flows.resending import Original
from broker.core.holder import Holder
from broker.core.limits import Limits
from broker.core.link_records import Asked, Closed, Given, Standing, Taken
from broker.core.links import Asking, Heard, LinkTuning, MissingNumber
from broker.core.outgoing import Denial, Letter
from broker.core.ports import Clock
from broker.core.recalls.taken_back import Destroyed
from broker.core.records import Alarm, InboxMessage
from broker.core.trust import Trust
from keys.identity import PartyId


class LinkBook(Protocol):
    """What a node's store knows of its links; see `LinkStore`, `LinkAnswerStore`."""

    def link_work(self, limit: int) -> list[bytes]:
        """Returns messages that keep links and were not acted upon, oldest first."""
        ...

    def link_work_done(
        self, message_digest: bytes, gone: Destroyed | None = None
    ) -> None:
        """Notes that a message was acted upon, and destroys its content with it."""
        ...

    def find_received(self, message_digest: bytes) -> InboxMessage | None:
        """Returns one received message."""
        ...

    def digest_of_id(self, origin: PartyId, message_id: bytes) -> bytes | None:
        """Returns the message that `origin` sent under this id, if one is here."""
        ...

    def note_gaps(self, now_ms: int) -> None:
        """Notes since when each number is missing, and forgets those that came."""
        ...

    def incomplete(self) -> list[PartyId]:
        """Returns the origins of which something is noted as missing, in order."""
        ...

    def missing_numbers(self, origin: PartyId) -> list[MissingNumber]:
        """Returns what is noted as missing of one origin, ascending."""
        ...

    def asking(self, party: PartyId) -> Asking:
        """Returns how asking a party goes."""
        ...

    def answered(self, party: PartyId) -> None:
        """Notes that a party answers, whatever it says."""
        ...

    def standing(self, origin: PartyId, number: int) -> Standing:
        """Returns what a number of an origin is to us."""
        ...

    def close_number(self, closed: Closed, alarm: Alarm | None = None) -> None:
        """Notes that a number is not missing any more, with what is told of it."""
        ...

    def take_resent(self, taken: Taken) -> bool:
        """Stores a message that was sent again, with all that goes with it."""
        ...

    def original(self, party: PartyId, number: int) -> Original | None:
        """Returns what a party was sent under a number; None if that is not known."""
        ...

    def given(self, party: PartyId, number: int) -> tuple[int, int]:
        """Returns how often a party was told about a number, and when last."""
        ...

    def last_sent(self) -> dict[PartyId, tuple[int, int]]:
        """Returns number and time of the last message to each party."""
        ...

    def note_heartbeat(self, party: PartyId, number: int, next_within_ms: int) -> None:
        """Notes what a heartbeat announces."""
        ...

    def heard(self) -> dict[PartyId, Heard]:
        """Returns when each party spoke last."""
        ...

    def link_alarm(self, party: PartyId, topic: str) -> str:
        """Returns the name of the alarm that is open about a party; empty if none."""
        ...

    def note_link_alarm(self, party: PartyId, topic: str, name: str) -> None:
        """Notes the name of the alarm that is open about a party; empty for none."""
        ...

    def raise_alarm_once(self, name: str, alarm: Alarm) -> bool:
        """Notes an alarm, unless one was noted under this name; tells whether."""
        ...

    def settle_alarm(self, name: str, now_ms: int, text: str) -> bool:
        """Notes that what an alarm was about is over; tells whether that was new."""
        ...

    def store_sealed(
        self,
        letters: Sequence[Letter],
        denial: Denial | None,
        protect: Callable[[Sealed], bytes],
        now_ms: int,
    ) -> tuple[Sealed, ...]:
        """Seals, stores and queues messages, all or none; durable on return."""
        ...

    def store_sealed_request(
        self,
        asked: Asked,
        letters: Sequence[Letter],
        protect: Callable[[Sealed], bytes],
        now_ms: int,
    ) -> tuple[Sealed, ...]:
        """Seals, stores and queues a request, and notes what it asks for."""
        ...

    def store_sealed_answer(
        self,
        given: Given,
        letters: Sequence[Letter],
        protect: Callable[[Sealed], bytes],
        now_ms: int,
    ) -> tuple[Sealed, ...]:
        """Seals, stores and queues an answer, and notes that it was given."""
        ...

    def store_withheld(self, denial: Denial) -> None:
        """Records a denial, and queues the blinded statement of it for the log."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPorts:
    """What keeping links works with.

    Attributes:
        holder: Whose links.
        store: Its node's.
        trust: Returns the directory to go by now.
        clock: The time.
        limits: Bounds.
        tuning: How patient it is.
        connected: Tells whether the hub can be reached at the moment.
    """

    holder: Holder
    store: LinkBook
    trust: Callable[[], Trust]
    clock: Clock
    limits: Limits
    tuning: LinkTuning
    connected: Callable[[], bool]
