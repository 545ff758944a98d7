"""How the interface describes itself: OpenAPI 3.1, with every refusal in it.

What each route says of itself stands with the route.
"""

from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from broker.api.models_problem import Problem
from broker.api.posted import ANSWERS, POSTED
from broker.api.problems import MEDIA_TYPE, STATUS, ApiCode

VERSION: Final = "1.0.0"
"""Of the interface: its first number changes when something is taken away."""
_TITLE: Final = "Rogatory node"
_ABOUT: Final = """\
What a national system asks of its node: to send documents, to read what came for its \
desk, to say what became of it. Handling labels bind whoever reads a content. Every \
refusal is a problem document (RFC 9457) with a stable code."""
_ALWAYS: Final = (
    ApiCode.BAD_REQUEST,
    ApiCode.UNAUTHENTICATED,
    ApiCode.FORBIDDEN,
    ApiCode.TOO_SLOW,
    ApiCode.TOO_LARGE,
    ApiCode.INTERNAL,
    ApiCode.UNAVAILABLE,
)
_HEAD_TOO_LARGE: Final = 431
_REFERENCE: Final = {"$ref": "#/components/schemas/Problem"}
_METHODS: Final = ("get", "post", "put", "patch", "delete")

Responses = dict[int | str, dict[str, Any]]


def refusals(*codes: ApiCode | int) -> Responses:
    """Returns the refusals of a route, besides those that every route has.

    Args:
        codes: Words of the interface, or statuses of HTTP.
    """
    statuses = {int(STATUS[one]) if isinstance(one, ApiCode) else one for one in codes}
    return {status: _refusal(status) for status in sorted(statuses)}


def describe_application(app: FastAPI) -> None:
    """Has an application describe itself in our way."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI documents it


def _described(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(
        title=_TITLE,
        version=VERSION,
        openapi_version="3.1.0",
        description=_ABOUT,
        routes=app.routes,
        webhooks=POSTED.routes,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        servers=[{"url": "/", "description": "The node that was asked"}],
    )
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    model = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(model.pop("$defs", {}))
    schemas["Problem"] = model
    components["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of this node (`rog_…`), or a JWT of the issuer "
            "that the operator has named.",
        },
        "certificate": {
            "type": "mutualTLS",
            "description": "A client certificate whose fingerprint is registered.",
        },
    }
    for path, item in found["paths"].items():
        for method in _METHODS:
            if method in item:
                _complete(path, item[method])
    for item in found.get("webhooks", {}).values():
        item["post"]["responses"] = dict(ANSWERS)
    return found


def _complete(path: str, operation: dict[str, Any]) -> None:
    answers = operation.setdefault("responses", {})
    described = answers.get("422", {}).get("content", {})
    if "application/json" in described:
        # What FastAPI says of requests that do not fit: here, they are answered 400.
        answers.pop("422")
    for code in _ALWAYS:
        answers.setdefault(str(int(STATUS[code])), _refusal(int(STATUS[code])))
    answers.setdefault(str(_HEAD_TOO_LARGE), _refusal(_HEAD_TOO_LARGE))
    if "/health/" in path:
        answers.pop("403", None)
    else:
        operation["security"] = [{"token": []}, {"certificate": []}]


def _refusal(status: int) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": dict(_REFERENCE)}},
    }
