"""Some rules of Kenya, and how to ask about a message that they may let through."""

from broker.core.handling import Handling, Tlp
from broker.core.policy.decision import (
    Allow,
    Decision,
    Deny,
    Question,
    Terms,
)
from broker.core.policy.engine import compile_policy
from broker.core.policy.facts import Facts, ItemClass
from broker.core.policy.rule import (
    Ceiling,
    Effect,
    Group,
    Rule,
)
from broker.core.policy.rules import Policy
from keys.identity import PartyId
from tests.unit.broker.core.policy.policies import KEN, PARTIES
from tests.unit.broker.core.policy.questions import TODAY_MS

BEL, MEX, RWA, TZA, XPO = PARTIES
KINDS = ["trace-request", "diversion-alert", "route-intelligence"]
EAC = Group(name="eac", members=frozenset({RWA, TZA}))

TRACES = Rule(
    id="traces",
    effect=Effect.PERMIT,
    everyone=True,
    kinds=frozenset({"trace-request"}),
    up_to=Ceiling(tlp=Tlp.AMBER),
    because="tracing",
)
ROUTES = Rule(
    id="routes",
    effect=Effect.PERMIT,
    parties=frozenset({XPO}),
    groups=frozenset({"eac"}),
    kinds=frozenset({"route-intelligence"}),
    up_to=Ceiling(tlp=Tlp.AMBER),
)
NO_RED = Rule(
    id="no-red",
    effect=Effect.DENY,
    everyone=True,
    every_kind=True,
    starting_at=Tlp.RED,
    because="in person only",
)


def policy(*exports: Rule, groups: tuple[Group, ...] = (EAC,)) -> Policy:
    return Policy(party=KEN, groups=groups, exports=exports)


def asked(
    to: PartyId = BEL, kind: str = "trace-request/1", tlp: Tlp = Tlp.AMBER
) -> Question:
    return Question(
        origin=KEN,
        recipient=to,
        kind=kind,
        handling=Handling(tlp=tlp),
        at_ms=TODAY_MS,
        facts=Facts(items=frozenset({ItemClass.FIREARM})),
    )


def ask(
    *exports: Rule, to: PartyId = BEL, kind: str = "trace-request/1", tlp: Tlp
) -> Decision:
    return compile_policy(policy(*exports)).export(asked(to, kind, tlp))


def yes(*cited: tuple[str, str]) -> Allow:
    rule_ids, reasons = zip(*cited, strict=True)
    return Allow(rule_ids=rule_ids, reasons=reasons, terms=Terms())


def no(*near_misses: str) -> Deny:
    return Deny(rule_ids=(), reasons=("no rule permits it",), near_misses=near_misses)
