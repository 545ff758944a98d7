"""What of a hub runs out, and what should not lie in its folder: looked at on the disk.

Whether it works at this moment is left to `hub_check`, which asks over the bus.
"""

from collections.abc import Iterator
from typing import Final

from broker.app.certificates import is_own, server_files
from broker.app.finding import Finding, left
from broker.app.hub_folder import Hub
from broker.core.errors import BrokerError, ConfigurationError
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_tls import shown_certificate
from keys.certificates import CertificateFacts, read_certificate
from keys.directory.archive import Archive
from keys.directory.expiries import expiries
from keys.errors import KeysError

_ANSWER_S: Final = 5.0
_DAY_MS: Final = 86_400_000
# The hub signs the snapshot again when half of its week is over.
_SNAPSHOT_WARN_MS: Final = 2 * _DAY_MS


def look_ahead(hub: Hub) -> Iterator[Finding]:
    """Yields what soon runs out, or has, and what must be taken away."""
    yield from _directory(hub)
    if hub.speaks_tls:
        yield from _files(hub)
    kept = sorted(hub.folder.stewards.glob("*.keys"))
    if kept:
        yield Finding(
            name="stewards",
            well=True,
            text=f"warning: {len(kept)} stewards' key(s) lie in {hub.folder.stewards}",
            hint="take them away: with enough of them, whoever has this machine "
            "decides who is a party",
        )


async def look_at_bus(hub: Hub) -> list[Finding]:
    """Returns what is wrong with the certificate that the bus shows; it is reached."""
    if not hub.speaks_tls:
        return []
    try:
        shown = await shown_certificate(hub.bus_url, timeout_s=_ANSWER_S)
        there = server_files(hub.folder, hub.settings).read()
    except BrokerError:
        return []  # said by `look_ahead`, and by whoever cannot connect
    if shown.fingerprint == there.fingerprint:
        return []
    if hub.settings.bus == "external" and hub.settings.tls_certificate is None:
        hint = "have the nats-server read it again: send it SIGHUP"
    else:
        hint = "is the bus run from this folder? It should show it within seconds"
    return [
        Finding(
            name="certificate",
            well=False,
            text="the bus shows another one than lies here",
            hint=hint,
        )
    ]


def _directory(hub: Hub) -> Iterator[Finding]:
    now_ms = SYSTEM_CLOCK.now_ms()
    try:
        found = expiries(Archive(hub.folder.directory))
    except KeysError as error:
        yield Finding(
            name="terms", well=False, text=str(error), hint="restore the directory"
        )
        return
    renew = f"the stewards must sign again: rogatory federation renew {hub.folder.root}"
    yield left("root", "valid for", found.root_ms, renew, now_ms=now_ms)
    yield left("targets", "valid for", found.targets_ms, renew, now_ms=now_ms)
    rest_ms = found.snapshot_ms - now_ms
    well = rest_ms > _SNAPSHOT_WARN_MS
    yield Finding(
        name="snapshot",
        well=well,
        text=f"valid for {max(0, rest_ms // _DAY_MS)} days",
        hint="" if well else "the registrar signs it again while it runs: does it?",
    )


def _files(hub: Hub) -> Iterator[Finding]:
    own = hub.settings.tls_certificate is None and is_own(hub.folder)
    try:
        server = server_files(hub.folder, hub.settings).read()
        if own:
            yield _of_authority(read_certificate(hub.folder.authority.read_bytes()))
    except (ConfigurationError, KeysError, OSError) as error:
        yield Finding(
            name="certificate",
            well=False,
            text=str(error),
            hint=f"rogatory hub certificates renew {hub.folder.root}",
        )
        return
    yield left(
        "certificate",
        "of the message bus valid for",
        server.valid_to_ms,
        f"rogatory hub certificates {'renew' if own else 'install'} {hub.folder.root}",
        now_ms=SYSTEM_CLOCK.now_ms(),
    )


def _of_authority(facts: CertificateFacts) -> Finding:
    return left(
        "authority",
        "of the certificates valid for",
        facts.valid_to_ms,
        "found another one, and give every party its certificate",
        now_ms=SYSTEM_CLOCK.now_ms(),
    )
