"""`rogatory pending`: documents that wait until officers approve their release.

What happens at an officer's own machine is left to `broker.cli.officer`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from broker.app.release_files import ReleaseRequest
from broker.cli.asking import confirm
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.pending_view import (
    PendingSession,
    pending_fields,
    pending_session,
    sent_ids,
    show_outcome,
    show_state,
    situation,
)
from broker.cli.release_words import show_request
from broker.cli.secrets_prompt import secret_for
from broker.core.errors import ConfigurationError, RefusedError
from broker.core.model import message_id_text
from broker.core.officers import officer_name, state
from broker.core.pending import Pending, PendingState
from broker.core.releases import Statement, Verdict
from broker.core.sentences import ExitCode
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK
from keys.custody import Use, open_signer

app = typer.Typer(
    help="Documents that wait until officers approve that they are sent.",
    no_args_is_help=True,
)

IdArgument = Annotated[
    str, typer.Argument(help="Id of a document that waits, or its beginning.")
]
KeyOption = Annotated[
    Path, typer.Option("--key", help="File of your key, from: rogatory officer init")
]
KeySecretOption = Annotated[
    Path | None,
    typer.Option(
        "--key-passphrase-file",
        help="File with what opens your key; asked for when absent.",
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command("list")
def list_command(
    every: Annotated[
        bool, typer.Option("--all", help="Also those that do not wait any more.")
    ] = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists what waits: what is missing, and whether anything has changed since."""
    state_wanted = None if every else PendingState.WAITING
    with pending_session(node_dir, passphrase_file) as session:
        looked = [
            session.desk.look(one) for one in session.node.store.pending(state_wanted)
        ]
        sent = sent_ids(session.node, looked)
    if as_json:
        print_json({"pending": [pending_fields(one, sent) for one in looked]})
        return
    rows = [
        (
            message_id_text(one.pending.pending_id),
            one.held.kind,
            ", ".join(one.held.recipients),
            iso_time(one.pending.lapses_ms)[:10],
            situation(one),
        )
        for one in looked
    ]
    print_table(
        ("id", "kind", "to", "lapses", "state"),
        rows,
        empty="Nothing waits for approval.",
    )


@app.command("show")
def show(
    document: IdArgument,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows a document that waits: what would leave, and what officers said."""
    with pending_session(node_dir, passphrase_file) as session:
        waiting = session.desk.look(session.find(document))
        sent = sent_ids(session.node, [waiting])
        if as_json:
            print_json(pending_fields(waiting, sent))
            return
        if waiting.pending.state is PendingState.WAITING and waiting.plan:
            show_request(session.request(waiting, with_content=True))
    show_state(waiting)


@app.command("approve")
def approve(
    document: IdArgument,
    key: KeyOption,
    key_passphrase_file: KeySecretOption = None,
    reason: Annotated[str, typer.Option(help="Why, if you want to say it.")] = "",
    yes: YesOption = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Approves with your own key that a document is sent.

    Shows first all that would leave, and to whom. If yours is the last approval that
    was missing, it is sent. After an earlier rejection of yours, this withdraws it.
    """
    with pending_session(node_dir, passphrase_file) as session:
        _decide(
            session,
            session.find(document),
            _Verdict(Verdict.APPROVE, reason, key, key_passphrase_file, yes),
            as_json=as_json,
        )


@app.command("reject")
def reject(
    document: IdArgument,
    key: KeyOption,
    reason: Annotated[str, typer.Option(help="Why; others will read it.")],
    key_passphrase_file: KeySecretOption = None,
    yes: YesOption = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Stops a document with your own key, until you approve it yourself."""
    with pending_session(node_dir, passphrase_file) as session:
        _decide(
            session,
            session.find(document),
            _Verdict(Verdict.REJECT, reason, key, key_passphrase_file, yes),
            as_json=as_json,
        )


@app.command("withdraw")
def withdraw(
    document: IdArgument,
    yes: YesOption = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Takes a document back: it will not be sent, whoever approves it."""
    with pending_session(node_dir, passphrase_file) as session:
        pending = session.find(document)
        confirm("Take it back for good?", yes=yes)
        session.desk.withdraw(pending)
        show_outcome(session, pending, as_json=as_json)


@app.command("export")
def export(
    document: IdArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    with_content: Annotated[
        bool,
        typer.Option("--with-content", help="With the content itself, in clear text."),
    ] = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Writes what an officer elsewhere has to see, and can sign there.

    The file is in clear text. Without --with-content it tells who would get what kind
    of document, and the digest of its content. Next: rogatory officer sign, there.
    """
    with pending_session(node_dir, passphrase_file) as session:
        waiting = session.desk.look(session.find(document))
        if output.exists():
            raise ConfigurationError(f"{output} is there already")
        request = session.request(waiting, with_content=with_content)
        request.write(output)
    if as_json:
        print_json({"file": str(output), "release": request.digest.hex()})
        return
    what = "WITH ITS CONTENT, IN CLEAR TEXT" if with_content else "without its content"
    note(f"{output} holds the release, {what}.")
    note(f"There: rogatory officer sign {output.name} --key FILE")
    note(f"Then, here: rogatory pending import {output}")


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="What officers have signed elsewhere.")],
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Takes in what officers have signed elsewhere; sends it if that was missing."""
    request = ReleaseRequest.read(file)
    refused: list[RefusedError] = []
    with pending_session(node_dir, passphrase_file) as session:
        pending = session.find(request.pending_id.hex())
        if not request.approvals:
            raise ConfigurationError(f"nobody has signed {file} yet")
        for signed in request.approvals:
            if session.desk.look(pending).pending.state is PendingState.WAITING:
                try:
                    session.desk.say(pending, signed)
                except RefusedError as error:
                    refused.append(error)
                pending = session.find(request.pending_id.hex())
        for why in refused:
            note(f"not taken: {why.detail}")
        show_outcome(session, pending, as_json=as_json)
    if refused:
        raise typer.Exit(ExitCode.REFUSED)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What an officer wants to say, and with which key."""

    verdict: Verdict
    reason: str
    key: Path
    secret: Path | None
    yes: bool


def _decide(
    session: PendingSession, pending: Pending, wish: _Verdict, *, as_json: bool
) -> None:
    waiting = session.desk.look(pending)
    request = session.request(waiting, with_content=True)
    show_request(request)
    show_state(waiting)
    confirm(f"{wish.verdict.word.capitalize()} this?", yes=wish.yes)
    secret = secret_for(wish.key, wish.secret)
    signer = open_signer(wish.key, secret, use=Use.OFFICER)
    statement = Statement(
        release_digest=request.digest,
        verdict=wish.verdict,
        officer=officer_name(signer, request.officers),
        at_ms=SYSTEM_CLOCK.now_ms(),
        expires_ms=request.lapses_ms,
        reason=wish.reason,
    )
    earlier = tuple(one.signed for one in waiting.heard)
    session.desk.say(pending, state(signer, statement, request.officers, earlier))
    show_outcome(session, pending, as_json=as_json)
