"""Tests of what `broker.infra.nats_streams` makes of words of the server."""

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from broker.core.errors import BusError, BusRefusedError, BusUnavailableError
from broker.infra.nats_streams import _Portion

PREFIX = "$JS.ACK.IN.relay."


def status(code: str, description: str = "") -> Msg:
    headers = {"Status": code}
    if description:
        headers["Description"] = description
    return Msg(_client=Client(), headers=headers)


def message(sequence: int) -> Msg:
    return Msg(
        _client=Client(),
        subject="x.in.A",
        data=b"x",
        reply=f"{PREFIX}1.{sequence}.1.1.0",
    )


@pytest.mark.parametrize(
    ("code", "description", "error"),
    [
        ("503", "", BusUnavailableError),
        ("409", "Leadership Change", BusUnavailableError),
        ("409", "", BusUnavailableError),
        ("400", "Bad Request", BusRefusedError),
        ("499", "", BusRefusedError),
    ],
)
async def test_every_unhappy_end_is_an_error(
    code: str, description: str, error: type[BusError]
) -> None:
    portion = _Portion(PREFIX, 10)
    portion.take(status(code, description))
    with pytest.raises(error):
        await portion.complete(1)


@pytest.mark.parametrize("code", ["404", "408"])
async def test_no_more_messages_is_no_error(code: str) -> None:
    portion = _Portion(PREFIX, 10)
    portion.take(status("100", "Idle Heartbeat"))
    portion.take(status(code))
    assert await portion.complete(1) == []


async def test_what_has_arrived_counts_even_if_the_end_is_unhappy() -> None:
    portion = _Portion(PREFIX, 10)
    portion.take(message(7))
    portion.lose()
    assert [m.sequence for m in await portion.complete(1)] == [7]


async def test_what_has_arrived_counts_even_if_there_is_no_end() -> None:
    portion = _Portion(PREFIX, 10)
    portion.take(message(7))
    assert [m.sequence for m in await portion.complete(0.01)] == [7]
