"""`rogatory directory at`: the directory as it was, proven by the log."""

import os
from pathlib import Path
from typing import Annotated

import typer

from broker.app.directory_history import PastDirectory, past_of_hub, past_of_node
from broker.app.node_link import connected, trust_keeper
from broker.cli.directory_fields import party_fields
from broker.cli.options import (
    HUB_VARIABLE,
    NODE_VARIABLE,
    HubOption,
    JsonOption,
    NodeOption,
    PassphraseOption,
    hub_folder,
)
from broker.cli.output import note, print_json, print_table
from broker.cli.running import run
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.status import iso_time, parse_time
from broker.core.trust import Trust, build_trust
from keys.directory.model import PartyRecord, PublishedKey
from keys.errors import RefreshError
from keys.identity import PartyId

_COLUMNS = ("party", "name", "signing keys", "standing")


def at(
    time: Annotated[
        str, typer.Argument(help="When, with its zone: 2031-05-04T12:00:00Z.")
    ],
    party: Annotated[
        str | None, typer.Argument(help="One party; all if absent.")
    ] = None,
    hub: HubOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows the directory as it was at a time, also parties that have left since.

    Which one was in force is proven by the hub's log; what it said, by the stewards'
    and the parties' signatures, judged at that time. Nothing is taken from the hub on
    trust. With --hub FOLDER, the same of a hub's own folder.
    """
    at_ms = parse_time(time)
    wanted = None if party is None else PartyId(party)
    past = _past(at_ms, hub, node_dir, passphrase_file)
    trust = build_trust(past.view)
    if wanted is not None and wanted in past.view.failed:
        raise RefreshError(past.view.failed[wanted])
    records = (
        [entry.record for _, entry in sorted(past.view.parties.items())]
        if wanted is None
        else [past.view.record(wanted)]
    )
    if as_json:
        print_json(_fields(past, trust, records))
    else:
        _show(past, records)


def _past(
    at_ms: int, hub: Path | None, node_dir: Path | None, passphrase_file: Path | None
) -> PastDirectory:
    named_node = node_dir is not None or NODE_VARIABLE in os.environ
    if hub is not None or (not named_node and HUB_VARIABLE in os.environ):
        return run(past_of_hub(hub_folder(hub)).at(at_ms))
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)

        async def ask() -> PastDirectory:
            async with connected(node, keys, name=f"history-{os.getpid()}") as bus:
                trust = await trust_keeper(node, bus).refresh()
                return await past_of_node(node, bus, trust).at(at_ms)

        return run(ask())


def _fields(
    past: PastDirectory, trust: Trust, records: list[PartyRecord]
) -> dict[str, object]:
    said = past.proven.statement
    return {
        "at": iso_time(past.at_ms),
        "federation": past.view.federation.name,
        "version": said.version,
        "snapshot_sha256": said.digest.hex(),
        "signed_at": iso_time(said.signed_at_ms),
        "log": {
            "origin": said.origin,
            "index": past.proven.index,
            "leaf": said.to_bytes().hex(),
            "path": [node.hex() for node in past.proven.path],
            "checkpoint": past.proven.checkpoint,
        },
        "parties": [party_fields(record, trust, past.at_ms) for record in records],
        "failed": dict(past.view.failed),
    }


def _show(past: PastDirectory, records: list[PartyRecord]) -> None:
    said = past.proven.statement
    note(
        f"{past.view.federation.name} at {iso_time(past.at_ms)}: version "
        f"{said.version}, signed {iso_time(said.signed_at_ms)}, entry "
        f"{past.proven.index} of {said.origin}"
    )
    print_table(
        _COLUMNS,
        [_row(past, record) for record in records],
        empty="No party had been admitted yet.",
    )
    for code, problem in past.view.failed.items():
        note(f"{code} could not be relied on: {problem}")


def _row(past: PastDirectory, record: PartyRecord) -> tuple[str, ...]:
    membership = past.view.federation.membership(record.party)
    suspended = membership.suspension
    standing = "good"
    if suspended is not None and past.at_ms >= suspended.since_ms:
        standing = f"suspended: {suspended.reason}"
    keys = ", ".join(_key(key, past.at_ms) for key in record.signing_keys)
    return record.party, record.name, keys, standing


def _key(key: PublishedKey, at_ms: int) -> str:
    valid = "" if key.valid_at(at_ms) else " (not valid)"
    return f"{key.key_id.hex()[:16]}{valid}"
