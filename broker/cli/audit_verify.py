"""`rogatory audit verify` and `audit proof`: the log checked, and proofs from it.

What is checked is decided in the services and in the core; this prints the outcome.
"""

import base64
import os
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.hub_audit import HubAudit, open_audit
from broker.app.log_auditing import Auditing
from broker.app.node_link import audit_check, connected, trust_keeper
from broker.cli.audit_fields import on_hub, receipt_fields
from broker.cli.audit_outcome import show_audit, show_fast, show_hub
from broker.cli.options import (
    HubOption,
    JsonOption,
    NodeOption,
    PassphraseOption,
    hub_folder,
)
from broker.cli.output import note, print_json
from broker.cli.progress import shown_progress
from broker.cli.running import run
from broker.cli.secrets_prompt import unlock
from broker.cli.session import find, node_session
from broker.core.audit.entry import receipt_leaf_hash
from broker.core.errors import ConfigurationError
from broker.core.records import LedgerLine
from broker.core.sentences import ExitCode
from broker.services.audit_check import AuditResult, Missing, Proven
from broker.services.log_audit import LogAuditResult

MOST_PROOFS: Final = 5
"""Files written in one run: each holds all leaves of the log."""


def verify(
    hub: HubOption = None,
    node_dir: NodeOption = None,
    fast: Annotated[
        bool,
        typer.Option(
            "--fast",
            help="At a node: ask the hub for the proof of each receipt, and do not "
            "compute the whole log.",
        ),
    ] = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Checks the log. Exit code 0: all of it holds.

    At a node: the whole tree is computed again from the hub's tiles, which are kept
    for the next time; it continues what it was at the last check; every receipt the
    node holds is signed by who it says, and is in it. A promise that the hub has
    broken is written to a file that shows it to others; also one that was kept late,
    if the node noticed meanwhile.

    At a hub: the whole tree is computed again from the entries, every signature is
    checked, and the promises that were kept too late are told.
    """
    if on_hub(hub, node_dir):
        _verify_hub(open_audit(hub_folder(hub)), as_json=as_json)
        return
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        lines = node.store.ledger()

        async def go_fast() -> AuditResult:
            async with connected(node, keys, name=f"audit-{os.getpid()}") as bus:
                trust = await trust_keeper(node, bus).refresh()
                return await audit_check(node, bus, lambda: trust).verify(lines)

        async def go() -> tuple[LogAuditResult, list[Path]]:
            async with connected(node, keys, name=f"audit-{os.getpid()}") as bus:
                trust = await trust_keeper(node, bus).refresh()
                auditing = Auditing(node, bus, lambda: trust)
                with shown_progress("entries") as progress:
                    found = await auditing.audit().verify(lines, progress)
                shown = [one for one in found.broken if one.is_provable]
                # What was kept in the end will not change any more.
                shown += [
                    one for one in found.late if not auditing.proof_path(one).exists()
                ]
                written = [await auditing.write_proof(o) for o in shown[:MOST_PROOFS]]
                return found, written

        if fast:
            show_fast(run(go_fast()), as_json=as_json)
        else:
            found, files = run(go())
            show_audit(found, files, as_json=as_json)


def _verify_hub(audit: HubAudit, *, as_json: bool) -> None:
    with audit.log:
        checkpoint = audit.checkpoint()
        if checkpoint is not None:
            with shown_progress("entries") as progress:
                for done in audit.verify(checkpoint):
                    progress(done, checkpoint.size)
        late, count = audit.log.broken_promises(), audit.log.count_broken()
    show_hub(checkpoint, late, count, as_json=as_json)


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
        **receipt_fields(one.receipt),
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
