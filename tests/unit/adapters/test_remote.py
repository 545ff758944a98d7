"""A server of others that does what servers should not."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx2
import pytest

from adapters.errors import SystemAwayError
from adapters.remote import Remote, client_context
from tests.certificates import write_certificates


class Stream(httpx2.AsyncByteStream):
    def __init__(self, parts: Callable[[], AsyncIterator[bytes]]) -> None:
        self._parts = parts

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._parts():
            yield part


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b"x" * 65_536


async def dripping() -> AsyncIterator[bytes]:
    while True:
        yield b" "
        await asyncio.sleep(0.01)


def told(status: int, body: bytes = b"", **headers: str) -> httpx2.Response:
    async def once() -> AsyncIterator[bytes]:
        yield body

    return httpx2.Response(status, headers=headers, stream=Stream(once))


def remote(answer: httpx2.Response, wait_s: float = 5) -> Remote:
    return Remote(
        root="http://127.0.0.1/",
        headers={},
        wait_s=wait_s,
        transport=httpx2.MockTransport(lambda _: answer),
    )


async def test_an_endless_answer_is_cut_off() -> None:
    answer = httpx2.Response(200, stream=Stream(endless))
    with pytest.raises(SystemAwayError, match="too large"):
        await remote(answer).call("GET", "")


async def test_an_answer_that_drips_is_not_waited_for() -> None:
    answer = httpx2.Response(200, stream=Stream(dripping))
    with pytest.raises(SystemAwayError, match="TimeoutError"):
        await remote(answer, wait_s=0.1).call("GET", "")


async def test_a_packed_answer_is_not_unpacked() -> None:
    answer = httpx2.Response(
        200, headers={"Content-Encoding": "gzip"}, stream=Stream(endless)
    )
    with pytest.raises(SystemAwayError, match="packed"):
        await remote(answer).call("GET", "")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b"\xff"])
async def test_what_is_not_json_is_nothing(body: bytes) -> None:
    found = await remote(told(200, body)).call("GET", "")
    assert found.body is None


@pytest.mark.parametrize("status", [401, 408, 425, 429, 500, 502, 503, 504])
async def test_what_may_be_otherwise_later_is_away(status: int) -> None:
    with pytest.raises(SystemAwayError, match=str(status)):
        await remote(told(status)).call("GET", "")


def test_certificates_that_cannot_be_read_are_away(tmp_path: Path) -> None:
    write_certificates(tmp_path)
    authority = tmp_path / "authority.pem"
    client_context(authority, tmp_path / "client.pem", tmp_path / "client.key")
    with pytest.raises(SystemAwayError):
        client_context(tmp_path / "none.pem", None, None)
    with pytest.raises(SystemAwayError):
        client_context(authority, authority, tmp_path / "client.key")


@pytest.mark.parametrize("status", [301, 302, 307])
async def test_a_redirection_is_not_followed_and_is_no_verdict(
    status: int,
) -> None:
    answer = told(status, Location="http://169.254.169.254/")
    with pytest.raises(SystemAwayError, match=str(status)):
        await remote(answer).call("POST", "events/add", {})
