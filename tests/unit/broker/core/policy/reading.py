"""Policies read word by word, as their documentation says, and slowly.

It shares nothing with the engine but the values: what both say has to agree.
"""

import datetime as dt
from collections.abc import Iterator

from broker.core.fields import TREATED, FieldClass, Treatment
from broker.core.handling import Europol
from broker.core.policy.decision import Question
from broker.core.policy.facts import AdmiraltySource, EuropolSource, Facts, ItemClass
from broker.core.policy.rule import Countries, Effect, Floor, Group, Rule, Validity
from broker.core.policy.rules import Policy

UNASKED = {ItemClass.FIREARM, ItemClass.LIGHT_WEAPON, ItemClass.CONVERTIBLE}


def release(policy: Policy, question: Question) -> dict[FieldClass, Treatment] | None:
    """What becomes of each class of fields that leaves; None: nothing leaves."""
    applying = list(_applying(policy, policy.exports, question, question.recipient))
    if not _permitted(policy, applying, question):
        return None
    return {
        field: max(_treatment(rule, field) for rule in applying) for field in TREATED
    }


def is_taken(policy: Policy, question: Question) -> bool:
    """Whether the recipient takes it."""
    applying = list(_applying(policy, policy.imports, question, question.origin))
    return _permitted(policy, applying, question)


def missed(
    rule: Rule, groups: tuple[Group, ...], question: Question, other: str
) -> list[str]:
    """The names of the conditions that are not met; empty: the rule applies."""
    met = {
        "party": _means(rule, groups, other),
        "kind": rule.every_kind or question.kind.split("/")[0] in rule.kinds,
        "handling": _handling_fits(rule, question),
        "validity": _covers(rule.validity, question),
        **dict(_content(rule, question, other)),
    }
    return [name for name, holds in met.items() if not holds]


def _applying(
    policy: Policy, rules: tuple[Rule, ...], question: Question, other: str
) -> Iterator[Rule]:
    return (r for r in rules if not missed(r, policy.groups, question, other))


def _permitted(policy: Policy, applying: list[Rule], question: Question) -> bool:
    return (
        _covers(policy.validity, question)
        and bool(applying)
        and all(rule.effect is Effect.PERMIT for rule in applying)
    )


def _treatment(rule: Rule, field: FieldClass) -> Treatment:
    stated = rule.terms.fields
    closed = any(how is not Treatment.KEEP for how in stated.values())
    if field not in stated and field is FieldClass.FREE_TEXT and closed:
        return Treatment.DROP
    return stated.get(field, Treatment.KEEP)


def _means(rule: Rule, groups: tuple[Group, ...], other: str) -> bool:
    within = {group.name for group in groups if other in group.members}
    named = rule.everyone or other in rule.parties or bool(rule.groups & within)
    excepted = other in rule.except_parties or bool(rule.except_groups & within)
    return named and not excepted


def _covers(validity: Validity, question: Question) -> bool:
    day = dt.datetime.fromtimestamp(question.at_ms / 1000, dt.UTC).date()
    begun = validity.first is None or validity.first <= day
    return begun and (validity.last is None or day <= validity.last)


def _handling_fits(rule: Rule, question: Question) -> bool:
    handling = question.handling
    if rule.effect is Effect.DENY:
        return rule.starting_at is None or handling.tlp >= rule.starting_at
    ceiling = rule.up_to
    if ceiling is None or handling.tlp > ceiling.tlp:
        return False
    if any(c not in ceiling.codes for c in handling.europol if c is not Europol.H0):
        return False
    if handling.pap is None:
        return True
    return ceiling.pap is not None and handling.pap <= ceiling.pap


def _content(rule: Rule, question: Question, other: str) -> Iterator[tuple[str, bool]]:
    facts, conditions = question.facts, rule.conditions
    purposes = {*question.handling.restrictions.purposes, *facts.purposes}
    permits = rule.effect is Effect.PERMIT
    if permits and not conditions.every_item:
        covered = UNASKED if conditions.items is None else conditions.items
        yield "items", all(item in covered for item in facts.items)
    if not permits and conditions.items is not None:
        yield "items", any(item in conditions.items for item in facts.items)
    if conditions.purposes is not None:
        named = [purpose in conditions.purposes for purpose in purposes]
        yield "purposes", any(named) and (all(named) or not permits)
    if conditions.floor is not None:
        yield "floor", _reaches(facts, conditions.floor)
    if conditions.recovered_in is not None:
        yield "recovered", _one_of(conditions.recovered_in, facts.recovered_in, other)
    if conditions.manufactured_in is not None:
        yield "made", _one_of(conditions.manufactured_in, facts.manufactured_in, other)
    if conditions.involves is not None:
        yield "involved", _one_of(conditions.involves, facts.involved, other)
    if conditions.embargo is not None:
        yield "embargo", facts.embargo == conditions.embargo
    if conditions.age_days is not None:
        old = _is_older(facts, conditions.age_days, question)
        yield "age", old is not permits


def _one_of(countries: Countries, among: frozenset[str], other: str) -> bool:
    meant = countries.named | {other} if countries.theirs else countries.named
    return bool(meant & among)


def _reaches(facts: Facts, floor: Floor) -> bool:
    grades = [
        (facts.admiralty, floor.admiralty, AdmiraltySource.F),
        (facts.europol, floor.europol, EuropolSource.X),
    ]
    given = [grade for grade in grades if grade[0] is not None]
    return bool(given) and all(
        least is not None and grade != unjudged and grade.name <= least.name
        for grade, least, unjudged in given
        if grade is not None
    )


def _is_older(facts: Facts, days: int, question: Question) -> bool:
    if facts.dated is None:
        return True
    today = dt.datetime.fromtimestamp(question.at_ms / 1000, dt.UTC).date()
    return today - facts.dated > dt.timedelta(days=days)
