"""A watch-list for customs as plain values: what is looked for, why, and how it binds.

Making entries of what was delivered is left to `adapters.customs.drawing`; comparing
goods with them, to whoever has the goods (`adapters.declarations.screening`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from broker.core.handling import Handling
from broker.core.identification.ranges import Series
from keys.identity import PartyId


class Urgency(StrEnum):
    """How soon a meeting has to be acted on; the words of a diversion alert."""

    ROUTINE = "ROUTINE"
    PRIORITY = "PRIORITY"
    IMMEDIATE = "IMMEDIATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What goods are compared with. Every value is as `adapters.customs.terms` has it.

    Attributes:
        goods: HS codes, digits only, 4 or more: goods whose code begins so. Says next
            to nothing by itself: a whole branch of lawful trade is declared so.
        places: UN/LOCODE without space: where goods are loaded, change, arrive.
        containers: Numbers (ISO 6346), without spaces.
        vessels: IMO ship numbers, 7 digits.
        serials: Series of serial numbers in the terms of K1; a single number is a
            series of one.
        parties: Keyed tokens of names and numbers of those involved, in hexadecimal.
        routes: From which country to which, ISO 3166-1 alpha-3.
    """

    goods: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    containers: frozenset[str] = frozenset()
    vessels: frozenset[str] = frozenset()
    serials: frozenset[Series] = frozenset()
    parties: frozenset[str] = frozenset()
    routes: frozenset[tuple[str, str]] = frozenset()

    @property
    def is_telling(self) -> bool:
        """Tells whether there is more than sorts of goods to compare with."""
        return any(
            (
                self.places,
                self.containers,
                self.vessels,
                self.serials,
                self.parties,
                self.routes,
            )
        )

    def __or__(self, other: "Criteria") -> "Criteria":
        """Returns what is in either."""
        return Criteria(
            goods=self.goods | other.goods,
            places=self.places | other.places,
            containers=self.containers | other.containers,
            vessels=self.vessels | other.vessels,
            serials=self.serials | other.serials,
            parties=self.parties | other.parties,
            routes=self.routes | other.routes,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One matter that customs look out for, in one version.

    Attributes:
        entry_id: The same for every version: "W-" and 20 hexadecimal digits.
        version: Counts from 1; another version says something else.
        origin: Which party sent what it was made from. Not given to border posts.
        sources: Digests of the messages it was made from, the alert or route first:
            what a proposal that rests on the entry is based on. Not given to posts.
        case_reference: Pseudonymous, or empty. Not given to border posts.
        handling: What binds whoever is given it: of all sources together.
        reasons: Why it is looked for, in words of closed lists: "IN_TRANSIT",
            "FORGED_EUC". Never free text, which may say more than a post should know.
        asks: What is asked of us on a meeting, likewise: "HOLD", "INSPECT".
        urgency: How soon a meeting has to be acted on.
        criteria: What goods are compared with; never sorts of goods alone.
        valid_until_ms: When it has to be gone everywhere, in ms since the epoch.
    """

    entry_id: str
    version: int
    origin: PartyId
    sources: tuple[bytes, ...]
    case_reference: str
    handling: Handling
    reasons: tuple[str, ...]
    asks: tuple[str, ...]
    urgency: Urgency
    criteria: Criteria
    valid_until_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """An entry that must not be used any more.

    Attributes:
        entry_id: Which.
        version: One above the last that was given out, so that it is the newer one.
        until_ms: Until when it has to be said: then the entry would be over anyway.
    """

    entry_id: str
    version: int
    until_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What makes the list of one revision that of another.

    Attributes:
        after: The revision that it is applied to; 0: to nothing, it is the whole list.
        revision: The revision that comes of it.
        changed_ms: When that came about, in ms since the epoch.
        began_ms: When the first revision did: a list that was lost begins anew, and
            then versions and revisions count from 1 again.
        entries: New ones and new versions, in the order of their ids.
        gone: Those that must not be used any more, likewise.
    """

    after: int
    revision: int
    changed_ms: int
    began_ms: int
    entries: tuple[Entry, ...] = ()
    gone: tuple[Gone, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchlist:
    """All entries at one revision.

    Attributes:
        revision: Counts every change of the list, from 1; 0: nothing was ever on it.
        changed_ms: When it last changed, in ms since the epoch.
        began_ms: When it first did, likewise.
        entries: By their id.
    """

    revision: int = 0
    changed_ms: int = 0
    began_ms: int = 0
    entries: Mapping[str, Entry] = field(default_factory=lambda: MappingProxyType({}))

    def whole(self) -> Change:
        """Returns the list as what makes it of nothing."""
        return Change(
            after=0,
            revision=self.revision,
            changed_ms=self.changed_ms,
            began_ms=self.began_ms,
            entries=tuple(self.entries[name] for name in sorted(self.entries)),
        )
