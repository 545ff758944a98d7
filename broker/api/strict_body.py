"""JSON bodies, read in the one way in which nobody else can read them differently.

What a body has to say is left to the models.
"""

import json
from collections.abc import Callable, Coroutine
from typing import Any, Final, NoReturn

from fastapi import Request, Response
from fastapi.routing import APIRoute

from broker.api.answering import problem
from broker.api.problems import ApiCode

_DEPTH_MAX: Final = 64
_JSON: Final = "application/json"


class StrictRoute(APIRoute):
    """A route whose body is JSON, with each name once, and not nested beyond reason."""

    def get_route_handler(
        self,
    ) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Returns what answers a request."""
        answer = super().get_route_handler()

        async def handle(request: Request) -> Response:
            if self.body_field is not None:
                _check_type(request)
            return await answer(_StrictRequest(request.scope, request.receive))

        return handle


class _StrictRequest(Request):
    async def json(self) -> Any:  # noqa: ANN401 - whatever JSON may be
        """Reads the body.

        Raises:
            JSONDecodeError: It is no JSON, or can be read in more than one way.
        """
        return read_strictly(await self.body())


def read_strictly(data: bytes) -> Any:  # noqa: ANN401 - whatever JSON may be
    """Reads JSON that means the same to everybody (RFC 7493).

    Raises:
        JSONDecodeError: It is none; or a name is there twice, a number is none, text is
            no text, or it is nested too deeply.
    """
    try:
        found = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_each_once,
            parse_constant=_no_number,
        )
    except json.JSONDecodeError:
        raise
    except RecursionError:
        raise json.JSONDecodeError("nested too deeply", "", 0) from None
    except ValueError as error:
        raise json.JSONDecodeError(str(error), "", 0) from None
    _check(found)
    return found


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is there twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _check(found: object) -> None:
    """Refuses what is nested too deeply, and halves of characters.

    Raises:
        JSONDecodeError: There is some.
    """
    waiting = [(found, 1)]
    while waiting:
        one, depth = waiting.pop()
        if depth > _DEPTH_MAX:
            raise json.JSONDecodeError("nested too deeply", "", 0)
        match one:
            case str():
                _check_text(one)
            case dict():
                for name, value in one.items():
                    _check_text(name)
                    waiting.append((value, depth + 1))
            case list():
                waiting.extend((value, depth + 1) for value in one)
            case _:
                # Numbers, true, false and null are what they are.
                continue


def _check_text(text: str) -> None:
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError:
        raise json.JSONDecodeError("half a character", "", 0) from None


def _check_type(request: Request) -> None:
    given = request.headers.get("content-type", "").partition(";")[0]
    if given.strip().lower() != _JSON:
        raise problem(ApiCode.UNSUPPORTED_MEDIA_TYPE)
