"""The policies under examples/ and in the documentation say what they claim."""

from functools import cache
from pathlib import Path

import pytest
import yaml

from broker.core.codec.kinds import KIND_NAMES
from broker.core.codec.policy import decode_policy, encode_policy
from broker.core.fields import FieldClass, Treatment
from broker.core.handling import Handling
from broker.core.policy.decision import (
    Allow,
    Decision,
    Deny,
    Question,
    Redact,
    Terms,
)
from broker.core.policy.engine import Engine, compile_policy
from broker.core.policy.facts import Facts, ItemClass
from broker.core.policy.parse import parse_policy
from broker.core.policy.vocabulary import KINDS
from keys.identity import PartyId
from tests.unit.broker.core.policy.questions import TODAY_MS

ROOT = next(p for p in Path(__file__).parents if (p / "pyproject.toml").is_file())
GROUPS = {"eac": ["TZA", "UGA"]}  # what the examples of the documentation may name
DEMO = ["KEN", "BEL", "MEX", "XPO"]
BLURRED = {
    "conversion-technique",
    "financial-lead",
    "manufacture-trend",
    "prosecution-notice",
    "transfer-notice",
}
ABOUT_PERSONS = ("actor-profile", "brokering-notice")
RELEASED_BY_ALL = [
    kind
    for kind in KINDS
    if kind not in {"route-intelligence", *BLURRED, *ABOUT_PERSONS}
]
STARTERS = sorted((ROOT / "examples" / "policies" / "starters").glob("*.yaml"))


@cache
def engine(code: str) -> Engine:
    text = (ROOT / "examples" / "policies" / f"{code.lower()}.yaml").read_text("utf-8")
    return compile_policy(parse_policy(yaml.safe_load(text)))


def question(origin: str, recipient: str, kind: str, handling: str) -> Question:
    return Question(
        origin=PartyId(origin),
        recipient=PartyId(recipient),
        kind=f"{kind}/1",
        handling=Handling.parse(handling),
        at_ms=TODAY_MS,
        facts=Facts(items=frozenset({ItemClass.FIREARM})),
    )


def released(origin: str, recipient: str, kind: str, handling: str) -> Decision:
    return engine(origin).export(question(origin, recipient, kind, handling))


@pytest.mark.parametrize("origin", DEMO)
@pytest.mark.parametrize("recipient", DEMO)
def test_tracing_and_diversion_flow_between_all_four(
    origin: str, recipient: str
) -> None:
    if origin == recipient:
        return
    for kind in RELEASED_BY_ALL:
        asked = question(origin, recipient, kind, "TLP:AMBER+STRICT")
        assert isinstance(engine(origin).export(asked), Allow)
        assert isinstance(engine(recipient).imports(asked), Allow)
        red = question(origin, recipient, kind, "TLP:RED")
        assert isinstance(engine(origin).export(red), Deny)


@pytest.mark.parametrize("path", STARTERS, ids=lambda path: path.stem)
@pytest.mark.parametrize("kind", ABOUT_PERSONS)
def test_no_starter_lets_go_what_is_about_persons(path: Path, kind: str) -> None:
    policy = compile_policy(parse_policy(yaml.safe_load(path.read_text("utf-8"))))
    for recipient in ("BEL", "TZA", "KEN"):
        if recipient != policy.party:
            asked = question(policy.party, recipient, kind, "TLP:CLEAR")
            assert isinstance(policy.export(asked), Deny)


@pytest.mark.parametrize("kind", ABOUT_PERSONS)
def test_no_example_lets_go_what_is_about_persons(kind: str) -> None:
    assert isinstance(released("KEN", "BEL", kind, "TLP:GREEN"), Deny)


@pytest.mark.parametrize("kind", sorted(BLURRED))
def test_notices_go_without_persons_and_sources(kind: str) -> None:
    given = released("KEN", "BEL", kind, "TLP:AMBER")
    assert isinstance(given, Redact)


def test_kenya_shares_routes_up_to_amber_and_says_what_stopped_red() -> None:
    given = released("KEN", "XPO", "route-intelligence", "TLP:AMBER")
    assert isinstance(given, Redact)
    assert given.fields == (
        (FieldClass.PERSONAL, Treatment.BLUR),
        (FieldClass.SOURCE, Treatment.BLUR),
    )
    refused = released("KEN", "XPO", "route-intelligence", "TLP:RED")
    assert refused.summary == (
        "no rule permits it; nearest is rule routes: handling TLP:RED above TLP:AMBER"
    )


def test_kenyas_neighbours_get_routes_whole_and_ask_before_they_pass_them_on() -> None:
    given = released("KEN", "UGA", "route-intelligence", "TLP:AMBER+STRICT H2")
    assert isinstance(given, Allow)
    assert given.terms == Terms(retention_days=730, with_consent=True)


def test_mexico_shares_routes_with_the_organisation_only() -> None:
    assert isinstance(released("MEX", "XPO", "route-intelligence", "TLP:AMBER"), Allow)
    refused = released("MEX", "KEN", "route-intelligence", "TLP:AMBER")
    assert isinstance(refused, Deny)
    assert refused.near_misses[0] == "rule routes: recipient not in XPO"


def test_belgium_denies_routes_that_are_sub_judice() -> None:
    assert released("BEL", "XPO", "route-intelligence", "TLP:RED") == Deny(
        rule_ids=("sub-judice",),
        reasons=(
            (
                "Belongs to a judicial investigation; the magistrate releases it case "
                "by case"
            ),
        ),
    )


def test_the_organisation_takes_everything() -> None:
    asked = question("KEN", "XPO", "route-intelligence", "TLP:RED")
    assert isinstance(engine("XPO").imports(asked), Allow)


def test_mexico_does_not_take_red() -> None:
    asked = question("KEN", "MEX", "trace-request", "TLP:RED")
    assert engine("MEX").imports(asked).rule_ids == ("no-red-by-wire",)


@pytest.mark.parametrize("code", DEMO)
def test_an_example_is_the_policy_of_the_party_it_is_named_after(code: str) -> None:
    assert engine(code).party == code


def test_every_example_of_the_documentation_is_a_policy() -> None:
    page = (ROOT / "docs" / "policy.md").read_text("utf-8")
    blocks = [part.split("```")[0] for part in page.split("```yaml\n")[1:]]
    assert blocks
    for text in blocks:
        # Some show a few lines of a policy, the rest of which does not matter.
        document = yaml.safe_load(text)
        policy = parse_policy({"party": "KEN", "groups": GROUPS, **document})
        assert decode_policy(encode_policy(policy)) == policy


def test_a_policy_may_name_exactly_the_kinds_that_there_are() -> None:
    assert set(KINDS) == set(KIND_NAMES)


def test_the_documentation_names_every_kind() -> None:
    page = (ROOT / "docs" / "policy.md").read_text("utf-8")
    assert all(f"`{kind}`" in page for kind in KINDS)
