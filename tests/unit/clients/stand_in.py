"""A stand-in for a node: answers over real HTTP what a test has laid out for it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_REASONS = {
    200: "OK",
    201: "Created",
    302: "Found",
    403: "Forbidden",
    503: "Unavailable",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer; without any status the connection is closed instead."""

    status: int = 200
    body: bytes = b"{}"
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class StandIn:
    """What is answered, in order, and what was asked."""

    answers: list[Answer]
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answers one request and closes the connection."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.asked.append(Asked(line=head[0], headers=headers, body=body))
        answer = self.answers.pop(0) if self.answers else Answer(status=503)
        if answer.status:
            given = {
                "Content-Type": answer.media_type,
                "Connection": "close",
                **answer.headers,
            }
            lines = [f"HTTP/1.1 {answer.status} {_REASONS[answer.status]}"]
            lines += [f"{name}: {value}" for name, value in given.items()]
            writer.write("\r\n".join([*lines, "", ""]).encode() + answer.body)
            await writer.drain()
        writer.close()


@contextmanager
def standing_in(*answers: Answer) -> Iterator[StandIn]:
    """Runs a stand-in on a thread of its own."""
    node, ready = StandIn(list(answers)), threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def run() -> None:
        server = await asyncio.start_server(node.serve, "127.0.0.1", 0)
        node.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        async with server:
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    assert ready.wait(10)
    try:
        yield node
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
