"""One line an event, on standard error, at the level that was asked for."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from broker.infra.logs import LEVELS, configure


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_machines_get_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", as_json=True)
    structlog.get_logger("relay").info("refused", party="KEN", detail="a\nb")
    captured = capsys.readouterr()
    assert captured.out == ""
    [line] = captured.err.splitlines()
    said = json.loads(line)
    assert said["event"] == "refused"
    assert said["level"] == "info"
    assert said["party"] == "KEN"
    assert said["timestamp"].endswith("Z")


def test_people_get_a_line_without_colours_in_a_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure()
    structlog.get_logger().warning("the outbox waits", reason="nobody there")
    captured = capsys.readouterr()
    assert "the outbox waits" in captured.err
    assert "\x1b" not in captured.err


@pytest.mark.parametrize("level", LEVELS)
def test_less_than_the_level_is_not_written(
    capsys: pytest.CaptureFixture[str], level: str
) -> None:
    configure(level, as_json=True)
    log = structlog.get_logger()
    for one in LEVELS:
        getattr(log, one)(one)
    written = [
        json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()
    ]
    assert tuple(written) == LEVELS[LEVELS.index(level) :]


def test_an_exception_is_written_in_its_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(as_json=True)
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        structlog.get_logger().exception("flaw")
    [line] = capsys.readouterr().err.splitlines()
    assert "ZeroDivisionError" in json.loads(line)["exception"]


def test_what_asyncio_says_of_every_ended_connection_is_no_news(
    caplog: pytest.LogCaptureFixture,
) -> None:
    configure()
    asyncio_log = logging.getLogger("asyncio")
    asyncio_log.warning(
        "returning true from eof_received() has no effect when using ssl"
    )
    asyncio_log.warning("something else")
    assert caplog.messages == ["something else"]
