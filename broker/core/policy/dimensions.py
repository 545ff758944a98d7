"""The values a message can have in each aspect, as far as given rules tell them apart.

Which questions they make together is left to `broker.core.policy.space`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, combinations, pairwise, product
from operator import and_
from typing import Any, Final, TypeVar

from broker.core.handling import Europol, IntendedUse, Pap, Tlp
from broker.core.policy.aspects import COUNTRY_ASPECTS, Aspect, Value
from broker.core.policy.facts import AdmiraltySource, EuropolSource, ItemClass
from broker.core.policy.rule import Rule
from keys.identity import PartyId

T = TypeVar("T")

THEIRS: Final = "theirs"
ELSEWHERE: Final = "elsewhere"


@dataclass(frozen=True, slots=True)
class Span:
    """Whole numbers from `low` to `high`, both included; None: without end.

    Ages count days, days count as `date.toordinal` does.
    """

    low: int | None
    high: int | None

    def __contains__(self, number: int) -> bool:
        return (self.low is None or number >= self.low) and (
            self.high is None or number <= self.high
        )

    def meet(self, other: "Span") -> "Span | None":
        """Returns what is in both; None when nothing is."""
        lows = [low for low in (self.low, other.low) if low is not None]
        highs = [high for high in (self.high, other.high) if high is not None]
        low, high = max(lows, default=None), min(highs, default=None)
        if low is not None and high is not None and low > high:
            return None
        return Span(low, high)

    @property
    def sample(self) -> int:
        """One of them."""
        if self.low is not None:
            return self.low
        return 0 if self.high is None else self.high


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dimension:
    """One aspect, its values in classes that no rule tells apart.

    Attributes:
        aspect: Its name.
        classes: The values of each class; every value is in one of them.
        covered: For each class, the rules that it meets, as bits.
        asking: The rules that a value can fail to meet, as bits.
    """

    aspect: str
    classes: tuple[tuple[Value, ...], ...]
    covered: tuple[int, ...]
    asking: int


def dimension(
    aspect: Aspect, rules: Sequence[Rule], kinds: Sequence[str], party: PartyId
) -> Dimension:
    """Returns the dimension of an aspect.

    Args:
        aspect: Any but the other party.
        rules: Those that tell values apart; the bit of each is its place.
        kinds: The kinds that there are.
        party: The other party; it matters to the aspects of countries alone.
    """
    asked = sum(1 << bit for bit, rule in enumerate(rules) if aspect.asks(rule))
    always = (1 << len(rules)) - 1 & ~asked
    asking = [(bit, rule) for bit, rule in enumerate(rules) if asked >> bit & 1]

    def mask(value: Any) -> int:  # noqa: ANN401 - each aspect has its own type
        met = (1 << bit for bit, rule in asking if aspect.met(rule, value, party))
        return sum(met, always)

    if aspect.name in COUNTRY_ASPECTS:
        named = named_by(aspect.name, rules)
        points = list(_countries(named, party, mask))
    else:
        points = [
            (value, mask(concrete))
            for value, concrete in _VALUES[aspect.name]([r for _, r in asking], kinds)
        ]
    by_mask: dict[int, list[Value]] = {}
    for value, covered in points:
        by_mask.setdefault(covered, []).append(value)
    return Dimension(
        aspect=aspect.name,
        classes=tuple(map(tuple, by_mask.values())),
        covered=tuple(by_mask),
        asking=asked & ~reduce(and_, by_mask, asked),
    )


def mark_of(party: PartyId, named: Mapping[str, int]) -> tuple[int, bool]:
    """Returns what sets a party apart as a country: who names it, and it alone.

    Parties of which this is the same have the same dimension.

    Args:
        party: The party.
        named: What `named_by` returned.
    """
    mark = named.get(party, 0)
    return mark, bool(mark) and list(named.values()).count(mark) == 1


def named_by(name: str, rules: Sequence[Rule]) -> dict[str, int]:
    """Returns which of the rules name each country, as bits."""
    named: dict[str, int] = {}
    for bit, rule in enumerate(rules):
        countries = COUNTRY_ASPECTS[name](rule)
        for country in () if countries is None else countries.named:
            named[country] = named.get(country, 0) | 1 << bit
    return dict(sorted(named.items()))


def _countries(
    named: Mapping[str, int], party: PartyId, mask: Callable[[frozenset[str]], int]
) -> Iterator[tuple[Value, int]]:
    """Yields no country, each one, and each two, with the rules they meet.

    A country stands for all that the same rules name.
    """
    alike: dict[int, list[str]] = {}
    for country, marks in named.items():
        alike.setdefault(marks, []).append(country)
    atoms = {THEIRS: mask(frozenset({str(party)})), ELSEWHERE: mask(frozenset())}
    for countries in alike.values():
        others = [country for country in countries if country != party]
        if others:
            atoms[", ".join(countries)] = mask(frozenset({others[0]}))
    yield frozenset[str](), mask(frozenset())
    for atom, covered in atoms.items():
        yield frozenset({atom}), covered
    for one, other in combinations(atoms, 2):
        yield frozenset({one, other}), atoms[one] | atoms[other]


def _subsets(members: Sequence[T]) -> Iterator[frozenset[T]]:
    sizes = range(len(members) + 1)
    return map(frozenset, chain.from_iterable(combinations(members, n) for n in sizes))


def _spans(starts: Iterable[int]) -> Iterator[Span]:
    """Yields all whole numbers in spans, a new one beginning at each of `starts`."""
    edges = [None, *sorted(set(starts)), None]
    for low, beyond in pairwise(edges):
        yield Span(low, None if beyond is None else beyond - 1)


def _ages(rules: Sequence[Rule], _: Sequence[str]) -> Iterator[tuple[Value, Value]]:
    yield None, None
    limits = (rule.conditions.age_days for rule in rules)
    for span in _spans(limit + 1 for limit in limits if limit is not None):
        yield span, span.sample


def _days(rules: Sequence[Rule], _: Sequence[str]) -> Iterator[tuple[Value, Value]]:
    first = (rule.validity.first for rule in rules)
    last = (rule.validity.last for rule in rules)
    starts = [day.toordinal() for day in first if day is not None]
    starts += [day.toordinal() + 1 for day in last if day is not None]
    for span in _spans(starts):
        yield span, span.sample


def _fixed(
    values: Iterable[Value],
) -> Callable[[Sequence[Rule], Sequence[str]], Iterable[tuple[Value, Value]]]:
    pairs = [(value, value) for value in values]
    return lambda _rules, _kinds: pairs


_CODES: Final = [code for code in Europol if code is not Europol.H0]
_VALUES: Final[
    dict[str, Callable[[Sequence[Rule], Sequence[str]], Iterable[tuple[Value, Value]]]]
] = {
    "kind": lambda _, kinds: [(kind, kind) for kind in kinds],
    "label": _fixed(Tlp),
    "codes": _fixed(_subsets(_CODES)),
    "pap": _fixed([None, *Pap]),
    "items": _fixed(_subsets(list(ItemClass))),
    "purposes": _fixed(_subsets(list(IntendedUse))),
    "source": _fixed(
        product([None, *AdmiraltySource], [None, *EuropolSource]),
    ),
    "embargo": _fixed([False, True]),
    "age": _ages,
    "day": _days,
}
"""The values that each aspect can have: as the space shows them, and as rules do."""
