"""Errors as problem details (RFC 9457), with the codes that messages are refused by.

What a code means is said in `broker.core.sentences`; those that only an HTTP interface
knows, here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:rogatory:problem:"


class ApiCode(StrEnum):
    """What only this interface refuses. Stable: never renamed, never reused."""

    BAD_REQUEST = "bad-request"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    NOT_ACCEPTABLE = "not-acceptable"
    TOO_SLOW = "too-slow"
    OUT_OF_ORDER = "out-of-order"
    TOO_LARGE = "too-large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type"
    KEY_REUSED = "idempotency-key-reused"
    INVALID_DOCUMENT = "invalid-document"
    CALLBACK_REFUSED = "callback-refused"
    TOO_MANY = "too-many-requests"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"
    STORE_FULL = "store-full"


STATUS: Final[Mapping[ApiCode, HTTPStatus]] = MappingProxyType(
    {
        ApiCode.BAD_REQUEST: HTTPStatus.BAD_REQUEST,
        ApiCode.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
        ApiCode.FORBIDDEN: HTTPStatus.FORBIDDEN,
        ApiCode.NOT_FOUND: HTTPStatus.NOT_FOUND,
        ApiCode.METHOD_NOT_ALLOWED: HTTPStatus.METHOD_NOT_ALLOWED,
        ApiCode.NOT_ACCEPTABLE: HTTPStatus.NOT_ACCEPTABLE,
        ApiCode.TOO_SLOW: HTTPStatus.REQUEST_TIMEOUT,
        ApiCode.OUT_OF_ORDER: HTTPStatus.CONFLICT,
        ApiCode.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        ApiCode.UNSUPPORTED_MEDIA_TYPE: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        ApiCode.KEY_REUSED: HTTPStatus.CONFLICT,
        ApiCode.INVALID_DOCUMENT: HTTPStatus.UNPROCESSABLE_ENTITY,
        ApiCode.CALLBACK_REFUSED: HTTPStatus.UNPROCESSABLE_ENTITY,
        ApiCode.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
        ApiCode.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
        ApiCode.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
        ApiCode.STORE_FULL: HTTPStatus.INSUFFICIENT_STORAGE,
    }
)
"""The answer to each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place in a document that does not fit.

    Attributes:
        path: Where, as "items[0].firearm.calibre".
        found: What was found there, shortened.
        expected: What would have been right.
    """

    path: str
    found: str
    expected: str


@dataclass(slots=True, kw_only=True)
class ProblemError(Exception):
    """An answer that says why not.

    Attributes:
        status: Of HTTP.
        code: A word of `ApiCode` or `broker.core.errors.Code`.
        title: What happened, in one sentence; the same for each code.
        detail: What it was about here; never content.
        advice: What to do next.
        places: Where a document does not fit.
        headers: To be sent with the answer, such as Retry-After.
    """

    status: int
    code: str
    title: str
    detail: str = ""
    advice: str = ""
    places: Sequence[Place] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
