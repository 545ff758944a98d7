"""Calling an address that somebody else has chosen, without being led astray by it.

An operator lists the hosts that may be called; a name is looked up once, and what is
connected to is the address that was checked. What is sent, when it is tried again and
what an answer means are left to the callers.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import httpx2

from broker.web.errors import CallbackRefusedError, CallFailedError
from broker.web.listed_hosts import ListedHosts, Target

_USER_AGENT: Final = "rogatory"
_OURS: Final = frozenset(
    {"host", "user-agent", "accept-encoding", "content-length", "transfer-encoding"}
)
_LOOKING_UP: Final = ThreadPoolExecutor(8, thread_name_prefix="names")
"""Threads that names are looked up in: a server of names that does not answer holds
these up for long, and not those that everything else waits for."""
_SHOWN: Final = 200  # characters of what somebody else has written

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Looks a name up: host and port in, addresses out. OSError when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """How much a call may take.

    Attributes:
        connect_s: For a connection, with TLS, in seconds.
        whole_s: For all of it, from looking the name up to the last byte, in seconds.
        request_max_size: Of what is sent, in bytes.
        answer_max_size: Of the answer's body, in bytes.
    """

    connect_s: float = 5.0
    whole_s: float = 15.0
    request_max_size: int = 1 << 20
    answer_max_size: int = 64 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswer:
    """What the other side said.

    Attributes:
        status: Of HTTP. A redirection is an answer like any other, never followed.
        headers: By name, in small letters.
        body: As it came.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the other side has taken it."""
        return httpx2.codes.is_success(self.status)


async def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    allowed: ListedHosts,
    *,
    context: ssl.SSLContext | None = None,
    limits: CallLimits = CallLimits(),
    resolve: Resolve | None = None,
) -> CallAnswer:
    """Posts to an address; follows no redirection, asks no proxy, keeps no cookie.

    1. The address is well formed, its host and port are listed. 2. The name is looked
    up, once. 3. Every address that it has may be called. 4. One of these is connected
    to, and shows a certificate for the name.

    Args:
        url: Where to.
        body: What to send.
        headers: With Content-Type; Host and Content-Length are ours.
        allowed: What the operator has listed.
        context: Whose certificates are believed; None: those this machine trusts.
        limits: How much it may take.
        resolve: Looks names up; None: as this machine does.

    Raises:
        CallbackRefusedError: It may not be called; nothing was sent.
        CallFailedError: It was not reached, or did not answer as it should.
    """
    if len(body) > limits.request_max_size:
        raise CallbackRefusedError(
            f"{len(body)} bytes are more than the {limits.request_max_size} of a call"
        )
    target = allowed.target(url)
    try:
        async with asyncio.timeout(limits.whole_s):
            addresses = await _addresses(target, resolve or _look_up)
            trusted = context or ssl.create_default_context()
            return await _first(target, addresses, body, headers, trusted, limits)
    except TimeoutError as error:
        raise CallFailedError(
            f"{target.shown}: no whole answer within {limits.whole_s:g} s"
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What a part of this software may call, and whose certificates it believes.

    Attributes:
        allowed: What the operator has listed.
        context: Whose certificates are believed; None: those this machine trusts.
        limits: How much a call may take.
    """

    allowed: ListedHosts = field(default_factory=ListedHosts.none)
    context: ssl.SSLContext | None = None
    limits: CallLimits = CallLimits()

    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str]
    ) -> CallAnswer:
        """Posts to an address, as `post` does, and raises what that raises."""
        return await post(
            url, body, headers, self.allowed, context=self.context, limits=self.limits
        )


async def _addresses(target: Target, resolve: Resolve) -> Sequence[str]:
    try:
        found = await resolve(target.host, target.port)
    except OSError as error:
        raise CallFailedError(f"{target.shown}: the name is not known") from error
    if not found:
        raise CallFailedError(f"{target.shown}: the name has no address")
    for address in found:
        # All of them: one bad address among good ones is an attempt, not an accident.
        target.check_address(address)
    return found


async def _look_up(host: str, port: int) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(
        _LOOKING_UP,
        partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM),
    )
    # Each address once, in the order in which this machine prefers them.
    return list(dict.fromkeys(str(one[4][0]) for one in found))


async def _first(
    target: Target,
    addresses: Sequence[str],
    body: bytes,
    headers: Mapping[str, str],
    context: ssl.SSLContext,
    limits: CallLimits,
) -> CallAnswer:
    """Calls the first address that can be connected to."""
    timeout = httpx2.Timeout(limits.whole_s, connect=limits.connect_s)
    async with httpx2.AsyncClient(
        verify=context, timeout=timeout, trust_env=False, follow_redirects=False
    ) as client:
        last: Exception | None = None
        for address in addresses:
            request = _request(client, target, address, body, headers)
            try:
                return await _exchange(client, request, target, limits)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                last = error
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                raise _failed(target, error) from error
        raise _failed(target, last) from last


def _request(
    client: httpx2.AsyncClient,
    target: Target,
    address: str,
    body: bytes,
    headers: Mapping[str, str],
) -> httpx2.Request:
    bracketed = f"[{address}]" if ":" in address else address
    theirs = {k: v for k, v in headers.items() if k.lower() not in _OURS}
    ours = {
        "Host": target.authority,
        "User-Agent": _USER_AGENT,
        # Nothing is unpacked here: a small answer cannot become a large one.
        "Accept-Encoding": "identity",
    }
    try:
        return client.build_request(
            "POST",
            f"{target.scheme}://{bracketed}:{target.port}{target.path}",
            content=body,
            headers={**theirs, **ours},
            # The certificate has to be for the name, though an address is called.
            extensions={"sni_hostname": target.host},
        )
    except (httpx2.InvalidURL, ValueError) as error:
        raise CallbackRefusedError(f"{target.shown}: not an address: {error}") from None


async def _exchange(
    client: httpx2.AsyncClient,
    request: httpx2.Request,
    target: Target,
    limits: CallLimits,
) -> CallAnswer:
    answer = await client.send(request, stream=True)
    try:
        parts, size = [], 0
        async for part in answer.aiter_raw():
            size += len(part)
            if size > limits.answer_max_size:
                raise CallFailedError(
                    f"{target.shown}: answers more than {limits.answer_max_size} bytes"
                )
            parts.append(part)
    finally:
        await answer.aclose()
    return CallAnswer(
        status=answer.status_code, headers=dict(answer.headers), body=b"".join(parts)
    )


def _failed(target: Target, error: Exception | None) -> CallFailedError:
    words = (str(error) or type(error).__name__)[:_SHOWN]
    return CallFailedError(f"{target.shown}: {words}")
