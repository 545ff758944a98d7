"""The loop of every service that looks again and again whether something is due.

What is looked at, and what is done about it, is left to the services.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog

from broker.core.errors import BrokerError
from keys.errors import KeysError

BACKOFF_S: Final = 60.0


async def keep_looking(
    look: Callable[[], Awaitable[object]],
    stop: asyncio.Event,
    *,
    every_s: float,
    waiting: str,
    name: str,
    backoff_s: float = BACKOFF_S,
) -> None:
    """Looks until `stop` is set, whatever a look meets.

    Such services stand beside the traffic: neither a store that is full nor a flaw of
    ours may end what the messages of the party depend on. What was meant to be done
    is due still, and is tried again.

    Args:
        look: Does what is due. An error means that it is due still.
        stop: Ends it.
        every_s: Seconds between two looks.
        waiting: What the log says after an error: what waits.
        name: Of the service, in the log.
        backoff_s: Seconds to the next look after an error, if they are more.
    """
    log = structlog.get_logger(name)
    while not stop.is_set():
        wait_s = every_s
        try:
            await look()
        except (BrokerError, KeysError) as error:
            log.warning(waiting, reason=str(error))
            wait_s = max(every_s, backoff_s)
        except Exception:  # a flaw of ours must not end the node or the hub
            log.exception(waiting)
            wait_s = max(every_s, backoff_s)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait_s)
