"""Looks whether all is well with a node, and says what to do where it is not.

Its keys, the hub as this node sees it, the directory, and what waits. How it is shown
is left to the command line.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from broker.app.adapters.checks import adapter_findings
from broker.app.contacts import attestation_finding
from broker.app.credentials import NodeKeys
from broker.app.finding import Finding, left
from broker.app.node_clock import read_clock
from broker.app.node_folder import LIMITS, Node, stored_trust
from broker.app.node_link import connected, trust_keeper
from broker.core.clocks import Verdict
from broker.core.errors import BrokerError, BusRefusedError
from broker.core.pending import PendingState
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus
from broker.infra.nats_tls import is_tls, shown_certificate
from keys.directory.model import PartyEntry
from keys.errors import KeysError

_ENOUGH_BYTES: Final = 1 << 30
_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS
_ANSWER_S: Final = 5.0


async def check_node(node: Node, unlock: Callable[[], NodeKeys]) -> list[Finding]:
    """Returns what is well with a node, and what is not.

    Args:
        node: The node.
        unlock: Opens its keystore.
    """
    try:
        keys = unlock()
    except (KeysError, BrokerError) as error:
        found = [
            Finding(
                name="keys",
                well=False,
                text=str(error),
                hint="without the keys nothing can be sent or opened",
            )
        ]
    else:
        found = [
            Finding(name="keys", well=True, text="the keystore opens"),
            *await _certificate(node),
            *await _hub(node, keys),
        ]
    return [
        *found,
        *_directory(node),
        _disk(node.folder.root),
        *_store(node),
        *adapter_findings(node, SYSTEM_CLOCK.now_ms()),
    ]


async def _certificate(node: Node) -> list[Finding]:
    """Looks at what the bus shows, be it trusted or not: that is said by `_hub`."""
    url = node.settings.bus_url
    try:
        if not is_tls(url):
            return []
        shown = await shown_certificate(url, timeout_s=_ANSWER_S)
    except BrokerError:
        return []
    return [
        left(
            "certificate",
            "of the message bus valid for",
            shown.valid_to_ms,
            "tell the hub's operator: when it has expired, nobody can connect",
            now_ms=SYSTEM_CLOCK.now_ms(),
        )
    ]


async def _hub(node: Node, keys: NodeKeys) -> list[Finding]:
    try:
        async with connected(node, keys, name=f"doctor-{os.getpid()}") as bus:
            # Before the directory: a clock that is far off is why it does not verify.
            clock = await _clock(node, bus)
            try:
                await trust_keeper(node, bus).refresh()
            except (KeysError, BrokerError) as error:
                return [_no_hub(node, error), *clock]
    except BusRefusedError as error:
        return [
            Finding(
                name="hub",
                well=False,
                text=str(error),
                hint="the hub does not admit this party: did the stewards admit "
                f"{node.folder.join_request}, or suspend the party since?",
            )
        ]
    except (KeysError, BrokerError) as error:
        return [_no_hub(node, error)]
    text = f"answers at {node.settings.bus_url}"
    return [Finding(name="hub", well=True, text=text), *clock]


def _no_hub(node: Node, error: Exception) -> Finding:
    hint = f"is the hub running, and {node.settings.bus_url} its address?"
    if "certificate" in str(error):
        hint = (
            "check this machine's clock, and whether the hub's operator has given out "
            "a new federation.json: put it in the place of "
            f"{node.folder.federation}, or its authorities into bus_authorities"
        )
    return Finding(name="hub", well=False, text=str(error), hint=hint)


async def _clock(node: Node, bus: Bus) -> list[Finding]:
    try:
        found = await read_clock(node, bus)
    except BrokerError:
        return []  # said by the question for the directory, which fails as well
    if found is None:
        return []
    return [
        Finding(
            name="clock",
            well=found.verdict is Verdict.AGREE,
            text=found.describe(),
            hint=found.advise(LIMITS.clock_skew_ms),
        )
    ]


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
    suspension = trust.view.federation.membership(node.party).suspension
    if suspension is not None:
        yield Finding(
            name="standing",
            well=False,
            text=f"the stewards suspended {node.party}: {suspension.reason}",
            hint="nothing is taken from it nor brought to it until they reinstate it",
        )
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
    yield from _entry(entry, node.folder.root, publish)


def _entry(entry: PartyEntry, folder: Path, publish: str) -> Iterator[Finding]:
    now_ms = SYSTEM_CLOCK.now_ms()
    if entry.expires_ms is not None:
        what = "to be published again within"
        yield left("record", what, entry.expires_ms, publish, now_ms=now_ms)
    for name, keys in (
        ("signing", entry.record.signing_keys),
        ("sealing", entry.record.encryption_keys),
    ):
        until_ms = max((k.valid_to_ms for k in keys if k.valid_at(now_ms)), default=0)
        hint = f"rogatory keys rotate --node {folder}"
        yield left(name, "key valid for", until_ms, hint, now_ms=now_ms)
    yield attestation_finding(entry.record, now_ms)


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
    yield _quarantine(node)
    yield _approvals(node)
    gaps = node.store.gaps()
    yield Finding(
        name="sequence",
        well=not gaps,
        text="no message is missing"
        if not gaps
        else "missing: "
        + "; ".join(f"{len(gap.missing)} of {gap.party}" for gap in gaps),
        hint="the running node asks for them: rogatory links" if gaps else "",
    )
    yield _alarms(node)


def _alarms(node: Node) -> Finding:
    newest = node.store.sounded_alarms(1, only_open=True)
    if not newest:
        return Finding(name="alarms", well=True, text="none is open")
    [one] = newest
    return Finding(
        name="alarms",
        well=False,
        text=f"{node.store.count_open_alarms()} open, the newest about "
        f"{one.alarm.topic}: {one.alarm.text}",
        hint="somebody must look at them: rogatory alarms",
    )


def _quarantine(node: Node) -> Finding:
    waiting = node.store.quarantined()
    if not waiting:
        text = "nothing waits for a person"
        return Finding(name="quarantine", well=True, text=text)
    age_ms = SYSTEM_CLOCK.now_ms() - waiting[0].since_ms
    return Finding(
        name="quarantine",
        well=age_ms < _DAY_MS,
        text=f"{len(waiting)} message(s) wait for a person, the first for "
        f"{age_ms // _HOUR_MS} h",
        hint="decide about them: rogatory quarantine list",
    )


def _approvals(node: Node) -> Finding:
    waiting = node.store.pending(PendingState.WAITING)
    if not waiting:
        text = "nothing waits for officers"
        return Finding(name="approvals", well=True, text=text)
    now_ms = SYSTEM_CLOCK.now_ms()
    age_ms = now_ms - min(one.held_ms for one in waiting)
    left_ms = min(one.lapses_ms for one in waiting) - now_ms
    return Finding(
        name="approvals",
        well=age_ms < _DAY_MS,
        text=f"{len(waiting)} document(s) wait for officers, the first for "
        f"{age_ms // _HOUR_MS} h; the next lapses in {max(0, left_ms) // _HOUR_MS} h",
        hint="who has to approve: rogatory pending list",
    )
