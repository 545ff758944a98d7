"""A federation of 193 parties in memory, each with a policy of its own.

Nothing is left to chance: what looks like dice is a hash, so that every run is the
same. What the policies are for is left to whoever asks.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice
from pathlib import Path
from typing import Final, TypeVar

from broker.core.fields import TREATED, FieldClass, Treatment
from broker.core.handling import Europol, Handling, IntendedUse, Pap, Restrictions, Tlp
from broker.core.policy.facts import AdmiraltySource, ItemClass
from broker.core.policy.rule import (
    Ceiling,
    Conditions,
    Countries,
    Effect,
    Floor,
    Group,
    Rule,
    RuleTerms,
)
from broker.core.policy.rules import Policy
from broker.core.trust import Trust
from keys.framing import sha256
from keys.identity import PartyId
from tests import world

T = TypeVar("T")

PARTIES_COUNT: Final = 193
_TABLE: Final = Path(__file__).parents[1] / "broker" / "infra" / "countries.csv"
_KINDS: Final = (
    "trace-request",
    "trace-response",
    "diversion-alert",
    "diversion-update",
    "route-intelligence",
    "onward-copy",
)
_CODES: Final = frozenset({Europol.H1, Europol.H2, Europol.H3})
_WIDEST: Final = Ceiling(tlp=Tlp.RED, codes=_CODES, pap=Pap.RED)
_GROUPS: Final = ("allies", "region")


def parties() -> list[PartyId]:
    """The first 193 codes of the table of countries, spread over all of it."""
    with _TABLE.open(encoding="utf-8", newline="") as table:
        codes = [row["alpha_3"] for row in csv.DictReader(table)]
    spread = sorted(codes, key=lambda code: sha256(code.encode()))
    return sorted(map(PartyId, spread[:PARTIES_COUNT]))


class Dice:
    """What is drawn depends on the name alone."""

    def __init__(self, name: str) -> None:
        self._numbers = (
            int.from_bytes(sha256(f"{name}/{throw}".encode())[:8], "big")
            for throw in count()
        )

    def below(self, bound: int) -> int:
        """A number from 0."""
        return next(self._numbers) % bound

    def chance(self, percent: int) -> bool:
        """True that often."""
        return self.below(100) < percent

    def one(self, among: Sequence[T]) -> T:
        """One of several."""
        return among[self.below(len(among))]

    def some(self, among: Sequence[T], percent: int) -> list[T]:
        """Each of several with the same chance."""
        return [one for one in among if self.chance(percent)]


def policies() -> dict[PartyId, Policy]:
    """A policy for each party."""
    everybody = parties()
    return {party: _policy(party, everybody) for party in everybody}


def trust_in(published: Mapping[PartyId, Policy]) -> Trust:
    """The directory that shows these policies, ready for use."""
    return world.trust(
        {
            **dict.fromkeys(world.PARTIES),
            **{party: world.entry(party, one) for party, one in published.items()},
        }
    )


def handling(dice: Dice) -> Handling:
    """How some message may be handled."""
    return Handling(
        tlp=dice.one(list(Tlp)),
        europol=frozenset(dice.some(sorted(_CODES), 20)),
        pap=dice.one([None, None, Pap.GREEN, Pap.RED]),
        restrictions=Restrictions(
            no_onward=dice.chance(20), purposes=_purposes(dice) or frozenset()
        ),
    )


def _policy(party: PartyId, everybody: Sequence[PartyId]) -> Policy:
    dice = Dice(f"policy of {party}")
    others = [other for other in everybody if other != party]
    return Policy(
        party=party,
        groups=tuple(
            Group(name=name, members=frozenset(dice.some(others, 40)))
            for name in _GROUPS
        ),
        exports=(
            *_exports(dice, others),
            _denial(dice, others, "no-export"),
            _denial(dice, others, "no-other-export"),
        ),
        imports=(
            Rule(
                id="take",
                effect=Effect.PERMIT,
                everyone=True,
                every_kind=True,
                up_to=_WIDEST,
                conditions=Conditions(every_item=dice.chance(80)),
                terms=RuleTerms(quarantine=dice.chance(10)),
            ),
            _denial(dice, others, "no-import"),
        ),
    )


def _exports(dice: Dice, others: Sequence[PartyId]) -> Iterator[Rule]:
    # Who is excepted from the general rule is treated by another one.
    yield Rule(
        id="general",
        effect=Effect.PERMIT,
        everyone=True,
        except_groups=frozenset(dice.some(_GROUPS, 50)),
        every_kind=True,
        up_to=_WIDEST,
        conditions=Conditions(every_item=True),
        terms=_terms(dice, 30),
        because="general",
    )
    for name in _GROUPS:
        yield Rule(
            id=f"to-{name}",
            effect=Effect.PERMIT,
            groups=frozenset({name}),
            except_parties=frozenset(dice.some(others, 5)),
            kinds=frozenset(dice.some(_KINDS, 70)),
            up_to=_ceiling(dice),
            conditions=_conditions(dice),
            terms=_terms(dice, 15),
        )
    for number in range(3):
        yield Rule(
            id=f"permit-{number}",
            effect=Effect.PERMIT,
            parties=frozenset(dice.some(others, 25)),
            kinds=frozenset(dice.some(_KINDS, 50)),
            up_to=_ceiling(dice),
            conditions=_conditions(dice),
            terms=_terms(dice, 20),
        )


def _denial(dice: Dice, others: Sequence[PartyId], rule_id: str) -> Rule:
    conditions = Conditions(
        involves=Countries(theirs=True) if dice.chance(20) else None,
        items=frozenset({ItemClass.AMMUNITION}) if dice.chance(30) else None,
        embargo=True if dice.chance(20) else None,
    )
    return Rule(
        id=rule_id,
        effect=Effect.DENY,
        parties=frozenset(dice.some(others, 15)),
        every_kind=True,
        starting_at=dice.one([None, None, Tlp.GREEN, Tlp.AMBER_STRICT]),
        conditions=conditions,
        because="no agreement",
    )


def _conditions(dice: Dice) -> Conditions:
    return Conditions(
        every_item=dice.chance(70),
        purposes=_purposes(dice) if dice.chance(20) else None,
        floor=Floor(admiralty=AdmiraltySource.C) if dice.chance(10) else None,
        recovered_in=_countries(dice) if dice.chance(20) else None,
        involves=_countries(dice) if dice.chance(20) else None,
        age_days=dice.one([90, 400, 4000]) if dice.chance(20) else None,
    )


def _purposes(dice: Dice) -> frozenset[IntendedUse] | None:
    drawn = dice.some(list(IntendedUse), 40)
    return frozenset(drawn) if drawn else None


def _countries(dice: Dice) -> Countries:
    return Countries(
        named=frozenset(islice(("KEN", "BEL"), dice.below(2) + 1)),
        theirs=dice.chance(50),
    )


def _ceiling(dice: Dice) -> Ceiling:
    return Ceiling(
        tlp=dice.one([Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED]),
        codes=frozenset(dice.some(sorted(_CODES), 80)),
        pap=dice.one([None, Pap.RED, Pap.RED]),
    )


def _terms(dice: Dice, percent: int) -> RuleTerms:
    fields: dict[FieldClass, Treatment] = {
        field: dice.one([Treatment.BLUR, Treatment.DROP, Treatment.DROP])
        for field in dice.some(TREATED, percent)
    }
    if fields and FieldClass.FREE_TEXT not in fields and dice.chance(60):
        fields[FieldClass.FREE_TEXT] = Treatment.KEEP
    return RuleTerms(
        fields=fields,
        retention_days=dice.one([None, None, 30, 365]),
        with_consent=dice.chance(20),
    )
