"""The figures of a node: what expires, what waits, what somebody must look at.

From the node's own folder alone, but for the certificate that the bus shows, which is
looked at now and then.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from broker.app.adapters.figures import adapter_figures
from broker.app.figures import SECOND_MS, Meters, expiry_figures, newest_end_ms, single
from broker.app.node_folder import Node, stored_trust
from broker.core.errors import BrokerError
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.metrics_server import Figure, served_figures
from broker.infra.nats_tls import is_tls, shown_certificate
from keys.directory.client import DirectoryClient
from keys.directory.model import PartyEntry
from keys.errors import KeysError

_LOOK_S: Final = 3600.0
_RETRY_S: Final = 60.0
_ANSWER_S: Final = 10.0


class NodeFigures:
    """Gathers the figures of a node.

    Args:
        node: The node.
        meters: What this process counts.
    """

    def __init__(self, node: Node, meters: Meters) -> None:
        self._node = node
        self._meters = meters
        self._certificates: dict[str, int] = {}

    async def look_at_bus(self) -> None:
        """Looks at the certificate of the bus now and then, until it is cancelled."""
        url = self._node.settings.bus_url
        while is_tls(url):
            wait_s = _RETRY_S
            with suppress(BrokerError):
                shown = await shown_certificate(url, timeout_s=_ANSWER_S)
                self._certificates = {"server": shown.valid_to_ms}
                wait_s = _LOOK_S
            await asyncio.sleep(wait_s)

    def gather(self) -> Iterator[Figure]:
        """Yields the figures; those that cannot be had are left out."""
        now_ms = SYSTEM_CLOCK.now_ms()
        with suppress(KeysError):
            trust = stored_trust(self._node)
            entry = trust.view.parties.get(self._node.party)
            text = "Version of the directory that this node goes by."
            yield single("directory_version", text, trust.view.version)
            yield from self._expiries(entry, now_ms)
            if entry is not None:
                yield _attestation(entry, now_ms)
        with suppress(BrokerError):
            yield from self._store()
            yield from adapter_figures(self._node.store, now_ms)
        yield single(
            "directory_refresh_failures",
            "How often the directory could not be had.",
            self._meters.refresh_failures,
            counts=True,
        )

    def _expiries(self, entry: PartyEntry | None, now_ms: int) -> Iterator[Figure]:
        directory = {"present": self._in_force_until(now_ms)}
        keys: dict[str, int] = {}
        if entry is not None:
            if entry.expires_ms is not None:
                directory["record"] = entry.expires_ms
            keys["signing"] = newest_end_ms(entry.record.signing_keys)
            keys["sealing"] = newest_end_ms(entry.record.encryption_keys)
        yield from expiry_figures(self._certificates, directory, keys, now_ms)

    def _in_force_until(self, now_ms: int) -> int:
        folder, root = self._node.folder.directory_copy, self._node.federation.root
        return DirectoryClient(folder, root, _nobody).in_force_until(now_ms)

    def _store(self) -> Iterator[Figure]:
        store = self._node.store
        for name, text, value in (
            ("outbox_waiting", "Items that wait for the hub.", store.count_waiting),
            (
                "inbox_waiting",
                "Messages that were delivered and not opened yet.",
                store.count_unopened,
            ),
            ("alarms", "Alarms that were raised, ever.", store.count_alarms),
            (
                "alarms_open",
                "Alarms that nobody has looked at and nothing has settled.",
                store.count_open_alarms,
            ),
            (
                "promises_broken",
                "Promises of the hub to log a receipt that were found to be broken.",
                store.count_broken_promises,
            ),
        ):
            yield single(name, text, value())
        missing = sum(len(gap.missing) for gap in store.gaps())
        text = "Messages whose numbers show that they ought to be here."
        yield single("messages_missing", text, missing)
        waiting = store.quarantined()
        text = "Messages that wait until a person has looked at them."
        yield single("quarantine_waiting", text, len(waiting))
        since_ms = min((one.since_ms for one in waiting), default=None)
        age_ms = 0 if since_ms is None else SYSTEM_CLOCK.now_ms() - since_ms
        text = "Since the first of them began to wait; 0 when none does."
        yield single("quarantine_age_seconds", text, age_ms / SECOND_MS)


@asynccontextmanager
async def served_node_figures(node: Node, meters: Meters) -> AsyncIterator[None]:
    """Serves the figures of a node as long as the block lasts, if that is wanted.

    Raises:
        ConfigurationError: The port cannot be had.
    """
    if not node.settings.metrics_port:
        yield
        return
    figures = NodeFigures(node, meters)
    with served_figures(node.settings.metrics_port, figures.gather):
        looking = asyncio.create_task(figures.look_at_bus())
        try:
            yield
        finally:
            looking.cancel()


def _attestation(entry: PartyEntry, now_ms: int) -> Figure:
    at_ms = entry.record.attested_at_ms
    # Never is longer ago than anything.
    age_s = float("inf") if at_ms is None else (now_ms - at_ms) / SECOND_MS
    text = "Since the party attested its contacts; +Inf when it never did."
    return single("attestation_age_seconds", text, age_s)


def _nobody(_path: str) -> bytes | None:
    return None
