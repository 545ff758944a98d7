"""What keeps one rule from having a meaning.

What it says about groups, officers and other rules is left to
`broker.core.policy.problems`.
"""

import re
from collections.abc import Iterator, Sized
from typing import Final

from broker.core.errors import DocumentProblem
from broker.core.fields import TREATED, essential
from broker.core.handling import Europol
from broker.core.policy.facts import AdmiraltySource, EuropolSource
from broker.core.policy.rule import (
    ApprovalRule,
    Conditions,
    Countries,
    Effect,
    Floor,
    Rule,
)
from broker.core.policy.vocabulary import (
    BECAUSE_MAX,
    COUNTRIES_MAX,
    COUNTRY_PATTERN,
    DAYS_MAX,
    EVERY_ITEM,
    KINDS_MAX,
    NAME_MAX,
    NAME_PATTERN,
    OFFICERS_MAX,
    ONLY_DENIALS,
    ONLY_EXPORTS,
    ONLY_IMPORTS,
    ONLY_PERMITS,
    ROUTES_MAX,
)

NAME_EXPECTED: Final = (
    f"expected at most {NAME_MAX} small letters and digits, in words joined by hyphens"
)

_NAME: Final = re.compile(NAME_PATTERN)
_COUNTRY: Final = re.compile(COUNTRY_PATTERN)
_SOME: Final = "expected at least one; without the key it does not matter"


def is_name(text: str) -> bool:
    """Tells whether `text` has the form of every name that a party chooses."""
    return len(text) <= NAME_MAX and _NAME.fullmatch(text) is not None


def problems_of(rule: Rule, path: str, side: str) -> Iterator[DocumentProblem]:
    """Yields everything that keeps `rule` by itself from having a meaning.

    Args:
        rule: The rule.
        path: Where it stands: "export[0]".
        side: "export" or "import".
    """
    yield from _misplaced(rule, path, side)
    yield from _kind_problems(rule, f"{path}.{rule.effect.name.lower()}")
    if rule.effect is Effect.PERMIT and rule.up_to is None:
        yield DocumentProblem(
            f"{path}.up-to",
            "nothing",
            "a permit needs the most closed label it covers, such as TLP:AMBER",
        )
    if rule.up_to is not None and Europol.H0 in rule.up_to.codes:
        yield DocumentProblem(
            f"{path}.up-to",
            ascii(str(rule.up_to)),
            "expected no H0: every ceiling covers it",
        )
    yield from _condition_problems(rule.conditions, rule.effect, path)
    yield from _term_problems(rule, path)
    # A reason ends up on terminals and in receipts: no control characters, nothing
    # that reverses or hides text.
    if len(rule.because) > BECAUSE_MAX or not rule.because.isprintable():
        yield DocumentProblem(
            f"{path}.because",
            ascii(rule.because[:40]),
            f"expected at most {BECAUSE_MAX} printable characters",
        )


def _misplaced(rule: Rule, path: str, side: str) -> Iterator[DocumentProblem]:
    """Yields what a rule of this side and effect does not have."""
    here = ONLY_DENIALS if rule.effect is Effect.PERMIT else ONLY_PERMITS
    elsewhere = ONLY_IMPORTS if side == "export" else ONLY_EXPORTS
    for key, found in _present(rule):
        why = elsewhere.get(key) or here.get(key)
        if why is not None:
            yield DocumentProblem(f"{path}.{key}", found, why)


def _present(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yields what not every rule may have and this one has, as problems show it."""
    terms = rule.terms
    if rule.up_to is not None:
        yield "up-to", ascii(str(rule.up_to))
    if rule.starting_at is not None:
        yield "starting-at", ascii(rule.starting_at.label)
    if rule.conditions.floor is not None:
        yield "source-at-least", "a floor"
    if terms.fields:
        yield "fields", ", ".join(field.word for field in terms.fields)
    if terms.retention_days is not None:
        yield "retention", f"{terms.retention_days} days"
    if terms.with_consent:
        yield "onward", "'with-consent'"
    if terms.approval is not None:
        yield "approval", ", ".join(map(ascii, sorted(terms.approval.officers)[:9]))
    if terms.routes:
        yield "route", ", ".join(map(ascii, sorted(terms.routes)[:9]))
    if terms.quarantine:
        yield "quarantine", "True"


def _kind_problems(rule: Rule, path: str) -> Iterator[DocumentProblem]:
    yield from _bound(rule.kinds, path, "kinds", KINDS_MAX)
    for kind in sorted(rule.kinds):
        if not is_name(kind):
            yield DocumentProblem(path, ascii(kind), NAME_EXPECTED)
    if rule.every_kind and rule.kinds:
        yield DocumentProblem(
            path, "every kind, and some by name", "expected one or the other"
        )


def _condition_problems(
    conditions: Conditions, effect: Effect, path: str
) -> Iterator[DocumentProblem]:
    items = f"{path}.items"
    if conditions.every_item and effect is Effect.DENY:
        yield DocumentProblem(
            items, ascii(EVERY_ITEM), "a rule that denies says so by not having items"
        )
    if conditions.every_item and conditions.items is not None:
        yield DocumentProblem(
            items, "every item, and some by name", "expected one or the other"
        )
    yield from _empty(conditions.items, items)
    yield from _empty(conditions.purposes, f"{path}.purposes")
    if conditions.floor is not None:
        yield from _floor_problems(conditions.floor, f"{path}.source-at-least")
    for key, countries in (
        ("recovered-in", conditions.recovered_in),
        ("manufactured-in", conditions.manufactured_in),
        ("involves", conditions.involves),
    ):
        if countries is not None:
            yield from _country_problems(countries, f"{path}.{key}")
    age = "no-older-than" if effect is Effect.PERMIT else "older-than"
    yield from _day_problems(conditions.age_days, f"{path}.{age}")


def _floor_problems(floor: Floor, path: str) -> Iterator[DocumentProblem]:
    if floor == Floor():
        yield DocumentProblem(path, "{}", "expected admiralty, europol, or both")
    if floor.admiralty is AdmiraltySource.F:
        yield DocumentProblem(
            f"{path}.admiralty", "'F'", "expected A to E: F cannot be judged"
        )
    if floor.europol is EuropolSource.X:
        yield DocumentProblem(
            f"{path}.europol", "'X'", "expected A to C: X cannot be assessed"
        )


def _country_problems(countries: Countries, path: str) -> Iterator[DocumentProblem]:
    if countries == Countries():
        yield DocumentProblem(path, "[]", _SOME)
    yield from _bound(countries.named, path, "countries", COUNTRIES_MAX)
    for code in sorted(countries.named):
        if _COUNTRY.fullmatch(code) is None:
            yield DocumentProblem(
                path,
                ascii(code[:40]),
                "expected three capital letters, as in KEN, or theirs",
            )


def _term_problems(rule: Rule, path: str) -> Iterator[DocumentProblem]:
    terms = rule.terms
    for field, how in terms.fields.items():
        if field not in TREATED or field not in essential(terms.fields):
            # One meaning, one form: what is not named is kept.
            yield DocumentProblem(
                f"{path}.fields.{field.word}",
                ascii(how.word),
                "expected nothing: it is kept anyway. Only free text is not, once "
                "another class does not stay",
            )
    yield from _day_problems(terms.retention_days, f"{path}.retention")
    if terms.approval is not None:
        yield from _approval_problems(terms.approval, f"{path}.approval")
    yield from _bound(terms.routes, f"{path}.route", "routes", ROUTES_MAX)
    for route in sorted(terms.routes):
        if not is_name(route):
            yield DocumentProblem(f"{path}.route", ascii(route[:40]), NAME_EXPECTED)


def _approval_problems(approval: ApprovalRule, path: str) -> Iterator[DocumentProblem]:
    named = len(approval.officers)
    yield from _bound(approval.officers, f"{path}.officers", "officers", OFFICERS_MAX)
    if not named:
        yield DocumentProblem(f"{path}.officers", "[]", "expected at least one")
    elif not 0 < approval.needed <= named:
        yield DocumentProblem(
            f"{path}.needed",
            str(approval.needed),
            f"expected 1 to {named}, as many as there are officers in the rule",
        )


def _day_problems(days: int | None, path: str) -> Iterator[DocumentProblem]:
    if days is not None and not 0 < days <= DAYS_MAX:
        yield DocumentProblem(
            path, f"{days} days", f"expected 1 to {DAYS_MAX} days, which are 100 years"
        )


def _empty(named: Sized | None, path: str) -> Iterator[DocumentProblem]:
    # An empty list would be met by nothing, and looks as if it meant anything.
    if named is not None and not len(named):
        yield DocumentProblem(path, "[]", _SOME)


def _bound(named: Sized, path: str, what: str, most: int) -> Iterator[DocumentProblem]:
    if len(named) > most:
        yield DocumentProblem(path, f"{len(named)} {what}", f"expected at most {most}")
