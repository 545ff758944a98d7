"""The conditions of a rule as functions of what is asked.

What a header alone tells of a condition on the content is part of each: whether it can
still be met, and whether it is met whatever the content says. Which conditions a rule
has together is left to `broker.core.policy.clause`.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from broker.core.handling import IntendedUse, Pap, Tlp
from broker.core.policy.asked import Asked
from broker.core.policy.facts import (
    ALWAYS_COVERED,
    AdmiraltySource,
    EuropolSource,
    Facts,
    ItemClass,
)
from broker.core.policy.rule import (
    Ceiling,
    Conditions,
    Countries,
    Effect,
    Floor,
    Rule,
    Validity,
)

HANDLING_RANK: Final = 0  # what the origin changes most easily comes first
CONTENT_RANK: Final = 1
VALIDITY_RANK: Final = 2
PARTY_RANK: Final = 3
KIND_RANK: Final = 4

HeaderTest = Callable[[Asked], bool]
ContentTest = Callable[[Asked, Facts], bool]


def may(_: Asked) -> bool:
    """Holds of any header: it tells nothing."""
    return True


def _need_not(_: Asked) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class HeaderCondition:
    """A condition that the header decides.

    Attributes:
        rank: The lower, the easier it is for the origin to change.
        holds: Whether it is met.
        missed: What to say when it is not.
    """

    rank: int
    holds: HeaderTest
    missed: Callable[[Asked], str]


@dataclass(frozen=True, slots=True)
class ContentCondition:
    """A condition that takes the content to decide.

    Attributes:
        missed: What to say when it is not met; it tells nothing of the content.
        holds: Whether it is met.
        possible: Whether the header leaves it possible that it is.
        certain: Whether it is met whatever the content says.
    """

    missed: str
    holds: ContentTest
    possible: HeaderTest = may
    certain: HeaderTest = _need_not


def days_of(validity: Validity) -> range:
    """Returns the numbers of the days that `validity` covers, as `Asked` counts."""
    first, last = validity.first or dt.date.min, validity.last or dt.date.max
    return range(first.toordinal(), last.toordinal() + 1)


def from_header(rule: Rule) -> Iterator[HeaderCondition]:
    """Yields the conditions of a rule that a header has to meet.

    Who the other party is and which kind it is come before any of them, and are left
    to `broker.core.policy.clause`.
    """
    if rule.effect is Effect.PERMIT:
        yield _ceiling(rule.up_to)
    elif rule.starting_at is not None:
        yield _lowest(rule.starting_at)
    if rule.validity.first or rule.validity.last:
        yield _validity(rule.validity)


def from_content(rule: Rule) -> Iterator[ContentCondition]:
    """Yields the conditions of a rule that a content has to meet."""
    conditions = rule.conditions
    if rule.effect is Effect.PERMIT:
        yield from _of_permit(conditions)
    else:
        yield from _of_denial(conditions)
    if conditions.recovered_in is not None:
        yield _countries("recovered in", conditions.recovered_in, _recovered)
    if conditions.manufactured_in is not None:
        yield _countries("manufactured in", conditions.manufactured_in, _manufactured)
    if conditions.involves is not None:
        yield _countries("about", conditions.involves, _involved)
    if conditions.embargo is not None:
        yield _embargo(flagged=conditions.embargo)


def _of_permit(conditions: Conditions) -> Iterator[ContentCondition]:
    if not conditions.every_item:
        named = conditions.items
        yield _items_covered(ALWAYS_COVERED if named is None else named)
    if conditions.purposes is not None:
        yield _purposes_covered(conditions.purposes)
    if conditions.floor is not None:
        yield _floor(conditions.floor)
    if conditions.age_days is not None:
        yield _not_older(conditions.age_days)


def _of_denial(conditions: Conditions) -> Iterator[ContentCondition]:
    if conditions.items is not None:
        yield _items_named(conditions.items)
    if conditions.purposes is not None:
        yield _purposes_named(conditions.purposes)
    if conditions.age_days is not None:
        yield _older(conditions.age_days)


def _ceiling(up_to: Ceiling | None) -> HeaderCondition:
    if up_to is None:  # fail closed, though no such policy can be built
        return HeaderCondition(
            HANDLING_RANK, lambda _: False, lambda _: "it covers no handling"
        )
    tlp, codes, pap = up_to.tlp, up_to.codes, up_to.pap or 0

    def holds(asked: Asked) -> bool:
        return asked.tlp <= tlp and asked.codes <= codes and asked.pap <= pap

    def missed(asked: Asked) -> str:
        over = [asked.tlp.label] if asked.tlp > tlp else []
        over += [code.name for code in sorted(asked.codes - codes)]
        if asked.pap > pap:
            over.append(f"PAP:{Pap(asked.pap).name}")
        return f"handling {' '.join(over)} above {up_to}"

    return HeaderCondition(HANDLING_RANK, holds, missed)


def _lowest(starting_at: Tlp) -> HeaderCondition:
    return HeaderCondition(
        HANDLING_RANK,
        lambda asked: asked.tlp >= starting_at,
        lambda asked: f"handling {asked.tlp.label} below {starting_at.label}",
    )


def _validity(validity: Validity) -> HeaderCondition:
    days = days_of(validity)
    return HeaderCondition(
        VALIDITY_RANK,
        lambda asked: asked.day in days,
        lambda asked: f"it applies {validity}, not on {dt.date.fromordinal(asked.day)}",
    )


def _items_covered(covered: frozenset[ItemClass]) -> ContentCondition:
    return ContentCondition(
        f"items not all among {_listed(item.word for item in sorted(covered))}",
        # A content without items meets any list, but for the empty one.
        lambda _, facts: bool(covered) and facts.items <= covered,
    )


def _items_named(named: frozenset[ItemClass]) -> ContentCondition:
    return ContentCondition(
        f"no item among {_listed(item.word for item in sorted(named))}",
        lambda _, facts: not named.isdisjoint(facts.items),
    )


def _purposes_covered(covered: frozenset[IntendedUse]) -> ContentCondition:
    words = _listed(purpose.word for purpose in sorted(covered))

    def holds(asked: Asked, facts: Facts) -> bool:
        purposes = asked.stated | facts.purposes
        return bool(purposes) and purposes <= covered

    return ContentCondition(
        f"purposes not stated, or not all among {words}",
        holds,
        possible=lambda asked: bool(covered) and asked.stated <= covered,
    )


def _purposes_named(named: frozenset[IntendedUse]) -> ContentCondition:
    words = _listed(purpose.word for purpose in sorted(named))
    return ContentCondition(
        f"no purpose among {words}",
        lambda asked, facts: not named.isdisjoint(asked.stated | facts.purposes),
        certain=lambda asked: not named.isdisjoint(asked.stated),
    )


def _floor(floor: Floor) -> ContentCondition:
    accepted = []
    if floor.admiralty is not None:
        accepted.append(f"Admiralty {floor.admiralty.name}")
    if floor.europol is not None:
        accepted.append(f"Europol {floor.europol.name}")

    def holds(_: Asked, facts: Facts) -> bool:
        if facts.admiralty is None and facts.europol is None:
            return False
        # What is evaluated in both systems has to reach the floor in both.
        return _reaches(facts.admiralty, floor.admiralty) and _reaches(
            facts.europol, floor.europol
        )

    return ContentCondition(
        f"source not evaluated {_listed(accepted, ' or ')} or better", holds
    )


def _reaches(
    grade: AdmiraltySource | EuropolSource | None,
    least: AdmiraltySource | EuropolSource | None,
) -> bool:
    if grade is None:
        return True
    return least is not None and grade not in _NO_JUDGEMENT and grade <= least


_NO_JUDGEMENT: Final = (AdmiraltySource.F, EuropolSource.X)


def _recovered(facts: Facts) -> frozenset[str]:
    return facts.recovered_in


def _manufactured(facts: Facts) -> frozenset[str]:
    return facts.manufactured_in


def _involved(facts: Facts) -> frozenset[str]:
    return facts.involved


def _countries(
    verb: str, countries: Countries, of: Callable[[Facts], frozenset[str]]
) -> ContentCondition:
    named, theirs = countries.named, countries.theirs
    words = [*sorted(named), *(["the other party"] if theirs else [])]
    return ContentCondition(
        f"not {verb} {_listed(words, ' or ')}",
        lambda asked, facts: (
            not named.isdisjoint(of(facts)) or (theirs and asked.party in of(facts))
        ),
    )


def _embargo(*, flagged: bool) -> ContentCondition:
    return ContentCondition(
        "no breach of an embargo" if flagged else "breach of an embargo",
        lambda _, facts: facts.embargo is flagged,
    )


def _not_older(days: int) -> ContentCondition:
    return ContentCondition(
        f"older than {days} days, or of unknown age",
        lambda asked, facts: (
            facts.dated is not None and asked.day - facts.dated.toordinal() <= days
        ),
    )


def _older(days: int) -> ContentCondition:
    return ContentCondition(
        f"not older than {days} days",
        # Of unknown age: nobody can say that it is not too old.
        lambda asked, facts: (
            facts.dated is None or asked.day - facts.dated.toordinal() > days
        ),
    )


def _listed(words: Iterable[str], joined: str = ", ") -> str:
    return joined.join(words) or "an empty list"
