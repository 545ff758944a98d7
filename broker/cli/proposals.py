"""`rogatory proposals`: what adapters have put before a person, sent or dismissed."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from broker.app.adapters.proposals import (
    OpenedProposal,
    dismiss_proposal,
    draft_of,
    find_proposal,
    opened,
    proposed_document,
    send_proposal,
)
from broker.app.node_folder import Node
from broker.cli.drafts import hand_out
from broker.cli.embargo import warn_of_embargoes
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.secrets_prompt import unlock
from broker.cli.sending import Sending, send_document
from broker.cli.session import current_trust, id_of, node_session
from broker.cli.trace_lint import look_before_sending
from broker.core.adapting import KeptProposal, ProposalState
from broker.core.codec.draft import Draft, parse_draft
from broker.core.errors import ConfigurationError
from broker.core.feed import DoneOnce
from broker.core.model import message_id_text
from broker.core.status import iso_time
from broker.infra.document_files import load_file

app = typer.Typer(
    help="What adapters have put before a person: look at it, send it, or dismiss it.",
    no_args_is_help=True,
)

NameArgument = Annotated[
    str, typer.Argument(help="Name of the proposal, or its start.")
]
ByOption = Annotated[str, typer.Option(help="Who decides: it stays on record.")]


@app.command("list")
def list_command(
    every: Annotated[
        bool, typer.Option("--all", help="Also those that were decided.")
    ] = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists what waits for a person to decide."""
    wanted = None if every else ProposalState.OPEN
    with node_session(node_dir) as node:
        kept = node.store.proposals(wanted)
        keys = unlock(node, passphrase_file) if kept else None
        found = [opened(node, keys, one) for one in kept] if keys else []
    if as_json:
        print_json({"proposals": [_fields(one.kept, one) for one in found]})
        return
    rows = [
        (
            one.kept.proposal_id,
            iso_time(one.kept.at_ms),
            one.kept.adapter,
            one.kept.kind,
            one.proposal.title if one.proposal else "",
            one.kept.state.value,
        )
        for one in found
    ]
    columns = ("id", "since", "adapter", "kind", "what", "state")
    print_table(columns, rows, empty="Nothing is proposed.")
    if rows:
        note("Look at one: rogatory proposals show ID")


@app.command("show")
def show(
    proposal: NameArgument,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write it as a document, to be changed."),
    ] = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows a proposal: what it says, why it is proposed, and what became of it."""
    with node_session(node_dir) as node:
        kept = find_proposal(node, proposal)
        one = opened(node, unlock(node, passphrase_file), kept)
        messages = _messages(node, one.done)
    if output is not None:
        if one.proposal is None:
            raise ConfigurationError(f"it is {kept.state.value}: what it said is gone")
        head = f"# Proposed by {kept.adapter}: {one.proposal.title}\n"
        hand_out(head, _document(draft_of(one.proposal)), output, as_json=as_json)
        return
    fields = {**_fields(kept, one), **messages}
    if one.proposal is not None:
        fields["document"] = _document(draft_of(one.proposal))
    if as_json:
        print_json(fields)
        return
    note(f"{kept.proposal_id}  {kept.state.value}  {fields['title'] or ''}")
    for reason in one.proposal.reasons if one.proposal else ():
        note(f"  because {reason}")
    if kept.decided_ms is not None and kept.decided_by:
        note(f"  decided by {kept.decided_by}, {iso_time(kept.decided_ms)}")
    print_json(fields.get("document") or messages)


@app.command("send")
def send(
    proposal: NameArgument,
    by: ByOption,
    file: Annotated[
        Path | None,
        typer.Option(help="Send this instead: what you made of it, from show -o."),
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="Recipients, such as BEL or BEL,MEX.")
    ] = None,
    handling: Annotated[
        str | None, typer.Option(help="Such as 'TLP:AMBER'; never looser than it was.")
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
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sends a proposal, as `rogatory send` would; who decided stays on record.

    Its handling is never looser than that of the messages it is based on. If officers
    have to approve it, it waits for them.
    """
    who = _who(by)
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        one = opened(node, keys, find_proposal(node, proposal))
        document = proposed_document(node, keys, one, _draft(one, file, to, handling))
        look_before_sending(
            node, keys, document, anyway=anyway or dry_run, as_json=as_json
        )
        trust = current_trust(node, passphrase_file, document.recipients)
        if dry_run:
            how = Sending(dry_run=True, partial=partial, as_json=as_json)
            send_document(node, keys, trust, document, how)
            return
        warn_of_embargoes(node, document)
        submitted = send_proposal(
            node, keys, lambda: trust, one, document, who, partial=partial
        )
        messages = _messages(node, submitted.done)
    if as_json:
        print_json({"id": one.kept.proposal_id, "state": "sent", **messages})
        return
    if submitted.repeated:
        note("It had been sent before; nothing was sent now.")
    if submitted.done.pending_id:
        note("It waits until officers approve it; see: rogatory pending list")
    for message in messages["messages"]:
        print(message)


@app.command("dismiss")
def dismiss(
    proposal: NameArgument,
    by: ByOption,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Says that a proposal is not to be sent: what it says is destroyed."""
    who = _who(by)
    with node_session(node_dir) as node:
        kept = find_proposal(node, proposal)
        state = dismiss_proposal(node, kept, who)
    if as_json:
        print_json({"id": kept.proposal_id, "state": state.value})
        return
    note(f"{kept.proposal_id} is {state.value}")


def _who(by: str) -> str:
    who = " ".join(by.split())
    if not who or not who.isprintable():
        raise ConfigurationError("--by takes the name of whoever decides")
    return who


def _draft(
    one: OpenedProposal, file: Path | None, to: str | None, handling: str | None
) -> Draft | None:
    if one.proposal is None:
        return None
    draft = draft_of(one.proposal) if file is None else parse_draft(load_file(file))
    if draft.kind != one.kept.kind:
        raise ConfigurationError(f"it was proposed as {one.kept.kind}, and stays one")
    parties = tuple(to.replace(" ", "").split(",")) if to else draft.to
    return replace(draft, handling=handling or draft.handling, to=parties)


def _messages(node: Node, done: DoneOnce | None) -> dict[str, list[str]]:
    digests = done.messages if done else ()
    sent = [node.store.find_sent(digest) for digest in digests]
    found = {"messages": [id_of(message) for message in sent if message is not None]}
    if done is not None and done.pending_id:
        found["pending"] = [message_id_text(done.pending_id)]
    return found


def _document(draft: Draft) -> dict[str, object]:
    fields: dict[str, object] = {"kind": draft.kind, "handling": draft.handling}
    if draft.to:
        fields["to"] = list(draft.to)
    if draft.case_reference:
        fields["caseReference"] = draft.case_reference
    return {**fields, "content": dict(draft.content)}


def _fields(kept: KeptProposal, one: OpenedProposal) -> dict[str, object]:
    decided = kept.decided_ms
    return {
        "id": kept.proposal_id,
        "adapter": kept.adapter,
        "kind": kept.kind,
        "state": kept.state.value,
        "at": iso_time(kept.at_ms),
        "title": one.proposal.title if one.proposal else None,
        "reasons": list(one.proposal.reasons) if one.proposal else [],
        "based_on": [digest.hex() for digest in kept.based_on],
        "decided": None if decided is None else iso_time(decided),
        "decided_by": kept.decided_by or None,
    }
