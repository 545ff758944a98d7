"""A way out for the watch-list, and what each of them has in common with the others."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from adapters.customs.watchlist import Change, Watchlist
from adapters.values import Finding

Whole = Callable[[], Awaitable[Watchlist]]
"""Returns the whole list as it stands."""


class Outlet(Protocol):
    """One way out. The same change may come twice, and must not do more for it."""

    @property
    def name(self) -> str:
        """What it is, in a word: "folder"."""
        ...

    @property
    def place(self) -> str:
        """Where it leads to: at another place nothing has been given yet."""
        ...

    async def check(self) -> Finding:
        """Looks whether it is there; changes nothing."""
        ...

    async def give(self, change: Change, whole: Whole) -> None:
        """Gives a change out; on return it is durable there.

        Raises:
            SystemAwayError: It cannot be reached: the same again later.
        """
        ...

    async def holds(self, listed: Watchlist) -> bool:
        """Tells whether the list still is there, as far as that can be seen.

        Raises:
            SystemAwayError: It cannot be reached.
        """
        ...
