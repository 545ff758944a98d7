"""The figures of a hub: what expires, how much it has decided, how large its log is.

Each is looked up on the disk when it is asked for; what cannot be looked up is left
out, and the rest told all the same.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from broker.app.certificates import server_files
from broker.app.figures import Meters, expiry_figures, newest_end_ms, single
from broker.app.hub_folder import Hub
from broker.app.timekeeping import stamp_figures
from broker.app.witness_figures import witness_figures
from broker.core.errors import BrokerError
from broker.core.flows.relay import Accepted, Forwarded, Outcome, Refused
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.log_store import LogStore
from broker.infra.metrics_server import Figure, served_figures
from keys.certificates import read_certificate
from keys.directory.archive import Archive
from keys.directory.codec import decode_federation
from keys.directory.expiries import expiries
from keys.errors import KeysError


def outcome_name(outcome: Outcome) -> str:
    """Returns what a decision of the relay is counted as."""
    match outcome:
        case Accepted():
            return "accepted"
        case Forwarded():
            return "forwarded"
        case Refused():
            return outcome.code.value


def hub_figures(hub: Hub, meters: Meters) -> Callable[[], Iterator[Figure]]:
    """Returns what gathers the figures of a hub process.

    Args:
        hub: The hub.
        meters: What this process counts.
    """

    def gather() -> Iterator[Figure]:
        archive = Archive(hub.folder.directory)
        yield from expiry_figures(
            _certificates(hub),
            _directory(archive),
            _keys(archive),
            SYSTEM_CLOCK.now_ms(),
        )
        with suppress(KeysError):
            text = "Version of the directory in force."
            yield single("directory_version", text, archive.version())
            text = "Parties that have published and are none less."
            yield single("parties", text, len(archive.accounts()))
        with suppress(BrokerError), LogStore.open_reader(hub.folder.log) as log:
            yield single("log_entries", "Entries of the log.", log.head().size)
            text = "Entries that went into the log after the hub's promise had run out."
            yield single("log_promises_broken", text, log.count_broken())
        yield from stamp_figures(hub)
        yield from witness_figures(hub)
        yield Figure(
            name="relay_decisions",
            help="What the relay workers of this process have decided, by outcome.",
            values={what: float(n) for what, n in dict(meters.decisions).items()},
            label="outcome",
            counts=True,
        )
        yield single(
            "directory_refresh_failures",
            "How often the directory could not be had.",
            meters.refresh_failures,
            counts=True,
        )

    return gather


@contextmanager
def served_hub_figures(
    hub: Hub, meters: Meters, *, leads: bool, worker: int
) -> Iterator[None]:
    """Serves the figures of a hub process as long as the block lasts, if wanted.

    Of the processes of one hub, the one with the registrar has the port that is set.
    One with a relay worker alone has that many more ports further on as its number,
    and serves what it has counted itself.

    Args:
        hub: The hub.
        meters: What this process counts.
        leads: Whether the registrar is in this process.
        worker: The number of its first relay worker; 0 where it has none.

    Raises:
        ConfigurationError: The port cannot be had.
    """
    port = hub.settings.metrics_port
    if not port or not (leads or worker):
        yield
        return
    with served_figures(port if leads else port + worker, hub_figures(hub, meters)):
        yield


def _certificates(hub: Hub) -> dict[str, int]:
    found = {}
    if hub.speaks_tls:
        with suppress(BrokerError):
            server = server_files(hub.folder, hub.settings).read()
            found["server"] = server.valid_to_ms
        with suppress(OSError, KeysError):
            authority = read_certificate(hub.folder.authority.read_bytes())
            found["authority"] = authority.valid_to_ms
    return found


def _directory(archive: Archive) -> dict[str, int]:
    with suppress(KeysError):
        found = expiries(archive)
        return {
            "root": found.root_ms,
            "targets": found.targets_ms,
            "snapshot": found.snapshot_ms,
            "timestamp": found.timestamp_ms,
        }
    return {}


def _keys(archive: Archive) -> dict[str, int]:
    with suppress(KeysError):
        record = decode_federation(archive.federation())
        return {"receipts": newest_end_ms(record.hub_keys)}
    return {}
