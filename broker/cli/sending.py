"""`rogatory send`: who would get it, who not and why, and the sending itself."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from broker.app.node_folder import Node, dispatcher
from broker.cli.documents import read_document
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.secrets_prompt import unlock
from broker.cli.session import current_trust, find, node_session
from broker.core.envelope import Sealed
from broker.core.flows.export import ExportPlan
from broker.core.model import Stage, message_id_text
from broker.core.sentences import ExitCode

_LOOK_S = 0.05


def send(
    file: Annotated[Path, typer.Argument(help="The document, YAML or JSON.")],
    to: Annotated[
        str | None, typer.Option(help="Recipients, such as BEL or BEL,MEX.")
    ] = None,
    handling: Annotated[
        str | None, typer.Option(help="Such as 'TLP:AMBER' or 'TLP:AMBER+STRICT H2'.")
    ] = None,
    reply_to: Annotated[
        str | None, typer.Option(help="Id of the message that this one answers.")
    ] = None,
    case: Annotated[
        str | None, typer.Option(help="Pseudonymous reference of the case.")
    ] = None,
    expires_in: Annotated[
        str | None, typer.Option(help="How long it may be delivered: 36h, 30d.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say who would get it; send nothing.")
    ] = False,
    partial: Annotated[
        bool,
        typer.Option("--partial", help="Send to those who may, though others may not."),
    ] = False,
    wait: Annotated[
        float, typer.Option(help="Seconds to wait for the hub to accept it.")
    ] = 0.0,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sends a document to other parties, sealed and signed.

    Policy is asked first; what it withholds is not sealed at all. What is reported as
    stored is on the disk and will be delivered or accounted for, also if the hub
    cannot be reached now.
    """
    with node_session(node_dir) as node:
        read = read_document(
            file, to=to, handling=handling, case_reference=case, expires_in=expires_in
        )
        document = read.document
        if reply_to is not None:
            answered = find(node, reply_to).message
            document = replace(document, in_reply_to=answered.message_digest)
        for warning in read.warnings:
            note(f"warning: {warning}")
        keys = unlock(node, passphrase_file)
        trust = current_trust(node, passphrase_file, document.recipients)
        desk = dispatcher(node, keys, lambda: trust)
        if dry_run:
            _show_plan(desk.plan(document), as_json=as_json)
            return
        sealed = desk.send(document, partial=partial)
        stage = _await_hub(node, sealed, wait)
        _show_sent(sealed, stage, as_json=as_json)
        if stage is Stage.REFUSED:
            raise typer.Exit(ExitCode.REFUSED)


def _show_plan(plan: ExportPlan, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "would_get_it": [
                    {"party": one.party, "why": one.decision.summary}
                    for one in plan.releases
                ],
                "would_not": [
                    {"party": one.party, "code": one.code, "why": list(one.reasons)}
                    for one in plan.withheld
                ],
            }
        )
    else:
        rows = [("yes", one.party, one.decision.summary) for one in plan.releases]
        rows += [
            ("no", one.party, f"{one.code}: {'; '.join(one.reasons)}")
            for one in plan.withheld
        ]
        print_table(("gets it", "party", "why"), rows, empty="nobody is named")
        note("Nothing was sent.")
    if plan.withheld:
        raise typer.Exit(ExitCode.REFUSED)


def _await_hub(node: Node, sealed: Sealed, seconds: float) -> Stage | None:
    """Looks for the hub's word on a message; None when there is none in time."""
    end = time.monotonic() + seconds
    while True:
        for line in node.store.ledger(sealed.message_digest):
            if line.receipt.stage in (Stage.ACCEPTED, Stage.REFUSED):
                return line.receipt.stage
        if time.monotonic() >= end:
            return None
        time.sleep(_LOOK_S)


def _show_sent(sealed: Sealed, stage: Stage | None, *, as_json: bool) -> None:
    message_id = message_id_text(sealed.header.message_id)
    state = "stored" if stage is None else stage.name.lower()
    if as_json:
        print_json(
            {
                "id": message_id,
                "digest": sealed.message_digest.hex(),
                "kind": sealed.header.kind,
                "to": list(sealed.header.parties),
                "state": state,
            }
        )
        return
    print(message_id)
    recipients = ", ".join(sealed.header.parties)
    if stage is None:
        note(
            f"Stored for {recipients}; it goes out as soon as the node runs, reaches "
            "the hub, and the party's rate allows it."
        )
    else:
        note(f"{state.capitalize()} by the hub, for {recipients}.")
    note(f"What becomes of it: rogatory status {message_id}")
