"""`rogatory alert update` and `alert report`: what is said about a diversion alert."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.alerts import alert_of, ask_name, asked_of, reply_to_asks, update_draft
from broker.app.plan_drafts import joint_plan
from broker.app.plans import plan_of
from broker.cli.asking import confirm
from broker.cli.drafts import hand_out
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note
from broker.cli.permission_words import DryRunOption, WaitOption, YesOption
from broker.cli.secrets_prompt import unlock
from broker.cli.sending import Sending, send_document
from broker.cli.session import current_trust, node_session
from broker.core.cases.alert_values import AlertView, Answered, Ask
from broker.core.errors import ConfigurationError
from keys.identity import PartyId

AlertArgument = Annotated[
    str,
    typer.Argument(
        help="Id or digest of the alert, or the beginning of one; or the reference of "
        "its case."
    ),
]

_HEAD: Final = """\
# An update of alert {name}. Fill in what is empty; add what has become known. Fields:
# rogatory schema diversion-update/1
"""


class Sort(StrEnum):
    """What an update does."""

    UPDATE = "update"
    CORRECT = "correct"
    CANCEL = "cancel"
    RESOLVE = "resolve"


class Said(StrEnum):
    """What is said of something that was asked."""

    UNDER_WAY = "under-way"
    REPORTED = "reported"
    DECLINED = "declined"


def update(
    alert: AlertArgument,
    sort: Annotated[Sort, typer.Argument(help="update, correct, cancel or resolve.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; the screen if absent.")
    ] = None,
    plan: Annotated[
        str | None, typer.Option(help="Tell of this agreed plan, and how far it is.")
    ] = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Drafts an update of an alert, with its number and recipients filled in.

    An alert is never rewritten: updates stand beside it. Only whoever issued it can
    cancel or resolve it.
    """
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        content, view = alert_of(node, keys, alert)
        agreed = None if plan is None else joint_plan(plan_of(node, keys, plan)[1])
        fields = update_draft(content, view, node.party, sort.value, plan=agreed)
    name = view.alert.name
    hand_out(_HEAD.format(name=name), fields, out, as_json=as_json)
    file = out or "FILE"
    note(f"Send it, once it is filled in: rogatory send {file} --reply-to {name}")


def report(
    alert: AlertArgument,
    said: Annotated[
        Said, typer.Argument(help="under-way, reported or declined.")
    ] = Said.REPORTED,
    ask: Annotated[
        list[str] | None,
        typer.Option(
            help="What it is about, as 'alert show' numbers it; may be repeated. All "
            "that is asked of us if absent."
        ),
    ] = None,
    text: Annotated[str, typer.Option(help="What was done, in words.")] = "",
    authority: Annotated[
        str, typer.Option(help="Office that did it; not a person.")
    ] = "",
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    wait: WaitOption = 0.0,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Says what was done about what an alert asks for; the last word counts.

    It goes to whoever asked. What an alert and an update ask for is answered in a
    message of its own each.
    """
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        content, view = alert_of(node, keys, alert)
        asks = _asks(view, node.party, ask)
        names = ", ".join(ask_name(view, one) for one in asks)
        documents = reply_to_asks(
            content, Answered(said.value), asks, text=text, authority=authority
        )
        if not dry_run:
            confirm(f"Say of {names}: {said}?", yes=yes)
        for document in documents:
            trust = current_trust(node, passphrase_file, document.recipients)
            how = Sending(dry_run=dry_run, wait_s=wait, as_json=as_json)
            send_document(node, keys, trust, document, how)


def _asks(view: AlertView, me: PartyId, names: list[str] | None) -> list[Ask]:
    """Returns what is asked of us, or those of it that are named.

    Raises:
        ConfigurationError: Nothing is, or not that.
    """
    own = {ask_name(view, one): one for one in asked_of(view, me)}
    if not own:
        raise ConfigurationError("nothing in this alert is asked of us")
    if unknown := [one for one in names or () if one not in own]:
        raise ConfigurationError(
            f"{unknown[0]!r} is not asked of us; that is: {', '.join(own)}"
        )
    return [one for name, one in own.items() if not names or name in names]
