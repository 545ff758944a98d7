"""HTTP over one connection, with bounds on what a client may hold up or fill.

The parsing is uvicorn's; accepting connections is left to `broker.web.server`, and who
a client is to the application.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import (
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.server import ServerState

PEER: Final = "rogatory.peer"
"""Where in a scope's extensions the certificate of the client is."""

_SENTENCES: Final[Mapping[HTTPStatus, tuple[str, str]]] = {
    HTTPStatus.BAD_REQUEST: ("bad-request", "This is not HTTP as it should be."),
    HTTPStatus.REQUEST_TIMEOUT: ("too-slow", "The request came too slowly."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("too-large", "The body is too large."),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        "too-large",
        "The head of the request is too large.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one connection may take.

    Attributes:
        head_max_size: Bytes of a request's line and header fields.
        body_max_size: Bytes of a body, as it is sent.
        body_limits: The same for single paths, which differ.
        head_wait_s: Seconds within which the whole head has to be there.
        body_wait_s: Seconds within which at least `body_step` more bytes of the body
            have to be there, or its end.
        body_step: Bytes.
        write_wait_s: Seconds for which a client may leave an answer unread.
        linger_s: Seconds for which a refused client is heard out, so that it reads
            why, before the connection is cut.
    """

    head_max_size: int = 32_768
    body_max_size: int = 1_048_576
    body_limits: Mapping[str, int] = field(default_factory=dict)
    head_wait_s: float = 10.0
    body_wait_s: float = 20.0
    body_step: int = 16_384
    write_wait_s: float = 30.0
    linger_s: float = 2.0


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which knows no bounds, with bounds.

    1. The head has to be there in time and may not be too large. 2. A body that says
    that it is too large is refused before it is read; 3. one that turns out to be, as
    soon as it does. 4. It has to keep coming. 5. Answers have to be read. 6. Fields
    behind a body are none of the head's, and bounded as the head is. A refusal is a
    problem document, and the end of the connection.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        bounds: Bounds,
    ) -> None:
        super().__init__(config, server_state, app_state)
        self._bounds = bounds
        self._peer: bytes | None = None
        self._reading_head = False
        self._reading_body = False
        self._head_size = 0
        self._body_size = 0
        self._body_limit = bounds.body_max_size
        self._seen_size = 0
        self._behind_size = 0
        self._refused = False
        self._waiting: asyncio.TimerHandle | None = None
        self._writing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Notes who is at the other end, and begins to wait for a head."""
        super().connection_made(transport)
        shown = transport.get_extra_info("ssl_object")
        self._peer = shown.getpeercert(binary_form=True) if shown else None
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits for nothing any more."""
        self._stop_waiting()
        self._stop_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Takes in what came; what comes after a refusal is not looked at."""
        if self._refused:
            return
        if not self._reading_body and self._waiting is None:
            self._await_head()
        in_head, in_body, body_size = (
            self._reading_head,
            self._reading_body,
            self._body_size,
        )
        super().data_received(data)
        if in_head:
            self._count_head(len(data))
        elif in_body and self._reading_body:
            came = self._body_size > body_size
            self._count_behind(0 if came else self._behind_size + len(data))

    def _count_head(self, size: int) -> None:
        """Counts what comes of a head that does not end. Step 1.

        A head that ended in this piece has been counted field by field.
        """
        if self._refused or not self._reading_head:
            return
        self._head_size += size
        if self._head_size > self._bounds.head_max_size:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def _count_behind(self, size: int) -> None:
        """Counts what comes between the pieces of a body, and behind it. Step 6."""
        self._behind_size = size
        if size > self._bounds.head_max_size:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Notes a field of the head; one behind the body is passed over. Step 6.

        The application would see it among those of the head, where whoever stands
        before this server has not looked at it.
        """
        if self._reading_head:
            super().on_header(name, value)

    def on_message_begin(self) -> None:
        """Begins a request."""
        super().on_message_begin()
        self.scope["extensions"] = {PEER: {"certificate": self._peer}}
        self._reading_head = True
        if self._waiting is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        """Hands the request on, unless it is too large: steps 1 and 2."""
        self._reading_head = False
        self._stop_waiting()
        if self._refused:
            return
        bounds = self._bounds
        size = len(self.url) + sum(len(n) + len(v) + 4 for n, v in self.headers)
        if size > bounds.head_max_size:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (self.parser.should_upgrade() and self._has_body()):
            # Others may go by the other host (RFC 9112, 3.2). Behind an upgrade, the
            # parser takes what follows for another protocol, and a body that comes a
            # moment later for a request of its own.
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        path = self.url.partition(b"?")[0].decode("ascii", "replace")
        self._body_limit = bounds.body_limits.get(path, bounds.body_max_size)
        if self._announced() > self._body_limit:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        self._reading_body = True
        self._body_size = self._seen_size = self._behind_size = 0
        self._await_body()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Counts what comes of a body: step 3."""
        if self._refused:
            return
        self._body_size += len(body)
        if self._body_size > self._body_limit:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Notes that the request is there."""
        self._reading_body = False
        self._stop_waiting()
        if not self._refused:
            super().on_message_complete()

    def pause_writing(self) -> None:
        """Begins to wait for the client to read: step 5."""
        super().pause_writing()
        if self._writing is None:
            self._writing = self.loop.call_later(
                self._bounds.write_wait_s, self.transport.abort
            )

    def resume_writing(self) -> None:
        """Goes on: the client has read."""
        self._stop_writing()
        super().resume_writing()

    def on_response_complete(self) -> None:
        """Goes on with the next request, or sees to it that the connection ends."""
        super().on_response_complete()
        if self.transport.is_closing():
            # Closing waits until the client has read everything. (5.)
            self.loop.call_later(self._bounds.write_wait_s, self.transport.abort)

    def timeout_keep_alive_handler(self) -> None:
        """Ends a connection on which nothing is asked any more."""
        self.transport.abort()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words
        """Refuses what is no HTTP."""
        self._refuse(HTTPStatus.BAD_REQUEST)

    def _announced(self) -> int:
        lengths = [value for name, value in self.headers if name == b"content-length"]
        # The parser has refused any that is no number.
        return max((int(one) for one in lengths), default=0)

    def _has_body(self) -> bool:
        chunked = any(name == b"transfer-encoding" for name, _ in self.headers)
        return chunked or self._announced() > 0

    def _await_head(self) -> None:
        self._stop_waiting()
        self._head_size = 0
        self._waiting = self.loop.call_later(
            self._bounds.head_wait_s, self._refuse, HTTPStatus.REQUEST_TIMEOUT
        )

    def _await_body(self) -> None:
        self._stop_waiting()
        self._waiting = self.loop.call_later(self._bounds.body_wait_s, self._look)

    def _look(self) -> None:
        """Refuses a body that hardly comes: step 4."""
        came = self._body_size - self._seen_size
        # While the application takes its time, the client cannot go on.
        if came < self._bounds.body_step and not self.flow.read_paused:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
            return
        self._seen_size = self._body_size
        self._await_body()

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _stop_writing(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    def _refuse(self, status: HTTPStatus) -> None:
        """Answers with a problem, and ends the connection."""
        self._stop_waiting()
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        self._unset_keepalive_if_required()
        asked = self._reading_head or self._reading_body
        if status is HTTPStatus.REQUEST_TIMEOUT and not asked:
            # Nobody has asked for anything: there is nothing to answer.
            self.transport.abort()
            return
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is not None and not cycle.response_complete:
            if not self._reading_body or cycle.response_started or self.pipeline:
                # An answer is under way: another one would be taken for it.
                self.transport.abort()
                return
            # The application hears that the client is gone, and says nothing more.
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.write(_problem(status, self.config.headers))
        # Closed at once, with bytes unread, the answer would be lost with a reset.
        self.flow.resume_reading()
        self.loop.call_later(self._bounds.linger_s, self.transport.abort)


def _problem(status: HTTPStatus, headers: Sequence[tuple[str, str]]) -> bytes:
    code, title = _SENTENCES[status]
    body = json.dumps(
        {
            "type": f"urn:rogatory:problem:{code}",
            "title": title,
            "status": int(status),
            "code": code,
        }
    ).encode()
    further = "".join(f"{name}: {value}\r\n" for name, value in headers)
    head = (
        f"HTTP/1.1 {int(status)} {status.phrase}\r\n{further}"
        "content-type: application/problem+json\r\n"
        f"content-length: {len(body)}\r\n"
        "connection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
