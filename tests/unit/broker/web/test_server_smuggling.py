"""One request is one request, however it is written, and whatever comes behind it."""

import pytest

from broker.web.server import Scope
from tests.unit.broker.web.conversation import CLOSE, answered, refusal, running, say

_CHUNKED = b"POST / HTTP/1.1\r\n" + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n"
_HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"


async def fields(scope: Scope, receive: object, send: object) -> None:
    """Answers with the names of the fields of the head, once the body is there."""
    if scope["type"] == "lifespan":
        raise RuntimeError("not spoken")
    while (await receive()).get("more_body"):  # type: ignore[operator]  # ASGI's
        pass
    body = b",".join(name for name, _ in scope["headers"])
    await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]  # ASGI's
    await send({"type": "http.response.body", "body": body})  # type: ignore[operator]  # ASGI's


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4",
        b"Content-Length: 5\r\nContent-Length: 40",
        b"Content-Length: +5",
        b"Content-Length: 5, 5",
        b"Content-Length: 18446744073709551621",
        b"Transfer-Encoding: chunked, identity",
        b"Transfer-Encoding: identity",
        b"Transfer-Encoding: xchunked",
        b"Transfer-Encoding : chunked",
        b"X: a\r\n Transfer-Encoding: chunked",
        b"Host: y\r\nContent-Length: 5",
    ],
)
async def test_smuggling_what_two_could_read_differently_is_refused(
    lengths: bytes,
) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\n" + lengths + b"\r\n\r\n"
    async with running() as port:
        answer = await say(port, head + b"0\r\n\r\n" + _HIDDEN)
    assert refusal(answer) == (400, "bad-request")
    assert b"200 OK" not in answer


async def test_smuggling_a_field_behind_a_body_is_none_of_the_head() -> None:
    pieces = (_CHUNKED, b"2\r\nab\r\n", b"0\r\nAuthorization: Bearer x\r\n\r\n")
    async with running(app=fields) as port:
        answer = await say(port, *pieces, pause_s=0.05)
    assert b"200 OK" in answer
    assert b"authorization" not in answer.lower()


@pytest.mark.parametrize(
    "behind",
    [b"0\r\n" + b"X: a\r\n" * 800, b"0\r\nX: " + b"a" * 4000, b"2;x=" + b"a" * 4000],
    ids=["many fields", "a long field", "a long extension of a chunk"],
)
async def test_what_comes_behind_a_body_is_bounded(behind: bytes) -> None:
    async with running() as port:
        answer = await answered(port, _CHUNKED, behind, pause_s=0.05)
    assert b"431" in answer.partition(b"\r\n")[0]
