"""Asks a time-stamp authority over HTTP (RFC 3161, 3.4).

What is asked, and what the answer proves, is left to `keys.timestamps`.
"""

import asyncio
import socket
import ssl
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Timer
from typing import Final
from urllib.parse import SplitResult, urlsplit

from broker.core.errors import ConfigurationError
from keys.errors import TimestampError
from keys.timestamps import MAX_TOKEN

QUERY: Final = "application/timestamp-query"
REPLY: Final = "application/timestamp-reply"

_OK: Final = 200
_REDIRECTS: Final = range(300, 400)
_SHOWN: Final = 200  # characters of an address that the authority names


class TimestampClient:
    """A time-stamp authority at its address.

    Redirections are not followed: whoever could redirect a question could have it
    asked elsewhere, and without TLS. Proxies are not asked.

    Args:
        url: Where it answers; with https its certificate is checked against the
            authorities that this machine trusts.
        timeout_s: How long it may take to answer, all in all.

    Raises:
        ConfigurationError: Not such an address.
    """

    def __init__(self, url: str, timeout_s: float) -> None:
        self._url = _checked(url)
        self._timeout_s = timeout_s

    async def ask(self, body: bytes) -> bytes:
        """Returns the authority's answer; nothing of it is verified.

        Raises:
            TimestampError: There is none.
        """
        line = _Line(self._connection())
        asking = asyncio.ensure_future(asyncio.to_thread(self._exchange, line, body))
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            # Else the thread would keep this process until the time is over.
            line.cut()
            with suppress(TimestampError):
                await asking
            raise

    def _connection(self) -> HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        if self._url.scheme == "https":
            context = ssl.create_default_context()
            return HTTPSConnection(host, port, timeout=self._timeout_s, context=context)
        return HTTPConnection(host, port, timeout=self._timeout_s)

    def _exchange(self, line: "_Line", body: bytes) -> bytes:
        # The socket's own time-out begins anew with every byte that drips in.
        deadline = Timer(self._timeout_s, line.cut)
        deadline.daemon = True
        deadline.start()
        try:
            line.open()
            headers = {"Content-Type": QUERY, "Accept": REPLY, "User-Agent": "rogatory"}
            line.connection.request("POST", _target(self._url), body, headers)
            with line.connection.getresponse() as response:
                answer = _answer(response)
            # An answer of no stated length would seem to end where it was cut off.
            line.check_whole()
        except (OSError, HTTPException, ValueError) as error:
            what = str(error) or type(error).__name__
            raise TimestampError(
                f"the time-stamp authority at {self._url.netloc}: {what}"
            ) from error
        else:
            return answer
        finally:
            deadline.cancel()
            line.connection.close()


class _Line:
    """A connection that another thread can cut off.

    Args:
        connection: It, not open yet.
    """

    def __init__(self, connection: HTTPConnection) -> None:
        self.connection = connection
        self._socket: socket.socket | None = None
        self._is_cut = False

    def open(self) -> None:
        """Connects.

        Raises:
            OSError: It cannot, or was cut off before.
        """
        self.connection.connect()
        # Kept here: the connection lets go of it while the answer still comes in.
        self._socket = self.connection.sock
        self.check_whole()

    def check_whole(self) -> None:
        """Refuses to go on, or to take what came, once it was cut off.

        Raises:
            TimeoutError: It was.
        """
        if self._is_cut:
            raise TimeoutError("no whole answer in time")

    def cut(self) -> None:
        """Ends whatever is waited for; it may be over already."""
        self._is_cut = True
        with suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname
        named = parts.port  # reading it is what checks it
    except ValueError as error:
        raise ConfigurationError(f"{url!r} is not an address: {error}") from error
    if not usable or named == 0 or parts.username or parts.fragment:
        raise ConfigurationError(
            f"{url!r} is not the address of a time-stamp authority: give one such as "
            "https://tsa.example.org/tsr"
        )
    return parts


def _target(url: SplitResult) -> str:
    path = url.path or "/"
    return f"{path}?{url.query}" if url.query else path


def _answer(response: HTTPResponse) -> bytes:
    if response.status in _REDIRECTS:
        where = (response.getheader("Location") or "elsewhere")[:_SHOWN]
        raise TimestampError(
            f"the time-stamp authority sends us to {where!r}, which is not followed: "
            "set its new address if it is meant"
        )
    if response.status != _OK:
        raise TimestampError(
            f"the time-stamp authority answers {response.status} "
            f"{response.reason[:_SHOWN]}"
        )
    kind = (response.getheader("Content-Type") or "").partition(";")[0].strip()
    if kind.lower() != REPLY:
        raise TimestampError(
            f"the time-stamp authority answers with {kind[:_SHOWN]!r}, not with a "
            "time-stamp"
        )
    data = response.read(MAX_TOKEN + 1)
    if len(data) > MAX_TOKEN:
        raise TimestampError(f"the answer has more than {MAX_TOKEN} bytes")
    return data
