"""A policy in its document form, every key in its documented place.

Reading it back is left to `broker.core.policy.parse`.
"""

import base64
from collections.abc import Iterable, Iterator
from typing import Any

from broker.core.policy import vocabulary as words
from broker.core.policy.rule import (
    Conditions,
    Countries,
    Effect,
    Floor,
    Officer,
    Rule,
    RuleTerms,
    Validity,
)
from broker.core.policy.rules import Policy
from broker.core.words import Word


def render_policy(policy: Policy) -> dict[str, Any]:
    """Returns the document form, such that `parse_policy` gives `policy` back."""
    document: dict[str, Any] = {"party": str(policy.party)}
    document |= _validity(policy.validity)
    if policy.officers:
        document["officers"] = {one.name: _key_text(one) for one in policy.officers}
    if policy.groups:
        document["groups"] = {
            group.name: _texts(group.members) for group in policy.groups
        }
    document["export"] = [_rule(rule, "export") for rule in policy.exports]
    document["import"] = [_rule(rule, "import") for rule in policy.imports]
    return document


def _key_text(officer: Officer) -> str:
    form = next(
        form
        for form, size in words.KEY_FORMS.items()
        if size == len(officer.public_key)
    )
    return f"{form}:{base64.b64encode(officer.public_key).decode()}"


def _rule(rule: Rule, side: str) -> dict[str, Any]:
    subject = _subject(rule.parties, rule.groups)
    out = _subject(rule.except_parties, rule.except_groups)
    found: dict[str, Any] = {
        "id": rule.id,
        rule.effect.name.lower(): (
            words.EVERY_KIND if rule.every_kind else sorted(rule.kinds)
        ),
        words.SUBJECT_KEY[side]: words.EVERYONE if rule.everyone else subject,
    }
    if out:
        found["except"] = out
    if rule.up_to is not None:
        found["up-to"] = str(rule.up_to)
    if rule.starting_at is not None:
        found["starting-at"] = rule.starting_at.label
    found.update(_conditions(rule.conditions, rule.effect))
    found.update(_terms(rule.terms))
    found.update(_validity(rule.validity))
    if rule.because:
        found["because"] = rule.because
    return {key: found[key] for key in words.RULE_KEYS[side] if key in found}


def _subject(parties: frozenset[Any], groups: frozenset[str]) -> dict[str, list[str]]:
    named = {"parties": _texts(parties), "groups": _texts(groups)}
    return {key: one for key, one in named.items() if one}


def _conditions(conditions: Conditions, effect: Effect) -> Iterator[tuple[str, Any]]:
    if conditions.every_item:
        yield "items", words.EVERY_ITEM
    if conditions.items is not None:
        yield "items", _words(conditions.items)
    if conditions.purposes is not None:
        yield "purposes", _words(conditions.purposes)
    if conditions.floor is not None:
        yield "source-at-least", _floor(conditions.floor)
    for key, countries in (
        ("recovered-in", conditions.recovered_in),
        ("manufactured-in", conditions.manufactured_in),
        ("involves", conditions.involves),
    ):
        if countries is not None:
            yield key, _countries(countries)
    if conditions.embargo is not None:
        yield "embargo", conditions.embargo
    if conditions.age_days is not None:
        age = "no-older-than" if effect is Effect.PERMIT else "older-than"
        yield age, _span(conditions.age_days)


def _floor(floor: Floor) -> dict[str, str]:
    grades = {"admiralty": floor.admiralty, "europol": floor.europol}
    return {key: grade.name for key, grade in grades.items() if grade is not None}


def _countries(countries: Countries) -> list[str]:
    return [*_texts(countries.named), *([words.THEIRS] if countries.theirs else [])]


def _terms(terms: RuleTerms) -> Iterator[tuple[str, Any]]:
    if terms.fields:
        yield "fields", {field.word: how.word for field, how in terms.fields.items()}
    if terms.retention_days is not None:
        yield "retention", _span(terms.retention_days)
    if terms.with_consent:
        yield "onward", "with-consent"
    if terms.approval is not None:
        yield (
            "approval",
            {
                "officers": _texts(terms.approval.officers),
                "needed": terms.approval.needed,
            },
        )
    if terms.routes:
        yield "route", _texts(terms.routes)
    if terms.quarantine:
        yield "quarantine", True


def _validity(validity: Validity) -> dict[str, Any]:
    ends = {"from": validity.first, "until": validity.last}
    found = {key: day.isoformat() for key, day in ends.items() if day is not None}
    return {"valid": found} if found else {}


def _span(days: int) -> str:
    years, rest = divmod(days, words.DAYS_IN["y"])
    return f"{days}d" if rest else f"{years}y"


def _texts(texts: Iterable[str]) -> list[str]:
    return [str(text) for text in sorted(texts)]


def _words(members: Iterable[Word]) -> list[str]:
    return [member.word for member in sorted(members)]
