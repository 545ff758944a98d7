"""A witness put together: its key and memory, over the connection of a party's node.

What a witness does is left to `broker.services.witness`.
"""

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from broker.app.credentials import NodeKeys
from broker.app.files_over_bus import FilesOverBus, ask_desk
from broker.app.node_folder import Node
from broker.app.node_link import connected
from broker.app.witness_files import WitnessFolder
from broker.core.errors import BusError
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus
from broker.infra.nats_news import follow_news
from broker.infra.witness_store import WitnessStore
from broker.services.witness import Look, Witness
from broker.services.witness_ports import WitnessPorts
from keys.cosigning import CosigningKey
from keys.directory.client import DirectoryClient
from keys.directory.model import FederationRecord

EVERY_S: Final = 0.5
"""Between two looks: a change of the directory waits for the witnesses."""
_FRESH_MS: Final = 60_000  # for which a directory need not be fetched again
_CONNECT_WAIT_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessParts:
    """What a witness is put together from.

    Attributes:
        node: Over whose connection it asks, and where its alarms go.
        node_keys: The keys of that node.
        folder: The witness's own.
        key: What it cosigns with.
        memory: What it has seen.
    """

    node: Node
    node_keys: NodeKeys
    folder: WitnessFolder
    key: CosigningKey
    memory: WitnessStore


class _StewardsWord:
    """The federation record over a connection, kept for a minute."""

    def __init__(self, parts: WitnessParts, bus: Bus) -> None:
        files = FilesOverBus(bus, asyncio.get_running_loop())
        self._client = DirectoryClient(
            parts.folder.directory_copy,
            parts.node.federation.root,
            files.fetch,
            fetch_many=files.fetch_many,
        )
        self._kept: FederationRecord | None = None
        self._fetched_ms = 0

    def doubt(self) -> None:
        """Has it fetched anew when it is needed next."""
        self._fetched_ms = 0

    async def current(self) -> FederationRecord:
        """Returns what was fetched within the last minute, or is fetched now.

        Raises:
            DirectoryError: It cannot be had.
        """
        age_ms = SYSTEM_CLOCK.now_ms() - self._fetched_ms
        if self._kept is not None and 0 <= age_ms < _FRESH_MS:
            return self._kept
        return await self.refresh()

    async def refresh(self) -> FederationRecord:
        """Returns what is fetched now.

        Raises:
            DirectoryError: It cannot be had.
        """
        now_ms = SYSTEM_CLOCK.now_ms()
        view = await asyncio.to_thread(self._client.refresh, now_ms)
        self._kept, self._fetched_ms = view.federation, now_ms
        return view.federation


async def run_witness(
    parts: WitnessParts, stop: asyncio.Event, *, every_s: float = EVERY_S
) -> None:
    """Cosigns until `stop` is set; a hub that cannot be reached is waited for.

    Args:
        parts: What it is put together from.
        stop: Ends it.
        every_s: Seconds between two looks.

    Raises:
        ConfigurationError: The bus cannot be used as set.
    """
    name = f"witness-{os.getpid()}"
    async with connected(parts.node, parts.node_keys, name=name, wait_s=0) as bus:
        witness, word = _witness(parts, bus, every_s)

        def heard() -> None:
            word.doubt()
            witness.nudge()

        with suppress(BusError):
            await bus.wait_connected(_CONNECT_WAIT_S)
        with suppress(BusError):
            await follow_news(bus, heard)
        await witness.run(stop)


async def look_once(parts: WitnessParts) -> Look:
    """Looks at the log once, and cosigns it if it may be.

    Raises:
        BusError: The hub cannot be reached.
        DirectoryError: The directory cannot be had.
        ProofError: The log did not sign what the hub shows.
        StoreError: It could not be remembered; nothing was cosigned.
    """
    name = f"witness-{os.getpid()}"
    async with connected(parts.node, parts.node_keys, name=name) as bus:
        witness, _ = _witness(parts, bus, EVERY_S)
        return await witness.look()


def _witness(
    parts: WitnessParts, bus: Bus, every_s: float
) -> tuple[Witness, _StewardsWord]:
    word = _StewardsWord(parts, bus)
    ports = WitnessPorts(
        ask=lambda question: ask_desk(bus, question),
        federation=word,
        memory=parts.memory,
        alarm=parts.node.store.raise_alarm_once,
        clock=SYSTEM_CLOCK,
    )
    return Witness(parts.key, ports, every_s=every_s), word
