"""A real server on this machine in front of an interface, for tests of connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from broker.web.server import Application, ServerPlan, serve


@asynccontextmanager
async def served(
    app: Application, plan: ServerPlan | None = None
) -> AsyncIterator[int]:
    """Serves an application on 127.0.0.1 while the block lasts; gives the port."""
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        serve(app, plan or ServerPlan(), stop, port.set_result)
    )
    try:
        yield await port
    finally:
        stop.set()
        await serving
