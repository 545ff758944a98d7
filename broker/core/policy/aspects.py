"""What rules look at in a message, one aspect after the other, and what they ask of it.

The engine has its own reading of rules, made for speed; that both say the same is what
the tests hold. Enumerating values is left to `broker.core.policy.space`, words to
`broker.core.policy.wording`.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from broker.core.handling import Europol, IntendedUse, Pap, Tlp
from broker.core.policy.decision import Question
from broker.core.policy.facts import (
    ALWAYS_COVERED,
    AdmiraltySource,
    EuropolSource,
    ItemClass,
)
from broker.core.policy.rule import Countries, Effect, Rule
from keys.identity import PartyId

Value: TypeAlias = Hashable
"""What a message is in one aspect."""

_DAY_MS: Final = 86_400_000
_EPOCH: Final = 719_163  # date(1970, 1, 1).toordinal()

Grades: TypeAlias = tuple[AdmiraltySource | None, EuropolSource | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """One thing that rules look at.

    Attributes:
        name: A word for it, as the JSON forms use it.
        asks: Whether a rule asks anything of it.
        met: Whether a message with this value, from or to this party, is what the rule
            asks for. Only right when the rule asks.
        found: What a message is in this aspect.
    """

    name: str
    asks: Callable[[Rule], bool]
    # Each aspect has values of a type of its own; `found` and `met` of one fit.
    met: Callable[[Rule, Any, PartyId], bool]
    found: Callable[[Question], Value]


def members_of(
    rule: Rule, groups: Mapping[str, frozenset[PartyId]], among: frozenset[PartyId]
) -> frozenset[PartyId]:
    """Returns which of the parties `among` a rule is about."""
    out = rule.except_parties.union(*(groups[name] for name in rule.except_groups))
    if rule.everyone:
        return among - out
    named = rule.parties.union(*(groups[name] for name in rule.groups))
    return (named & among) - out


def _permits(rule: Rule) -> bool:
    return rule.effect is Effect.PERMIT


def _label_met(rule: Rule, label: Tlp, _: PartyId) -> bool:
    if _permits(rule):
        return rule.up_to is not None and label <= rule.up_to.tlp
    return rule.starting_at is None or label >= rule.starting_at


def _codes_met(rule: Rule, codes: frozenset[Europol], _: PartyId) -> bool:
    return rule.up_to is not None and codes <= rule.up_to.codes


def _pap_met(rule: Rule, pap: Pap | None, _: PartyId) -> bool:
    return rule.up_to is not None and (pap or 0) <= (rule.up_to.pap or 0)


def _asks_items(rule: Rule) -> bool:
    if _permits(rule):
        return not rule.conditions.every_item
    return rule.conditions.items is not None


def covered_items(rule: Rule) -> frozenset[ItemClass]:
    """Returns the classes of items that a rule names, or means by naming none."""
    named = rule.conditions.items
    return ALWAYS_COVERED if named is None else named


def _items_met(rule: Rule, items: frozenset[ItemClass], _: PartyId) -> bool:
    if _permits(rule):
        return items <= covered_items(rule)
    return not covered_items(rule).isdisjoint(items)


def _purposes_met(rule: Rule, purposes: frozenset[IntendedUse], _: PartyId) -> bool:
    named = rule.conditions.purposes or frozenset()
    if _permits(rule):
        return bool(purposes) and purposes <= named
    return not named.isdisjoint(purposes)


def _source_met(rule: Rule, grades: Grades, _: PartyId) -> bool:
    floor, (admiralty, europol) = rule.conditions.floor, grades
    if floor is None or grades == (None, None):
        return False
    # The last grade of each system says that nobody can judge.
    in_one = admiralty is None or (
        floor.admiralty is not None and admiralty <= min(floor.admiralty, 5)
    )
    in_other = europol is None or (
        floor.europol is not None and europol <= min(floor.europol, 3)
    )
    return in_one and in_other


def _countries_met(
    of: Callable[[Rule], Countries | None],
) -> Callable[[Rule, frozenset[str], PartyId], bool]:
    def met(rule: Rule, countries: frozenset[str], party: PartyId) -> bool:
        asked = of(rule)
        return asked is not None and (
            not asked.named.isdisjoint(countries)
            or (asked.theirs and party in countries)
        )

    return met


def _age_met(rule: Rule, days: int | None, _: PartyId) -> bool:
    limit = rule.conditions.age_days or 0
    if _permits(rule):
        return days is not None and days <= limit
    return days is None or days > limit


def day_of(at_ms: int) -> int:
    """Returns the number of a day (UTC), as `date.toordinal` counts."""
    return at_ms // _DAY_MS + _EPOCH


def _age_found(question: Question) -> int | None:
    dated = question.facts.dated
    return None if dated is None else day_of(question.at_ms) - dated.toordinal()


def _day_met(rule: Rule, day: int, _: PartyId) -> bool:
    first, last = rule.validity.first, rule.validity.last
    return (first is None or day >= first.toordinal()) and (
        last is None or day <= last.toordinal()
    )


COUNTRY_ASPECTS: Final[Mapping[str, Callable[[Rule], Countries | None]]] = {
    "recovered-in": lambda rule: rule.conditions.recovered_in,
    "manufactured-in": lambda rule: rule.conditions.manufactured_in,
    "involves": lambda rule: rule.conditions.involves,
}
"""Aspects whose values are sets of countries, and what a rule asks of each."""


def _of_countries(name: str, found: Callable[[Question], frozenset[str]]) -> Aspect:
    of = COUNTRY_ASPECTS[name]
    return Aspect(
        name=name,
        asks=lambda rule: of(rule) is not None,
        met=_countries_met(of),
        found=found,
    )


ASPECTS: Final = (
    Aspect(
        name="kind",
        asks=lambda rule: not rule.every_kind,
        met=lambda rule, kind, _: kind in rule.kinds,
        found=lambda question: question.kind.partition("/")[0],
    ),
    Aspect(
        name="label",
        asks=lambda rule: _permits(rule) or rule.starting_at not in (None, Tlp.CLEAR),
        met=_label_met,
        found=lambda question: question.handling.tlp,
    ),
    Aspect(
        name="codes",
        asks=_permits,
        met=_codes_met,
        found=lambda question: question.handling.europol - {Europol.H0},
    ),
    Aspect(
        name="pap",
        asks=_permits,
        met=_pap_met,
        found=lambda question: question.handling.pap,
    ),
    Aspect(
        name="items",
        asks=_asks_items,
        met=_items_met,
        found=lambda question: question.facts.items,
    ),
    Aspect(
        name="purposes",
        asks=lambda rule: rule.conditions.purposes is not None,
        met=_purposes_met,
        found=lambda question: (
            question.handling.restrictions.purposes | question.facts.purposes
        ),
    ),
    Aspect(
        name="source",
        asks=lambda rule: rule.conditions.floor is not None,
        met=_source_met,
        found=lambda question: (question.facts.admiralty, question.facts.europol),
    ),
    _of_countries("recovered-in", lambda question: question.facts.recovered_in),
    _of_countries("manufactured-in", lambda question: question.facts.manufactured_in),
    _of_countries("involves", lambda question: question.facts.involved),
    Aspect(
        name="embargo",
        asks=lambda rule: rule.conditions.embargo is not None,
        met=lambda rule, flagged, _: flagged is rule.conditions.embargo,
        found=lambda question: question.facts.embargo,
    ),
    Aspect(
        name="age",
        asks=lambda rule: rule.conditions.age_days is not None,
        met=_age_met,
        found=_age_found,
    ),
    Aspect(
        name="day",
        asks=lambda rule: (
            rule.validity.first is not None or rule.validity.last is not None
        ),
        met=_day_met,
        found=lambda question: day_of(question.at_ms),
    ),
)
"""Every aspect but the other party, which `members_of` answers for."""
