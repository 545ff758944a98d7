"""Threads of the host's own: no adapter whose calls hang can use them all up.

Adapters have those of the event loop, which are left to `running`.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_THREADS: Final = ThreadPoolExecutor(max_workers=8, thread_name_prefix="adapter-host")


async def in_thread(act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Returns what `act` returns, which the event loop does not wait for."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_THREADS, lambda: act(*args, **kwargs))
