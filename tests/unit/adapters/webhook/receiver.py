"""A system that takes webhooks: an HTTPS server that keeps what was signed well."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from broker.web.errors import ForgedWebhookError
from broker.web.server import ServerPlan, serve
from broker.web.webhook_signature import WebhookSecret, verify
from tests.world import NOW_MS


@dataclass(slots=True)
class Receiver:
    """Keeps by digest what it was given, and forgets what is withdrawn.

    Attributes:
        answers: What it answers with; 204: it has taken it.
    """

    secret: WebhookSecret
    answers: int = 204
    now_ms: int = NOW_MS
    port: int = 0
    contents: dict[str, dict[str, Any]] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    forged: int = 0
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listens, on the same port as before."""
        self._stop, ready = asyncio.Event(), asyncio.Event()

        def listening(port: int) -> None:
            self.port = port
            ready.set()

        async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's
            await self._app(scope, receive, send)

        plan = ServerPlan(host="127.0.0.1", port=self.port, body_max_size=8 << 20)
        self._task = asyncio.create_task(serve(app, plan, self._stop, listening))
        await ready.wait()

    async def end(self) -> None:
        """Listens no more."""
        self._stop.set()
        if self._task is not None:
            await self._task

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            event = await receive()
            body, more = body + event.get("body", b""), event.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        await send(
            {
                "type": "http.response.start",
                "status": self._taken(headers, body),
                "headers": [(b"content-length", b"0")],
            }
        )
        await send({"type": "http.response.body", "body": b""})

    def _taken(self, headers: dict[str, str], body: bytes) -> int:
        try:
            webhook_id = verify(self.secret, headers, self.now_ms, body)
        except ForgedWebhookError:
            self.forged += 1
            return 401
        if self.answers == 204:
            self.ids.append(webhook_id)
            said = json.loads(body)
            if said["event"] == "delivered":
                self.contents[said["digest"]] = said
            else:
                self.contents.pop(said["digest"], None)
        return self.answers


@asynccontextmanager
async def receiving(folder: Path) -> AsyncIterator[Receiver]:
    """A receiver, and the file with its secret in a folder."""
    made = Receiver(WebhookSecret.new())
    (folder / "secret").write_text(made.secret.text, encoding="ascii")
    await made.start()
    try:
        yield made
    finally:
        await made.end()
