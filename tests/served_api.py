"""The interface of a node on a port, as other systems reach it: over real HTTP.

What the node holds is left to `tests.api_world`.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from broker.web.server import ServerPlan, serve
from tests.api_world import ApiWorld


@contextmanager
def served(world: ApiWorld, plan: ServerPlan | None = None) -> Iterator[str]:
    """Serves the interface on a thread of its own; gives its address.

    Args:
        world: The node.
        plan: How; None: without TLS, on any port that is free.
    """
    plan = plan or ServerPlan()
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    ports: list[int] = []
    ready = threading.Event()

    def tell(port: int) -> None:
        ports.append(port)
        ready.set()

    async def run() -> None:
        try:
            await serve(world.app, plan, stop, tell)
        finally:
            ready.set()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    try:
        assert ready.wait(30)
        scheme = "http" if plan.certificate is None else "https"
        yield f"{scheme}://{plan.host}:{ports[0]}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
