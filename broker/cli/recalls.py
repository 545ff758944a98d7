"""`rogatory recalls`: what was taken back, by us or from us, and who has complied."""

from typing import Annotated

import typer

from broker.app.node_folder import Node
from broker.app.recalls import attested_within_ms, recall_keeper
from broker.cli.asking import confirm
from broker.cli.following import IdArgument
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.recall_views import (
    notice_fields,
    notice_row,
    our_fields,
    our_row,
    their_fields,
    their_row,
)
from broker.cli.secrets_prompt import unlock
from broker.cli.session import current_trust, find, node_session
from broker.core.errors import ConfigurationError
from broker.core.model import message_id_text
from broker.core.recalls.recall import Compliance, compliance
from broker.core.recalls.taken_back import Hold, NoticeState
from broker.core.records import InboxMessage, SentMessage
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK

app = typer.Typer(help="What was taken back, and who has complied.")

YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]


@app.callback(invoke_without_command=True)
def _group(
    context: typer.Context, node_dir: NodeOption = None, as_json: JsonOption = False
) -> None:
    """Lists everything that was taken back, or does what is named."""
    if context.invoked_subcommand is None:
        list_(node_dir=node_dir, as_json=as_json)


@app.command("list")
def list_(
    message: Annotated[
        str | None,
        typer.Argument(help="Only this message: its id or digest, or the beginning."),
    ] = None,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists who has complied with our recalls, and what others have taken back.

    "complied" means that the recipient has signed that its content is destroyed, or
    that it has none; "kept by law" that it has signed that it has to keep it.
    """
    with node_session(node_dir) as node:
        one = None if message is None else find(node, message).message.message_digest
        digests = dict.fromkeys(
            sent.notice.message_digest for sent in node.store.notices_sent(one)
        )
        ours = [
            (sent, _compliance(node, sent))
            for digest in digests
            if (sent := node.store.find_sent(digest)) is not None
        ]
        received = node.store.notices_received(one)
        theirs = [
            (
                n,
                node.store.find_received(n.notice.message_digest),
                node.store.desk_notices_about(n.notice.message_digest),
            )
            for n in received
        ]
    if as_json:
        print_json(
            {
                "ours": [our_fields(sent, rows) for sent, rows in ours],
                "received": [their_fields(*pair) for pair in theirs],
            }
        )
        return
    print_table(
        ("id", "party", "stands", "since", "outcome", "also had it"),
        [our_row(sent, row) for sent, rows in ours for row in rows],
        empty="We have taken nothing back."
        if message is None
        else "We have not taken this message back.",
    )
    if theirs:
        print_table(
            ("from", "message", "why", "state", "outcome", "since", "desks"),
            [their_row(*pair) for pair in theirs],
            empty="",
        )


@app.command("keep")
def keep(
    message: IdArgument,
    authority: Annotated[
        str, typer.Option(help="The office or court that demands it; its name is told.")
    ],
    yes: YesOption = False,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keeps a message, whatever its origin or its retention says: a legal hold.

    If its origin takes it back, it is answered that the law demands that it is kept.
    It can be read here, and neither be passed on nor handed out.
    """
    if not authority.strip():
        raise ConfigurationError("say which office or court demands it")
    with node_session(node_dir) as node:
        found = find(node, message).message
        gone = node.store.destroyed(found.message_digest)
        if gone is not None:
            raise ConfigurationError(
                f"its content was destroyed on {iso_time(gone.at_ms)}"
            )
        confirm(f"Keep {_name(found)} by order of {authority}?", yes=yes)
        hold = Hold(
            message_digest=found.message_digest,
            authority=authority,
            at_ms=SYSTEM_CLOCK.now_ms(),
        )
        if not node.store.keep_by_law(hold):
            raise ConfigurationError("its content was destroyed meanwhile")
    _tell(found, f"is kept by order of {authority}", as_json=as_json)


@app.command("release")
def release(
    message: IdArgument,
    yes: YesOption = False,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ends a legal hold. What was taken back meanwhile is due, and answered anew."""
    with node_session(node_dir) as node:
        found = find(node, message).message
        if node.store.hold_on(found.message_digest) is None:
            raise ConfigurationError("nobody has demanded that this message is kept")
        confirm(f"End the order to keep {_name(found)}?", yes=yes)
        node.store.end_hold(found.message_digest, SYSTEM_CLOCK.now_ms())
    _tell(found, "need not be kept any more", as_json=as_json)


@app.command("carry-out")
def carry_out(
    message: IdArgument,
    yes: YesOption = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Does what the origin of a message asks for: its content is destroyed.

    Needed only where `recalls = "ask"` stands in node.toml; else the node does it by
    itself. It cannot be undone.
    """
    with node_session(node_dir) as node:
        found = find(node, message).message
        waiting = [
            one
            for one in node.store.notices_received(found.message_digest)
            if one.state is NoticeState.WAITING
        ]
        if not waiting:
            raise ConfigurationError("nobody has taken it back, or it is done already")
        if node.store.hold_on(found.message_digest) is not None:
            raise ConfigurationError("it has to be kept: rogatory recalls release")
        confirm(f"Destroy the content of {_name(found)} for good?", yes=yes)
        keys = unlock(node, passphrase_file)
        trust = current_trust(node, passphrase_file)
        keeper = recall_keeper(node, keys, lambda: trust)
        done = [keeper.carry_out(one) for one in waiting]
        node.store.scrub()
    if not any(done):
        raise ConfigurationError("nothing was done: see rogatory recalls list")
    _tell(found, "is dealt with as its origin asks", as_json=as_json)


@app.command("notices")
def notices(
    desk: Annotated[
        str | None, typer.Option(help="Only what this desk has to be told.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what desks were told already.")
    ] = False,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists what desks at home have to be told: destroy your copy, or replace it."""
    with node_session(node_dir) as node:
        found = [
            (one, node.store.find_received(one.message_digest))
            for one in node.store.desk_notices(desk, settled=everything)
        ]
    if as_json:
        print_json({"notices": [notice_fields(*pair) for pair in found]})
        return
    print_table(
        ("number", "desk", "message", "what", "since", "told"),
        [notice_row(*pair) for pair in found],
        empty="No desk has to be told anything.",
    )
    if any(one.told_ms is None for one, _ in found):
        note("When a desk was told: rogatory recalls told NUMBER --by NAME")


@app.command("told")
def told(
    number: Annotated[
        int, typer.Argument(help="As rogatory recalls notices lists it.")
    ],
    by: Annotated[str, typer.Option(help="Who has told the desk.")],
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Notes that a desk was told."""
    with node_session(node_dir) as node:
        if not node.store.note_told(number, by, SYSTEM_CLOCK.now_ms()):
            raise ConfigurationError(f"no desk waits for notice {number}")
    if as_json:
        print_json({"number": number, "told_by": by})
    note(f"Notice {number} was given.")


def _compliance(node: Node, sent: SentMessage) -> tuple[Compliance, ...]:
    notices = node.store.notices_sent(sent.message_digest)
    return compliance(
        sent.header.parties,
        notices,
        [one for n in notices for one in node.store.attested(n.digest)],
        [line.receipt for n in notices for line in node.store.ledger(n.digest)],
        now_ms=SYSTEM_CLOCK.now_ms(),
        within_ms=attested_within_ms(node.settings),
    )


def _name(message: InboxMessage | SentMessage) -> str:
    return f"{message.header.kind} {message_id_text(message.header.message_id)}"


def _tell(message: InboxMessage | SentMessage, what: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"digest": message.message_digest.hex(), "state": what})
    note(f"{_name(message)} {what}.")
