"""What the desk of pending releases needs, and what it shows of a document there.

How documents come and go is left to `broker.services.pending`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from broker.core.approvals import Heard, Tally
from broker.core.envelope import Sealed
from broker.core.feed import Once
from broker.core.flows.export import ExportPlan
from broker.core.outgoing import Denial, Letter
from broker.core.pending import HeldDocument, Pending, PendingState, Released
from broker.core.ports import Clock
from broker.core.records import Alarm
from broker.core.releases import Statement
from broker.core.trust import Trust
from broker.services.dispatch import Dispatcher, SendingStore


class PendingDocuments(SendingStore, Protocol):
    """Where documents wait, and what is sent of them is kept."""

    def hold(self, pending: Pending, once: Once | None = None) -> None:
        """Stores a document that waits; durable on return."""
        ...

    def pending(
        self, state: PendingState | None = None, limit: int = 1000
    ) -> list[Pending]:
        """Returns what waits or has waited, newest first."""
        ...

    def find_pending(self, pending_id: bytes) -> Pending | None:
        """Returns one of them."""
        ...

    def store_approval(
        self, pending_id: bytes, digest: bytes, protected: bytes, now_ms: int
    ) -> None:
        """Stores what an officer said; durable on return."""
        ...

    def approvals_of(self, pending_id: bytes) -> list[bytes]:
        """Returns what officers said about a document, each under the node's key."""
        ...

    def approvals_beside(
        self, pending_id: bytes, digest: bytes
    ) -> list[tuple[bytes, bytes]]:
        """Returns what officers said about other documents that may be the same."""
        ...

    def settle_pending(
        self, pending_id: bytes, state: PendingState, now_ms: int
    ) -> None:
        """Notes that a document waits no more, without having been sent."""
        ...

    def store_released(
        self,
        pending_id: bytes,
        letters: Sequence[Letter],
        denial: Denial | None,
        protect: Callable[[Sealed], bytes],
        release: Callable[[Sealed], Released],
        now_ms: int,
        counted: int,
    ) -> tuple[Sealed, ...]:
        """Seals, stores and queues what had waited, once: all or nothing."""
        ...

    def raise_alarm_once(self, name: str, alarm: Alarm) -> bool:
        """Notes an alarm, unless one was noted under this name; tells whether."""
        ...

    def change_counter(self) -> int:
        """Returns a number that changes when anybody has written."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A document that waits or has waited, as it stands now.

    Attributes:
        pending: The row that is kept of it.
        held: The document.
        plan: What would leave now; None when nothing can be planned.
        obstacle: Why it cannot leave now, however many approve; empty if it can.
        forged: Of an approval that does not hold, what is wrong; empty if none.
        tally: How far its approvals have come.
        heard: What each officer said last about what would leave now.
        stale: What officers said about what would have left before.
        counted: How many statements were there when it was looked at.
    """

    pending: Pending
    held: HeldDocument
    plan: ExportPlan | None
    obstacle: str
    tally: Tally
    heard: tuple[Heard, ...] = ()
    stale: tuple[Statement, ...] = ()
    counted: int = 0
    forged: str = ""

    @property
    def changed(self) -> bool:
        """Whether what would leave now is another thing than when it was held."""
        return self.plan is None or self.plan.digest != self.pending.digest


@dataclass(frozen=True, slots=True)
class Moment:
    """The present, standing still (`ports.Clock`): what is counted is what is sent."""

    at_ms: int

    def now_ms(self) -> int:
        """Returns it."""
        return self.at_ms


@dataclass(frozen=True, slots=True)
class Post:
    """Where the dispatcher stores what is released (`dispatch.SendingStore`)."""

    store: PendingDocuments
    pending_id: bytes
    release: Callable[[Sealed], Released]
    counted: int

    def store_sealed(
        self,
        letters: Sequence[Letter],
        denial: Denial | None,
        protect: Callable[[Sealed], bytes],
        now_ms: int,
    ) -> tuple[Sealed, ...]:
        """Seals and stores it, and with it that it waits no more."""
        return self.store.store_released(
            self.pending_id,
            letters,
            denial,
            protect,
            self.release,
            now_ms,
            self.counted,
        )

    def store_withheld(self, denial: Denial) -> None:
        """Records a denial."""
        self.store.store_withheld(denial)


MakeDispatcher = Callable[[SendingStore, Callable[[], Trust], Clock], Dispatcher]
"""Makes what sends, with a store, a directory and a clock of the desk's."""
