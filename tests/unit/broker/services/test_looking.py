"""Claims about `broker.services.looking`."""

import asyncio
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from broker.core.errors import StoreError
from broker.services.looking import keep_looking
from keys.errors import DirectoryError


async def _three_looks(then: Callable[[int], None]) -> int:
    stop, looks = asyncio.Event(), 0

    async def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            stop.set()
        then(looks)

    await asyncio.wait_for(
        keep_looking(
            look, stop, every_s=0, waiting="it waits", name="looker", backoff_s=0
        ),
        10,
    )
    return looks


async def test_it_looks_until_it_is_told_to_stop() -> None:
    assert await _three_looks(lambda _: None) == 3


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (StoreError("no room"), "warning"),
        (DirectoryError("nobody there"), "warning"),
        (ZeroDivisionError("a flaw of ours"), "error"),
    ],
)
@pytest.mark.usefixtures("every_level")
async def test_no_error_ends_it_or_goes_unsaid(error: Exception, level: str) -> None:

    def fail(_: int) -> None:
        raise error

    with capture_logs() as said:
        assert await _three_looks(fail) == 3
    assert [(one["event"], one["log_level"]) for one in said] == [
        ("it waits", level)
    ] * 3


async def test_what_has_stopped_before_does_not_look() -> None:
    stop = asyncio.Event()
    stop.set()
    looked = []

    async def look() -> None:
        looked.append(1)

    await keep_looking(look, stop, every_s=0, waiting="it waits", name="looker")
    assert not looked
