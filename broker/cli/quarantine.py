"""`rogatory quarantine`: what waits until a person has looked at it."""

from typing import Annotated, Final

import typer
import yaml

from broker.app.doubts import doubts_about
from broker.app.node_folder import Node
from broker.cli.asking import confirm
from broker.cli.following import IdArgument, header_fields, short_time
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.secrets_prompt import unlock
from broker.cli.session import current_trust, find, id_of, node_session
from broker.core.admitted import Admission
from broker.core.codec.documents import decode_document
from broker.core.errors import ConfigurationError
from broker.core.records import InboxMessage
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK
from broker.services.holdings import Holdings
from broker.services.quarantine import QuarantineDesk

_DAY_MS: Final = 86_400_000
_HOUR_MS: Final = 3_600_000

app = typer.Typer(
    no_args_is_help=True,
    help="What waits until a person has looked at it.",
)

YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]
DeskOption = Annotated[
    list[str] | None,
    typer.Option(
        "--to", help="A desk that gets it, instead of those that the policy names."
    ),
]


@app.command("list")
def list_(node_dir: NodeOption = None, as_json: JsonOption = False) -> None:
    """Lists what waits for a person, the longest waiting first.

    To whoever sent it, such a message is delivered and not opened, until somebody
    releases or declines it. When it expires, it is refused by itself.
    """
    now_ms = SYSTEM_CLOCK.now_ms()
    with node_session(node_dir) as node:
        waiting = [
            (admission, message)
            for admission in node.store.quarantined()
            if (message := node.store.find_received(admission.message_digest))
        ]
    if as_json:
        print_json(
            {"waiting": [_fields(one, message, now_ms) for one, message in waiting]}
        )
        return
    rows = [
        (
            id_of(message),
            message.header.kind,
            message.header.origin,
            str(message.header.handling),
            span(now_ms - admission.since_ms),
            short_time(message.header.expires_ms),
        )
        for admission, message in waiting
    ]
    columns = ("id", "kind", "from", "handling", "waits for", "expires")
    print_table(columns, rows, empty="Nothing waits for a person.")
    if rows:
        note("Look at one: rogatory quarantine show ID")


@app.command("show")
def show(
    message: IdArgument,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows the content of a message that waits, and what our policy says of it."""
    with node_session(node_dir) as node:
        admission, waiting = _waiting(node, message)
        keys = unlock(node, passphrase_file)
        body = Holdings(keys.holder, node.store).content(waiting)
        decided = node.store.decisions_about(admission.message_digest)
        doubt = doubts_about(node, [waiting]).get(admission.message_digest)
    fields = {
        **_fields(admission, waiting, SYSTEM_CLOCK.now_ms()),
        "rules": [
            f"{rule}: {reason}"
            for one in decided
            for rule, reason in zip(one.rule_ids, one.reasons, strict=True)
        ],
        "warning": doubt,
        "content": decode_document(waiting.header.kind, body),
    }
    if doubt:
        note(f"warning: {doubt}")
    if as_json:
        print_json(fields)
    else:
        print(yaml.safe_dump(fields, sort_keys=False, allow_unicode=True), end="")
    note("Take it: rogatory quarantine release ID; or not: rogatory quarantine decline")


@app.command("release")
def release(
    message: IdArgument,
    to: DeskOption = None,
    yes: YesOption = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Takes a message that waits: it can be read, and its origin is told so.

    The policy as it is now is asked once more. If it does not take the message any
    longer, the message goes on waiting.
    """
    with node_session(node_dir) as node:
        _, waiting = _waiting(node, message)
        desks = ", ".join(to or []) or "the desks that the policy names"
        header = waiting.header
        confirm(f"Release {header.kind} of {header.origin} to {desks}?", yes=yes)
        keys = unlock(node, passphrase_file)
        trust = current_trust(node, passphrase_file)
        desk = QuarantineDesk(keys.holder, node.store, lambda: trust, SYSTEM_CLOCK)
        admission = desk.release(waiting, to or ())
    _tell(waiting, admission, as_json=as_json)
    if not admission.routes:
        note("The policy names no desk for it: see `route` in docs/policy.md")


@app.command("decline")
def decline(
    message: IdArgument,
    reason: Annotated[
        str, typer.Option(help="Why. It is kept here, encrypted, and told to nobody.")
    ],
    yes: YesOption = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Does not take a message that waits: nobody gets it, and its origin is told so.

    The origin learns that a person declined it, and not why. The content cannot be
    read here afterwards.
    """
    if not reason.strip():
        raise ConfigurationError("give a reason: whoever asks later has only that")
    with node_session(node_dir) as node:
        _, waiting = _waiting(node, message)
        header = waiting.header
        confirm(f"Decline {header.kind} of {header.origin} for good?", yes=yes)
        keys = unlock(node, passphrase_file)
        trust = current_trust(node, passphrase_file)
        desk = QuarantineDesk(keys.holder, node.store, lambda: trust, SYSTEM_CLOCK)
        admission = desk.decline(waiting, reason)
    _tell(waiting, admission, as_json=as_json)


def span(ms: int) -> str:
    """Returns a span of time in the largest unit that says something."""
    days, rest = divmod(max(ms, 0), _DAY_MS)
    return f"{days} d" if days else f"{rest // _HOUR_MS} h"


def _waiting(node: Node, name: str) -> tuple[Admission, InboxMessage]:
    received = find(node, name).received
    if received is None:
        raise ConfigurationError("this message was sent, not received")
    admission = node.store.admission(received.message_digest)
    if admission is None:
        raise ConfigurationError(
            f"it does not wait for a person: it is {received.state.value}"
        )
    return admission, received


def _tell(message: InboxMessage, admission: Admission, *, as_json: bool) -> None:
    if as_json:
        print_json(_fields(admission, message, admission.since_ms))
        return
    desks = f" for {', '.join(admission.routes)}" if admission.routes else ""
    note(f"{id_of(message)} is {admission.state.value}{desks}.")


def _fields(
    admission: Admission, message: InboxMessage, now_ms: int
) -> dict[str, object]:
    return {
        **header_fields(message.header),
        "state": admission.state.value,
        "desks": list(admission.routes),
        "since": iso_time(admission.since_ms),
        "waits_ms": now_ms - admission.since_ms,
    }
