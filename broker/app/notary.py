"""The hub's snapshots of the directory on their way into its log.

What has to be said about them, and when, is left to the service.
"""

from contextlib import suppress

from broker.app.hub_folder import Hub
from broker.core import subjects
from broker.core.errors import ConfigurationError, StoreError
from broker.infra.log_reader import LogReader
from broker.infra.nats_audit_tail import NatsLogTail
from broker.infra.nats_bus import Bus
from broker.infra.nats_news import tell_version
from broker.infra.nats_streams import NatsLedger
from broker.services.snapshot_notary import NotaryPorts, SnapshotNotary
from keys.directory.archive import Archive
from keys.directory.codec import decode_federation


def snapshot_notary(hub: Hub, bus: Bus) -> SnapshotNotary:
    """Returns what has every version of the hub's directory logged.

    Args:
        hub: The hub.
        bus: A connection that may write what the registrar says.
    """
    archive = Archive(hub.folder.directory)
    opened: list[LogReader] = []

    def open_log() -> LogReader | None:
        # There is none before the log writer has run for the first time.
        if not opened:
            with suppress(ConfigurationError, StoreError):
                opened.append(LogReader(hub.folder.log))
        return opened[0] if opened else None

    return SnapshotNotary(
        NotaryPorts(
            snapshots=archive,
            log=open_log,
            tail=NatsLogTail(bus, subject=subjects.SNAPSHOTS),
            ledger=NatsLedger(bus),
            origin=lambda: decode_federation(archive.federation()).log_origin,
            tell=lambda version: tell_version(bus, version),
        )
    )
