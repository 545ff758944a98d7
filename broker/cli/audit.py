"""`rogatory audit`: what was logged, and the proof of it.

On a node's folder it speaks of that party's own traffic; on a hub's, of all headers.
"""

import base64
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from broker.app.hub_audit import HubAudit, open_audit
from broker.app.node_link import audit_check, connected, trust_keeper
from broker.cli.options import (
    HUB_VARIABLE,
    HubOption,
    JsonOption,
    NodeOption,
    PassphraseOption,
    hub_folder,
)
from broker.cli.output import note, print_json, print_table
from broker.cli.running import run
from broker.cli.secrets_prompt import unlock
from broker.cli.session import find, node_session
from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.entry import EntryFilter, LoggedEntry, receipt_leaf_hash
from broker.core.audit.snapshot import SNAPSHOT_STAGE, SnapshotStatement
from broker.core.errors import ConfigurationError
from broker.core.model import Receipt, Stage
from broker.core.records import LedgerLine
from broker.core.sentences import ExitCode
from broker.core.status import iso_time
from broker.services.audit_check import AuditResult, Missing, Proven

app = typer.Typer(help="What was logged, and the proof of it.", no_args_is_help=True)

_COLUMNS = ("at", "stage", "by", "to", "message", "code")


def _on_hub(hub: Path | None, node: Path | None) -> bool:
    return hub is not None or (node is None and HUB_VARIABLE in os.environ)


@app.command("list")
def list_entries(
    party: Annotated[str | None, typer.Option(help="Said by or to this party.")] = None,
    stage: Annotated[str | None, typer.Option(help="Such as OPENED.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 100,
    hub: HubOption = None,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists entries, oldest first: at a hub the log, at a node its receipts."""
    if stage is not None and stage.upper() not in (*Stage.__members__, SNAPSHOT_STAGE):
        raise ConfigurationError(
            f"{stage!r} is no stage; there are {', '.join(Stage.__members__)}, and at "
            f"a hub {SNAPSHOT_STAGE}"
        )
    wanted = None if stage is None else stage.upper()
    if _on_hub(hub, node_dir):
        with open_audit(hub_folder(hub)).log as log:
            found = log.entries(EntryFilter(party=party, stage=wanted, limit=limit))
            entries = [_logged_fields(one) for one in found]
    else:
        with node_session(node_dir) as node:
            lines = [
                line.receipt
                for line in node.store.ledger()
                if (party is None or party in (line.receipt.by, line.receipt.to))
                and (wanted is None or line.receipt.stage.name == wanted)
            ]
            entries = [_fields(receipt) for receipt in lines[:limit]]
    if as_json:
        print_json({"entries": entries})
        return
    rows = [[str(one[name])[:24] for name in _COLUMNS] for one in entries]
    print_table(_COLUMNS, rows, empty="Nothing was logged yet.")


def _logged_fields(logged: LoggedEntry) -> dict[str, object]:
    """Returns an entry of the log; of a snapshot, its digest and version."""
    entry = logged.entry
    fields = {
        "at": iso_time(entry.at_ms),
        "stage": entry.stage,
        "by": entry.by,
        "to": entry.to,
        "message": entry.message_digest.hex(),
        "code": entry.code,
        "index": logged.index,
    }
    if not entry.is_snapshot:
        return fields
    version = SnapshotStatement.from_bytes(entry.leaf_data).version
    return {**fields, "code": f"version {version}", "version": version}


def _fields(receipt: Receipt) -> dict[str, object]:
    return {
        "at": iso_time(receipt.at_ms),
        "stage": receipt.stage.name,
        "by": receipt.by,
        "to": receipt.to,
        "message": receipt.message_digest.hex(),
        "code": receipt.code,
    }


@app.command("verify")
def verify(
    hub: HubOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Checks the log. Exit code 0: all of it holds.

    At a node: every receipt it holds is signed by who it says and is in the log, and
    the log continues what it was at the last check. At a hub: the whole tree is
    computed again from the entries, and every signature is checked.
    """
    if _on_hub(hub, node_dir):
        _verify_hub(open_audit(hub_folder(hub)), as_json=as_json)
        return
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)

        async def go() -> AuditResult:
            async with connected(node, keys, name=f"audit-{os.getpid()}") as bus:
                trust = await trust_keeper(node, bus).refresh()
                lines = node.store.ledger()
                return await audit_check(node, bus, lambda: trust).verify(lines)

        _show_result(run(go()), as_json=as_json)


def _verify_hub(audit: HubAudit, *, as_json: bool) -> None:
    with audit.log:
        checkpoint = audit.checkpoint()
        if checkpoint is not None:
            for done in audit.verify(checkpoint):
                if sys.stderr.isatty():
                    print(f"\r{done} of {checkpoint.size} …", end="", file=sys.stderr)
            if sys.stderr.isatty():
                print(file=sys.stderr)
    if as_json:
        size = 0 if checkpoint is None else checkpoint.size
        print_json({"verified": True, "entries": size, **_checkpoint(checkpoint)})
    else:
        note("The log is empty." if checkpoint is None else _holds(checkpoint))


def _holds(checkpoint: Checkpoint) -> str:
    return (
        f"The log holds: {checkpoint.size} entries, root "
        f"{checkpoint.root.hex()[:16]}…, signed by {checkpoint.origin}."
    )


def _checkpoint(checkpoint: Checkpoint | None) -> dict[str, object]:
    if checkpoint is None:
        return {"checkpoint": None}
    return {
        "checkpoint": {
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": checkpoint.root.hex(),
        }
    }


def _show_result(result: AuditResult, *, as_json: bool) -> None:
    overdue = [one for one in result.missing if one.overdue]
    if as_json:
        print_json(
            {
                "verified": not overdue,
                "entries": len(result.proven),
                "not_yet_logged": [_fields(one.receipt) for one in result.missing],
                "promises_broken": len(overdue),
                **_checkpoint(result.checkpoint),
            }
        )
    else:
        if result.checkpoint is not None:
            note(_holds(result.checkpoint))
        note(f"{len(result.proven)} receipt(s) of this party are proven to be in it.")
        if result.missing:
            note(f"{len(result.missing)} receipt(s) are not in it yet.")
    if overdue:
        note(
            f"error: {len(overdue)} receipt(s) should be in the log by now: the hub "
            "has broken its promise; keep this node's folder as evidence"
        )
        raise typer.Exit(ExitCode.FAILURE)


@app.command("proof")
def proof(
    message: Annotated[str, typer.Argument(help="Id of a message that was sent.")],
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Gets and checks the proof that each receipt of a message is in the log."""
    with node_session(node_dir) as node:
        found = find(node, message)
        lines = node.store.ledger(found.message.message_digest)
        if not lines:
            raise ConfigurationError("this node holds no receipt of that message yet")
        keys = unlock(node, passphrase_file)

        async def go() -> list[Proven | Missing]:
            async with connected(node, keys, name=f"audit-{os.getpid()}") as bus:
                trust = await trust_keeper(node, bus).refresh()
                check = audit_check(node, bus, lambda: trust)
                return [await check.prove(line) for line in lines]

        proofs = run(go())
    if as_json:
        print_json(
            {"proofs": [_proof(*pair) for pair in zip(lines, proofs, strict=True)]}
        )
    else:
        for one in proofs:
            what = f"{one.receipt.stage.name} by {one.receipt.by}"
            if isinstance(one, Proven):
                note(f"{what}: entry {one.index}, {len(one.path)} hashes to the root")
            else:
                note(f"{what}: not in the log yet")
    if any(isinstance(one, Missing) for one in proofs):
        raise typer.Exit(ExitCode.FAILURE)


def _proof(line: LedgerLine, one: Proven | Missing) -> dict[str, object]:
    fields = {
        **_fields(one.receipt),
        "receipt": base64.b64encode(line.receipt_bytes).decode(),
        "leaf_hash": receipt_leaf_hash(line.receipt_bytes).hex(),
    }
    if isinstance(one, Missing):
        return {**fields, "index": None}
    return {
        **fields,
        "index": one.index,
        "path": [node.hex() for node in one.path],
        "checkpoint": one.checkpoint,
    }
