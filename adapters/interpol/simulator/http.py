"""The simulator over HTTP: REST, SOAP 1.2, its description, and orders to misbehave.

Every answer says SIMULATOR, in a header field and in its body. What is answered is left
to `adapters.interpol.simulator.service`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.interpol.register_xml import SIZE_MAX, WSDL, XSD
from adapters.interpol.simulator.configuration import Member
from adapters.interpol.simulator.faults import Orders
from adapters.interpol.simulator.service import LABEL, Service, UnavailableError
from broker.web.server import peer_certificate
from keys.framing import sha256

HEADERS: Final[Mapping[str, str]] = {"Simulator": LABEL}
"""What every answer of this server carries."""
_BODY_MAX: Final = SIZE_MAX + 65_536  # bytes: a document, and an envelope around it
_XML: Final = "application/xml"
_SOAP: Final = "application/soap+xml"


def create_app(service: Service, members: Mapping[bytes, Member]) -> Starlette:
    """Returns the application.

    Args:
        service: Answers.
        members: Who may ask, by the SHA-256 of their certificates in DER.
    """
    pages = _Pages(service, members)
    return Starlette(
        routes=[
            Route("/v1/{operation}", pages.rest, methods=["POST"]),
            Route("/soap", pages.soap, methods=["POST"]),
            Route("/interpol-style-1.wsdl", _file(WSDL)),
            Route("/interpol-style-1.xsd", _file(XSD)),
            Route("/simulator/faults", pages.orders, methods=["POST"]),
        ],
        exception_handlers={HTTPException: _problem, Exception: _problem},
    )


class _Pages:
    """What is asked of the simulator, and of whom it is taken."""

    def __init__(self, service: Service, members: Mapping[bytes, Member]) -> None:
        self._service = service
        self._members = members
        self._one_at_a_time = asyncio.Lock()

    async def rest(self, request: Request) -> Response:
        """Answers a document with a document."""
        return await self._ask(request, _XML)

    async def soap(self, request: Request) -> Response:
        """Answers an envelope with an envelope."""
        return await self._ask(request, _SOAP)

    async def orders(self, request: Request) -> Response:
        """Takes orders to misbehave."""
        if self._member(request) is None:
            raise HTTPException(403, "no bureau is known by this certificate")
        try:
            orders = Orders.model_validate_json(await _body(request) or b"")
        except ValidationError as error:
            raise HTTPException(422, str(error)) from error
        self._service.faults.order(orders)
        return JSONResponse({"system": LABEL, "next": self._service.faults.left()})

    async def _ask(self, request: Request, media_type: str) -> Response:
        member = self._member(request)
        body = await _body(request)
        given = request.headers.get("Content-Type", "").partition(";")[0].strip()
        if member is None:
            reason = "no bureau is known by this certificate"
            return self._refused(403, "NOT_PERMITTED", reason, media_type)
        if body is None:
            reason = f"more than {_BODY_MAX} bytes"
            return self._refused(413, "TOO_LARGE", reason, media_type)
        if given.lower() != media_type:
            reason = f"{media_type} is expected"
            return self._refused(415, "MALFORMED", reason, media_type)
        await asyncio.sleep(self._service.faults.latency_ms / 1000)
        try:
            async with self._one_at_a_time:
                said = await asyncio.to_thread(
                    self._service.answer, member, body, in_envelope=media_type == _SOAP
                )
        except UnavailableError:
            return Response(f"{LABEL}: as ordered\n", 503, media_type="text/plain")
        status = 200
        if said.is_refusal:
            status = 503 if said.is_for_later else 400
        return Response(said.body, status, media_type=media_type)

    def _refused(
        self, status: int, code: str, reason: str, media_type: str
    ) -> Response:
        in_envelope = media_type == _SOAP
        data = self._service.refusal(code, reason, in_envelope=in_envelope)
        return Response(data, status, media_type=media_type)

    def _member(self, request: Request) -> Member | None:
        shown = peer_certificate(request.scope)
        return None if shown is None else self._members.get(sha256(shown))


def _file(path: Path) -> Callable[[Request], Awaitable[Response]]:
    content = path.read_bytes()

    async def page(_: Request) -> Response:
        return Response(content, media_type=_XML)

    return page


async def _problem(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else "a fault of ours"
    return JSONResponse({"system": LABEL, "detail": detail}, status)


async def _body(request: Request) -> bytes | None:
    """Returns the body; None when it is too large, which is seen before it is read."""
    stated = request.headers.get("Content-Length", "0")
    if not stated.isdecimal() or int(stated) > _BODY_MAX:
        return None
    found = bytearray()
    try:
        async for piece in request.stream():
            found += piece
            if len(found) > _BODY_MAX:
                return None
    except ClientDisconnect:
        return None
    return bytes(found)
