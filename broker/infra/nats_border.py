"""The border to NATS: errors of the client library and of the server end here.

Connections are left to `broker.infra.nats_bus`.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from nats import errors as nats_errors
from nats.aio.msg import Msg
from nats.js.api import Header

from broker.core.errors import (
    AlreadyCommittedError,
    BusRefusedError,
    BusUnavailableError,
)

SERVICE_ERROR: Final = "Nats-Service-Error"
SERVICE_ERROR_CODE: Final = "Nats-Service-Error-Code"
REFUSED: Final = "400"
FAILED: Final = "500"

_DUPLICATE: Final = 10201
_TRANSIENT: Final = frozenset(
    {
        10008,  # JetStream is temporarily unavailable
        10009,  # this server does not lead the stream
        10167,  # too many requests
        10176,  # the batch is incomplete: a member was lost on the way
        10210,  # too many batches in flight
    }
)


@contextmanager
def foreign_errors(what: str) -> Iterator[None]:
    """Turns the library's errors into the project's.

    Args:
        what: What did not work, as the beginning of a sentence.

    Raises:
        BusRefusedError: What was asked can never work.
        BusUnavailableError: Anything else: nobody there, or no answer in time.
    """
    try:
        yield
    except (
        nats_errors.MaxPayloadError,
        nats_errors.BadSubjectError,
        nats_errors.BadHeaderError,
    ) as error:
        raise BusRefusedError(f"{what}: {error}") from error
    except (nats_errors.Error, OSError) as error:
        raise BusUnavailableError(f"{what}: {str(error) or 'too late'}") from error


@contextmanager
def connecting() -> Iterator[None]:
    """Like `foreign_errors`, for the first words with a server.

    What the server says then ("Authorization Violation", "maximum connections
    exceeded") the library raises as a plain error of no class.

    Raises:
        BusRefusedError: A server is there and does not admit this user.
        BusUnavailableError: Anything else.
    """
    try:
        with foreign_errors("cannot connect"):
            yield
    except BusUnavailableError as error:
        if type(error.__cause__) is nats_errors.Error:
            raise BusRefusedError(str(error)) from error
        raise


def raise_service_error(answer: Msg) -> None:
    """Passes over an answer, raises on a refusal (NATS ADR-32).

    Raises:
        BusRefusedError: Whoever answered said no, and why.
        BusUnavailableError: Whoever answered could not.
    """
    headers = answer.headers or {}
    code = headers.get(SERVICE_ERROR_CODE)
    if code == REFUSED:
        raise BusRefusedError(headers.get(SERVICE_ERROR, ""))
    if code is not None:
        raise BusUnavailableError(headers.get(SERVICE_ERROR, ""))
    status = headers.get(Header.STATUS)
    if status is not None:
        raise BusUnavailableError(f"the server answers with status {status}")


def error_code(data: bytes) -> int | None:
    """Returns JetStream's own number of a refusal; None where it refuses nothing."""
    try:
        code = json.loads(data)["error"]["err_code"]
    except (ValueError, LookupError, TypeError):
        return None
    return code if isinstance(code, int) else None


def jetstream_answer(data: bytes) -> dict[str, Any]:
    """Reads what JetStream answers to a publication or to a question.

    Raises:
        AlreadyCommittedError: A message of a batch was written before.
        BusUnavailableError: Not now.
        BusRefusedError: No.
    """
    try:
        answer = json.loads(data)
    except ValueError as error:
        raise BusUnavailableError("the answer is not JSON") from error
    if not isinstance(answer, dict):
        raise BusUnavailableError("the answer is not a JSON object")
    refusal = answer.get("error")
    if refusal is None:
        return answer
    if not isinstance(refusal, dict):
        raise BusRefusedError(str(refusal))
    text, code = str(refusal.get("description")), refusal.get("err_code")
    if code == _DUPLICATE:
        raise AlreadyCommittedError(text)
    if code in _TRANSIENT:
        raise BusUnavailableError(text)
    raise BusRefusedError(text)
