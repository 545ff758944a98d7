"""`rogatory doctor`: is everything as it should be, and if not, what to do."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from broker.app.finding import Finding
from broker.app.node_folder import Node, stored_trust
from broker.app.node_link import connected, trust_keeper
from broker.cli.findings import show_findings
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.running import run
from broker.cli.secrets_prompt import passphrase_for
from broker.cli.session import node_session
from broker.core.errors import BrokerError, BusRefusedError
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from keys.errors import KeysError

_DAY_MS: Final = 86_400_000
_WARN_DAYS: Final = 30
_ENOUGH_BYTES: Final = 1 << 30


def doctor(
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Checks a node: keys, directory, policy, hub, disk, and what waits."""
    with node_session(node_dir) as node:
        findings = [
            *_keys(node, passphrase_file),
            *_directory(node),
            _disk(node.folder.root),
            *_store(node),
        ]
    show_findings(findings, as_json=as_json)


def _keys(node: Node, passphrase_file: Path | None) -> Iterator[Finding]:
    try:
        keys = node.unlock(passphrase_for(node.settings, passphrase_file))
    except (KeysError, BrokerError) as error:
        yield Finding(
            name="keys",
            well=False,
            text=str(error),
            hint="without the keys nothing can be sent or opened",
        )
        return
    yield Finding(name="keys", well=True, text="the keystore opens")

    async def ask() -> Trust:
        async with connected(node, keys, name=f"doctor-{os.getpid()}") as bus:
            return await trust_keeper(node, bus).refresh()

    try:
        run(ask())
    except BusRefusedError as error:
        yield Finding(
            name="hub",
            well=False,
            text=str(error),
            hint="the hub does not admit this party: did the stewards admit "
            f"{node.folder.join_request}?",
        )
    except (KeysError, BrokerError) as error:
        yield Finding(
            name="hub",
            well=False,
            text=str(error),
            hint=f"is the hub running, and {node.settings.bus_url} its address?",
        )
    else:
        yield Finding(name="hub", well=True, text=f"answers at {node.settings.bus_url}")


def _directory(node: Node) -> Iterator[Finding]:
    try:
        trust = stored_trust(node)
        entry = trust.view.parties.get(node.party)
    except KeysError as error:
        yield Finding(
            name="directory",
            well=False,
            text=str(error),
            hint="run the node while the hub can be reached; check this clock",
        )
        return
    yield Finding(
        name="directory",
        well=True,
        text=f"version {trust.view.version}, {len(trust.view.parties)} parties",
    )
    publish = f"rogatory node publish {node.folder.root}"
    if entry is None:
        yield Finding(
            name="record",
            well=False,
            text=trust.view.failed.get(node.party, f"{node.party} is not a party"),
            hint=publish,
        )
        return
    well = node.party in trust.engines
    yield Finding(
        name="policy",
        well=well,
        text="published" if well else trust.problems[node.party],
        hint="" if well else publish,
    )
    if entry.expires_ms is not None:
        yield _left("record", "to be published again within", entry.expires_ms, publish)
    now_ms = SYSTEM_CLOCK.now_ms()
    for name, keys in (
        ("signing", entry.record.signing_keys),
        ("sealing", entry.record.encryption_keys),
    ):
        until_ms = max((k.valid_to_ms for k in keys if k.valid_at(now_ms)), default=0)
        yield _left(name, "key valid for", until_ms, "the party needs a new key")


def _left(name: str, what: str, until_ms: int, hint: str) -> Finding:
    days = max(0, (until_ms - SYSTEM_CLOCK.now_ms()) // _DAY_MS)
    well = days >= _WARN_DAYS
    text = f"{what} {days} days"
    return Finding(name=name, well=well, text=text, hint="" if well else hint)


def _disk(root: Path) -> Finding:
    free = shutil.disk_usage(root).free
    return Finding(
        name="disk",
        well=free > _ENOUGH_BYTES,
        text=f"{free / 1e9:.1f} GB free",
        hint="" if free > _ENOUGH_BYTES else "less than 1 GiB: make room",
    )


def _store(node: Node) -> Iterator[Finding]:
    waiting = node.store.count_waiting()
    yield Finding(
        name="outbox",
        well=waiting == 0,
        text=f"{waiting} item(s) wait for the hub",
        hint=f"is it running? rogatory node run {node.folder.root}" if waiting else "",
    )
    gaps = node.store.gaps()
    yield Finding(
        name="sequence",
        well=not gaps,
        text="no message is missing"
        if not gaps
        else "missing: "
        + "; ".join(f"{len(gap.missing)} of {gap.party}" for gap in gaps),
        hint="ask their origin to send them again" if gaps else "",
    )
    alarms = node.store.alarms(5)
    yield Finding(
        name="alarms",
        well=not alarms,
        text="none" if not alarms else f"{alarms[0].topic}: {alarms[0].text}",
        hint="an operator must look at these" if alarms else "",
    )
