"""One direction of a policy, and the parties that policies name.

Which questions its rules tell apart is left to `broker.core.policy.space`.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from string import ascii_uppercase
from typing import Self

from broker.core.policy.aspects import COUNTRY_ASPECTS
from broker.core.policy.rule import Effect, Rule, Validity
from broker.core.policy.rules import Policy
from keys.errors import PartyCodeError
from keys.identity import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The rules of one direction of a policy.

    Attributes:
        rules: In their order.
        groups: Who is in each group.
        validity: The days on which they are in force.
    """

    rules: tuple[Rule, ...]
    groups: Mapping[str, frozenset[PartyId]]
    validity: Validity

    @classmethod
    def exports(cls, policy: Policy) -> Self:
        """Returns the rules for what leaves."""
        return cls(
            rules=policy.exports,
            groups={group.name: group.members for group in policy.groups},
            validity=policy.validity,
        )

    @classmethod
    def imports(cls, policy: Policy) -> Self:
        """Returns the rules for what arrives."""
        return replace(cls.exports(policy), rules=policy.imports)


def out_of_force(validity: Validity) -> Iterator[Rule]:
    """Yields what a policy comes to on days on which it is not in force: denials."""
    day = dt.timedelta(days=1)
    outside = []
    if validity.first not in (None, dt.date.min):
        outside.append(Validity(last=validity.first - day))
    if validity.last not in (None, dt.date.max):
        outside.append(Validity(first=validity.last + day))
    for days in outside:
        yield Rule(
            id="out-of-force",
            effect=Effect.DENY,
            everyone=True,
            every_kind=True,
            validity=days,
        )


def parties_of(policies: Sequence[Policy]) -> frozenset[PartyId]:
    """Returns the parties that policies name, and one that stands for all others."""
    named = frozenset[str]().union(*(_named(policy) for policy in policies))
    own = {policy.party for policy in policies}
    return frozenset({*filter(None, map(_party, named)), stand_in(policies)} - own)


def stand_in(policies: Sequence[Policy]) -> PartyId:
    """Returns a code that stands for every party that no policy names.

    It is one that ISO 3166-1 leaves to users, as long as those are not all named.
    """
    named = frozenset[str]().union(*(_named(policy) for policy in policies))
    backwards = ascii_uppercase[::-1]
    codes = map("".join, product(backwards, repeat=3))
    return PartyId(next(code for code in codes if code not in named))


def _named(policy: Policy) -> frozenset[str]:
    named: set[str] = {policy.party}
    named.update(party for group in policy.groups for party in group.members)
    for rule in (*policy.exports, *policy.imports):
        named |= rule.parties | rule.except_parties
        for of in COUNTRY_ASPECTS.values():
            countries = of(rule)
            named |= set() if countries is None else countries.named
    return frozenset(named)


def _party(code: str) -> PartyId | None:
    try:
        return PartyId(code)
    except PartyCodeError:
        return None
