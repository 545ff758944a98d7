"""What one collection shows: each object once, in the order of adding.

What is in it, and who may read it, is left to the shelf and to the server.
"""

import bisect
import datetime as dt
import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from adapters.stix.mapping import StixObject
from adapters.stix.markings import tlp_rank

_MARKINGS: Final = "object_marking_refs"
_Copy = tuple[int, int, int, "Shown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One object of a collection.

    Attributes:
        object: The object.
        added_us: When it was added, in microseconds since the epoch; unique.
        size: Characters of it, roughly.
    """

    object: StixObject
    added_us: int
    size: int

    @property
    def version(self) -> str:
        """Its version as TAXII has it; of what has none, when it was added."""
        made = self.object.get("modified", self.object.get("created"))
        return str(made) if made else taxii_time(self.added_us)


class View:
    """What is in one collection.

    An object is here in one version: what was taken back takes the place of what was
    said. One weapon in two reports is one observable: the first copy of it, unless a
    later one binds its reader more.
    """

    def __init__(self) -> None:
        self._shown: list[Shown] = []
        # Of each object all copies: the one that is shown first, then in no order.
        self._copies: dict[str, list[_Copy]] = {}
        self._there: set[int] = set()

    @property
    def shown(self) -> Sequence[Shown]:
        """What is there, in the order in which it was added."""
        return self._shown

    def add(self, added: Iterable[Shown]) -> None:
        """Adds objects; those that are there already once."""
        for one in added:
            if one.added_us in self._there:
                continue
            self._there.add(one.added_us)
            copies = self._copies.setdefault(str(one.object["id"]), [])
            before = copies[0][-1] if copies else None
            heapq.heappush(copies, (*_order(one.object), one.added_us, one))
            self._show(before, copies[0][-1])

    def remove(self, removed: Iterable[Shown]) -> None:
        """Removes objects; where others have a copy, one of these takes its place."""
        for one in removed:
            if one.added_us not in self._there:
                continue
            self._there.remove(one.added_us)
            copies = self._copies[str(one.object["id"])]
            before = copies[0][-1]
            while copies and copies[0][-1].added_us not in self._there:
                heapq.heappop(copies)
            self._show(before, copies[0][-1] if copies else None)

    def _show(self, before: Shown | None, now: Shown | None) -> None:
        if before is now:
            return
        if before is not None:
            del self._shown[bisect.bisect_left(self._shown, before.added_us, key=_us)]
        if now is not None:
            bisect.insort(self._shown, now, key=_us)


def taxii_time(us: int) -> str:
    """Returns a time in microseconds since the epoch as TAXII writes it."""
    moment = dt.datetime.fromtimestamp(us // 1_000_000, dt.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{us % 1_000_000:06d}Z"


def _us(one: Shown) -> int:
    return one.added_us


def _order(made: StixObject) -> tuple[int, int]:
    """Returns what puts the copy first that binds its reader most."""
    refs = made.get(_MARKINGS)
    listed = refs if isinstance(refs, list) else []
    return -max((tlp_rank(str(one)) for one in listed), default=0), -len(listed)
