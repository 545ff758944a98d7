"""News of the hub that every party hears: a hint to look, and nothing to rely on."""

from collections.abc import Callable

from nats.aio.msg import Msg

from broker.core import subjects
from broker.infra.nats_bus import Bus


async def tell_version(bus: Bus, version: int) -> None:
    """Tells every party that there is a new version of the directory.

    Raises:
        BusUnavailableError: Nobody there.
    """
    await bus.publish(subjects.NEWS, b"%d" % version)


async def follow_news(bus: Bus, nudge: Callable[[], None]) -> None:
    """Has `nudge` called whenever the hub says that the directory has changed.

    Also after every reconnection, since news may have been missed.

    Raises:
        BusUnavailableError: The connection broke just now; it will be tried again.
    """

    async def take(_news: Msg) -> None:
        nudge()

    async def attach() -> None:
        await bus.subscribe(subjects.NEWS, take)
        nudge()

    await bus.on_connected(attach)
