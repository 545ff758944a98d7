"""A sharing policy as a ministry might write it, over any parties: 30 rules.

A region, the parties to a treaty and an organisation are treated better than everybody
else; some are told less, and a few nothing. What it costs is left to
`benchmarks.policy`.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from broker.core.fields import FieldClass, Treatment
from broker.core.handling import Europol, IntendedUse, Pap, Tlp
from broker.core.policy.facts import (
    ALWAYS_COVERED,
    AdmiraltySource,
    EuropolSource,
    ItemClass,
)
from broker.core.policy.rule import (
    Ceiling,
    Conditions,
    Countries,
    Effect,
    Floor,
    Group,
    Rule,
    RuleTerms,
    Validity,
)
from broker.core.policy.rules import Policy
from keys.identity import PartyId

_GROUPS: Final[Mapping[str, slice]] = {
    "region": slice(0, 14),
    "treaty": slice(14, 80),
    "customs-union": slice(60, 87),
    "embargoed": slice(180, 186),
}
_TRACING: Final = frozenset({"trace-request", "trace-response", "trace-clarification"})
_ALERTS: Final = frozenset({"diversion-alert", "diversion-update"})
_ROUTES: Final = frozenset({"route-intelligence"})
_CODES: Final = frozenset({Europol.H1, Europol.H2})
_STRICT: Final = Ceiling(tlp=Tlp.AMBER_STRICT, codes=_CODES, pap=Pap.AMBER)
_LITTLE: Final = RuleTerms(
    fields={
        FieldClass.PERSONAL: Treatment.DROP,
        FieldClass.EXACT_LOCATION: Treatment.BLUR,
        FieldClass.SOURCE: Treatment.DROP,
        FieldClass.FULL_SERIAL: Treatment.BLUR,
    },
    retention_days=365,
    with_consent=True,
)
_MORE: Final = RuleTerms(
    fields={
        FieldClass.SOURCE: Treatment.DROP,
        FieldClass.FREE_TEXT: Treatment.KEEP,
    },
    retention_days=730,
)
_MOST: Final = RuleTerms(retention_days=3650)
_ON_ROUTES: Final = Conditions(
    items=ALWAYS_COVERED | {ItemClass.PART},
    floor=Floor(admiralty=AdmiraltySource.C),
)
_EVERYWHERE: Final = Conditions(
    items=frozenset(ItemClass) - {ItemClass.TECHNOLOGY},
    purposes=frozenset(IntendedUse) - {IntendedUse.STATISTICS},
)


def ministry_policy(party: PartyId, others: Sequence[PartyId]) -> Policy:
    """Returns the policy of `party`, whose neighbours are the first of `others`."""
    return Policy(
        party=party,
        groups=tuple(
            Group(name=name, members=frozenset(others[members]))
            for name, members in _GROUPS.items()
        ),
        exports=(*_permits(), *_denials(others)),
        imports=tuple(_imports(others)),
    )


def revised(policy: Policy) -> Policy:
    """Returns the policy a year later: the treaty is told more, one rule is over."""
    ended = Validity(last=dt.date(2026, 12, 31))
    return replace(
        policy,
        groups=tuple(
            replace(group, members=frozenset(sorted(group.members)[3:]))
            for group in policy.groups
        ),
        exports=tuple(
            replace(rule, terms=_MOST)
            if rule.id.endswith("-treaty")
            else replace(rule, validity=ended)
            if rule.id == "alerts-general"
            else rule
            for rule in policy.exports
        ),
    )


def _permits() -> Iterator[Rule]:
    for subject, kinds, general in (
        ("tracing", _TRACING, Conditions()),
        ("alerts", _ALERTS, Conditions(age_days=3650)),
        ("routes", _ROUTES, _ON_ROUTES),
    ):
        rule = Rule(
            id=f"{subject}-general",
            effect=Effect.PERMIT,
            everyone=True,
            except_groups=frozenset({"region", "treaty"}),
            kinds=kinds,
            up_to=Ceiling(tlp=Tlp.AMBER, codes=_CODES),
            conditions=general,
            terms=_LITTLE,
            because="for everybody who takes part",
        )
        yield rule
        named = replace(rule, everyone=False, except_groups=frozenset(), up_to=_STRICT)
        for name, terms in (("treaty", _MORE), ("region", _MOST)):
            yield replace(
                named, id=f"{subject}-{name}", groups=frozenset({name}), terms=terms
            )
            yield replace(
                named,
                id=f"{subject}-{name}-opened",
                groups=frozenset({name}),
                conditions=replace(
                    _EVERYWHERE,
                    floor=Floor(admiralty=AdmiraltySource.B, europol=EuropolSource.B),
                ),
                terms=terms,
            )
        yield replace(
            named,
            id=f"{subject}-concerned",
            everyone=True,
            conditions=Conditions(
                every_item=True, involves=Countries(theirs=True), age_days=1825
            ),
            terms=_LITTLE,
        )
    yield Rule(
        id="customs",
        effect=Effect.PERMIT,
        groups=frozenset({"customs-union"}),
        except_groups=frozenset({"region"}),
        kinds=_ALERTS | _ROUTES,
        up_to=_STRICT,
        conditions=Conditions(recovered_in=Countries(theirs=True)),
        terms=_MORE,
    )
    yield Rule(
        id="cards",
        effect=Effect.PERMIT,
        everyone=True,
        kinds=frozenset({"contact-card"}),
        up_to=Ceiling(tlp=Tlp.GREEN),
    )


def _denials(others: Sequence[PartyId]) -> Iterator[Rule]:
    denial = Rule(
        id="nothing-red",
        effect=Effect.DENY,
        everyone=True,
        except_groups=frozenset({"region"}),
        every_kind=True,
        starting_at=Tlp.RED,
        because="what is for named persons only is handed over in person",
    )
    embargo = replace(
        denial,
        everyone=False,
        groups=frozenset({"embargoed"}),
        except_groups=frozenset(),
        starting_at=None,
    )
    yield denial
    yield replace(embargo, id="embargoed")
    yield replace(
        denial,
        id="no-ammunition-abroad",
        starting_at=Tlp.AMBER,
        conditions=Conditions(items=frozenset({ItemClass.EXPLOSIVE})),
    )
    yield replace(
        denial,
        id="not-for-statistics",
        starting_at=Tlp.GREEN,
        conditions=Conditions(purposes=frozenset({IntendedUse.STATISTICS})),
    )
    yield replace(
        denial,
        id="not-old-routes",
        every_kind=False,
        kinds=_ROUTES,
        starting_at=None,
        conditions=Conditions(age_days=3650),
    )
    for number, party in enumerate(others[100:105]):
        yield replace(
            embargo,
            id=f"about-themselves-{number}",
            groups=frozenset(),
            parties=frozenset({party}),
            conditions=Conditions(manufactured_in=Countries(theirs=True)),
        )


def _imports(others: Sequence[PartyId]) -> Iterator[Rule]:
    taken = Rule(
        id="take",
        effect=Effect.PERMIT,
        everyone=True,
        every_kind=True,
        up_to=Ceiling(tlp=Tlp.RED, codes=_CODES | {Europol.H3}, pap=Pap.RED),
        conditions=Conditions(every_item=True),
        terms=RuleTerms(routes=frozenset({"police"})),
    )
    yield taken
    for name in _GROUPS:
        yield replace(
            taken,
            id=f"take-{name}",
            everyone=False,
            groups=frozenset({name}),
            terms=RuleTerms(
                routes=frozenset({"customs"}), quarantine=name == "embargoed"
            ),
        )
    yield Rule(
        id="not-taken",
        effect=Effect.DENY,
        parties=frozenset(others[170:174]),
        kinds=_ROUTES,
        because="no agreement",
    )
