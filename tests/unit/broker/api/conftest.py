"""Kenya's node before an interface, one for each file of tests."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from broker.core.codec.documents import decode_document
from tests.api_world import ApiWorld, Registered, api_world, everybody
from tests.case_world import example

Calls = Callable[[str], TestClient]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with api_world(tmp_path_factory.mktemp("api")) as world:
        yield world


@pytest.fixture(scope="module")
def clients(made: ApiWorld) -> dict[str, Registered]:
    return everybody(made)


@pytest.fixture
def call(made: ApiWorld, clients: dict[str, Registered]) -> Calls:
    """Returns what makes requests in the name of a client."""
    return lambda name: made.client(clients[name] if name else None)


def document(kind: str, /, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - of JSON
    """Returns a request that sends an example to Belgium."""
    content = decode_document(f"{kind}/1", example(kind))
    asked = {
        "kind": f"{kind}/1",
        "content": content,
        "handling": "TLP:AMBER",
        "to": ["BEL"],
    }
    return {**asked, **changes}
