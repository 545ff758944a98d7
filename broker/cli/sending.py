"""`rogatory send`: who would get what, who not and why, and the sending itself."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node, dispatcher
from broker.app.pending import pending_desk
from broker.cli.attaching import (
    Attaching,
    AttachOption,
    CaptionOption,
    KeepMetadataOption,
    attach as attach_files,
    attached,
)
from broker.cli.documents import read_document
from broker.cli.embargo import warn_of_embargoes
from broker.cli.export_plans import COLUMNS, plan_fields, plan_rows, withheld_words
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.pending_view import show_held
from broker.cli.reply_hints import hint_at_reply
from broker.cli.secrets_prompt import unlock
from broker.cli.session import current_trust, find, node_session
from broker.cli.trace_lint import look_before_sending
from broker.core.envelope import Sealed
from broker.core.errors import Code, RefusedError
from broker.core.flows.export import ExportPlan
from broker.core.model import Stage, message_id_text
from broker.core.outgoing import OutgoingDocument
from broker.core.sentences import ExitCode
from broker.core.trust import Trust

_LOOK_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How a document is to be sent.

    Attributes:
        dry_run: Only say who would get it.
        partial: Send to those who may get it, though others may not.
        wait_s: Seconds to wait for the hub to accept it.
        as_json: Print one JSON document.
    """

    dry_run: bool = False
    partial: bool = False
    wait_s: float = 0.0
    as_json: bool = False


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
    anyway: Annotated[
        bool,
        typer.Option(
            "--anyway", help="Send a trace request that is likely to fail as it is."
        ),
    ] = False,
    wait: Annotated[
        float, typer.Option(help="Seconds to wait for the hub to accept it.")
    ] = 0.0,
    attach: AttachOption = None,
    caption: CaptionOption = None,
    keep_metadata: KeepMetadataOption = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sends a document to other parties, sealed and signed.

    Policy is asked first; what it withholds is not sealed at all. Whoever gets the
    same gets it in one message: there may be several, and each has an id of its own.
    What is reported as stored is on the disk and will be delivered or accounted for,
    also if the hub cannot be reached now. Files (--attach) are brought to the hub
    first, which has to be reached for that; images lose what cameras write into them.

    A document that officers have to approve first is not sent, but waits; see:
    rogatory pending
    """
    with node_session(node_dir) as node:
        read = read_document(
            file, to=to, handling=handling, case_reference=case, expires_in=expires_in
        )
        document = read.document
        if reply_to is not None:
            answered = find(node, reply_to).message
            document = replace(
                document,
                in_reply_to=answered.message_digest,
                case_reference=document.case_reference
                or answered.header.case_reference,
            )
        for warning in read.warnings:
            note(f"warning: {warning}")
        hint_at_reply(document)
        keys = unlock(node, passphrase_file)
        look_before_sending(
            node, keys, document, anyway=anyway or dry_run, as_json=as_json
        )
        trust = current_trust(node, passphrase_file, document.recipients)
        how = Sending(dry_run=dry_run, partial=partial, wait_s=wait, as_json=as_json)
        if attach:
            what = Attaching(
                files=attach,
                captions=caption or (),
                keep_metadata=keep_metadata,
                dry_run=dry_run,
                partial=partial,
            )
            document = attach_files(node, keys, trust, document, what)
        send_document(node, keys, trust, document, how)
        attached(node, document, attach or ())


def send_document(
    node: Node, keys: NodeKeys, trust: Trust, document: OutgoingDocument, how: Sending
) -> None:
    """Sends a document, or says who would get it, and tells what came of it.

    Raises:
        RefusedError: Nobody gets it.
        typer.Exit: The hub refuses it; or, when only asked, somebody would not get it.
    """
    desk = dispatcher(node, keys, lambda: trust)
    warn_of_embargoes(node, document)
    if how.dry_run:
        _show_plan(desk.plan(document), as_json=how.as_json)
        return
    try:
        sealed = desk.send(document, partial=how.partial)
    except RefusedError as error:
        if error.code is not Code.APPROVAL_NEEDED:
            raise
        waits = pending_desk(node, keys, lambda: trust)
        show_held(waits.hold(document, partial=how.partial), as_json=how.as_json)
        return
    stages = _await_hub(node, sealed, how.wait_s)
    _show_sent(sealed, stages, as_json=how.as_json)
    if Stage.REFUSED in stages:
        raise typer.Exit(ExitCode.REFUSED)


def _show_plan(plan: ExportPlan, *, as_json: bool) -> None:
    if as_json:
        print_json(plan_fields(plan))
    else:
        print_table(COLUMNS, plan_rows(plan), empty="nobody is named")
        if len(plan.parcels) > 1:
            note(f"They do not all get the same: {len(plan.parcels)} messages.")
        note("Nothing was sent.")
    if plan.withheld:
        raise typer.Exit(ExitCode.REFUSED)


def _await_hub(
    node: Node, sealed: Sequence[Sealed], seconds: float
) -> list[Stage | None]:
    """Looks for the hub's word on messages; None for one that has none in time."""
    end = time.monotonic() + seconds
    while True:
        stages = [_word_of_hub(node, one) for one in sealed]
        if None not in stages or time.monotonic() >= end:
            return stages
        time.sleep(_LOOK_S)


def _word_of_hub(node: Node, sealed: Sealed) -> Stage | None:
    for line in node.store.ledger(sealed.message_digest):
        if line.receipt.stage in (Stage.ACCEPTED, Stage.REFUSED):
            return line.receipt.stage
    return None


def _show_sent(
    sealed: Sequence[Sealed], stages: Sequence[Stage | None], *, as_json: bool
) -> None:
    if as_json:
        print_json(
            {
                "messages": [
                    _sent_fields(one, stage)
                    for one, stage in zip(sealed, stages, strict=True)
                ]
            }
        )
        return
    for one, stage in zip(sealed, stages, strict=True):
        message_id, header = message_id_text(one.header.message_id), one.header
        print(message_id)
        recipients = ", ".join(header.parties)
        if header.withheld:
            recipients += f", without {withheld_words(header.withheld)}"
        if stage is None:
            note(
                f"Stored for {recipients}; it goes out as soon as the node runs, "
                "reaches the hub, and the party's rate allows it."
            )
        else:
            note(f"{stage.name.capitalize()} by the hub, for {recipients}.")
        note(f"What becomes of it: rogatory status {message_id}")


def _sent_fields(sealed: Sealed, stage: Stage | None) -> dict[str, object]:
    header = sealed.header
    return {
        "id": message_id_text(header.message_id),
        "digest": sealed.message_digest.hex(),
        "kind": header.kind,
        "to": list(header.parties),
        "handling": str(header.handling),
        "withheld": [one.word for one in header.withheld],
        "state": "stored" if stage is None else stage.name.lower(),
    }
