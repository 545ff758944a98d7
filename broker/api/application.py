"""Puts the interface together: routes, errors, who calls, and its own description.

Serving it is left to `broker.web.server`.
"""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
)
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from broker.api.answering import answer, problem_of
from broker.api.describing import describe_application
from broker.api.identity import Identity, TokenCheck
from broker.api.problems import ProblemError
from broker.api.reception import Reception
from broker.api.routing import BESIDE, PREFIX, ROUTERS
from broker.api.state import Services
from broker.core.errors import BrokerError
from keys.errors import KeysError

_NAMED: Final = re.compile(r"\{[^}]+\}")
_REFUSALS: tuple[type[Exception], ...] = (
    ProblemError,
    BrokerError,
    KeysError,
    RequestValidationError,
    HTTPException,
)


def create_app(services: Services, issued: TokenCheck | None = None) -> FastAPI:
    """Returns the interface of a node.

    Args:
        services: What it works with.
        issued: Believes tokens that others have issued; None: nobody's.
    """

    @asynccontextmanager
    async def beside(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for start in BESIDE:
                found = await stack.enter_async_context(start(services))
                app.state.beside[type(found)] = found
            yield

    app = _routes(beside)
    app.state.services = services
    app.state.beside = {}
    for kind in _REFUSALS:
        app.add_exception_handler(kind, _refuse)
    identity = Identity(
        clients=services.node.store, clock=services.clock, issued=issued
    )
    app.add_middleware(Reception, identity=identity)
    return app


def description_text() -> str:
    """Returns the description of the interface (OpenAPI 3.1) as a file."""
    found = _routes(None).openapi()
    return json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _routes(
    beside: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None,
) -> FastAPI:
    app = FastAPI(
        # Pages that show a description would load what they need from elsewhere.
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
        lifespan=beside,
        redirect_slashes=False,
        # Nothing about requests leaves the machine, whatever the environment says.
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "auto_configure": False,
        },
    )
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    describe_application(app)
    return app


async def _refuse(request: Request, error: Exception) -> Response:
    found = problem_of(error)
    if found.status == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = _methods(request.app, request.scope["path"])
        found = replace(found, headers={**found.headers, "Allow": allowed})
    route = request.scope.get("route")
    path = f"{PREFIX}{route.path}" if route is not None else "(no such path)"
    await request.state.refuse(
        getattr(request.state, "caller", None),
        str(found.code),
        f"{request.method} {path}",
    )
    return answer(found)


def _methods(app: FastAPI, path: str) -> str:
    """Returns what a path takes: several routes may share it."""
    found = {
        method.upper()
        for template, item in app.openapi()["paths"].items()
        if re.fullmatch(_NAMED.sub("[^/]+", template), path)
        for method in item
    }
    return ", ".join(sorted(found))
