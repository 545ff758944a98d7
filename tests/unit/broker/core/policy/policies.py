"""Policies and questions as hypothesis draws them, and one as people write it."""

from typing import Any

from hypothesis import strategies as st

from broker.core.handling import Handling, Tlp
from broker.core.policy.decision import Question
from broker.core.policy.parse import KINDS
from broker.core.policy.rules import Effect, Group, Policy, Rule
from keys.identity import PartyId

KEN = PartyId("KEN")
PARTIES = [PartyId(code) for code in ("BEL", "MEX", "RWA", "TZA", "XPO")]
GROUPS = ["eac", "odd"]

subjects: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({"everyone": True}),
    st.fixed_dictionaries(
        {
            "parties": st.frozensets(st.sampled_from(PARTIES)),
            "groups": st.frozensets(st.sampled_from(GROUPS)),
        }
    ),
)
matters: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({"every_kind": True}),
    st.fixed_dictionaries({"kinds": st.frozensets(st.sampled_from(KINDS))}),
)
bounds: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries(
        {"effect": st.just(Effect.PERMIT), "handling_up_to": st.sampled_from(Tlp)}
    ),
    st.fixed_dictionaries(
        {
            "effect": st.just(Effect.DENY),
            "handling_from": st.none() | st.sampled_from(Tlp),
        }
    ),
)
reasons = st.sampled_from(["", "treaty", "accord d'État", "協定"])


@st.composite
def rule_lists(draw: st.DrawFn, prefix: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            id=f"{prefix}-{index}",
            because=draw(reasons),
            **draw(subjects),
            **draw(matters),
            **draw(bounds),
        )
        for index in range(draw(st.integers(0, 6)))
    )


group_lists = st.tuples(
    *(
        st.builds(
            Group,
            name=st.just(name),
            members=st.frozensets(st.sampled_from([*PARTIES, KEN])),
        )
        for name in GROUPS
    )
)
policies = st.builds(
    Policy,
    party=st.just(KEN),
    groups=group_lists,
    exports=rule_lists("out"),
    imports=rule_lists("in"),
)
questions = st.builds(
    Question,
    origin=st.just(KEN),
    recipient=st.sampled_from(PARTIES),
    kind=st.sampled_from([f"{kind}/1" for kind in KINDS]),
    handling=st.builds(Handling, tlp=st.sampled_from(Tlp)),
)

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
