"""A server of others that adapters give JSON to: one call, with bounds.

What is said, and what an answer means, is left to the adapters. The address is the
operator's, from the configuration; nothing that came in is ever called.
"""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Final

import httpx2

from adapters.errors import RejectedError, SystemAwayError
from adapters.secret import Secret, SecretError

_ANSWER_MAX: Final = 8 * 1024 * 1024  # bytes
_LATER: Final = frozenset(
    {
        # Whoever has to renew a password should not find dead letters.
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
_FAULTS: Final = 500  # statuses of the server's own
_ELSEWHERE: Final = range(300, 400)
"""Never followed, and no verdict either: so does a gateway that wants a log-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered.

    Attributes:
        status: HTTP's.
        body: The JSON of it; None when it is none.
    """

    status: int
    body: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """A server of others.

    Attributes:
        root: Address that every path is put behind, with a slash at the end.
        headers: Of every request; secrets among them.
        wait_s: Seconds for all of a call, after which it counts as away.
        context: How TLS is spoken; None: as the machine does.
        transport: In place of the network, in tests.
    """

    root: str
    headers: Mapping[str, str] = field(repr=False)
    wait_s: float
    context: ssl.SSLContext | None = None
    transport: httpx2.AsyncBaseTransport | None = None

    async def call(self, method: str, path: str, body: object = None) -> Answer:
        """Asks, and returns what was answered, unless that means: later.

        Args:
            method: HTTP's.
            path: Behind the root.
            body: To be sent as JSON; None sends nothing.

        Raises:
            SystemAwayError: No connection, no answer in time, none of HTTP, too large
                a one, or a status that says that it cannot be had now.
        """
        sent = None if body is None else json.dumps(body).encode()
        try:
            async with (
                asyncio.timeout(self.wait_s),
                httpx2.AsyncClient(
                    verify=self.context or ssl.create_default_context(),
                    timeout=self.wait_s,
                    headers={"Accept-Encoding": "identity"},
                    follow_redirects=False,
                    trust_env=False,
                    transport=self.transport,
                ) as client,
                client.stream(
                    method, self.root + path, content=sent, headers=self.headers
                ) as answer,
            ):
                status, told = answer.status_code, await _read(answer)
        except (
            TimeoutError,
            httpx2.HTTPError,
            httpx2.InvalidURL,
            ssl.SSLError,
        ) as error:
            raise SystemAwayError(f"no answer: {type(error).__name__}") from error
        if status in _LATER or status >= _FAULTS or status in _ELSEWHERE:
            raise SystemAwayError(f"it answers {status}")
        return Answer(status=status, body=_json(told))


def client_context(
    authorities: Path | None, certificate: Path | None, key: Path | None
) -> ssl.SSLContext:
    """Returns how TLS is spoken to a server: 1.2 or later, its certificate checked.

    Args:
        authorities: Who has signed its certificate, PEM; None: whom the machine trusts.
        certificate: Our own, PEM, or None.
        key: Its private key, PEM, or None.

    Raises:
        SystemAwayError: Something of it cannot be read.
    """
    try:
        context = ssl.create_default_context(cafile=authorities)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if certificate is not None:
            context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise SystemAwayError("certificates for it cannot be read") from error
    return context


def header_text(secret: Secret) -> str:
    """Returns a secret that can stand in a header field.

    Raises:
        SystemAwayError: It is not there, or holds what no header field may hold.
    """
    try:
        told = secret.read().decode("ascii")
    except (SecretError, UnicodeDecodeError):
        told = ""
    if not told.isprintable() or not told:
        # What it holds is told nowhere, not as the cause of an error either.
        raise SystemAwayError(f"{secret} cannot be used")
    return told


def rejected(answer: Answer, payload: bytes) -> RejectedError:
    """Returns what to raise when a server will never take something."""
    return RejectedError(
        f"it answers {answer.status}", code=f"http-{answer.status}", payload=payload
    )


async def _read(answer: httpx2.Response) -> bytes:
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        # A few bytes could become any number of them.
        raise SystemAwayError("its answer is packed, though nobody asked for that")
    found = bytearray()
    async for part in answer.aiter_raw():
        found += part
        if len(found) > _ANSWER_MAX:
            raise SystemAwayError("its answer is too large")
    return bytes(found)


def _json(told: bytes) -> object:
    try:
        found: object = json.loads(told)
    except (ValueError, RecursionError):
        return None
    return found
