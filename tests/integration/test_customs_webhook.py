"""The watch-list by webhook, at a server of the test's own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.customs.adapter import CustomsAdapter
from adapters.errors import SystemAwayError
from adapters.memory_desk import MemoryDesk
from broker.core.errors import ConfigurationError
from broker.web.webhook_signature import WebhookSecret, verify
from tests.adapter_world import withdrawal_of
from tests.border_post import verified
from tests.customs_world import adapter_in, customs_desk, signer_in


class Receiver:
    """Keeps what is posted to it, and answers with a status."""

    def __init__(self) -> None:
        self.posted: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.port = 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._answer, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[1:]
        pairs = [line.split(": ", 1) for line in head if line]
        headers = {name.lower(): value for name, value in pairs}
        body = await reader.readexactly(int(headers["content-length"]))
        self.posted.append((headers, body))
        writer.write(
            f"HTTP/1.1 {self.status} said\r\nContent-Length: 0\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        await writer.drain()
        writer.close()


SECRET = WebhookSecret.new()


@pytest.fixture
def desk(tmp_path: Path) -> MemoryDesk:
    (tmp_path / "hook").write_text(SECRET.text)
    return customs_desk(tmp_path)


def adapter(desk: MemoryDesk, there: Receiver, **changes: object) -> CustomsAdapter:
    keys = desk.folder.parent
    address = f"127.0.0.1:{there.port}"
    webhook = {
        "url": f"http://{address}/list",
        "host": address,
        "secret": f"file:{keys / 'hook'}",
        **changes,
    }
    return adapter_in(keys, desk, webhook=webhook)


async def test_every_change_is_posted_once_and_signed_twice(desk: MemoryDesk) -> None:
    there = Receiver()
    async with there.listening():
        made = adapter(desk, there)
        for one in desk.deliveries[:2]:
            await made.deliver(one)
            await made.deliver(one)
        await made.withdraw(withdrawal_of(desk.deliveries[0]))
    ids = [
        verify(SECRET, headers, desk.now_ms(), body) for headers, body in there.posted
    ]
    assert ids == ["watchlist-0-1", "watchlist-1-2", "watchlist-2-3"]
    key = signer_in(desk.folder.parent).public_key
    said = [verified(body, key) for _, body in there.posted]
    assert [len(one["entries"]) for one in said] == [1, 1, 0]
    assert [one["version"] for one in said[2]["gone"]] == [3]


async def test_what_is_not_taken_comes_again_with_what_came_since(
    desk: MemoryDesk,
) -> None:
    there = Receiver()
    async with there.listening():
        made = adapter(desk, there)
        there.status = 503
        with pytest.raises(SystemAwayError):
            await made.deliver(desk.deliveries[0])
        there.status = 204
        await made.deliver(desk.deliveries[2])
    key = signer_in(desk.folder.parent).public_key
    said = verified(there.posted[-1][1], key)
    assert (said["after"], said["revision"], len(said["entries"])) == (0, 2, 2)


async def test_a_redirection_is_not_followed(desk: MemoryDesk) -> None:
    there = Receiver()
    async with there.listening():
        there.status = 307
        with pytest.raises(SystemAwayError):
            await adapter(desk, there).deliver(desk.deliveries[0])
    assert len(there.posted) == 1


async def test_an_address_that_is_not_the_listed_host_is_refused(
    desk: MemoryDesk,
) -> None:
    there = Receiver()
    there.port = 9
    with pytest.raises(ConfigurationError):
        adapter(desk, there, url="http://169.254.169.254/latest")
