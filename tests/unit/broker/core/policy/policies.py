"""Policies as hypothesis draws them, and one as people write it.

Everything is drawn from small pools, so that each condition is met about half of the
time: rules that never apply test nothing.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from broker.core.fields import TREATED, FieldClass, Treatment
from broker.core.handling import Europol, IntendedUse, Pap, Tlp
from broker.core.policy.facts import (
    AdmiraltySource,
    EuropolSource,
    ItemClass,
)
from broker.core.policy.rule import (
    ALWAYS,
    ApprovalRule,
    Ceiling,
    Conditions,
    Countries,
    Effect,
    Floor,
    Group,
    Officer,
    Rule,
    RuleTerms,
    Validity,
)
from broker.core.policy.rules import Policy
from keys.identity import PartyId

Drawn = TypeVar("Drawn")

KEN = PartyId("KEN")
PARTIES = [PartyId(code) for code in ("BEL", "MEX", "RWA", "TZA", "XPO")]
GROUPS = ["eac", "odd"]
KINDS: Final = ("trace-request", "diversion-alert", "route-intelligence")
TODAY: Final = dt.date(2026, 6, 15)
DAY_MS: Final = 86_400_000
OFFICERS: Final = (
    Officer(  # RFC 8032, 7.1, test 1
        name="amina",
        public_key=bytes.fromhex(
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        ),
    ),
    Officer(  # the generator of P-256 (SEC 2, 2.4.2)
        name="brian",
        public_key=bytes.fromhex(
            "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
            "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
        ),
    ),
)
_NAMES: Final = frozenset(officer.name for officer in OFFICERS)


def mostly(usual: Drawn, *others: Drawn) -> st.SearchStrategy[Drawn]:
    return st.sampled_from([usual] * (2 * len(others)) + list(others))


def some(*members: Drawn) -> st.SearchStrategy[frozenset[Drawn]]:
    """About half of `members`, in one draw; all of them and none as well."""
    return st.integers(0, 2 ** len(members) - 1).map(
        lambda mask: frozenset(m for n, m in enumerate(members) if mask >> n & 1)
    )


subjects: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries(
        {
            "everyone": st.just(value=True),
            "except_parties": mostly(frozenset(), frozenset({PARTIES[0]})),
            "except_groups": mostly(frozenset(), frozenset({"eac"})),
        }
    ),
    st.fixed_dictionaries(
        {
            "parties": some(*PARTIES),
            "groups": some(*GROUPS),
            "except_parties": mostly(frozenset(), frozenset({PARTIES[2]})),
            "except_groups": mostly(frozenset(), frozenset({"odd"})),
        }
    ),
)
matters: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({"every_kind": True}),
    st.fixed_dictionaries({"kinds": some(*KINDS)}),
)
_BEYOND_H0: Final = frozenset({Europol.H1, Europol.H2, Europol.H3})
codes = st.sampled_from(
    [
        frozenset[Europol](),
        frozenset[Europol](),
        frozenset({Europol.H1}),
        frozenset({Europol.H1, Europol.H2}),
        _BEYOND_H0,
    ]
)
ceilings = st.one_of(
    st.builds(
        Ceiling,
        tlp=st.sampled_from(Tlp),
        codes=codes,
        pap=st.sampled_from([None, Pap.GREEN, Pap.RED]),
    ),
    st.just(Ceiling(tlp=Tlp.RED, codes=_BEYOND_H0, pap=Pap.RED)),
)
validities = mostly(
    ALWAYS,
    Validity(first=TODAY),
    Validity(last=TODAY),
    Validity(first=dt.date(2026, 1, 1), last=dt.date(2026, 6, 30)),
    Validity(first=dt.date(2026, 6, 16)),
)
_IN_FORCE: Final = (*[ALWAYS] * 8, Validity(last=TODAY), Validity(first=TODAY))
_COUNTRIES: Final = (
    Countries(named=frozenset({"KEN"})),
    Countries(theirs=True),
    Countries(named=frozenset({"BEL", "YUG"}), theirs=True),
)
_CRIMINAL: Final = frozenset({IntendedUse.CRIMINAL_INVESTIGATION})
_ON_BOTH: Final[Mapping[str, Sequence[object]]] = {
    "purposes": (_CRIMINAL, _CRIMINAL | {IntendedUse.ANALYSIS}),
    "recovered_in": _COUNTRIES,
    "manufactured_in": _COUNTRIES,
    "involves": _COUNTRIES,
    "embargo": (True, False),
    "age_days": (30, 3650),
}
_ON_PERMITS: Final[Mapping[str, Sequence[object]]] = {
    **_ON_BOTH,
    "floor": (
        Floor(admiralty=AdmiraltySource.C),
        Floor(europol=EuropolSource.B),
        Floor(admiralty=AdmiraltySource.B, europol=EuropolSource.C),
    ),
}
_PERMITTED_ITEMS: Final[Sequence[dict[str, Any]]] = (
    {},
    {"every_item": True},
    {"every_item": True},
    {"items": frozenset({ItemClass.FIREARM, ItemClass.AMMUNITION, ItemClass.PART})},
    {"items": frozenset({ItemClass.TECHNOLOGY})},
)
_DENIED_ITEMS: Final[Sequence[dict[str, Any]]] = (
    {},
    {},
    {"items": frozenset({ItemClass.AMMUNITION})},
    {"items": frozenset({ItemClass.FIREARM})},
)


def _chosen(
    pools: Mapping[str, Sequence[object]], most: int, least: int = 0
) -> st.SearchStrategy[dict[str, Any]]:
    """A few keys, each as likely as any other, with one of its values."""
    alike = {name: [*pool] * (6 // len(pool)) for name, pool in pools.items()}
    pairs = [(name, value) for name, pool in alike.items() for value in pool]
    return st.lists(
        st.sampled_from(pairs), min_size=least, max_size=most, unique_by=itemgetter(0)
    ).map(dict)


def _conditions(
    items: Sequence[dict[str, Any]], others: Mapping[str, Sequence[object]], least: int
) -> st.SearchStrategy[Conditions]:
    return st.builds(
        lambda some, more: Conditions(**some, **more),
        st.sampled_from(items),
        _chosen(others, 2, least),
    )


permit_conditions = _conditions(_PERMITTED_ITEMS, _ON_PERMITS, 0)
denial_conditions = _conditions(_DENIED_ITEMS, _ON_BOTH, 1)


@st.composite
def treatments(draw: st.DrawFn) -> Mapping[FieldClass, Treatment]:
    """What rules may say of fields: only free text is kept, once others are not."""
    closed = st.sampled_from([Treatment.BLUR, Treatment.DROP])
    stated: dict[FieldClass, Treatment] = draw(
        st.dictionaries(st.sampled_from(TREATED), closed, max_size=3)
    )
    if stated and FieldClass.FREE_TEXT not in stated and draw(st.booleans()):
        stated[FieldClass.FREE_TEXT] = Treatment.KEEP
    return stated


_BOUND: Final[Mapping[str, Sequence[object]]] = {
    "retention_days": (30, 730),
    "with_consent": (True,),
}
export_terms = st.builds(
    lambda fields, more: RuleTerms(fields=fields, **more),
    treatments(),
    _chosen(
        {
            **_BOUND,
            "approval": tuple(
                ApprovalRule(needed=needed, officers=_NAMES) for needed in (1, 2)
            ),
        },
        2,
    ),
)
import_terms = _chosen(
    {
        **_BOUND,
        "routes": (frozenset({"customs"}), frozenset({"customs", "desk"})),
        "quarantine": (True,),
    },
    3,
).map(lambda terms: RuleTerms(**terms))
reasons = st.sampled_from(["", "treaty", "accord d'État", "協定"])


_shapes: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(
        lambda subject, matter, validity: {**subject, **matter, "validity": validity},
        subjects,
        matters,
        validities,
    ),
    st.just({"everyone": True, "every_kind": True}),  # all is up to the content
)


@st.composite
def rule_lists(
    draw: st.DrawFn, prefix: str, *, inward: bool = False, most: int = 6
) -> tuple[Rule, ...]:
    """Rules of one direction, named after `prefix` and their place."""
    effects = _by_effect(import_terms if inward else export_terms)
    return tuple(
        Rule(
            id=f"{prefix}-{index}",
            because=draw(reasons),
            **draw(_shapes),
            **draw(effects),
        )
        for index in range(draw(st.sampled_from([*range(1, most + 1), 0])))
    )


def _by_effect(
    terms: st.SearchStrategy[RuleTerms],
) -> st.SearchStrategy[dict[str, Any]]:
    permits = st.fixed_dictionaries(
        {
            "effect": st.just(Effect.PERMIT),
            "up_to": ceilings,
            "conditions": permit_conditions,
            "terms": terms,
        }
    )
    denials = st.fixed_dictionaries(
        {
            "effect": st.just(Effect.DENY),
            "starting_at": st.sampled_from([None, *Tlp]),
            "conditions": denial_conditions,
        }
    )
    return st.one_of(permits, permits, denials)  # one hides many permits


group_lists = st.tuples(
    *(
        st.builds(Group, name=st.just(name), members=some(*PARTIES, KEN))
        for name in GROUPS
    )
)


@st.composite
def _policies(draw: st.DrawFn) -> Policy:
    groups = draw(group_lists)
    return Policy(
        party=KEN,
        groups=groups,
        exports=meaningful(groups, draw(rule_lists("out"))),
        imports=meaningful(groups, draw(rule_lists("in", inward=True))),
        officers=OFFICERS,
        validity=draw(st.sampled_from(_IN_FORCE)),
    )


def meaningful(groups: Iterable[Group], rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Returns rules without the exceptions that leave nobody: no policy has those."""
    members = {group.name: group.members for group in groups}
    made = []
    for rule in rules:
        meant = rule.parties.union(*map(members.__getitem__, rule.groups))
        out = rule.except_parties.union(*map(members.__getitem__, rule.except_groups))
        kept = rule.everyone or bool(meant - out)
        plain = replace(rule, except_parties=frozenset(), except_groups=frozenset())
        made.append(rule if kept else plain)
    return tuple(made)


policies = _policies()
"""Policies of Kenya in the full language."""

WRITTEN = """
party: KEN
groups: {eac: [UGA, RWA, TZA]}
export:
  - {id: traces, permit: [trace-request, trace-response], to: everyone,
     up-to: TLP:AMBER, because: International Tracing Instrument}
  - id: no-routes-red
    deny: [route-intelligence]
    to: {parties: [MEX], groups: [eac]}
    starting-at: TLP:RED
    because: >
      In person
      only
import:
  - {id: all, permit: every-kind, from: everyone, up-to: TLP:RED}
"""
