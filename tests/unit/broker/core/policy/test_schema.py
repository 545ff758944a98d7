"""The published schema and the parser accept and refuse the same documents."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from broker.core.errors import PolicyError
from broker.core.policy import vocabulary
from broker.core.policy.parse import parse_policy
from broker.core.policy.render import render_policy
from broker.core.policy.rules import Policy
from broker.core.policy.schema import POLICY_SCHEMA
from tests.unit.broker.core.policy.policies import policies
from tests.unit.broker.core.policy.test_parse_rule import KEYS, REFUSED, SOUND

ROOT = next(p for p in Path(__file__).parents if (p / "pyproject.toml").is_file())
EXAMPLES = sorted((ROOT / "examples" / "policies").rglob("*.yaml"))
VALIDATOR = Draft202012Validator(POLICY_SCHEMA)
BEYOND_A_SCHEMA = (
    "defined",
    "whose policy this is",
    "expected a name of its own",
    "somebody to be left",
    "not after the last",
    "as many as there are officers",
    "of at most 36500 days",
    "such as 2026-12-31",
)
"""What is said of things that a schema cannot compare, count or look up."""


def load(path: Path) -> dict[str, Any]:
    # Through JSON, so that days are texts as the loader of policy files has them.
    loaded = yaml.safe_load(path.read_text("utf-8"))
    document: dict[str, Any] = json.loads(json.dumps(loaded, default=str))
    return document


def refused(document: object) -> list[str]:
    try:
        parse_policy(document)
    except PolicyError as error:
        return [str(problem) for problem in error.problems]
    return []


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(POLICY_SCHEMA)


def test_the_committed_copy_is_what_the_command_prints() -> None:
    copy = (ROOT / "docs" / "policy.schema.json").read_text("utf-8")
    assert json.loads(copy) == POLICY_SCHEMA


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_and_starters_are_accepted(path: Path) -> None:
    assert refused(load(path)) == []
    assert [error.message for error in VALIDATOR.iter_errors(load(path))] == []


@settings(max_examples=25, deadline=None)
@given(policies)
def test_every_policy_that_can_be_rendered_is_accepted(policy: Policy) -> None:
    assert VALIDATOR.is_valid(render_policy(policy))


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: str(case["says"]))
def test_what_the_parser_refuses_in_a_rule_the_schema_refuses(
    case: dict[str, Any],
) -> None:
    side = case["of"].split()[0]
    rule = {**SOUND[case["of"]], **case["says"]}
    document = {
        "party": "KEN",
        "officers": KEYS,
        "groups": {"eac": ["TZA"]},
        side: [rule],
    }
    beyond = any(words in case["problem"] for words in BEYOND_A_SCHEMA)
    assert beyond or not VALIDATOR.is_valid(document)


def mutations(value: object) -> list[Any]:
    """Everything that comes of one change at one place of a document."""
    changed: list[Any] = [None, 7, "nonsense", ["nonsense"], {"nonsense": 1}]
    if isinstance(value, dict):
        changed += [{k: v for k, v in value.items() if k != gone} for gone in value]
        changed += [{**value, "nonsense": 1}]
        for key, inner in value.items():
            changed += [{**value, key: one} for one in mutations(inner)]
    if isinstance(value, list):
        changed += [[*value, *value[:1]], []]
        for at, inner in enumerate(value[:2]):
            changed += [
                [*value[:at], one, *value[at + 1 :]] for one in mutations(inner)
            ]
    return changed


@pytest.mark.parametrize("name", ["ken", "cautious", "organisation"])
def test_schema_and_parser_agree_on_examples_with_one_mistake(name: str) -> None:
    path = next(path for path in EXAMPLES if path.stem == name)
    document = load(path)
    for side in ("export", "import"):
        # Each rule has words of its own; the last ones have them all.
        document[side] = document[side][1:4]
    count = 0
    for changed in mutations(document):
        said = refused(changed)
        if any(words in one for one in said for words in BEYOND_A_SCHEMA):
            continue
        count += 1
        assert VALIDATOR.is_valid(changed) == (not said), (said, changed)
    assert count > 150


def test_the_schema_knows_every_key_in_its_documented_order() -> None:
    assert tuple(POLICY_SCHEMA["properties"]) == vocabulary.POLICY_KEYS  # type: ignore[arg-type]
    for side, known in vocabulary.RULE_KEYS.items():
        items: Any = POLICY_SCHEMA["properties"][side]["items"]  # type: ignore[index]
        named = {*items["then"]["properties"], *items["else"]["properties"]}
        assert named == set(known)
