"""Requests to a node's interface that can be read in two ways, or not at all."""

import json
from collections.abc import Iterator, MutableMapping
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from broker.api.roles import Role
from broker.api.strict_body import read_strictly
from tests.api_world import ApiWorld, api_world, everybody

_GOOD: Final = b'{"kind": "trace-info-request/1", "to": ["BEL"], "content": {}'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with api_world(tmp_path_factory.mktemp("attacks")) as world:
        yield world


@pytest.fixture(scope="module")
def submitter(made: ApiWorld) -> TestClient:
    return made.client(everybody(made)["submitter"])


def nested(depth: int) -> bytes:
    return _GOOD + b', "x": ' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize(
    "body",
    [
        _GOOD + b', "handling": "TLP:RED", "handling": "TLP:CLEAR"}',
        nested(100),
        nested(100_000),
        _GOOD + b', "handling": NaN}',
        _GOOD + b', "handling": Infinity}',
        _GOOD + b', "handling": ' + b"9" * 10_000 + b"}",
        _GOOD + b', "handling": "\\ud800"}',
        _GOOD + b', "\\udfff": 1}',
        _GOOD + b', "handling": "\xff"}',
        "\ufeff".encode() + _GOOD + b', "handling": "TLP:AMBER"}',
        json.dumps({"a": 1}).encode("utf-16"),
        b"\x00" * 1000,
        b"null",
        b"",
    ],
    ids=[
        "a handling given twice, the second looser",
        "nested deeply",
        "nested beyond all reason",
        "not a number",
        "infinity",
        "a number of ten thousand digits",
        "half a character",
        "half a character as a name",
        "no utf-8",
        "a byte order mark",
        "utf-16",
        "zeros",
        "null",
        "nothing",
    ],
)
def test_a_body_that_two_could_read_differently_is_refused(
    made: ApiWorld, submitter: TestClient, body: bytes
) -> None:
    before = made.node.store.feed_end()
    answer = submitter.post(
        "/v1/messages",
        content=body,
        headers={"Idempotency-Key": "x", "Content-Type": "application/json"},
    )
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == "bad-request"
    assert made.node.store.feed_end() == before


@pytest.mark.parametrize(
    ("path", "twice"),
    [
        ("/v1/webhooks", b'{"url": "https://a.example", "url": "https://b.example"}'),
        (f"/v1/webhooks/{'0' * 32}/resume", b'{"after": 1, "after": 2}'),
        ("/v1/alarms/1/acknowledgement", b'{"by": "A", "by": "B"}'),
        ("/v1/proposals/0000000000000000/dismissal", b'{"by": "A", "by": "B"}'),
    ],
)
def test_what_an_operator_says_twice_in_one_body_is_refused(
    made: ApiWorld, path: str, twice: bytes
) -> None:
    name = f"operator-{len(made.node.store.clients())}"
    operator = made.client(made.register(name, (Role.ADMINISTER,)))
    headers = {"Content-Type": "application/json"}
    answer = operator.post(path, content=twice, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")
    plain = {"Content-Type": "text/plain"}
    assert operator.post(path, content=b"{}", headers=plain).status_code == 415


@pytest.mark.parametrize(
    "given", ["application/xml", "text/plain", "multipart/form-data; boundary=x", ""]
)
def test_a_body_of_another_type_is_refused(submitter: TestClient, given: str) -> None:
    answer = submitter.post(
        "/v1/messages",
        content=_GOOD + b"}",
        headers={"Idempotency-Key": "x", "Content-Type": given},
    )
    assert answer.status_code == 415
    assert answer.json()["code"] == "unsupported-media-type"


async def test_a_stranger_is_refused_before_its_body_is_read(made: ApiWorld) -> None:
    said: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        raise AssertionError("the body of a stranger was asked for")

    async def send(message: MutableMapping[str, Any]) -> None:
        said.append(message)

    scope = {"type": "http", "method": "POST", "path": "/v1/messages", "headers": []}
    await made.app(scope, receive, send)
    assert said[0]["status"] == 401


@pytest.mark.parametrize(
    "path", ["/v1/messages", "/v1/no-such-path", "/v1/health/../me", "/docs", "/"]
)
def test_a_stranger_does_not_even_learn_which_paths_there_are(
    made: ApiWorld, path: str
) -> None:
    assert made.client().get(path).status_code == 401


@pytest.mark.parametrize(
    "key", ["", "x" * 129, "two words", "é".encode("latin-1").decode("latin-1"), "\t"]
)
def test_an_idempotency_key_that_is_none_is_refused(
    submitter: TestClient, key: str
) -> None:
    answer = submitter.post(
        "/v1/messages",
        content=_GOOD + b', "handling": "TLP:AMBER"}',
        headers={
            b"Idempotency-Key": key.encode("latin-1"),
            b"Content-Type": b"application/json",
        },
    )
    assert answer.status_code == 400
    assert answer.json()["places"][0]["path"] == "header.Idempotency-Key"


def test_good_json_is_read_as_it_is() -> None:
    value = {"a": [1, 2.5, True, None, "é🙂"], "b": {"c": {}}}
    assert read_strictly(json.dumps(value).encode()) == value
    assert read_strictly(json.dumps(value, ensure_ascii=False).encode()) == value
