"""`rogatory permission grant`, `refuse` and `withdraw`: what a provider answers.

What an answer is good for is left to `broker.core.onward`.
"""

from collections.abc import Collection
from typing import Annotated

import typer

from broker.app.node_folder import Node
from broker.cli.asking import confirm
from broker.cli.following import IdArgument
from broker.cli.forwarding import opened_here, parties_in
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note
from broker.cli.permission_words import (
    PurposesOption,
    UntilOption,
    WaitOption,
    YesOption,
    day_in,
    purpose_words,
    purposes_in,
)
from broker.cli.secrets_prompt import unlock
from broker.cli.sending import Sending, send_document
from broker.cli.session import current_trust, find, id_of, node_session
from broker.core.codec.permission import encode_grant, read_grant, read_wish
from broker.core.errors import ConfigurationError
from broker.core.onward import GRANT_KIND, REQUEST_KIND
from broker.core.outgoing import OutgoingDocument
from broker.core.permissions import Act, Grant, Verdict, Wish
from broker.core.records import InboxMessage
from broker.services.holdings import Holdings
from keys.identity import PartyId


def grant(
    request: IdArgument,
    to: Annotated[
        str | None, typer.Option(help="To these only, of the parties it asks for.")
    ] = None,
    purpose: PurposesOption = None,
    until: UntilOption = None,
    remarks: Annotated[str, typer.Option(help="Conditions, in words.")] = "",
    yes: YesOption = False,
    wait: WaitOption = 0.0,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Consents to what a request asks for, or to a part of it.

    It holds for the message, the parties and the purposes that it names, and never
    loosens the handling. It replaces any earlier answer about the same message.
    """
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        holdings = Holdings(keys.holder, node.store)
        received, wish = _request(node, holdings, request)
        parties = wish.parties if to is None else frozenset(parties_in(to))
        if not parties <= wish.parties:
            raise ConfigurationError(
                f"it asks for {', '.join(sorted(wish.parties))} only"
            )
        uses = purposes_in(purpose) or wish.purposes
        if not uses <= wish.purposes:
            raise ConfigurationError(f"it asks for {purpose_words(wish.purposes)} only")
        day = day_in(until) or wish.until
        origin, limit = received.header.origin, f"until {day or 'it is withdrawn'}"
        confirm(f"Let {origin} {_doing(wish.act, parties)}, {limit}?", yes=yes)
        answer = Grant(
            message_digest=wish.message_digest,
            act=wish.act,
            verdict=Verdict.GRANTED,
            parties=parties,
            purposes=uses,
            until=day,
            remarks=remarks,
        )
        document = _answer(received, answer)
        trust = current_trust(node, passphrase_file, document.recipients)
        how = Sending(wait_s=wait, as_json=as_json)
        send_document(node, keys, trust, document, how)


def refuse(
    request: IdArgument,
    reason: Annotated[
        str, typer.Option(help="Why, in words that the other side reads.")
    ],
    yes: YesOption = False,
    wait: WaitOption = 0.0,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Says no to a request. What was granted before for the same message ends, too."""
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        received, wish = _request(node, Holdings(keys.holder, node.store), request)
        confirm(f"Refuse what {received.header.origin} asks for?", yes=yes)
        answer = Grant(
            message_digest=wish.message_digest,
            act=wish.act,
            verdict=Verdict.REFUSED,
            remarks=reason,
        )
        document = _answer(received, answer)
        trust = current_trust(node, passphrase_file, document.recipients)
        how = Sending(wait_s=wait, as_json=as_json)
        send_document(node, keys, trust, document, how)


def withdraw(
    answer: IdArgument,
    reason: Annotated[
        str, typer.Option(help="Why, in words that the other side reads.")
    ] = "",
    yes: YesOption = False,
    wait: WaitOption = 0.0,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Takes back a consent that was given here. What has left stays where it is."""
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        given = find(node, answer).sent
        if given is None or given.header.kind != GRANT_KIND:
            raise ConfigurationError(
                "that is no answer of ours; find it with: rogatory permission list"
            )
        said = read_grant(Holdings(keys.holder, node.store).content(given))
        parties = ", ".join(given.header.parties)
        confirm(f"Take back what {parties} may do?", yes=yes)
        document = OutgoingDocument(
            kind=GRANT_KIND,
            body=encode_grant(
                Grant(
                    message_digest=said.message_digest,
                    act=said.act,
                    verdict=Verdict.WITHDRAWN,
                    remarks=reason,
                )
            ),
            recipients=given.header.parties,
            handling=given.header.handling,
            in_reply_to=given.message_digest,
        )
        trust = current_trust(node, passphrase_file, document.recipients)
        how = Sending(wait_s=wait, as_json=as_json)
        send_document(node, keys, trust, document, how)


def _request(node: Node, holdings: Holdings, name: str) -> tuple[InboxMessage, Wish]:
    """Returns a request for consent, checked to be about a message of ours.

    Raises:
        ConfigurationError: It is something else.
    """
    received = opened_here(node, name)
    if received.header.kind != REQUEST_KIND:
        raise ConfigurationError(
            "that is no request; find it with: rogatory permission list"
        )
    wish = read_wish(holdings.content(received))
    sent, asking = node.store.find_sent(wish.message_digest), received.header.origin
    if sent is None:
        raise ConfigurationError(
            "it is about no message of ours: whoever provided it has to be asked"
        )
    note(f"{asking} asks about {sent.header.kind} {id_of(sent)}: {wish.reason}")
    if asking not in sent.header.parties:
        note(f"warning: {asking} did not get it from here, somebody passed it on")
    return received, wish


def _answer(request: InboxMessage, answer: Grant) -> OutgoingDocument:
    return OutgoingDocument(
        kind=GRANT_KIND,
        body=encode_grant(answer),
        recipients=(request.header.origin,),
        handling=request.header.handling,
        in_reply_to=request.message_digest,
    )


def _doing(act: Act, parties: Collection[PartyId]) -> str:
    match act:
        case Act.ONWARD:
            return f"pass it on to {', '.join(sorted(parties))}"
        case Act.JUDICIAL:
            return "use it in judicial proceedings"
