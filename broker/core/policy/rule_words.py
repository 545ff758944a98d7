"""Words for what one rule asks of a message, and for what a message is.

Words for many messages at once are left to `broker.core.policy.wording`.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, Final

from broker.core.handling import Pap, Tlp
from broker.core.policy.aspects import COUNTRY_ASPECTS, Grades, Value, covered_items
from broker.core.policy.rule import Effect, Rule
from broker.core.words import Word


def subject_words(rule: Rule) -> str:
    """Returns whom a rule is about."""
    named = [*sorted(rule.parties), *sorted(rule.groups)]
    out = [*sorted(rule.except_parties), *sorted(rule.except_groups)]
    words = "everyone" if rule.everyone else ", ".join(named) or "nobody"
    return f"{words} but {', '.join(out)}" if out else words


def asked_words(aspect: str, rule: Rule) -> str:
    """Returns what a rule asks of an aspect of which it asks something."""
    if aspect in COUNTRY_ASPECTS:
        return _countries(aspect, rule)
    return _ASKED[aspect](rule)


def found_words(aspect: str, value: Value) -> str:
    """Returns what a message is in an aspect."""
    found = _FOUND.get(aspect)
    return _any_of(value) if found is None else found(value)


def _countries(aspect: str, rule: Rule) -> str:
    countries = COUNTRY_ASPECTS[aspect](rule)
    if countries is None:
        return "any"
    return _or([*sorted(countries.named), *["the other party"] * countries.theirs])


def _label(rule: Rule) -> str:
    if rule.effect is Effect.DENY:
        return f"from {(rule.starting_at or Tlp.CLEAR).label} on"
    return "none" if rule.up_to is None else f"up to {rule.up_to.tlp.label}"


def _codes(rule: Rule) -> str:
    codes = () if rule.up_to is None else rule.up_to.codes
    return f"none but {_and(code.name for code in codes)}" if codes else "none"


def _pap(rule: Rule) -> str:
    pap = None if rule.up_to is None else rule.up_to.pap
    return "none" if pap is None else f"up to PAP:{pap.name}"


def _items(rule: Rule) -> str:
    return _members(rule, _words(covered_items(rule)))


def _purposes(rule: Rule) -> str:
    words = _members(rule, _words(rule.conditions.purposes or ()))
    return f"stated, {words}" if rule.effect is Effect.PERMIT else words


def _members(rule: Rule, words: Iterable[str]) -> str:
    if rule.effect is Effect.PERMIT:
        return f"none but {_and(words)}"
    return f"at least one of {', '.join(sorted(words))}"


def _floor(rule: Rule) -> str:
    floor = rule.conditions.floor
    if floor is None:
        return "any"
    words = [f"Admiralty {floor.admiralty.name}"] if floor.admiralty else []
    words += [f"Europol {floor.europol.name}"] if floor.europol else []
    return f"{' or '.join(words)}, or better"


def _embargo(rule: Rule) -> str:
    return "breach of one" if rule.conditions.embargo else "no breach of one"


def _age(rule: Rule) -> str:
    days = rule.conditions.age_days
    if rule.effect is Effect.PERMIT:
        return f"at most {days} days"
    return f"more than {days} days, or unknown"


_ASKED: Final[dict[str, Callable[[Rule], str]]] = {
    "kind": lambda rule: _or(sorted(rule.kinds)),
    "label": _label,
    "codes": _codes,
    "pap": _pap,
    "items": _items,
    "purposes": _purposes,
    "source": _floor,
    "embargo": _embargo,
    "age": _age,
    "day": lambda rule: str(rule.validity),
}


def _grades_found(grades: Grades) -> str:
    admiralty, europol = grades
    words = [f"Admiralty {admiralty.name}"] if admiralty else []
    words += [f"Europol {europol.name}"] if europol else []
    return ", ".join(words) or "not evaluated"


def _pap_found(pap: Pap | None) -> str:
    return "none" if pap is None else f"PAP:{pap.name}"


def _any_of(value: Any) -> str:  # noqa: ANN401 - each aspect has its own type
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(_member, value))) or "none"
    return str(value)


def _member(member: Any) -> str:  # noqa: ANN401 - a word, a code or a country
    if isinstance(member, Word):
        return member.word
    return member if isinstance(member, str) else str(member.name)


_FOUND: Final[dict[str, Callable[[Any], str]]] = {
    "label": lambda label: str(label.label),
    "pap": _pap_found,
    "source": _grades_found,
    "embargo": lambda flagged: "breach of one" if flagged else "no breach of one",
    "age": lambda days: "unknown" if days is None else f"{days} days",
    "day": lambda day: dt.date.fromordinal(day).isoformat(),
}


def _words(members: Iterable[Word]) -> list[str]:
    return sorted(member.word for member in members)


def _or(words: list[str]) -> str:
    head, last = words[:-1], words[-1:]
    joined = " or ".join([", ".join(head), *last] if head else last)
    return joined or "an empty list"


def _and(words: Iterable[str]) -> str:
    return ", ".join(sorted(words)) or "an empty list"
