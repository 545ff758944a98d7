"""`rogatory recall` and `rogatory correct`: take a message of one's own back."""

from typing import Annotated, Final

import typer

from broker.app.node_folder import Node
from broker.app.recalls import recall_desk
from broker.cli.asking import confirm
from broker.cli.following import IdArgument
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.secrets_prompt import unlock
from broker.cli.session import current_trust, find, id_of, node_session
from broker.core.errors import ConfigurationError
from broker.core.model import message_id_text
from broker.core.protocol_kinds import PROTOCOL_KINDS
from broker.core.recalls.recall import Notice, Reason
from broker.core.records import SentMessage
from broker.services.recall_desk import NoticePlan

_ITSELF: Final = Reason.PROVIDER_RECALLED  # said by the node, never by a person
_REASONS: Final = ", ".join(one.word for one in Reason if one is not _ITSELF)

ReasonOption = Annotated[str, typer.Option(help=f"Why: {_REASONS}.")]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say whom it would reach; send nothing.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]


def recall(
    message: IdArgument,
    reason: ReasonOption,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Takes back a message that was sent from here.

    Every recipient is told to destroy its content, and answers with a signed
    attestation; who has, and who has not, tells: rogatory recalls list ID. What was
    destroyed cannot be brought back.

    A document that left as several messages has to be recalled message by message.
    """
    with node_session(node_dir) as node:
        sent = _own(node, message)
        notice = Notice(message_digest=sent.message_digest, reason=_reason(reason))
        what = f"Have every recipient destroy {_name(sent)}"
        _send(node, sent, notice, passphrase_file, (what, dry_run, yes, as_json))


def correct(
    message: IdArgument,
    reason: ReasonOption,
    replacement: Annotated[
        str, typer.Option("--with", help="The message that takes its place.")
    ],
    destroy: Annotated[
        bool,
        typer.Option("--destroy", help="Have the wrong content destroyed as well."),
    ] = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tells every recipient that a message was replaced by another one.

    Send the right message first, as any other. Recipients then see the wrong one as
    replaced, and cannot pass it on or hand it out any more; with --destroy they
    destroy it, as after a recall.
    """
    with node_session(node_dir) as node:
        sent, right = _own(node, message), _own(node, replacement)
        if right.message_digest == sent.message_digest:
            raise ConfigurationError("a message cannot take its own place")
        if right.header.kind in PROTOCOL_KINDS:
            raise ConfigurationError(f"a {right.header.kind} replaces nothing")
        without = sorted(set(sent.header.parties) - set(right.header.parties))
        if without:
            note(f"warning: {', '.join(without)} did not get what takes its place")
        notice = Notice(
            message_digest=sent.message_digest,
            reason=_reason(reason),
            replacement=right.message_digest,
            destroy=destroy,
        )
        what = f"Have {_name(sent)} marked as replaced by {id_of(right)}"
        if destroy:
            what = f"Have {_name(sent)} destroyed, and replaced by {id_of(right)}"
        _send(node, sent, notice, passphrase_file, (what, dry_run, yes, as_json))


def _send(
    node: Node,
    sent: SentMessage,
    notice: Notice,
    passphrase_file: PassphraseOption,
    how: tuple[str, bool, bool, bool],
) -> None:
    what, dry_run, yes, as_json = how
    keys = unlock(node, passphrase_file)
    trust = current_trust(node, passphrase_file, sent.header.parties)
    desk = recall_desk(node, keys, lambda: trust)
    plan = desk.plan(sent, notice)
    if dry_run:
        _show_plan(node, sent, plan, as_json=as_json)
        return
    confirm(f"{what} ({', '.join(sent.header.parties)})?", yes=yes)
    sealed = desk.send(sent, notice)
    if as_json:
        print_json(
            {
                "message": sent.message_digest.hex(),
                "notices": [
                    {
                        "id": message_id_text(one.header.message_id),
                        "digest": one.message_digest.hex(),
                        "to": list(one.header.parties),
                    }
                    for one in sealed
                ],
                "later": [one.party for one in plan.withheld],
            }
        )
        return
    for one in sealed:
        note(f"Stored for {', '.join(one.header.parties)}; it goes out with the rest.")
    for withheld in plan.withheld:
        note(f"{withheld.party} is told later: {'; '.join(withheld.reasons)}")
    _note_siblings(node, sent)
    note(f"Who has complied: rogatory recalls list {id_of(sent)}")


def _show_plan(
    node: Node, sent: SentMessage, plan: NoticePlan, *, as_json: bool
) -> None:
    rows = [
        *((party, "would be told") for party in plan.parties),
        *((one.party, "; ".join(one.reasons)) for one in plan.withheld),
        *((party, "was told before") for party in plan.told),
    ]
    if as_json:
        print_json(
            {
                "message": sent.message_digest.hex(),
                "told": list(plan.told),
                "to": list(plan.parties),
                "later": [one.party for one in plan.withheld],
            }
        )
        return
    print_table(("party", "what"), sorted(rows), empty="")
    _note_siblings(node, sent)
    note("Nothing was sent.")


def _note_siblings(node: Node, sent: SentMessage) -> None:
    """Names the other messages as which the same document left."""
    for digest in node.store.sent_at(sent.header.created_ms):
        other = node.store.find_sent(digest)
        if other is None or digest == sent.message_digest:
            continue
        if other.header.kind == sent.header.kind:
            parties = ", ".join(other.header.parties)
            note(f"The document went to {parties} as a message of its own: recall also")
            note(f"  {id_of(other)}")


def _own(node: Node, name: str) -> SentMessage:
    sent = find(node, name).sent
    if sent is None:
        raise ConfigurationError(
            "this message was received: only its origin can take it back"
        )
    return sent


def _name(sent: SentMessage) -> str:
    return f"{sent.header.kind} {id_of(sent)}"


def _reason(word: str) -> Reason:
    found = Reason.from_word(word)
    if found is None or found is _ITSELF:
        raise ConfigurationError(f"{word!r} is no reason; one of: {_REASONS}")
    return found
