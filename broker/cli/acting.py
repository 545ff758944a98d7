"""`rogatory acknowledge`, `act` and `decline`: what an authority says of a message."""

from pathlib import Path
from typing import Annotated

import typer

from broker.app.credentials import NodeKeys
from broker.app.doubts import doubts_about
from broker.app.node_folder import Node
from broker.cli.asking import confirm
from broker.cli.following import IdArgument, header_fields
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json
from broker.cli.secrets_prompt import unlock
from broker.cli.session import find, id_of, node_session
from broker.core.errors import ConfigurationError
from broker.core.model import Decider, Receipt, Stage
from broker.core.protocol_kinds import PROTOCOL_KINDS
from broker.core.records import InboxMessage
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK
from broker.services.authority_desk import AUTHORITY_MAX, AuthorityDesk, Saying

AuthorityOption = Annotated[
    str,
    typer.Option(
        help="The office that says so, such as 'National Firearms Centre'. The origin "
        "reads it, and so does the hub: name no person."
    ),
]
SystemOption = Annotated[
    bool, typer.Option("--system", help="A system has decided it, and no person.")
]
NoteOption = Annotated[
    str,
    typer.Option(
        "--note", help="For your own files: kept here, encrypted, and told to nobody."
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Only tell whether it can be said now.")
]


def acknowledge(
    message: IdArgument,
    authority: AuthorityOption,
    system: SystemOption = False,
    note_text: NoteOption = "",
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tells the origin of a message that an authority here has taken it up.

    A person says so, or a system with --system; the node itself has said before that it
    was delivered and opened. It is signed, logged, and cannot be taken back.
    """
    saying = _saying(Stage.ACKNOWLEDGED, authority, note_text, system=system)
    _say(
        message,
        saying,
        (node_dir, passphrase_file),
        dry_run=dry_run,
        yes=yes,
        as_json=as_json,
    )


def act(
    message: IdArgument,
    authority: AuthorityOption,
    system: SystemOption = False,
    note_text: NoteOption = "",
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tells the origin of a message that an authority here has done what it asks.

    Only after it was acknowledged. Nothing can be said about the message afterwards.
    What was done is for an answer, sent as a message of its own.
    """
    saying = _saying(Stage.ACTED, authority, note_text, system=system)
    _say(
        message,
        saying,
        (node_dir, passphrase_file),
        dry_run=dry_run,
        yes=yes,
        as_json=as_json,
    )


def decline(
    message: IdArgument,
    authority: AuthorityOption,
    reason: Annotated[
        str, typer.Option(help="Why. It is kept here, encrypted, and told to nobody.")
    ],
    system: SystemOption = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tells the origin of an opened message that an authority here will not act on it.

    The origin learns who declined it, and not why. Nothing can be said about the
    message afterwards. What still waits for a person is declined with rogatory
    quarantine decline.
    """
    if not reason.strip():
        raise ConfigurationError("give a reason: whoever asks later has only that")
    saying = _saying(Stage.REFUSED, authority, reason, system=system)
    _say(
        message,
        saying,
        (node_dir, passphrase_file),
        dry_run=dry_run,
        yes=yes,
        as_json=as_json,
    )


def noted(node: Node, keys: NodeKeys, digest: bytes) -> dict[str, object]:
    """Returns what authorities here have noted with what they said of a message.

    Returns:
        A field to show beside others; none where nothing was noted.
    """
    desk = AuthorityDesk(keys.holder, node.store, SYSTEM_CLOCK)
    notes = {stage.name: text for stage, text in desk.notes(digest).items()}
    return {"notes": notes} if notes else {}


def _saying(stage: Stage, authority: str, text: str, *, system: bool) -> Saying:
    name = " ".join(authority.split())
    if not name or len(name) > AUTHORITY_MAX or not name.isprintable():
        raise ConfigurationError(
            f"--authority takes the name of an office, of 1 to {AUTHORITY_MAX} signs"
        )
    decider = Decider.SYSTEM if system else Decider.PERSON
    return Saying(stage=stage, authority=name, decider=decider, note=text.strip())


def _say(
    name: str,
    saying: Saying,
    place: tuple[Path | None, Path | None],
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    node_dir, passphrase_file = place
    with node_session(node_dir) as node:
        message = _received(node, name)
        keys = unlock(node, passphrase_file)
        desk = AuthorityDesk(keys.holder, node.store, SYSTEM_CLOCK)
        desk.check(message, saying)
        header = message.header
        what = f"{saying.stage.name} about {header.kind} {id_of(message)}"
        if dry_run:
            note(f"{what} can be said to {header.origin}. Nothing was said.")
            return
        by = f"in the name of {saying.authority}"
        confirm(f"Say {what} to {header.origin}, {by}? It cannot be undone.", yes=yes)
        receipt = desk.say(message, saying)
    _tell(message, receipt, as_json=as_json)


def _received(node: Node, name: str) -> InboxMessage:
    received = find(node, name).received
    if received is None:
        raise ConfigurationError(
            "this message was sent from here: only its recipients can say that of it; "
            "see what they said with: rogatory status"
        )
    if received.header.kind in PROTOCOL_KINDS:
        kind = received.header.kind
        raise ConfigurationError(f"the node itself answers what is of the kind {kind}")
    if gone := node.store.taken_back(received.message_digest):
        note(f"warning: {gone.sentence}")
    if doubt := doubts_about(node, [received]).get(received.message_digest):
        note(f"warning: {doubt}")
    return received


def _tell(message: InboxMessage, receipt: Receipt, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                **header_fields(message.header),
                "stage": receipt.stage.name,
                "at": iso_time(receipt.at_ms),
                "code": receipt.code or None,
                "detail": receipt.detail or None,
                "authority": receipt.authority or None,
                "decided_by": receipt.decider.name.lower(),
            }
        )
        return
    note(
        f"{receipt.stage.name} is said to {receipt.to}; the node signs it and brings "
        "it to the hub as soon as it runs."
    )
