"""What went wrong, as problem documents: one way for everything that is refused.

The sentences are those of `broker.core.sentences`; the handlers are put into the
application by `broker.api.application`.
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from broker.api.problems import (
    MEDIA_TYPE,
    STATUS,
    TYPE_PREFIX,
    ApiCode,
    Place,
    ProblemError,
)
from broker.core.errors import (
    BrokerError,
    BusError,
    Code,
    ConfigurationError,
    DocumentError,
    DocumentProblem,
    HandlingError,
    OutOfOrderError,
    PolicyError,
    RefusedError,
    StoreError,
    StoreFullError,
)
from broker.core.sentences import ExitCode, describe
from keys.errors import DirectoryError, KeysError, PartyCodeError

_SHOWN_MAX: Final = 80  # characters of what was found in a request
_PLACES_MAX: Final = 120
"""How many places of a request an answer lists: it costs no more than the request."""
_REFUSED: Final[Mapping[Code, HTTPStatus]] = MappingProxyType(
    {
        Code.OVERSIZE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        Code.RATE_LIMIT: HTTPStatus.TOO_MANY_REQUESTS,
        Code.QUOTA: HTTPStatus.INSUFFICIENT_STORAGE,
        Code.INVALID_ATTACHMENT: HTTPStatus.UNPROCESSABLE_ENTITY,
        Code.RECALLED: HTTPStatus.GONE,
        Code.EXPIRED: HTTPStatus.GONE,
        Code.ILLEGAL_STEP: HTTPStatus.CONFLICT,
        Code.REPLAYED_ID: HTTPStatus.CONFLICT,
        Code.CANNOT_OPEN: HTTPStatus.CONFLICT,
    }
)
_TITLES: Final[Mapping[ApiCode, tuple[str, str]]] = MappingProxyType(
    {
        ApiCode.BAD_REQUEST: (
            "The request is not as it should be.",
            "Correct the places that are listed; openapi.json says what is expected.",
        ),
        ApiCode.UNAUTHENTICATED: (
            "The request does not show who makes it.",
            "Send a client certificate, or Authorization: Bearer with a token.",
        ),
        ApiCode.FORBIDDEN: (
            "This client may not do that.",
            "Ask the operator of the node, if it is meant.",
        ),
        ApiCode.NOT_FOUND: (
            "There is nothing of that name that this client may see.",
            "List what there is; what is not yours looks as if it were not there.",
        ),
        ApiCode.METHOD_NOT_ALLOWED: (
            "This path does not take that method.",
            "See the header Allow.",
        ),
        ApiCode.NOT_ACCEPTABLE: (
            "There is no answer in a form that the client takes.",
            "Leave the header Accept out.",
        ),
        ApiCode.TOO_SLOW: (
            "The request came too slowly.",
            "Send it again, without pauses.",
        ),
        ApiCode.OUT_OF_ORDER: (
            "It does not follow from what was said before; nothing was said.",
            "See what was said, and in which order things come true.",
        ),
        ApiCode.TOO_LARGE: (
            "The body is too large.",
            "Send less, or files as attachments.",
        ),
        ApiCode.UNSUPPORTED_MEDIA_TYPE: (
            "The body is not of a type that is taken here.",
            "Send Content-Type: application/json.",
        ),
        ApiCode.KEY_REUSED: (
            "Another request was made under the same idempotency key.",
            "Use a new key for each document; nothing was done.",
        ),
        ApiCode.INVALID_DOCUMENT: (
            "The document does not fit.",
            "Correct the places that are listed, and send it again.",
        ),
        ApiCode.CALLBACK_REFUSED: (
            "Nothing is sent to that address.",
            "Ask the operator of the node to list the host.",
        ),
        ApiCode.TOO_MANY: (
            "There were too many requests.",
            "Wait as long as the header Retry-After says.",
        ),
        ApiCode.INTERNAL: (
            "The node has made a mistake; it is in its log.",
            "Send it again under the same idempotency key, and tell the operator.",
        ),
        ApiCode.UNAVAILABLE: (
            "The node cannot do that just now.",
            "Send it again later, under the same idempotency key.",
        ),
        ApiCode.STORE_FULL: (
            "The node has no room left; nothing was stored.",
            "Tell the operator of the node, and send it again later.",
        ),
    }
)


def problem(
    code: ApiCode,
    detail: str = "",
    *,
    places: tuple[Place, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> ProblemError:
    """Returns a refusal in its usual words, to be raised.

    Args:
        code: Why.
        detail: What it was about here; never content.
        places: Where a document does not fit.
        headers: To be sent with the answer.
    """
    title, advice = _TITLES[code]
    if code is ApiCode.UNAUTHENTICATED:
        headers = {"WWW-Authenticate": 'Bearer realm="rogatory"', **(headers or {})}
    return ProblemError(
        status=STATUS[code],
        code=code,
        title=title,
        detail=detail,
        advice=advice,
        places=places,
        headers=headers or {},
    )


def problem_of(error: Exception) -> ProblemError:
    """Returns what to answer to an error; one that is no refusal is INTERNAL."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, RefusedError):
        return _of_refusal(error)
    if isinstance(error, BrokerError | KeysError):
        return _of_broker(error)
    if isinstance(error, RequestValidationError):
        wrong = error.errors()[:_PLACES_MAX]
        places = tuple(_request_place(one) for one in wrong)
        return problem(ApiCode.BAD_REQUEST, places=places)
    if isinstance(error, HTTPException):
        return _of_http(error)
    return problem(ApiCode.INTERNAL)


def answer(error: ProblemError) -> JSONResponse:
    """Returns the answer that a refusal is."""
    body: dict[str, object] = {
        "type": f"{TYPE_PREFIX}{error.code}",
        "title": error.title,
        "status": int(error.status),
        "code": str(error.code),
    }
    if error.detail:
        body["detail"] = error.detail
    if error.advice:
        body["advice"] = error.advice
    if error.places:
        body["places"] = [
            {"path": one.path, "found": one.found, "expected": one.expected}
            for one in error.places[:_PLACES_MAX]
        ]
    return JSONResponse(
        body,
        status_code=error.status,
        media_type=MEDIA_TYPE,
        headers=dict(error.headers),
    )


def places_of(problems: list[DocumentProblem]) -> tuple[Place, ...]:
    """Returns where a document does not fit."""
    return tuple(
        Place(path=one.path, found=one.value, expected=one.expected) for one in problems
    )


def status_of(code: Code) -> HTTPStatus:
    """Returns the status of HTTP for a refusal of a message."""
    if code in _REFUSED:
        return _REFUSED[code]
    if describe(code).exit_code is ExitCode.BAD_DATA:
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return HTTPStatus.FORBIDDEN


def _of_refusal(error: RefusedError) -> ProblemError:
    sentence = describe(error.code)
    return ProblemError(
        status=status_of(error.code),
        code=error.code.value,
        title=sentence.text,
        detail=error.detail,
        advice=sentence.advice,
    )


def _of_broker(error: BrokerError | KeysError) -> ProblemError:
    match error:
        case DocumentError() | PolicyError():
            return problem(ApiCode.INVALID_DOCUMENT, places=places_of(error.problems))
        case HandlingError() | PartyCodeError() | ConfigurationError():
            # Words about what was sent: settings are read before anybody calls.
            return problem(ApiCode.INVALID_DOCUMENT, str(error))
        case OutOfOrderError():
            return problem(ApiCode.OUT_OF_ORDER, str(error))
        case StoreFullError():
            return problem(ApiCode.STORE_FULL)
        case StoreError() | BusError() | DirectoryError():
            return problem(ApiCode.UNAVAILABLE, headers={"Retry-After": "5"})
        case _:
            return problem(ApiCode.INTERNAL)


def _of_http(error: HTTPException) -> ProblemError:
    """Returns what to answer where the framework refuses by itself."""
    known = {
        HTTPStatus.NOT_FOUND: ApiCode.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED: ApiCode.METHOD_NOT_ALLOWED,
        HTTPStatus.NOT_ACCEPTABLE: ApiCode.NOT_ACCEPTABLE,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ApiCode.TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ApiCode.UNSUPPORTED_MEDIA_TYPE,
    }
    code = known.get(HTTPStatus(error.status_code), ApiCode.BAD_REQUEST)
    return problem(code, headers=error.headers)


def _request_place(found: Mapping[str, object]) -> Place:
    where = found.get("loc", ())
    path = ".".join(str(part) for part in where) if isinstance(where, tuple) else ""
    shown = _shown(found.get("input"), missing=found.get("type") == "missing")
    if len(shown) > _SHOWN_MAX:
        shown = f"{shown[:_SHOWN_MAX]}…"
    return Place(path=path, found=shown, expected=str(found.get("msg", "")))


def _shown(given: object, *, missing: bool) -> str:
    """Returns what was found; of what holds other things, nothing is written out."""
    if missing:
        return "nothing"
    match given:
        case dict():
            return "an object"
        case list():
            return "a list"
        case _:
            return repr(given)
