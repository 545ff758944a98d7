"""`rogatory operation`: joint operations, which are closed groups with an end.

Looking at them is left to `broker.cli.operation_views`; who may share what, to
`broker.core.operations`.
"""

from pathlib import Path
from typing import Annotated

import typer

from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node, dispatcher
from broker.app.operations import check_whole, operation_named, statement
from broker.cli.asking import confirm
from broker.cli.documents import read_document
from broker.cli.following import IdArgument
from broker.cli.operation_views import list_, show
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note
from broker.cli.permission_words import DryRunOption, WaitOption, YesOption
from broker.cli.secrets_prompt import unlock
from broker.cli.sending import Sending, send_document
from broker.cli.session import current_trust, find, node_session
from broker.core.codec.documents import encode_document
from broker.core.codec.draft import parse_draft
from broker.core.errors import ConfigurationError
from broker.core.handling import Handling
from broker.core.operations.membership import Act
from broker.core.outgoing import OutgoingDocument
from broker.infra.document_files import load_file
from broker.services.operations import (
    OPERATION_KIND,
    REPORT_KIND,
    others_inside,
)

app = typer.Typer(
    no_args_is_help=True,
    help="Joint operations: closed groups with an end. Members only, all of them.",
)
app.command("list")(list_)
app.command("show")(show)

TextOption = Annotated[str, typer.Option(help="In words that all members read.")]


@app.command("open")
def open_(
    file: Annotated[
        Path, typer.Argument(help="A document of the kind operation/1, YAML or JSON.")
    ],
    dry_run: DryRunOption = False,
    wait: WaitOption = 0.0,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Invites parties into a joint operation. Nothing changes its members later.

    A further member, or another last day, takes a new operation message.
    """
    with node_session(node_dir) as node:
        read = read_document(
            file, to=None, handling=None, case_reference=None, expires_in=None
        )
        if read.document.kind != OPERATION_KIND:
            raise ConfigurationError(f"{file} is of the kind {read.document.kind}")
        keys = unlock(node, passphrase_file)
        how = Sending(dry_run=dry_run, wait_s=wait, as_json=as_json)
        _send_whole(node, keys, passphrase_file, read.document, how)


@app.command("join")
def join(
    operation: IdArgument,
    text: TextOption = "",
    dry_run: DryRunOption = False,
    wait: WaitOption = 0.0,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Joins an operation, and tells all other members so."""
    how = Sending(dry_run=dry_run, wait_s=wait, as_json=as_json)
    _say(node_dir, passphrase_file, operation, (Act.JOIN, text), how)


@app.command("decline")
def decline(
    operation: IdArgument,
    text: TextOption = "",
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    wait: WaitOption = 0.0,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Declines an invitation. To join after all takes a new operation message."""
    if not dry_run:
        confirm("Decline? There is no way back into this group.", yes=yes)
    how = Sending(dry_run=dry_run, wait_s=wait, as_json=as_json)
    _say(node_dir, passphrase_file, operation, (Act.DECLINE, text), how)


@app.command("leave")
def leave(
    operation: IdArgument,
    text: TextOption = "",
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    wait: WaitOption = 0.0,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Leaves an operation. What was shared stays readable; there is no way back."""
    if not dry_run:
        confirm("Leave? There is no way back into this group.", yes=yes)
    how = Sending(dry_run=dry_run, wait_s=wait, as_json=as_json)
    _say(node_dir, passphrase_file, operation, (Act.LEAVE, text), how)


@app.command("close")
def close(
    operation: IdArgument,
    text: TextOption = "",
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    wait: WaitOption = 0.0,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ends an operation before its last day. Only whoever opened it can."""
    if not dry_run:
        confirm("End the operation for all its members?", yes=yes)
    how = Sending(dry_run=dry_run, wait_s=wait, as_json=as_json)
    _say(node_dir, passphrase_file, operation, (Act.CLOSE, text), how)


@app.command("report")
def report(
    operation: IdArgument,
    file: Annotated[
        Path | None,
        typer.Argument(help="A document of the kind operation-report/1."),
    ] = None,
    title: Annotated[
        str, typer.Option(help="Without a document: the matter in one sentence.")
    ] = "",
    text: Annotated[str, typer.Option(help="Without a document: the report.")] = "",
    dry_run: DryRunOption = False,
    wait: WaitOption = 0.0,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Reports in an operation: to all that have joined, and to nobody else."""
    with node_session(node_dir) as node:
        found = find(node, operation).message.message_digest
        keys = unlock(node, passphrase_file)
        known, header = operation_named(node, keys, found)
        inside = others_inside(known, node.party)
        if not inside:
            raise ConfigurationError("nobody else has joined yet: nobody would get it")
        body, handling = _report_in(file, title, text)
        document = OutgoingDocument(
            kind=REPORT_KIND,
            body=body,
            recipients=inside,
            handling=handling or header.handling,
            case_reference=header.case_reference,
            in_reply_to=known.group.digest,
        )
        note(f"to {', '.join(inside)}")
        how = Sending(dry_run=dry_run, wait_s=wait, as_json=as_json)
        trust = current_trust(node, passphrase_file, inside)
        send_document(node, keys, trust, document, how)


def _report_in(
    file: Path | None, title: str, text: str
) -> tuple[bytes, Handling | None]:
    """Returns a report, with the handling that its file gives it, if it gives any."""
    if file is None:
        if not title or not text:
            raise ConfigurationError("give a document, or --title and --text")
        return encode_document(REPORT_KIND, {"title": title, "text": text}), None
    draft = parse_draft(load_file(file))
    if draft.kind != REPORT_KIND:
        raise ConfigurationError(f"{file} is of the kind {draft.kind}")
    body = encode_document(draft.kind, draft.content)
    if draft.handling is None:
        return body, None
    return body, Handling.parse(draft.handling, draft.restrictions)


def _say(
    node_dir: Path | None,
    passphrase_file: Path | None,
    operation: str,
    said: tuple[Act, str],
    how: Sending,
) -> None:
    with node_session(node_dir) as node:
        found = find(node, operation).message.message_digest
        keys = unlock(node, passphrase_file)
        known, header = operation_named(node, keys, found)
        document = statement(node, known, header, *said)
        _send_whole(node, keys, passphrase_file, document, how)


def _send_whole(
    node: Node,
    keys: NodeKeys,
    passphrase_file: Path | None,
    document: OutgoingDocument,
    how: Sending,
) -> None:
    """Sends what all members have to get alike, or nothing."""
    trust = current_trust(node, passphrase_file, document.recipients)
    if not how.dry_run:
        check_whole(dispatcher(node, keys, lambda: trust).plan(document))
    send_document(node, keys, trust, document, how)
