"""Compares declared goods with a watch-list, and says why they meet.

Every value of an entry is looked up in an index; sets of entries are bits of one
integer, so that ten thousand lines are compared with ten thousand entries by some
operations on integers for each line, however many of them share a port or a code. What
is done about a meeting is left to `adapters.declarations.drafting`.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from adapters.customs.watchlist import Entry, Watchlist
from adapters.declarations.consignment import Consignment, Filing, Line
from adapters.declarations.evidence import Fact, decisive, score
from adapters.declarations.series_index import SeriesIndex
from broker.core.country_codes import country_of_locode

_HS_SHORTEST: Final = 4  # digits
_STRICTER: Final = (0.95, 0.9, 0.75)
"""Where there are more meetings than anybody could read, stronger ones go first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A consignment that agrees with an entry.

    Attributes:
        consignment: What was declared.
        entry: What is looked for.
        lines: Those that agree most, in order; at most as many as were asked for.
        line_count: How many agree at all.
        facts: In what they agree, strongest first.
        score: What that comes to, from 0 to 1.
    """

    consignment: Consignment
    entry: Entry
    lines: tuple[Line, ...]
    line_count: int
    facts: tuple[Fact, ...]
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What came of a comparison.

    Attributes:
        meetings: Strongest first.
        more: How many weaker ones are not among them, since they are too many.
    """

    meetings: tuple[Meeting, ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What counts as a meeting, and how many are shown.

    Attributes:
        threshold: Scores below it are none.
        meetings_max: Meetings of one file.
        lines_max: Lines that one meeting shows.
    """

    threshold: float = 0.6
    meetings_max: int = 500
    lines_max: int = 50


@dataclass(frozen=True, slots=True)
class _Group:
    """Lines of one consignment in which the same facts speak for the same entries."""

    lines: list[Line]
    facts: Mapping[Fact, int]
    deciding: int


@dataclass(frozen=True, slots=True)
class _Candidates:
    """What may meet one consignment: entries as bits, for each fact."""

    consignment: Consignment
    shared: Mapping[Fact, int]
    groups: tuple[_Group, ...]

    def deciding(self, threshold: float = 0.0) -> int:
        """Returns the entries that are met.

        Args:
            threshold: By how much; what is asked for anyway if it is lower.
        """
        return _union(
            group.deciding & _deciding({**self.shared, **group.facts}, threshold)
            if group.deciding and threshold
            else group.deciding
            for group in self.groups
        )


class Screen:
    """A watch-list, ready to be compared with.

    Args:
        watchlist: What is looked for.
    """

    def __init__(self, watchlist: Watchlist) -> None:
        self.entries = tuple(watchlist.entries.values())
        self.by_value: dict[Fact, dict[Hashable, int]] = {fact: {} for fact in Fact}
        self._below: dict[str, int] = {}
        series = []
        for bit, entry in enumerate(self.entries):
            criteria = entry.criteria
            for fact, values in (
                (Fact.CONTAINER, criteria.containers),
                (Fact.VESSEL, criteria.vessels),
                (Fact.PARTY, criteria.parties),
                (Fact.PLACE, criteria.places),
                (Fact.ROUTE, criteria.routes),
                (Fact.GOODS, criteria.goods),
            ):
                held = self.by_value[fact]
                for value in values:
                    held[value] = held.get(value, 0) | 1 << bit
            for code in criteria.goods:
                for length in range(_HS_SHORTEST, len(code)):
                    below = self._below.get(code[:length], 0)
                    self._below[code[:length]] = below | 1 << bit
            series += [(one, bit) for one in criteria.serials]
        self.series = SeriesIndex(series)

    def screen(self, filing: Filing, now_ms: int, bounds: Bounds) -> Screening:
        """Returns where declared goods and the watch-list meet.

        Args:
            filing: What was declared.
            now_ms: The present, in ms since the epoch: entries that are over are none.
            bounds: What counts, and how much is shown.
        """
        live = sum(
            1 << bit
            for bit, entry in enumerate(self.entries)
            if entry.valid_until_ms > now_ms
        )
        sight = _Sight(self, bounds.threshold, live)
        candidates = [sight.candidates(one) for one in filing.consignments]
        total = sum(one.deciding().bit_count() for one in candidates)
        chosen = _strongest(candidates, bounds, few=total <= bounds.meetings_max)
        meetings = [self._meeting(one, bit, bounds) for one, bit in chosen]
        meetings.sort(key=lambda one: -one.score)
        return Screening(meetings=tuple(meetings), more=total - len(meetings))

    def _meeting(self, one: _Candidates, bit: int, bounds: Bounds) -> Meeting:
        shared = {fact for fact, bits in one.shared.items() if bits >> bit & 1}
        agreeing: list[tuple[float, frozenset[Fact], _Group]] = []
        for group in one.groups:
            if group.deciding >> bit & 1:
                own = {fact for fact, bits in group.facts.items() if bits >> bit & 1}
                facts = frozenset(shared | own)
                agreeing.append((score(facts), facts, group))
        # Sorting is stable: lines that agree alike stay in their order.
        agreeing.sort(key=lambda told: -told[0])
        best, facts, _ = agreeing[0]
        lines = [
            line for _, _, group in agreeing for line in group.lines if line.number
        ]
        shown = sorted(lines[: bounds.lines_max], key=lambda line: line.number)
        return Meeting(
            consignment=one.consignment,
            entry=self.entries[bit],
            lines=tuple(shown),
            line_count=len(lines),
            facts=tuple(fact for fact in Fact if fact in facts),
            score=best,
        )

    def goods(self, code: str) -> int:
        """Returns the entries whose code is the beginning of this one, or the reverse.

        Manifests often give no more than a heading.
        """
        if not code:
            return 0
        held = self.by_value[Fact.GOODS]
        starts = (code[:length] for length in range(_HS_SHORTEST, len(code) + 1))
        return _union(held.get(one, 0) for one in starts) | self._below.get(code, 0)


class _Sight:
    """Looks the values of one file up, each only once."""

    def __init__(self, screen: Screen, threshold: float, live: int) -> None:
        self._screen = screen
        self._threshold = threshold
        self._live = live
        self._seen: dict[tuple[Fact, tuple[Hashable, ...]], int] = {}

    def candidates(self, consignment: Consignment) -> _Candidates:
        journey = consignment.journey
        shared = {
            Fact.VESSEL: self._any(Fact.VESSEL, (journey.imo,)),
            Fact.PARTY: self._any(Fact.PARTY, tuple(sorted(consignment.parties))),
            Fact.PLACE: self._any(Fact.PLACE, journey.places),
            Fact.ROUTE: self._any(Fact.ROUTE, tuple(_routes(consignment))),
        }
        boxes = tuple(one.number for one in consignment.containers)
        groups: dict[tuple[int, ...], _Group] = {}
        # A bill without a line of goods still has containers, parties and a way.
        for line in consignment.lines or (Line(number=0),):
            facts = self._facts(line, line.containers or boxes)
            key = tuple(facts.values())
            if key not in groups:
                deciding = _deciding(shared | facts, self._threshold) & self._live
                groups[key] = _Group([], facts, deciding)
            groups[key].lines.append(line)
        return _Candidates(consignment, shared, tuple(groups.values()))

    def _facts(self, line: Line, boxes: tuple[str, ...]) -> dict[Fact, int]:
        series = self._screen.series
        return {
            Fact.CONTAINER: self._any(Fact.CONTAINER, boxes),
            Fact.GOODS: self._goods(line.hs),
            Fact.SERIAL: _union(map(series.declared, line.serials)),
            Fact.MARK: _union(map(series.marked, line.marks)),
        }

    def _any(self, fact: Fact, values: tuple[Hashable, ...]) -> int:
        if (fact, values) not in self._seen:
            held = self._screen.by_value[fact]
            self._seen[fact, values] = _union(held.get(one, 0) for one in values)
        return self._seen[fact, values]

    def _goods(self, code: str) -> int:
        if (Fact.GOODS, (code,)) not in self._seen:
            self._seen[Fact.GOODS, (code,)] = self._screen.goods(code)
        return self._seen[Fact.GOODS, (code,)]


def _deciding(facts: Mapping[Fact, int], threshold: float) -> int:
    """Returns the entries for which enough facts speak."""
    found = 0
    for needed in decisive(threshold):
        bits = -1
        for fact in needed:
            bits &= facts[fact]
            if not bits:
                break
        found |= bits
    return found


def _strongest(
    candidates: Sequence[_Candidates], bounds: Bounds, *, few: bool
) -> Iterator[tuple[_Candidates, int]]:
    """Yields pairs of a consignment and the bit of an entry, as many as are shown.

    Args:
        candidates: What may meet.
        bounds: How many are shown.
        few: Whether all of them are, so that none has to be preferred.
    """
    left = bounds.meetings_max
    taken = [0] * len(candidates)
    stricter = () if few else (one for one in _STRICTER if one > bounds.threshold)
    for threshold in (*stricter, bounds.threshold):
        for at, one in enumerate(candidates):
            rest = one.deciding(threshold) & ~taken[at]
            while rest and left:
                lowest = rest & -rest
                yield one, lowest.bit_length() - 1
                taken[at] |= lowest
                rest ^= lowest
                left -= 1


def _routes(consignment: Consignment) -> Iterator[tuple[str, str]]:
    """Yields from which country to which goods go, as far as anything says so."""
    lands = [country_of_locode(one) for one in consignment.journey.places]
    told = [one for one in (consignment.exported_from, *lands) if one]
    if consignment.destined_to:
        told.append(consignment.destined_to)
    seen = list(dict.fromkeys(told))
    for at, origin in enumerate(seen):
        for destination in seen[at + 1 :]:
            yield origin, destination


def _union(bits: Iterable[int]) -> int:
    found = 0
    for one in bits:
        found |= one
    return found
