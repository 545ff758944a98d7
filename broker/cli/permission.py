"""`rogatory permission`: asking a provider for consent; answers are beside it.

What consent is needed for is left to `broker.core.onward`.
"""

from typing import Annotated

import typer

from broker.cli.following import IdArgument
from broker.cli.forwarding import opened_here, parties_in
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.permission_answers import grant, refuse, withdraw
from broker.cli.permission_list import list_
from broker.cli.permission_words import (
    DryRunOption,
    PurposesOption,
    UntilOption,
    WaitOption,
    act_in,
    day_in,
    purposes_in,
)
from broker.cli.secrets_prompt import unlock
from broker.cli.sending import Sending, send_document
from broker.cli.session import current_trust, node_session
from broker.core.codec.permission import encode_wish
from broker.core.errors import ConfigurationError
from broker.core.handling import Handling
from broker.core.onward import REQUEST_KIND
from broker.core.onward_copy import whom_to_ask
from broker.core.outgoing import OutgoingDocument
from broker.core.permissions import Wish
from broker.services.holdings import Holdings

app = typer.Typer(
    no_args_is_help=True,
    help="Consent of a provider: ask for it, give it, take it back.",
)
app.command("list")(list_)
app.command("grant")(grant)
app.command("refuse")(refuse)
app.command("withdraw")(withdraw)

ActOption = Annotated[
    str,
    typer.Option(
        help="What is to be done: onward (pass it on) or judicial (in court)."
    ),
]


@app.command("ask")
def ask(
    message: IdArgument,
    reason: Annotated[str, typer.Option(help="Why, in words.")],
    purpose: PurposesOption = None,
    act: ActOption = "onward",
    to: Annotated[
        str | None, typer.Option(help="To pass it on: to whom, such as KEN or KEN,XPO.")
    ] = None,
    until: UntilOption = None,
    dry_run: DryRunOption = False,
    wait: WaitOption = 0.0,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asks whoever provided a message for what its handling keeps you from doing.

    The request goes to the provider, or to whoever set the condition. Their answer
    comes as a message, and counts by itself.
    """
    with node_session(node_dir) as node:
        received = opened_here(node, message)
        parties = () if to is None else parties_in(to)
        what, uses = act_in(act, parties), purposes_in(purpose)
        if not uses:
            raise ConfigurationError("what for? Give --purpose criminal-investigation")
        keys = unlock(node, passphrase_file)
        provided = Holdings(keys.holder, node.store).provided(received)
        layers = whom_to_ask(provided, what, parties)
        if not layers:
            raise ConfigurationError("nobody's consent is needed for that")
        for layer in layers:
            wish = Wish(
                message_digest=layer.digest,
                act=what,
                parties=frozenset(parties),
                purposes=uses,
                reason=reason,
                until=day_in(until),
            )
            document = OutgoingDocument(
                kind=REQUEST_KIND,
                body=encode_wish(wish),
                recipients=(layer.by,),
                handling=Handling(tlp=received.header.handling.tlp),
                in_reply_to=received.message_digest,
            )
            trust = current_trust(node, passphrase_file, document.recipients)
            how = Sending(dry_run=dry_run, wait_s=wait, as_json=as_json)
            send_document(node, keys, trust, document, how)
