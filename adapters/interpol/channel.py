"""The connection to the register: HTTPS with a certificate of our own, with bounds.

What is said over it is left to `adapters.interpol.wires`.
"""

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx2

from adapters.errors import SystemAwayError
from adapters.interpol.errors import UnbelievableError
from adapters.interpol.register_xml import SIZE_MAX

_STEPS: Final = 3  # times the seconds for one step, that a whole answer may take
ANSWER_MAX: Final = SIZE_MAX + 65_536  # bytes: a document, and an envelope around it


# A compressed answer could be far larger than what was counted.
_HEADERS: Final = {"Accept-Encoding": "identity", "User-Agent": "rogatory"}


class ChannelError(Exception):
    """The connection cannot be made ready: a matter of the configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPlan:
    """How the register is reached.

    Attributes:
        url: Of its interface: "https://HOST[:PORT]/…".
        authorities: Who may have signed its certificate, PEM: a file.
        certificate: Ours, with its chain, PEM: a file.
        key: Its private key, PEM: a file.
        timeout_s: Seconds for each step of a request.
    """

    url: str
    authorities: Path
    certificate: Path
    key: Path
    timeout_s: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back.

    Attributes:
        status: Of HTTP.
        media_type: Without parameters, in lower case.
        body: Bytes, as they came.
    """

    status: int
    media_type: str
    body: bytes


class Channel:
    """One register, over HTTPS. May be used by several threads.

    Raises:
        ChannelError: Not an https address, or certificates that cannot be used.
    """

    def __init__(self, plan: ChannelPlan) -> None:
        if urlsplit(plan.url).scheme != "https" or not urlsplit(plan.url).hostname:
            raise ChannelError(f"{plan.url} is no address of a register: use https://")
        self._url = plan.url.rstrip("/")
        self._timeout_s = plan.timeout_s
        self._context = _context(plan)

    @property
    def url(self) -> str:
        """Where the register is, without a slash at the end."""
        return self._url

    def post(self, path: str, body: bytes, media_type: str) -> Answer:
        """Sends a document; not to be called where an event loop runs.

        Args:
            path: Below the address, with a slash before it.
            body: The document.
            media_type: With its parameters.

        Raises:
            SystemAwayError: Nobody there, not whom we trust, no answer in time, too
                long an answer, or one that says it has no time.
        """
        try:
            return asyncio.run(self._post(path, body, media_type))
        except TimeoutError as error:
            raise SystemAwayError("its answer comes too slowly") from error
        except httpx2.HTTPError as error:
            raise SystemAwayError(f"{self._url}: {_words(error)}") from error

    async def _post(self, path: str, body: bytes, media_type: str) -> Answer:
        async with (
            # Each byte may come in time, those of the head too, and the answer never.
            asyncio.timeout(self._timeout_s * _STEPS),
            # A connection for each request: nothing is left open between them.
            httpx2.AsyncClient(
                verify=self._context,
                timeout=self._timeout_s,
                follow_redirects=False,
                trust_env=False,
                headers=_HEADERS,
            ) as client,
            client.stream(
                "POST",
                self._url + path,
                content=body,
                headers={"Content-Type": media_type, "Accept": media_type},
            ) as response,
        ):
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise UnbelievableError("its answer is compressed, unasked")
            answered = response.headers.get("Content-Type", "")
            return Answer(
                status=response.status_code,
                media_type=answered.partition(";")[0].strip().lower(),
                body=await _read(response),
            )


async def _read(response: httpx2.Response) -> bytes:
    found = bytearray()
    async for piece in response.aiter_raw():
        found += piece
        if len(found) > ANSWER_MAX:
            raise UnbelievableError(f"its answer is longer than {ANSWER_MAX} bytes")
    return bytes(found)


def _context(plan: ChannelPlan) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Whoever named an authority meant it, be it a root or not.
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(plan.authorities)
    except (ssl.SSLError, OSError) as error:
        raise ChannelError(f"{plan.authorities} cannot be used: {error}") from error
    try:
        context.load_cert_chain(plan.certificate, plan.key, password=_no_password)
    except (ssl.SSLError, OSError, ValueError) as error:
        raise ChannelError(
            f"{plan.certificate} and its key cannot be used: {error}"
        ) from error
    return context


def _no_password() -> bytes:
    # Otherwise OpenSSL would ask on the terminal.
    raise ValueError("the key is encrypted")


def _words(error: httpx2.HTTPError) -> str:
    if isinstance(error, httpx2.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx2.ConnectError):
        return f"no connection: {error}"
    return f"the connection failed: {type(error).__name__}"
