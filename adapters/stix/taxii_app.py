"""TAXII 2.1 over HTTP: discovery, one API root, its collections, objects and versions.

Clients are known by their certificates, and read only; nothing here is written. What
there is to read is left to the shelf, TLS to `broker.web.server`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.errors import SystemAwayError
from adapters.stix.filters import FilterError, Page, page_of, read_question
from adapters.stix.shelf import Collection, Shelf
from adapters.stix.view import Shown, taxii_time
from broker.web.server import Scope
from keys.framing import sha256

MEDIA_TYPE: Final = "application/taxii+json;version=2.1"
_STIX: Final = "application/stix+json;version=2.1"
_ACCEPTED: Final = frozenset({"application/taxii+json", MEDIA_TYPE, "*/*"})
_OF_OBJECT: Final = frozenset({"version", "spec_version"})
_OF_VERSIONS: Final = frozenset({"spec_version"})
_ROOT: Final = "/rogatory/"
_BODY_MAX: Final = 1_048_576  # bytes, as the server bounds bodies
_OBJECTS: Final = _ROOT + "collections/{collection}/objects/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who may read.

    Attributes:
        name: What the operator calls it.
        fingerprint: SHA-256 of its certificate, DER, 32 bytes.
        collections: Titles of those that it may read; empty: all.
    """

    name: str
    fingerprint: bytes
    collections: frozenset[str] = frozenset()

    def may_read(self, collection: Collection) -> bool:
        """Tells whether a collection is there for it."""
        return not self.collections or collection.title in self.collections


class _Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """An answer that is an error message (TAXII 2.1, section 3.6.1)."""

    def __init__(self, status: int, title: str, description: str) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.description = description


class TaxiiServer:
    """What answers.

    Args:
        shelf: What there is to read.
        collections: As which it is read.
        clients: By whom.
        title: What the server calls itself.
        peer: Returns the certificate that a client has shown, DER, or None.
    """

    def __init__(
        self,
        shelf: Shelf,
        collections: Sequence[Collection],
        clients: Sequence[Client],
        title: str,
        peer: Callable[[Scope], bytes | None],
    ) -> None:
        self._shelf = shelf
        self._collections = collections
        self._clients = {one.fingerprint: one for one in clients}
        self._title = title
        self._peer = peer
        self._strangers = 0

    def application(self) -> Starlette:
        """Returns the ASGI application."""
        return Starlette(
            routes=[
                Route("/taxii2/", self._discovery),
                Route(_ROOT, self._api_root),
                Route(_ROOT + "status/{status}/", self._status),
                Route(_ROOT + "collections/", self._all_collections),
                Route(_ROOT + "collections/{collection}/", self._one_collection),
                Route(_ROOT + "collections/{collection}/manifest/", self._manifest),
                Route(_OBJECTS, self._objects, methods=["GET", "POST"]),
                Route(_OBJECTS + "{object}/", self._object, methods=["GET", "DELETE"]),
                Route(_OBJECTS + "{object}/versions/", self._versions),
            ],
            exception_handlers={
                _Refusal: _refused,
                SystemAwayError: _later,
                404: _not_found,
                405: _not_allowed,
            },
        )

    async def _discovery(self, request: Request) -> Response:
        self._admit(request)
        root = f"{request.url.scheme}://{request.url.netloc}{_ROOT}"
        return _answer({"title": self._title, "default": root, "api_roots": [root]})

    async def _api_root(self, request: Request) -> Response:
        self._admit(request)
        return _answer(
            {
                "title": self._title,
                "versions": [MEDIA_TYPE],
                "max_content_length": _BODY_MAX,
            }
        )

    async def _status(self, request: Request) -> Response:
        self._admit(request)
        # Nothing is ever added by clients, so no request has a status.
        raise _Refusal(404, "No such status", "This server takes no objects.")

    async def _all_collections(self, request: Request) -> Response:
        client = self._admit(request)
        told = [_fields(one) for one in self._collections if client.may_read(one)]
        return _answer({"collections": told} if told else {})

    async def _one_collection(self, request: Request) -> Response:
        return _answer(_fields(self._collection(request)))

    async def _manifest(self, request: Request) -> Response:
        page = self._page(request)
        records = [
            {
                "id": one.object["id"],
                "date_added": taxii_time(one.added_us),
                "version": one.version,
                "media_type": _STIX,
            }
            for one in page.shown
        ]
        return _paged("objects", records, page)

    async def _objects(self, request: Request) -> Response:
        if request.method == "POST":
            self._collection(request)
            raise _read_only()
        page = self._page(request)
        return _paged("objects", [one.object for one in page.shown], page)

    async def _object(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._collection(request)
            raise _read_only()
        page = self._page(request, _OF_OBJECT)
        return _paged("objects", [one.object for one in page.shown], page)

    async def _versions(self, request: Request) -> Response:
        page = self._page(request, _OF_VERSIONS, every_version=True)
        return _paged("versions", [one.version for one in page.shown], page)

    def _page(
        self,
        request: Request,
        allowed: frozenset[str] | None = None,
        *,
        every_version: bool = False,
    ) -> Page:
        shown = self._shelf.view(self._collection(request))
        if allowed is not None:
            shown = self._named(shown, request.path_params["object"])
        query = request.query_params.multi_items()
        try:
            asked = (
                read_question(query)
                if allowed is None
                else read_question(query, allowed)
            )
        except FilterError as error:
            raise _Refusal(400, "The question is not understood", str(error)) from error
        if every_version:
            asked = replace(asked, versions=("all",))
        return page_of(shown, asked)

    def _note_stranger(self) -> None:
        # Whoever knocks a million times fills twenty lines.
        self._strangers += 1
        if self._strangers.bit_count() == 1:
            log = structlog.get_logger("taxii")
            log.warning("unknown-client", times=self._strangers)

    def _named(self, shown: Sequence[Shown], name: str) -> list[Shown]:
        found = [one for one in shown if one.object["id"] == name]
        if not found:
            raise _Refusal(404, "No such object", "It is not in this collection.")
        return found

    def _collection(self, request: Request) -> Collection:
        client = self._admit(request)
        for one in self._collections:
            if one.id == request.path_params["collection"] and client.may_read(one):
                return one
        # That there is one which it may not read is nothing to tell it.
        raise _Refusal(404, "No such collection", "There is none that you may read.")

    def _admit(self, request: Request) -> Client:
        shown = self._peer(request.scope)
        client = None if shown is None else self._clients.get(sha256(shown))
        if client is None:
            self._note_stranger()
            raise _Refusal(
                403,
                "Not a client of this server",
                "The certificate that was shown is not registered here.",
            )
        accepted = request.headers.get("accept", "").replace(" ", "").split(",")
        if not _ACCEPTED & {one.partition(";q=")[0] for one in accepted}:
            raise _Refusal(406, "Not acceptable", f"Accept has to name {MEDIA_TYPE}.")
        return client


def _fields(collection: Collection) -> dict[str, object]:
    return {
        "id": collection.id,
        "title": collection.title,
        "description": f"Handling up to {collection.ceiling}",
        "can_read": True,
        "can_write": False,
        "media_types": [_STIX],
    }


def _paged(name: str, records: Sequence[object], page: Page) -> Response:
    if not records:
        return _answer({})
    body: dict[str, object] = {"more": bool(page.next), name: records}
    if page.next:
        body["next"] = page.next
    first, last = page.shown[0].added_us, page.shown[-1].added_us
    return _answer(
        body,
        headers={
            "X-TAXII-Date-Added-First": taxii_time(first),
            "X-TAXII-Date-Added-Last": taxii_time(last),
        },
    )


def _answer(
    body: Mapping[str, object],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return JSONResponse(
        body, status_code=status, headers=headers, media_type=MEDIA_TYPE
    )


def _read_only() -> _Refusal:
    return _Refusal(403, "Not to be written to", "Clients read here, and no more.")


async def _refused(_request: Request, error: Any) -> Response:  # noqa: ANN401 - Starlette's signature
    told = {
        "title": error.title,
        "description": error.description,
        "http_status": str(error.status),
    }
    return _answer(told, error.status)


async def _not_found(request: Request, _error: Any) -> Response:  # noqa: ANN401 - likewise
    return await _refused(request, _Refusal(404, "Nothing is here", "See /taxii2/."))


async def _not_allowed(request: Request, _error: Any) -> Response:  # noqa: ANN401 - likewise
    return await _refused(request, _Refusal(405, "Not here", "Clients only read."))


async def _later(request: Request, _error: Any) -> Response:  # noqa: ANN401 - likewise
    told = "The server cannot say now what there is. Ask again."
    return await _refused(request, _Refusal(503, "Not now", told))
