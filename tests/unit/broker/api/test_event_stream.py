"""The stream of events over a real connection: as it happens, and resumed."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

import httpx2
import pytest

from broker.api import routes_events
from broker.api.application import create_app
from broker.api.event_tap import EventTap
from broker.api.roles import Role
from broker.api.settings import ApiSettings
from broker.core.records import Alarm
from broker.web.server import ServerPlan
from tests.api_world import ApiWorld, Registered, api_world, everybody
from tests.serving import served


@dataclass(slots=True)
class Block:
    """One block of a stream."""

    number: int = -1
    event: str = ""
    data: str = ""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with api_world(tmp_path_factory.mktemp("stream")) as world:
        yield world


@pytest.fixture(scope="module")
def clients(made: ApiWorld) -> dict[str, Registered]:
    return everybody(made)


@asynccontextmanager
async def following(
    port: int, who: Registered, query: str = "", **headers: str
) -> AsyncIterator[AsyncIterator[Block]]:
    """Reads a stream; gives its blocks."""
    async with (
        httpx2.AsyncClient(timeout=10) as client,
        client.stream(
            "GET",
            f"http://127.0.0.1:{port}/v1/events/stream?{query}",
            headers={**who.headers, **headers},
        ) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield blocks(answer)


async def blocks(answer: httpx2.Response) -> AsyncIterator[Block]:
    block = Block()
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if not line:
            yield block
            block = Block()
        elif name == "id":
            block.number = int(value)
        elif name == "event":
            block.event = value
        elif name == "data":
            block.data = value


def alarm(made: ApiWorld, topic: str) -> int:
    """Has something happen; returns the number of the event."""
    made.node.store.raise_alarm(Alarm(at_ms=0, topic=topic, text="x"))
    return made.node.store.feed_end()


async def test_what_happens_is_told_as_it_happens(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    before = made.node.store.feed_end()
    async with (
        served(made.app) as port,
        following(port, clients["auditor"]) as stream,
    ):
        first = await anext(stream)
        assert (first.number, first.event) == (before, "")
        number = alarm(made, "now")
        block = await anext(stream)
    assert (block.number, block.event) == (number, "alarm")
    assert json.loads(block.data)["topic"] == "now"


async def test_a_stream_that_broke_off_goes_on_and_misses_nothing(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    async with served(made.app) as port:
        async with following(port, clients["auditor"]) as stream:
            await anext(stream)
            alarm(made, "first")
            last = (await anext(stream)).number
        numbers = [alarm(made, "while away") for _ in range(3)]
        resumed = {"Last-Event-ID": str(last)}
        async with following(port, clients["auditor"], "after=0", **resumed) as stream:
            assert (await anext(stream)).number == last
            numbers.append(alarm(made, "back"))
            assert [(await anext(stream)).number for _ in numbers] == numbers


async def test_a_reader_hears_nothing_of_what_is_not_its_own(
    made: ApiWorld, clients: dict[str, Registered], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes_events, "_MARK_S", 0.2)
    async with (
        served(made.app) as port,
        following(port, clients["reader"]) as stream,
    ):
        await anext(stream)
        number = alarm(made, "not the reader's")
        block = await anext(stream)
    # A sign of life instead, which moves on where the reader would begin again.
    assert (block.number, block.event, block.data) == (number, "", "")


async def test_only_what_was_asked_for_is_told(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    async with (
        served(made.app) as port,
        following(port, clients["auditor"], "event=message.sent") as stream,
    ):
        await anext(stream)
        alarm(made, "not asked for")
        made.send()
        block = await anext(stream)
    assert block.event == "message.sent"


async def test_a_stream_ends_in_time_so_that_its_reader_shows_itself_again(
    made: ApiWorld, clients: dict[str, Registered], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes_events, "_STREAM_S", 0.2)
    async with (
        served(made.app) as port,
        following(port, clients["auditor"]) as stream,
    ):
        await anext(stream)
        with pytest.raises(StopAsyncIteration):
            await anext(stream)


async def test_a_client_that_is_revoked_is_told_nothing_more(
    made: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes_events, "_MARK_S", 0.1)
    who = made.register("leaver", (Role.AUDIT,))
    async with served(made.app) as port, following(port, who) as stream:
        await anext(stream)
        made.node.store.revoke_client("leaver", made.parties.clock.now_ms())
        async with asyncio.timeout(10):
            assert [one.event async for one in stream if one.event] == []


async def test_too_many_readers_are_turned_away(
    made: ApiWorld, clients: dict[str, Registered], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes_events, "_READERS_MAX", 1)
    async with (
        served(made.app) as port,
        following(port, clients["auditor"]) as stream,
    ):
        await anext(stream)
        async with httpx2.AsyncClient() as client:
            answer = await client.get(
                f"http://127.0.0.1:{port}/v1/events/stream",
                headers=clients["auditor"].headers,
            )
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_one_client_leaves_connections_to_the_others(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    few = replace(made.services, settings=ApiSettings(tls="none", connections_max=4))
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(served(create_app(few)))
        names = ("auditor", "auditor", "administrator")
        followed = [
            await stack.enter_async_context(following(port, clients[name]))
            for name in names
        ]
        for stream in followed:
            await anext(stream)
        async with httpx2.AsyncClient() as client:
            answer = await client.get(
                f"http://127.0.0.1:{port}/v1/events/stream",
                headers=clients["auditor"].headers,
            )
        assert (answer.status_code, answer.json()["code"]) == (429, "too-many-requests")


async def test_a_slow_client_is_cut_and_costs_the_others_nothing(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    async def read_all(stream: AsyncIterator[Block]) -> list[int]:
        seen = []
        async for block in stream:
            seen.append(block.number)
            if "the end" in block.data:
                break
        return seen

    start = made.node.store.feed_end()
    async with (
        served(made.app, ServerPlan(write_wait_s=0.3)) as port,
        following(port, clients["auditor"]) as stream,
    ):
        await anext(stream)
        reading = asyncio.create_task(read_all(stream))
        slow = socket.socket()
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.setblocking(False)  # noqa: FBT003 - the standard library's
        loop, tap = asyncio.get_running_loop(), made.app.state.beside[EventTap]
        await loop.sock_connect(slow, ("127.0.0.1", port))
        token = clients["auditor"].headers["Authorization"]
        head = f"Host: x\r\nAuthorization: {token}\r\n\r\n"
        asked = f"GET /v1/events/stream HTTP/1.1\r\n{head}"
        await loop.sock_sendall(slow, asked.encode())
        await loop.sock_recv(slow, 1)  # and from here on nothing is read any more
        async with asyncio.timeout(30):
            while tap.readers == 2:
                await asyncio.to_thread(alarm, made, "x" * 200_000)
            last = await asyncio.to_thread(alarm, made, "the end")
            seen = await reading
        slow.close()
    assert seen == list(range(start + 1, last + 1))


async def test_the_server_ends_though_streams_are_read(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    async with asyncio.timeout(10):
        async with served(made.app, ServerPlan(stop_wait_s=1)) as port:
            client = httpx2.AsyncClient(timeout=10)
            url = f"http://127.0.0.1:{port}/v1/events/stream"
            headers = clients["auditor"].headers
            async with client, client.stream("GET", url, headers=headers) as answer:
                lines = answer.aiter_lines()
                await anext(lines)
                reading = asyncio.create_task(anext(lines, None))
                await asyncio.sleep(0)
        reading.cancel()
