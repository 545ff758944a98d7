"""A server for tests, and a client that says what it likes to it, byte by byte."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from broker.web.server import Application, Scope, ServerPlan, serve
from tests.federation import silence_services

QUICK: Final = ServerPlan(
    body_max_size=1000,
    body_limits={"/large": 5000},
    head_max_size=2000,
    head_wait_s=0.3,
    body_wait_s=0.3,
    write_wait_s=0.3,
    linger_s=0.1,
    idle_wait_s=1,
    stop_wait_s=1,
    connections_max=4,
)


async def echo(scope: Scope, receive: object, send: object) -> None:
    """Answers with the length of what it was sent."""
    assert scope["type"] == "http" or scope["type"] == "lifespan"
    if scope["type"] == "lifespan":
        raise RuntimeError("not spoken")
    size, more = 0, True
    while more:
        message = await receive()  # type: ignore[operator]  # ASGI's
        if message["type"] == "http.disconnect":
            return
        size += len(message["body"])
        more = message["more_body"]
    body = str(size).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})  # type: ignore[operator]  # ASGI's
    await send({"type": "http.response.body", "body": body})  # type: ignore[operator]  # ASGI's


@asynccontextmanager
async def running(
    plan: ServerPlan = QUICK, app: Application = echo
) -> AsyncIterator[int]:
    silence_services()
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(app, plan, stop, port.set_result))
    done, _ = await asyncio.wait((task, port), return_when=asyncio.FIRST_COMPLETED)
    if task in done:
        await task
    yield port.result()
    stop.set()
    await task


async def say(port: int, *pieces: bytes, pause_s: float = 0.0) -> bytes:
    """Sends pieces one after another, and returns all that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_s)
        async with asyncio.timeout(5):
            return await reader.read()
    finally:
        writer.close()


async def answered(port: int, *pieces: bytes, pause_s: float = 0.0) -> bytes:
    """Does the same; nothing comes back from a connection that is cut."""
    try:
        return await say(port, *pieces, pause_s=pause_s)
    except ConnectionError:
        return b""


def refusal(answer: bytes) -> tuple[int, str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    found = json.loads(body)
    assert int(head.split()[1]) == found["status"]
    return found["status"], found["code"]


CLOSE: Final = b"Host: x\r\nConnection: close\r\n"
GET: Final = b"GET / HTTP/1.1\r\n" + CLOSE + b"\r\n"
