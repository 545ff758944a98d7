"""What an adapter is, and what a node gives it: the whole contract, and nothing else.

An adapter stands beside a node and speaks to one other system. It is given what the
node's import policy routes to its desk, one delivery after another, and may submit
documents, or propose them to a person. Deciding who may have what is left to the node;
carrying, retrying and keeping, to whatever runs the adapter.

Deliveries come at least once: what an adapter does with one has to have the same effect
however often it is done. `Delivery.key` is what tells a repetition; hand it on wherever
the other system can use it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

from adapters.errors import RejectedError
from adapters.values import (
    Consumed,
    Delivery,
    Finding,
    Proposal,
    Received,
    Submission,
    Withdrawal,
)
from keys.identity import PartyId

S = TypeVar("S", bound=BaseModel)


class Desk(Protocol):
    """What a node gives one running adapter."""

    @property
    def name(self) -> str:
        """What the adapter is called in this node's configuration."""
        ...

    @property
    def party(self) -> PartyId:
        """Whose node it is."""
        ...

    @property
    def folder(self) -> Path:
        """A private folder of the adapter's own; kept from one start to the next.

        What lies there is the adapter's to destroy when a delivery is withdrawn.
        """
        ...

    def now_ms(self) -> int:
        """Returns the present, in ms since the epoch."""
        ...

    async def submit(self, submission: Submission) -> tuple[bytes, ...]:
        """Sends a document, once for each key; durable on return.

        Returns:
            Digests of the messages; empty when officers have to approve it first.

        Raises:
            RefusedError: Policy withholds it, or its handling is looser than that of
                what it is based on.
            DocumentError: It does not fit its kind.
            StoreError: It could not be stored; to be tried again.
        """
        ...

    async def propose(self, proposal: Proposal) -> str:
        """Puts a document before a person, once for each key; durable on return.

        Returns:
            What the proposal is called by.

        Raises:
            RefusedError: Its handling is looser than that of what it is based on.
            DocumentError: It does not fit its kind.
            StoreError: It could not be stored; to be tried again.
        """
        ...

    async def set_aside(self, received: Received, error: Exception) -> int:
        """Keeps what came in and cannot be used, for a person to mend and replay.

        Returns:
            The number of the dead letter; the same for the same key.

        Raises:
            StoreError: It could not be stored; do not acknowledge it.
        """
        ...

    def again(
        self, kinds: Collection[str] = (), since_ms: int = 0
    ) -> AsyncIterator[Delivery]:
        """Yields what this adapter may have now, oldest first, delivered or not.

        Args:
            kinds: Kinds without version; empty: all.
            since_ms: Nothing that arrived before, in ms since the epoch.
        """
        ...


class Adapter(Protocol):
    """A bridge to one other system. Whoever writes one inherits `AdapterDefaults`."""

    async def check(self) -> Sequence[Finding]:
        """Looks whether the other system can be reached; changes nothing there."""
        ...

    async def deliver(self, delivery: Delivery) -> Consumed:
        """Gives the other system what came; returns when that has it durably.

        Raises:
            SystemAwayError: It cannot be reached: the same comes again, for ever.
            RejectedError: It will never take this: a dead letter, and the next one.
            Exception: Anything else is a fault of the adapter: tried a few times more,
                then a dead letter.
        """
        ...

    async def withdraw(self, withdrawal: Withdrawal) -> Consumed:
        """Has the other system give up what it was given; raises as `deliver` does."""
        ...

    async def mend(self, received: Received) -> None:
        """Takes in again what a person has mended, or wants tried again.

        Raises:
            RejectedError: It still cannot be used.
        """
        ...

    async def run(self, stop: asyncio.Event) -> None:
        """Takes in what comes from the other system, until `stop` is set."""
        ...


class AdapterDefaults:
    """What an adapter does that it does not say otherwise."""

    async def check(self) -> Sequence[Finding]:
        """Has nothing to look at."""
        return ()

    async def withdraw(self, withdrawal: Withdrawal) -> Consumed:  # noqa: ARG002 - the contract's
        """Says that nothing was kept there."""
        return Consumed(note="this system keeps nothing")

    async def mend(self, received: Received) -> None:
        """Takes nothing in."""
        raise RejectedError("nothing comes in from this system", payload=received.data)

    async def run(self, stop: asyncio.Event) -> None:
        """Takes nothing in."""
        await stop.wait()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterKind(Generic[S]):
    """A sort of adapter, as an entry point of the group `rogatory.adapters` names it.

    Attributes:
        name: In the configuration: "folder".
        title: What it speaks to, in a few words.
        settings: What an operator may set for it; unknown names have to be refused.
        make: Returns an adapter; opens no connection yet.
    """

    name: str
    title: str
    settings: type[S]
    make: Callable[[S, Desk], Adapter]
