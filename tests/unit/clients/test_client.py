"""The client: what it asks, repeats, and makes of a refusal; both ways of waiting."""

import ast
import json
import sys
from itertools import islice
from pathlib import Path
from typing import Final

import pytest

from rogatory_client import (
    AsyncClient,
    Client,
    Connection,
    RefusedError,
    UnreachableError,
    calls,
)
from tests.unit.clients.stand_in import Answer, standing_in

PACKAGE: Final = Path(__file__).resolve().parents[3] / "clients/python/src"
DOCUMENT: Final = {"kind": "trace-request/1", "content": {}}
PROBLEM: Final = Answer(
    status=403,
    media_type="application/problem+json",
    body=json.dumps(
        {
            "type": "urn:rogatory:problem:export-policy",
            "code": "export-policy",
            "title": "The policy of the origin does not let it go.",
            "detail": "BEL: no rule permits it",
            "advice": "Read which rule it was.",
        }
    ).encode(),
)
BUSY: Final = Answer(status=503, headers={"Retry-After": "0"})


def reached(url: str, attempts: int = 3) -> Connection:
    return Connection(url=url, token="rog_secret", attempts=attempts, timeout_s=5)


def test_who_we_are_goes_with_every_call() -> None:
    with standing_in(Answer(body=b'{"client": "x"}')) as node:
        with Client(reached(node.url)) as client:
            assert client.me()["client"] == "x"
        [asked] = node.asked
    assert asked.line == "GET /v1/me HTTP/1.1"
    assert asked.headers["authorization"] == "Bearer rog_secret"


def test_a_token_is_asked_for_anew_each_time() -> None:
    tokens = iter(["first", "second"])
    with standing_in(Answer(), Answer()) as node:
        connection = Connection(url=node.url, token=lambda: next(tokens))
        with Client(connection) as client:
            client.me()
            client.me()
        given = [one.headers["authorization"] for one in node.asked]
    assert given == ["Bearer first", "Bearer second"]


def test_a_refusal_says_why_and_what_to_do() -> None:
    with (
        standing_in(PROBLEM) as node,
        Client(reached(node.url)) as client,
        pytest.raises(RefusedError) as refused,
    ):
        client.submit(DOCUMENT)
    error = refused.value
    assert (error.status, error.code) == (403, "export-policy")
    assert error.detail == "BEL: no rule permits it"
    assert error.advice == "Read which rule it was."


def test_a_refusal_that_says_nothing_is_one_too() -> None:
    page = Answer(status=403, media_type="text/html", body=b"<html>proxy</html>")
    with (
        standing_in(page) as node,
        Client(reached(node.url)) as client,
        pytest.raises(RefusedError, match="http-403"),
    ):
        client.me()


def test_a_submission_is_repeated_under_one_key() -> None:
    closed = Answer(status=0)
    with standing_in(closed, BUSY, Answer(status=201)) as node:
        with Client(reached(node.url)) as client:
            client.submit(DOCUMENT)
        keys = {one.headers["idempotency-key"] for one in node.asked}
        assert len(node.asked) == 3
    assert len(keys) == 1


def test_each_submission_has_a_key_of_its_own_unless_one_is_given() -> None:
    with standing_in(*(Answer(status=201) for _ in range(3))) as node:
        with Client(reached(node.url)) as client:
            client.submit(DOCUMENT)
            client.submit(DOCUMENT)
            client.submit({**DOCUMENT, "partial": True}, key="mine")
        keys = [one.headers["idempotency-key"] for one in node.asked]
        assert json.loads(node.asked[2].body)["partial"] is True
    assert len({*keys}) == 3
    assert keys[2] == "mine"


def test_what_may_have_another_effect_twice_is_never_repeated() -> None:
    with (
        standing_in(BUSY, Answer(status=201)) as node,
        Client(reached(node.url)) as client,
        pytest.raises(RefusedError),
    ):
        client.call(calls.post("/v1/webhooks", {}))
    assert len(node.asked) == 1


def test_a_statement_says_who_and_nothing_that_was_not_given() -> None:
    with standing_in(BUSY, Answer(status=201), Answer(status=201)) as node:
        with Client(reached(node.url)) as client:
            client.acknowledge("01a20049", office="Firearms desk")
            client.refuse("01a20049", "not ours")
        bodies = [json.loads(one.body) for one in node.asked]
    assert bodies[1:] == [
        {"note": "", "office": "Firearms desk"},
        {"reason": "not ours"},
    ]


def test_a_node_that_never_answers_is_unreachable_in_the_end() -> None:
    with (
        standing_in(*(Answer(status=0) for _ in range(3))) as node,
        Client(reached(node.url)) as client,
        pytest.raises(UnreachableError),
    ):
        client.me()
    assert len(node.asked) == 3


def test_a_name_never_leads_to_another_path() -> None:
    with standing_in(Answer()) as node:
        with Client(reached(node.url)) as client:
            client.content("../../v1/alarms?x=1#")
        [asked] = node.asked
    path = asked.line.split()[1]
    assert path == "/v1/messages/..%2F..%2Fv1%2Falarms%3Fx%3D1%23/content"


def page(*names: str, cursor: str, more: bool) -> Answer:
    messages = [{"id": name} for name in names]
    found = {"messages": messages, "next_cursor": cursor, "more": more}
    return Answer(body=json.dumps(found).encode())


def test_pages_are_followed_to_the_end() -> None:
    first = page("a", "b", cursor="abc", more=True)
    last = page("c", cursor="abd", more=False)
    with standing_in(first, last) as node:
        with Client(reached(node.url)) as client:
            found = [one["id"] for one in client.messages(direction="sent")]
        assert found == ["a", "b", "c"]
        assert "cursor=abc" in node.asked[1].line
        assert "direction=sent" in node.asked[1].line


def streamed(*lines: str) -> Answer:
    return Answer(media_type="text/event-stream", body="\n".join(lines).encode())


def test_events_go_on_where_they_broke_off() -> None:
    with standing_in(
        streamed(
            "retry: 10", ": here", "id: 7", "event: receipt", 'data: {"a": 1}', "", ""
        ),
        streamed("id: 8", "event: alarm", 'data: {"b"'),  # broken off
        streamed("id: 8", "event: alarm", "data: {}", "", ""),
    ) as node:
        with Client(reached(node.url)) as client:
            found = list(islice(client.events(after="6"), 2))
        after = [one.headers.get("last-event-id") for one in node.asked]
    assert [(one.id, one.name) for one in found] == [("7", "receipt"), ("8", "alarm")]
    assert after == ["6", "7", "7"]


def test_events_from_the_very_first_are_asked_for_with_zero() -> None:
    with (
        standing_in(streamed("id: 1", "data: {}", "", "")) as node,
        Client(reached(node.url)) as client,
    ):
        next(client.events(after=0))
        assert node.asked[0].headers.get("last-event-id") == "0"


def test_who_may_not_read_the_stream_is_told_so_and_not_kept_waiting() -> None:
    with (
        standing_in(PROBLEM) as node,
        Client(reached(node.url)) as client,
        pytest.raises(RefusedError),
    ):
        next(client.events())


async def test_the_asynchronous_client_does_the_same() -> None:
    events = streamed("retry: 10", "id: 7", "data: {}", "", "")
    with standing_in(BUSY, Answer(status=201), events, PROBLEM) as node:
        async with AsyncClient(reached(node.url)) as client:
            await client.submit(DOCUMENT, key="k")
            async for event in client.events():
                assert event.id == "7"
                break
            with pytest.raises(RefusedError):
                await client.me()
        assert [one.headers.get("idempotency-key") for one in node.asked[:2]] == [
            "k",
            "k",
        ]


def test_it_needs_nothing_of_the_node() -> None:
    allowed = {*sys.stdlib_module_names, "httpx2", "rogatory_client"}
    imported = {
        (name.name if isinstance(one, ast.Import) else one.module or "").split(".")[0]
        for file in PACKAGE.rglob("*.py")
        for one in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(one, ast.Import | ast.ImportFrom)
        for name in one.names
    }
    assert imported <= allowed


def test_both_clients_offer_the_same() -> None:
    def offered(kind: type) -> set[str]:
        return {name for name in vars(kind) if not name.startswith("_")}

    renamed = {"aclose": "close"}
    names = {renamed.get(name, name) for name in offered(AsyncClient)}
    assert names == offered(Client)
