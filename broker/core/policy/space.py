"""Every question that rules can tell apart, and which rules each of them meets.

A rule is a box: for each aspect of a message a set of values that it covers. A question
is one other party and one value in each aspect; values that no rule at hand tells apart
are one class. What is enumerated:

- the parties that were given, the kinds that are known or named;
- each label; each combination of H1, H2 and H3; each PAP label, and none;
- each set of classes of items, the empty one included; likewise of purposes, stated in
  handling or content;
- each pair of source grades, either of which can be missing;
- for each of recovered-in, manufactured-in and involves: no country, one, or two, among
  the other party's own, those that rules name, and one that none names. Two are enough.
  A rule asks for one of some countries, so what a message with more countries meets is
  what its pairs meet together, and where two policies agree on all pairs, they agree on
  it: if only one of them denies it, then a country that this one denies, and one that
  the other permits, are a pair on which they differ;
- with and without the breach of an embargo; each age that rules tell apart, and an
  unknown one; each day that rules tell apart.

Aspects are taken as independent of each other: items recovered in a country that the
message does not involve are among the questions, although no content gives rise to
that. So nothing that can happen is left out. Nothing is multiplied out: the search goes
aspect by aspect, and knows again which rules are still met.

What the answers say is left to `broker.core.policy.outcome`, and gathering questions
that are answered alike to `broker.core.policy.regions`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from broker.core.policy.aspects import ASPECTS, COUNTRY_ASPECTS, members_of
from broker.core.policy.dimensions import (
    Dimension,
    Span,
    dimension,
    mark_of,
    named_by,
)
from broker.core.policy.outcome import Outcome, joined
from broker.core.policy.rule import Effect, Rule
from broker.core.policy.sides import Side, out_of_force
from broker.core.policy.vocabulary import KINDS
from keys.identity import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Parties that no rule tells apart.

    Attributes:
        parties: Ascending.
        met: The rules that are about them, as bits.
        dimensions: The other aspects, in the order in which they are looked at.
    """

    parties: tuple[PartyId, ...]
    met: int
    dimensions: tuple[Dimension, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bits:
    """The rules of one side, as bits of a space."""

    permits: int
    denials: int


class Space:
    """The questions that the rules of some sides tell apart.

    Args:
        sides: Whose rules they are. Rules of the same content are one rule.
        parties: The other parties.
        days: Those that matter; None: every day.
    """

    def __init__(
        self,
        sides: Sequence[Side],
        parties: Collection[PartyId],
        days: Span | None = None,
    ) -> None:
        among = frozenset(parties)
        bits: dict[object, int] = {}
        self.rules: list[Rule] = []
        members: list[frozenset[PartyId]] = []
        self.sides: list[Bits] = []
        self.places: list[tuple[int, ...]] = []
        """For each side, the bit of each of its rules."""
        for side in sides:
            masks, places = {Effect.PERMIT: 0, Effect.DENY: 0}, []
            for rule in (*side.rules, *out_of_force(side.validity)):
                about = members_of(rule, side.groups, among)
                bit = bits.setdefault(_content(rule, about), len(bits))
                if bit == len(self.rules):
                    self.rules.append(rule)
                    members.append(about)
                masks[rule.effect] |= 1 << bit
                places.append(bit)
            self.sides.append(
                Bits(permits=masks[Effect.PERMIT], denials=masks[Effect.DENY])
            )
            self.places.append(tuple(places[: len(side.rules)]))
        self._outcomes = [Outcome.of_rule(rule.terms) for rule in self.rules]
        self._joined: dict[int, Outcome | None] = {}
        self.rows = tuple(self._rows(among, members, days))

    def outcome(self, side: int, met: int) -> Outcome | None:
        """Returns what a side answers where the rules `met` are met."""
        bits = self.sides[side]
        if met & bits.denials:
            return None
        permits = met & bits.permits
        if permits not in self._joined:
            chosen = (self._outcomes[bit] for bit in ones(permits))
            self._joined[permits] = joined(chosen)
        return self._joined[permits]

    def settled(self, met: int, later: int) -> int:
        """Returns `met` without the rules that no longer matter to any answer.

        Args:
            met: The rules that are met so far.
            later: Those of which aspects that follow ask something.
        """
        kept = 0
        for bits in self.sides:
            final = met & bits.denials & ~later
            if not met & bits.permits:
                continue  # nothing can permit it any more
            # One denial for good is enough. It has to stay: a rule that it outdoes may
            # be one of another side as well.
            kept |= final & -final or met & (bits.permits | bits.denials)
        return kept

    def _rows(
        self,
        among: frozenset[PartyId],
        members: Sequence[frozenset[PartyId]],
        days: Span | None,
    ) -> Iterator[Row]:
        kinds = sorted({*KINDS, *(kind for rule in self.rules for kind in rule.kinds)})
        named = {name: named_by(name, self.rules) for name in COUNTRY_ASPECTS}
        alike: dict[tuple[int, tuple[object, ...]], list[PartyId]] = {}
        for party in sorted(among):
            met = sum(1 << bit for bit, about in enumerate(members) if party in about)
            marks = tuple(mark_of(party, by) for by in named.values())
            alike.setdefault((met, marks), []).append(party)
        known: dict[object, Dimension] = {}
        for (met, marked), parties in alike.items():
            by_name = dict(zip(COUNTRY_ASPECTS, marked, strict=True))
            chosen = []
            for aspect in ASPECTS:
                key = (aspect.name, by_name.get(aspect.name))
                if key not in known:
                    made = dimension(aspect, self.rules, kinds, parties[0])
                    known[key] = _within(made, days) if aspect.name == "day" else made
                chosen.append(known[key])
            yield Row(parties=tuple(parties), met=met, dimensions=tuple(chosen))


def ones(mask: int) -> Iterator[int]:
    """Yields the places of the ones in `mask`, ascending."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def later_asking(dimensions: Sequence[Dimension]) -> list[int]:
    """Returns, for each place, which rules ask something there or later."""
    asking = [0]
    for one in reversed(dimensions):
        asking.append(asking[-1] | one.asking)
    return asking[::-1]


def _content(rule: Rule, about: frozenset[PartyId]) -> tuple[object, ...]:
    """Returns what makes two rules one: all but names and reasons."""
    return (
        rule.effect,
        about,
        rule.every_kind or rule.kinds,
        rule.up_to,
        rule.starting_at,
        rule.conditions,
        rule.validity,
        Outcome.of_rule(rule.terms),
    )


def _within(days: Dimension, span: Span | None) -> Dimension:
    """Returns `days` without those that are not in `span`."""
    if span is None:
        return days
    kept: dict[int, tuple[Span, ...]] = {}
    for values, covered in zip(days.classes, days.covered, strict=True):
        spans = (one.meet(span) for one in values if isinstance(one, Span))
        found = tuple(one for one in spans if one is not None)
        if found:
            kept[covered] = found
    return replace(days, classes=tuple(kept.values()), covered=tuple(kept))
