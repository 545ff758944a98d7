"""A policy written as a document."""

import yaml
from hypothesis import given, settings

from broker.core.policy.parse import parse_policy
from broker.core.policy.render import render_policy
from broker.core.policy.rules import Policy
from keys.identity import PartyId
from tests.unit.broker.core.policy.policies import WRITTEN, policies


def test_what_is_rendered_is_in_one_order() -> None:
    assert render_policy(parse_policy(yaml.safe_load(WRITTEN))) == {
        "party": "KEN",
        "groups": {"eac": ["RWA", "TZA", "UGA"]},
        "export": [
            {
                "id": "traces",
                "permit": ["trace-request", "trace-response"],
                "to": "everyone",
                "up-to": "TLP:AMBER",
                "because": "International Tracing Instrument",
            },
            {
                "id": "no-routes-red",
                "deny": ["route-intelligence"],
                "to": {"parties": ["MEX"], "groups": ["eac"]},
                "starting-at": "TLP:RED",
                "because": "In person only",
            },
        ],
        "import": [
            {
                "id": "all",
                "permit": "every-kind",
                "from": "everyone",
                "up-to": "TLP:RED",
            }
        ],
    }


def test_what_is_not_there_is_not_rendered() -> None:
    policy = Policy(party=PartyId("KEN"))
    assert render_policy(policy) == {"party": "KEN", "export": [], "import": []}


@settings(max_examples=25, deadline=None)
@given(policies)
def test_what_is_rendered_is_read_back_through_yaml(policy: Policy) -> None:
    assert parse_policy(render_policy(policy)) == policy
    assert parse_policy(yaml.safe_load(yaml.safe_dump(render_policy(policy)))) == policy
