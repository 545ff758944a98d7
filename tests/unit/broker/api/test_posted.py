"""What is posted to others is what the description says is posted."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from broker.api.webhook_beside import trial_body
from broker.web.webhook_signature import WebhookSecret, sign
from tests.world import NOW_MS

PAGE: Final = Path(__file__).resolve().parents[4] / "docs" / "openapi.json"


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PAGE.read_text(encoding="utf-8"))
    return found


def test_a_call_carries_the_headers_that_are_described(
    described: dict[str, Any],
) -> None:
    post = described["webhooks"]["event"]["post"]
    body = trial_body(NOW_MS)
    given = sign(WebhookSecret.new(), "msg_1", NOW_MS, body)
    assert {one["name"] for one in post["parameters"]} == {*given}
    assert all(one["required"] for one in post["parameters"])


def test_a_body_fits_the_schema_that_is_described(described: dict[str, Any]) -> None:
    post = described["webhooks"]["event"]["post"]
    schema = post["requestBody"]["content"]["application/json"]["schema"]
    whole = {**schema, "components": described["components"]}
    checked = Draft202012Validator(whole)
    checked.validate(json.loads(trial_body(NOW_MS)))
    assert not checked.is_valid({"timestamp": "now"})


def test_nobody_can_call_it_here(described: dict[str, Any]) -> None:
    assert not any(path.endswith("event") for path in described["paths"])
