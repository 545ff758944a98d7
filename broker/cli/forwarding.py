"""`rogatory forward`: passes on what another party provided."""

from typing import Annotated

import typer

from broker.app.node_folder import Node
from broker.cli.following import IdArgument
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note
from broker.cli.secrets_prompt import unlock
from broker.cli.sending import Sending, send_document
from broker.cli.session import current_trust, find, node_session
from broker.core.codec.permission import encode_copy
from broker.core.drafting import span_ms
from broker.core.errors import ConfigurationError
from broker.core.onward import ONWARD_KIND
from broker.core.onward_copy import copy_of, handling_of
from broker.core.outgoing import OutgoingDocument
from broker.core.records import InboxMessage
from broker.infra.clock import SYSTEM_CLOCK
from broker.services.holdings import Holdings
from keys.identity import PartyId

ToOption = Annotated[str, typer.Option(help="Parties, such as BEL or BEL,MEX.")]
HandlingOption = Annotated[
    str | None,
    typer.Option(help="Stricter labels, such as 'TLP:AMBER H2'; never looser ones."),
]


def forward(
    message: IdArgument,
    to: ToOption,
    handling: HandlingOption = None,
    case: Annotated[str, typer.Option(help="Pseudonymous reference of the case.")] = "",
    expires_in: Annotated[
        str | None, typer.Option(help="How long it may be delivered: 36h, 30d.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say who would get it; send nothing.")
    ] = False,
    wait: Annotated[
        float, typer.Option(help="Seconds to wait for the hub to accept it.")
    ] = 0.0,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Passes on a message that was received, with what its provider bound it to.

    It says who provided it, and what its provider laid down; its own handling is never
    looser. Where the provider has to consent first, and has not, it is refused: ask
    with rogatory permission ask. What is TLP:RED is never passed on.
    """
    with node_session(node_dir) as node:
        received = opened_here(node, message)
        recipients = parties_in(to)
        keys = unlock(node, passphrase_file)
        holdings = Holdings(keys.holder, node.store)
        provided, answers = holdings.provided(received), holdings.answers()
        now_ms = SYSTEM_CLOCK.now_ms()
        document = OutgoingDocument(
            kind=ONWARD_KIND,
            body=encode_copy(copy_of(provided, recipients, answers)),
            recipients=recipients,
            handling=handling_of(provided, recipients, answers, handling, now_ms),
            case_reference=case,
            lifetime_ms=None if expires_in is None else span_ms(expires_in),
        )
        note(f"{provided.kind} of {provided.provider.by}, {document.handling}")
        trust = current_trust(node, passphrase_file, recipients)
        how = Sending(dry_run=dry_run, wait_s=wait, as_json=as_json)
        send_document(node, keys, trust, document, how)


def parties_in(text: str) -> tuple[PartyId, ...]:
    """Returns the parties that an option names.

    Raises:
        PartyCodeError: Something in it is not a party code.
    """
    return tuple(PartyId(code) for code in text.replace(" ", "").split(","))


def opened_here(node: Node, name: str) -> InboxMessage:
    """Returns a message that was received, as it was named on the command line.

    Raises:
        ConfigurationError: It means none, or several, or one of our own, or one that
            waits for a person.
    """
    received = find(node, name).received
    if received is None:
        raise ConfigurationError(
            "this message was sent from here: its own recipients are yours to choose"
        )
    if received.waits:
        raise ConfigurationError(
            "the message waits for a person: rogatory quarantine show"
        )
    return received
