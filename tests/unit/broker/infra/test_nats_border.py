"""Tests of `broker.infra.nats_border`."""

import inspect

import pytest
from nats import errors as nats_errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import errors as js_errors

from broker.core.errors import (
    AlreadyCommittedError,
    BusError,
    BusRefusedError,
    BusUnavailableError,
)
from broker.infra.nats_border import (
    connecting,
    foreign_errors,
    jetstream_answer,
    raise_service_error,
)

_NEED_ARGUMENTS = (
    nats_errors.SlowConsumerError,
    js_errors.ConsumerSequenceMismatchError,
)


def test_no_error_of_the_library_crosses_the_border() -> None:
    foreign = [
        member
        for module in (nats_errors, js_errors)
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, nats_errors.Error) and member not in _NEED_ARGUMENTS
    ]
    assert len(foreign) > 40
    for error in foreign:
        with pytest.raises(BusError), foreign_errors("x"):
            raise error


@pytest.mark.parametrize("foreign", [OSError, TimeoutError, ConnectionResetError])
def test_a_broken_line_is_an_absence(foreign: type[Exception]) -> None:
    with pytest.raises(BusUnavailableError, match="x: too late"), foreign_errors("x"):
        raise foreign


@pytest.mark.parametrize(
    "foreign",
    [
        nats_errors.MaxPayloadError(),
        nats_errors.BadSubjectError(),
        nats_errors.BadHeaderError("k"),
    ],
    ids=["payload", "subject", "header"],
)
def test_what_can_never_work_is_a_refusal(foreign: Exception) -> None:
    with pytest.raises(BusRefusedError), foreign_errors("x"):
        raise foreign


def test_a_mistake_of_ours_is_not_hidden() -> None:
    with pytest.raises(KeyError), foreign_errors("x"):
        raise KeyError


def test_what_a_server_says_to_a_newcomer_is_a_refusal() -> None:
    with pytest.raises(BusRefusedError, match="Violation"), connecting():
        raise nats_errors.Error("nats: 'Authorization Violation'")


def test_that_there_is_no_server_is_no_refusal() -> None:
    with pytest.raises(BusUnavailableError), connecting():
        raise nats_errors.NoServersError


def answer(headers: dict[str, str] | None) -> Msg:
    return Msg(_client=Client(), data=b"", headers=headers)


def test_an_answer_passes() -> None:
    message = answer(None)
    raise_service_error(message)
    assert message.headers is None


def test_a_service_can_refuse_or_fail() -> None:
    headers = {"Nats-Service-Error-Code": "400", "Nats-Service-Error": "no such file"}
    with pytest.raises(BusRefusedError, match="no such file"):
        raise_service_error(answer(headers))
    with pytest.raises(BusUnavailableError, match="no such file"):
        raise_service_error(answer({**headers, "Nats-Service-Error-Code": "500"}))


def test_a_status_is_no_answer() -> None:
    with pytest.raises(BusUnavailableError, match="408"):
        raise_service_error(answer({"Status": "408"}))


def test_an_acknowledgement_is_read() -> None:
    assert jetstream_answer(b'{"stream":"IN","seq":1}') == {"stream": "IN", "seq": 1}


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", BusUnavailableError),
        (b"\xff", BusUnavailableError),
        (b"[]", BusUnavailableError),
        (b'{"error":"no"}', BusRefusedError),
        (b'{"error":{}}', BusRefusedError),
        (b'{"error":{"err_code":10077,"description":"full"}}', BusRefusedError),
        (b'{"error":{"err_code":10008}}', BusUnavailableError),
        (b'{"error":{"err_code":10176}}', BusUnavailableError),
        (b'{"error":{"err_code":10201}}', AlreadyCommittedError),
    ],
)
def test_every_other_answer_is_an_error(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        jetstream_answer(data)
