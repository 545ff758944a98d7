"""`rogatory doctor`: is everything as it should be, and if not, what to do."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typer

from broker.app.node import Node, connected, stored_trust, trust_keeper
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json
from broker.cli.running import run
from broker.cli.secrets_prompt import passphrase_for
from broker.cli.session import node_session
from broker.core.errors import BrokerError, BusRefusedError
from broker.core.sentences import ExitCode
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from keys.errors import KeysError

_DAY_MS: Final = 86_400_000
_WARN_DAYS: Final = 30
_ENOUGH_BYTES: Final = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        hint: What to do about it, when it is not well.
    """

    name: str
    well: bool
    text: str
    hint: str = ""


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
    if as_json:
        print_json(
            {
                "well": all(one.well for one in findings),
                "checks": [
                    {"name": f.name, "well": f.well, "text": f.text, "hint": f.hint}
                    for f in findings
                ],
            }
        )
    else:
        for one in findings:
            print(f"{'ok  ' if one.well else 'FAIL'}  {one.name:<10} {one.text}")
            if one.hint:
                note(f"      → {one.hint}")
    if not all(one.well for one in findings):
        raise typer.Exit(ExitCode.FAILURE)


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
        record = trust.view.record(node.party)
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
    well = node.party in trust.engines
    yield Finding(
        name="policy",
        well=well,
        text="published" if well else trust.problems[node.party],
        hint="" if well else f"rogatory node publish {node.folder.root}",
    )
    now_ms = SYSTEM_CLOCK.now_ms()
    for name, keys in (
        ("signing", record.signing_keys),
        ("sealing", record.encryption_keys),
    ):
        left = (
            max((k.valid_to_ms for k in keys if k.valid_at(now_ms)), default=0) - now_ms
        )
        days = max(0, left // _DAY_MS)
        yield Finding(
            name=name,
            well=days > _WARN_DAYS,
            text=f"key valid for {days} days",
            hint="" if days > _WARN_DAYS else "the party needs a new key",
        )


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
