"""A server on this machine that answers as it is told and keeps what it was sent.

What is said about what came is left to the tests.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

OK = b"HTTP/1.1 204 No Content\r\n\r\n"
AWAY = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"


@dataclass(slots=True)
class Call:
    """One request, as it came."""

    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Answering:
    """What such a server was sent, and what it says.

    Args:
        answer: The bytes that it answers with; None: nothing at all.
    """

    answer: bytes | None = OK
    port: int = 0
    calls: list[Call] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Takes one connection."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            pairs = (line.split(": ", 1) for line in head[1:] if line)
            headers = {name.lower(): value for name, value in pairs}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.calls.append(Call(head[0].split(" ")[1], headers, body))
            self.came.set()
            if self.answer is None:
                await reader.read()
            else:
                writer.write(self.answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def answering(
    answer: bytes | None = OK, context: ssl.SSLContext | None = None
) -> AsyncIterator[Answering]:
    """Runs such a server on 127.0.0.1, over TLS where a context is given."""
    said = Answering(answer)
    server = await asyncio.start_server(said.take, "127.0.0.1", 0, ssl=context)
    said.port = server.sockets[0].getsockname()[1]
    try:
        yield said
    finally:
        server.close()
        await server.wait_closed()
