"""The door of the interface: tells who calls, and lets nothing out but answers.

What is refused to a known client is kept; what is refused to strangers is counted, and
told of now and then: they could fill a disk otherwise.
"""

import traceback
from typing import Final

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from broker.api.answering import answer, problem, problem_of
from broker.api.identity import Identity
from broker.api.problems import ApiCode, ProblemError
from broker.api.roles import Caller
from broker.core.errors import BrokerError
from broker.web.server import peer_certificate

_TOLD_EVERY_MS: Final = 10_000
_FRAMES: Final = 3  # of a traceback
_FOR_ANYBODY: Final = frozenset(
    {"/v1/health/live", "/v1/health/ready", "/v1/openapi.json"}
)
_HEADERS: Final = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)


class Reception:
    """Stands before the application.

    Args:
        app: The application.
        identity: Tells who calls.
    """

    def __init__(self, app: ASGIApp, identity: Identity) -> None:
        self._app = app
        self._identity = identity
        self._log = structlog.get_logger("api")
        self._strangers = 0
        self._told_ms = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Takes a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def say(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                known = {name for name, _ in message.get("headers", ())}
                added = [one for one in _HEADERS if one[0] not in known]
                message = {**message, "headers": [*message.get("headers", ()), *added]}
            await send(message)

        state = scope.setdefault("state", {})
        state["refuse"] = self.note_refusal
        try:
            # Before any of the body is read: strangers cost as little as can be.
            state["caller"] = await self._caller(scope)
            await self._app(scope, receive, say)
        except ClientDisconnect:
            # Nobody is there any more to be answered.
            return
        except ProblemError as error:
            await answer(error)(scope, receive, say)
        except Exception as error:  # noqa: BLE001 - nothing gets out but an answer
            self._log.error("mistake", error=type(error).__name__, at=_places(error))
            if not begun:
                await answer(problem(ApiCode.INTERNAL))(scope, receive, say)

    async def _caller(self, scope: Scope) -> Caller | None:
        """Returns who calls; None of a stranger who asks what anybody may.

        Raises:
            ProblemError: What was shown does not count, or nothing was.
        """
        shown = Headers(scope=scope).getlist("authorization")
        certificate = peer_certificate(scope)
        try:
            if not shown and certificate is None:
                if scope["path"] in _FOR_ANYBODY:
                    return None
                raise problem(ApiCode.UNAUTHENTICATED)
            if len(shown) > 1:
                raise problem(ApiCode.UNAUTHENTICATED, "Authorization is there twice")
            return await run_in_threadpool(
                self._identity.caller_of, shown[0] if shown else None, certificate
            )
        except ProblemError:
            self.count_stranger()
            raise
        except BrokerError as error:
            raise problem_of(error) from error

    def count_stranger(self) -> None:
        """Counts a request of nobody we know, and tells of it now and then."""
        self._strangers += 1
        now_ms = self._identity.clock.now_ms()
        # Also when the clock was put back.
        if abs(now_ms - self._told_ms) >= _TOLD_EVERY_MS:
            self._log.warning("strangers", refused=self._strangers)
            self._strangers, self._told_ms = 0, now_ms

    async def note_refusal(self, caller: Caller | None, code: str, what: str) -> None:
        """Keeps what a client did not get, or counts it for a stranger.

        Args:
            caller: Who asked.
            code: Why not.
            what: The method, and the path without what stands in it.
        """
        if caller is None:
            self.count_stranger()
            return
        note = self._identity.refusals.note
        await run_in_threadpool(note, caller.client, code, what)


def _places(error: BaseException) -> list[str]:
    """Returns where a mistake was made; what was worked on may be content."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return [f"{one.filename}:{one.lineno}" for one in frames]
