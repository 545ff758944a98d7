"""`rogatory matches`: weapons that may be known already, and what became of a lead."""

from typing import Annotated

import typer

from broker.app.matching import decide, lead_of, leads, leads_for
from broker.cli.following import short_time
from broker.cli.match_words import (
    decision_words,
    lead_fields,
    noted_fields,
    place_fields,
    place_words,
    reason_lines,
    weapon_fields,
    weapon_words,
)
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table, say_item
from broker.cli.secrets_prompt import unlock
from broker.cli.session import find, node_session
from broker.core.errors import ConfigurationError
from broker.core.identification.records import Decision, NotedLead
from broker.core.identification.weapon import FRAME, ReadSerial, Weapon

app = typer.Typer(
    help="Weapons that may be known already: leads with a score and reasons."
)

NumberArgument = Annotated[int, typer.Argument(help="Number of the lead.")]
ByOption = Annotated[str, typer.Option(help="Who decides.")]
RemarkOption = Annotated[str, typer.Option(help="Why, in a few words.")]
MinOption = Annotated[
    float, typer.Option("--min", min=0.0, max=1.0, help="Score that a lead has.")
]


@app.callback(invoke_without_command=True)
def _group(
    context: typer.Context,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists the open leads, or does what is named."""
    if context.invoked_subcommand is None:
        list_(node_dir=node_dir, passphrase_file=passphrase_file, as_json=as_json)


@app.command("list")
def list_(
    message: Annotated[
        str | None,
        typer.Argument(help="Only of this message: id, digest, or a beginning."),
    ] = None,
    least: MinOption = 0.5,
    all_: Annotated[
        bool, typer.Option("--all", help="Those as well that were decided.")
    ] = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists leads, the best first: two descriptions that may be of one weapon.

    A lead is for a person to look at; nothing follows from one by itself. What came
    since the node last looked is compared first.
    """
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        digest = None if message is None else find(node, message).message.message_digest
        found = [
            one
            for one in leads(node, keys, digest)
            if one.lead.score >= least and (all_ or one.decision is Decision.OPEN)
        ]
    found.sort(key=lambda one: (-one.lead.score, one.number))
    if as_json:
        print_json({"leads": [noted_fields(one) for one in found]})
        return
    rows = [
        (
            str(one.number),
            f"{one.lead.score:.2f}",
            short_time(one.noted_ms),
            f"{place_words(one.asked)}: {weapon_words(one.asked.kept.weapon)}",
            f"{place_words(one.found)}: {weapon_words(one.found.kept.weapon)}",
            decision_words(one),
        )
        for one in found
    ]
    columns = ("lead", "score", "noted", "described here", "and here", "state")
    print_table(columns, rows, empty="No lead is known.")
    if any(one.decision is Decision.OPEN for one in found):
        note("Look at one: rogatory matches show NUMBER")


@app.command("show")
def show(
    number: NumberArgument,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows one lead: what agrees, what differs, and by which key it was found."""
    with node_session(node_dir) as node:
        noted = lead_of(node, unlock(node, passphrase_file), number)
    _show(noted, as_json=as_json)


@app.command("confirm")
def confirm(
    number: NumberArgument,
    by: ByOption,
    remark: RemarkOption = "",
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Notes that a person holds the two to be one weapon. Nothing is sent."""
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        noted = decide(
            node, keys, number, Decision.CONFIRMED, by=_who(by), remark=remark.strip()
        )
    _show(noted, as_json=as_json)


@app.command("dismiss")
def dismiss(
    number: NumberArgument,
    by: ByOption,
    remark: RemarkOption = "",
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Notes that a person holds the two to be different weapons."""
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        noted = decide(
            node, keys, number, Decision.DISMISSED, by=_who(by), remark=remark.strip()
        )
    _show(noted, as_json=as_json)


@app.command("search")
def search(
    serial: Annotated[str, typer.Argument(help="As read; ? for what is not legible.")],
    mask: Annotated[
        str, typer.Option(help="Place by place, alternatives as [0O].")
    ] = "",
    make: Annotated[str, typer.Option(help="Maker.")] = "",
    model: Annotated[str, typer.Option(help="Model.")] = "",
    calibre: Annotated[str, typer.Option(help="Calibre.")] = "",
    country: Annotated[str, typer.Option(help="Of manufacture: KEN.")] = "",
    least: MinOption = 0.3,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Looks one number up in all that this node keeps; notes and sends nothing."""
    weapon = Weapon(
        kind="search",
        path="",
        make=make,
        model=model,
        calibre=calibre,
        country=country,
        serials=(ReadSerial(part=FRAME, raw=serial, mask=mask),),
    )
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        found = [hit for _, hit in leads_for(node, keys, [weapon], least=least)]
    if as_json:
        hits = [{**lead_fields(one.lead), **place_fields(one.place)} for one in found]
        print_json({"asked": weapon_fields(weapon), "hits": hits})
        return
    if not found:
        note("Nothing that this node keeps has such a number.")
    for one in found:
        words = weapon_words(one.place.kept.weapon)
        say_item(f"{one.lead.score:.2f}  ", f"{place_words(one.place)}: {words}")
        for line in reason_lines(one.lead):
            say_item("      ", line)


def _show(noted: NotedLead, *, as_json: bool) -> None:
    if as_json:
        print_json(noted_fields(noted))
        return
    say_item(
        f"{noted.number}  ", f"score {noted.lead.score:.2f}, {decision_words(noted)}"
    )
    for place in (noted.asked, noted.found):
        say_item("   ", f"{place_words(place)}: {weapon_words(place.kept.weapon)}")
    for line in reason_lines(noted.lead):
        say_item("   ", line)


def _who(by: str) -> str:
    who = " ".join(by.split())
    if not who:
        raise ConfigurationError("--by takes the name of whoever decides")
    return who
