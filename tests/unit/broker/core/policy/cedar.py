"""A policy as Cedar text, and questions as Cedar requests.

Rendered from the values alone, by what the documentation says they mean. A release is
the action "release"; what becomes of it are further actions, each of which a rule can
forbid: "keep-personal" where a rule blurs or drops personal fields, "show-personal"
where it drops them, "hold" for longer than a rule lets it be kept, "pass-on" without
consent, "leave" without approval, "hand-out" without a person's look.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator

from broker.core.fields import TREATED, FieldClass, Treatment
from broker.core.handling import Europol
from broker.core.policy.decision import Question
from broker.core.policy.facts import AdmiraltySource, EuropolSource, ItemClass
from broker.core.policy.rule import Conditions, Countries, Effect, Floor, Rule, Validity
from broker.core.policy.rules import Policy
from broker.core.words import Word

RELEASE = "release"
PASS_ON = "pass-on"
LEAVE = "leave"
HAND_OUT = "hand-out"
HOLD = "hold"
_EPOCH = dt.date(1970, 1, 1)
_OPEN = (ItemClass.FIREARM, ItemClass.LIGHT_WEAPON, ItemClass.CONVERTIBLE)


def keep(field: FieldClass) -> str:
    """The action of having the fields of a class as they are."""
    return f"keep-{field.name}"


def show(field: FieldClass) -> str:
    """The action of having them at all."""
    return f"show-{field.name}"


def text_of(policy: Policy, rules: Iterable[Rule]) -> str:
    """Cedar policies that allow what `rules` of `policy` do."""
    statements = [
        f"forbid (principal, action, resource) unless {{ {_days(policy.validity)} }};"
    ]
    for rule in rules:
        applies = " && ".join(f"({condition})" for condition in _conditions(rule))
        word = "permit" if rule.effect is Effect.PERMIT else "forbid"
        statements.append(f"{word} (principal, action, resource) when {{ {applies} }};")
        statements += [
            f'forbid (principal, action == Action::"{action}", resource) '
            f"when {{ {applies} && {more} }};"
            for action, more in _forbidden(rule)
        ]
    return "\n".join(statements)


def entities_of(policy: Policy, parties: Iterable[str]) -> str:
    """The parties, each in its groups, as JSON."""
    return json.dumps(
        [
            {
                "uid": {"type": "Party", "id": party},
                "attrs": {},
                "parents": [
                    {"type": "Group", "id": group.name}
                    for group in policy.groups
                    if party in group.members
                ],
            }
            for party in parties
        ]
    )


def context_of(question: Question, other: str, held_days: int = 0) -> str:
    """What is asked about, as JSON."""
    facts, handling = question.facts, question.handling
    context: dict[str, object] = {
        "other": other,
        "kind": question.kind,
        "day": _day(dt.datetime.fromtimestamp(question.at_ms / 1000, dt.UTC).date()),
        "tlp": handling.tlp.value,
        "codes": [code.name for code in handling.europol],
        "items": [item.name for item in facts.items],
        "purposes": sorted(
            {use.name for use in (*facts.purposes, *handling.restrictions.purposes)}
        ),
        "recovered": sorted(facts.recovered_in),
        "made": sorted(facts.manufactured_in),
        "involved": sorted(facts.involved),
        "embargo": facts.embargo,
        "held": held_days,
    }
    if handling.pap is not None:
        context["pap"] = handling.pap.value
    if facts.admiralty is not None:
        context["admiralty"] = facts.admiralty.name
    if facts.europol is not None:
        context["europol"] = facts.europol.name
    if facts.dated is not None:
        context["dated"] = _day(facts.dated)
    return json.dumps(context)


def request(other: str, action: str, context: str) -> dict[str, object]:
    """One request to Cedar."""
    return {
        "principal": {"type": "Party", "id": other},
        "action": {"type": "Action", "id": action},
        "resource": {"type": "Message", "id": "m"},
        "context": context,
    }


def _forbidden(rule: Rule) -> Iterator[tuple[str, str]]:
    """What a permit keeps others from, though it applies."""
    terms = rule.terms
    closed = [f for f, how in terms.fields.items() if how is not Treatment.KEEP]
    for field in TREATED:
        how = terms.fields.get(field)
        if how is None and field is FieldClass.FREE_TEXT and closed:
            how = Treatment.DROP
        if how in (Treatment.BLUR, Treatment.DROP):
            yield keep(field), "true"
        if how is Treatment.DROP:
            yield show(field), "true"
    if terms.retention_days is not None:
        yield HOLD, f"context.held > {terms.retention_days}"
    if terms.with_consent:
        yield PASS_ON, "true"
    if terms.approval is not None:
        yield LEAVE, "true"
    if terms.quarantine:
        yield HAND_OUT, "true"


def _conditions(rule: Rule) -> Iterator[str]:
    yield "true" if rule.everyone else _among(rule.parties, rule.groups)
    yield f"!({_among(rule.except_parties, rule.except_groups)})"
    kinds = " || ".join(f'context.kind like "{kind}/*"' for kind in rule.kinds)
    yield "true" if rule.every_kind else kinds or "false"
    yield _days(rule.validity)
    if rule.effect is Effect.PERMIT:
        yield from _covered(rule)
        yield from _permitted(rule.conditions)
    else:
        yield f"context.tlp >= {rule.starting_at.value if rule.starting_at else 0}"
        yield from _denied(rule.conditions)
    yield from _either_way(rule.conditions)


def _among(parties: Iterable[str], groups: Iterable[str]) -> str:
    named = [f'principal == Party::"{party}"' for party in parties]
    named += [f'principal in Group::"{group}"' for group in groups]
    return " || ".join(named) or "false"


def _covered(rule: Rule) -> Iterator[str]:
    ceiling = rule.up_to
    if ceiling is None:
        yield "false"
        return
    codes = [Europol.H0.name, *(code.name for code in ceiling.codes)]
    yield f"context.tlp <= {ceiling.tlp.value}"
    yield f"{json.dumps(codes)}.containsAll(context.codes)"
    bears_none = "!(context has pap)"
    yield (
        bears_none
        if ceiling.pap is None
        else f"{bears_none} || context.pap <= {ceiling.pap.value}"
    )


def _permitted(conditions: Conditions) -> Iterator[str]:
    if not conditions.every_item:
        items = _OPEN if conditions.items is None else conditions.items
        yield f"{_names(items)}.containsAll(context.items)"
    if conditions.purposes is not None:
        yield "!context.purposes.isEmpty()"
        yield f"{_names(conditions.purposes)}.containsAll(context.purposes)"
    if conditions.floor is not None:
        yield "context has admiralty || context has europol"
        yield from _at_least(conditions.floor)
    if conditions.age_days is not None:
        yield "context has dated"
        yield f"context.day - context.dated <= {conditions.age_days}"


def _denied(conditions: Conditions) -> Iterator[str]:
    if conditions.items is not None:
        yield f"context.items.containsAny({_names(conditions.items)})"
    if conditions.purposes is not None:
        yield f"context.purposes.containsAny({_names(conditions.purposes)})"
    if conditions.age_days is not None:
        yield (
            "!(context has dated) || "
            f"context.day - context.dated > {conditions.age_days}"
        )


def _either_way(conditions: Conditions) -> Iterator[str]:
    for field, countries in (
        ("recovered", conditions.recovered_in),
        ("made", conditions.manufactured_in),
        ("involved", conditions.involves),
    ):
        if countries is not None:
            yield _one_of(field, countries)
    if conditions.embargo is not None:
        yield f"context.embargo == {str(conditions.embargo).lower()}"


def _at_least(floor: Floor) -> Iterator[str]:
    for field, least, grades in (
        ("admiralty", floor.admiralty, "ABCDE"),
        ("europol", floor.europol, "ABC"),
    ):
        enough: list[str] = []
        if isinstance(least, AdmiraltySource | EuropolSource):
            enough = list(grades[: grades.index(least.name) + 1])
        reached = f"{json.dumps(enough)}.contains(context.{field})"
        yield f"!(context has {field}) || {reached}"


def _one_of(field: str, countries: Countries) -> str:
    named = f"context.{field}.containsAny({json.dumps(sorted(countries.named))})"
    theirs = f"context.{field}.contains(context.other)"
    return f"{named} || {theirs}" if countries.theirs else named


def _names(words: Iterable[Word]) -> str:
    return json.dumps([word.name for word in words])


def _days(validity: Validity) -> str:
    first = f"context.day >= {_day(validity.first)}" if validity.first else "true"
    last = f"context.day <= {_day(validity.last)}" if validity.last else "true"
    return f"{first} && {last}"


def _day(date: dt.date) -> int:
    return (date - _EPOCH).days
