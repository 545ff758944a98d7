"""Reads what comes in, screens it, and puts every meeting before a person.

Whatever meets nothing is forgotten: no name, no number and no file of it is kept. Where
files come from is left to `adapters.declarations.adapter`.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from adapters.customs.watchlist import Watchlist
from adapters.declarations.consignment import Filing, PartyToken
from adapters.declarations.drafting import proposal
from adapters.declarations.errors import UnreadableError
from adapters.declarations.limits import Limits
from adapters.declarations.reading import read
from adapters.declarations.screening import Bounds, Screen, Screening
from adapters.errors import RejectedError
from adapters.values import Proposal, Received
from broker.core.errors import DocumentError, RefusedError


class WatchlistSource(Protocol):
    """Where what is looked for comes from."""

    async def watchlist(self) -> Watchlist:
        """Returns the whole list as it stands."""
        ...


class ProposalDesk(Protocol):
    """Where drafts are put before a person."""

    def now_ms(self) -> int:
        """Returns the present, in ms since the epoch."""
        ...

    async def propose(self, proposal: Proposal) -> str:
        """Puts a document before a person; durable on return."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of one file.

    Attributes:
        lines: How many lines were screened.
        proposals: What the drafts are called by; the same when the file comes again.
    """

    lines: int
    proposals: tuple[str, ...]


class Intake:
    """Screens what comes in.

    Args:
        source: What is looked for.
        desk: Where drafts go.
        token: Makes a keyed token of a name, as the watch-list has them.
        bounds: What counts as a meeting.
        limits: How much of a file is taken.
    """

    def __init__(
        self,
        source: WatchlistSource,
        desk: ProposalDesk,
        token: PartyToken,
        bounds: Bounds,
        limits: Limits,
    ) -> None:
        self._source = source
        self._desk = desk
        self._token = token
        self._bounds = bounds
        self._limits = limits
        self._screen: tuple[Watchlist, Screen] | None = None
        # One file at a time: each may take a good part of this machine's memory.
        self._lock = asyncio.Lock()

    async def take(self, received: Received) -> Taken:
        """Screens a file; every draft is durable on return, and when this raises.

        Raises:
            RejectedError: It cannot be read, or not all of it, or there is more than
                anybody could look at, or a draft was refused. What could be screened
                was.
            StoreError: A draft could not be stored; the same file again later.
        """
        async with self._lock:
            return await self._taken(received)

    async def _taken(self, received: Received) -> Taken:
        # Off the loop: tens of megabytes take seconds.
        try:
            filing = await asyncio.to_thread(
                read, received.data, self._token, self._limits
            )
        except UnreadableError as error:
            raise RejectedError(
                str(error), code=error.code, payload=received.data
            ) from error
        screen = await self._current()
        screening = await asyncio.to_thread(
            screen.screen, filing, self._desk.now_ms(), self._bounds
        )
        made, refused = await self._propose(filing, screening)
        if wrong := [*refused, *_wrong(filing, screening)]:
            code, reason = wrong[0][0], "; ".join(text for _, text in wrong)
            raise RejectedError(reason, code=code, payload=received.data)
        return Taken(lines=filing.line_count, proposals=tuple(made))

    async def _current(self) -> Screen:
        """Returns the list as it stands, indexed once for each state of it."""
        watchlist = await self._source.watchlist()
        held = self._screen
        if (
            held is None
            or held[0].revision != watchlist.revision
            or held[0].entries != watchlist.entries
        ):
            held = watchlist, await asyncio.to_thread(Screen, watchlist)
            self._screen = held
        return held[1]

    async def _propose(
        self, filing: Filing, screening: Screening
    ) -> tuple[list[str], list[tuple[str, str]]]:
        made: list[str] = []
        refused: list[tuple[str, str]] = []
        for meeting in screening.meetings:
            try:
                made.append(
                    await self._desk.propose(proposal(filing, meeting, self._bounds))
                )
            except (RefusedError, DocumentError) as error:
                # One that is refused does not keep the others from being seen.
                words = f"{meeting.entry.entry_id}: a draft was refused"
                refused.append(("draft-refused", f"{words} ({type(error).__name__})"))
        return made, refused


def _wrong(filing: Filing, screening: Screening) -> Sequence[tuple[str, str]]:
    """Returns what a person has to see to, as code and sentence."""
    found = []
    if screening.more:
        found.append(
            (
                "too-many-meetings",
                (
                    f"{screening.more:,} weaker meetings are not shown: raise the "
                    "threshold, or cut the file"
                ),
            )
        )
    if filing.remarks:
        words = "; ".join(map(str, filing.remarks))
        found.append(("codes", f"screened, but for codes out of their tables: {words}"))
    return found
