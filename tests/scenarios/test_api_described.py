"""The running interface against its own description: nothing that is not written there.

Schemathesis makes requests up after the OpenAPI document, good ones and bad ones, and
compares the answers with it.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from broker.api.roles import EVERY_DESK, Role
from tests.api_world import ALERT, REQUEST, ApiWorld, api_world
from tests.served_api import served

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ENDLESS: Final = "/v1/events/stream"
"""An answer without an end is for another test."""
MADE_UP: Final = 8
"""Requests for each operation and each way of making them up."""
WAIT_S: Final = 30


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    """A node that has received and sent, and that somebody may do everything at."""
    with api_world(tmp_path_factory.mktemp("described")) as made:
        made.receive(REQUEST)
        made.receive(ALERT)
        made.send()
        yield made


@pytest.fixture(scope="module")
def address(world: ApiWorld) -> Iterator[str]:
    with served(world) as url:
        yield url


@pytest.fixture(scope="module")
def headers(world: ApiWorld) -> dict[str, str]:
    return world.register("everything", tuple(Role), (EVERY_DESK,)).headers


def operations(address: str) -> list[Any]:
    """Returns every operation that the interface describes."""
    described = schemathesis.openapi.from_url(
        f"{address}/v1/openapi.json", wait_for_schema=WAIT_S
    )
    results = described.get_all_operations()
    found = [one.ok() for one in results if isinstance(one, Ok)]
    assert len(found) == described.statistic.operations.total
    return [one for one in found if one.path != ENDLESS]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda one: one.value)
def test_every_answer_is_described_whatever_is_asked(
    address: str, headers: dict[str, str], mode: GenerationMode
) -> None:
    asked = 0

    def ask(case: Any) -> None:  # noqa: ANN401 - a request of schemathesis
        nonlocal asked
        asked += 1
        response = case.call(headers=headers, timeout=WAIT_S)
        case.validate_response(response, checks=CHECKS)

    for operation in operations(address):
        made_up = operation.as_strategy(generation_mode=mode)
        run = settings(
            max_examples=MADE_UP,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        # Where there is nothing to be wrong about, nothing wrong can be made up.
        with suppress(Unsatisfiable):
            run(given(case=made_up)(ask))()
    assert asked > MADE_UP


def test_nothing_is_told_to_who_does_not_say_who_it_is(address: str) -> None:
    public = {"/v1/health/live", "/v1/health/ready", "/v1/openapi.json"}
    for operation in operations(address):
        if operation.path in public:
            continue
        named = re.findall(r"{(\w+)}", operation.path)
        case = operation.Case(path_parameters=dict.fromkeys(named, "7"))
        response = case.call(timeout=WAIT_S)
        assert response.status_code == 401, (operation.method, operation.path)
