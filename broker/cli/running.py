"""Runs asynchronous commands, and ends them politely on Ctrl-C or SIGTERM."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, Final, TypeVar

import uvloop

GRACE_S: Final = 3.0
"""How long a service that was asked to end may take for it."""

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Runs a command that ends by itself."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(coroutine)


def run_until_stopped(serve: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Runs a service until it is asked to end, by Ctrl-C or SIGTERM.

    It then has `GRACE_S` seconds to finish what it has begun, unless it is asked again.
    After that it is cut off: somebody on whose answer it waits may never give one, and
    a service that survives a power cut survives this.
    """

    async def until_signal() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        serving = asyncio.ensure_future(serve(stop))

        def ask() -> None:
            if stop.is_set():
                serving.cancel()
            else:
                stop.set()
                loop.call_later(GRACE_S, serving.cancel)

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ask)
        with suppress(asyncio.CancelledError):
            await serving

    run(until_signal())
