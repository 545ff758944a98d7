"""`rogatory embargo`: the table of embargoes, and what a document has of them.

What is flagged is for people to decide: nothing is refused or released here.
"""

import datetime as dt
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.embargoes import (
    flags_about,
    own_table,
    put_table,
    read_table,
    table_file,
)
from broker.app.node_folder import Node
from broker.cli.options import JsonOption, NodeOption, node_folder
from broker.cli.output import note, print_json, print_table
from broker.core.codec.documents import encode_document, read_document
from broker.core.codec.draft import parse_draft
from broker.core.codec.kinds import parse_kind
from broker.core.embargoes import STALE_DAYS, Embargo, EmbargoTable, Flag, flags
from broker.core.errors import ConfigurationError
from broker.core.outgoing import OutgoingDocument
from broker.core.policy.facts import ItemClass
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.country_table import countries
from broker.infra.document_files import load_file

app = typer.Typer(
    no_args_is_help=True,
    help="Arms embargoes by date: a table that you keep. It flags, people decide.",
)

_CODE: Final = re.compile("[A-Z]{3}")
TableOption = Annotated[
    Path | None,
    typer.Option("--table", help="Another table than the one in the node's folder."),
]
DayOption = Annotated[
    str | None, typer.Option("--on", help="The day that matters; today if absent.")
]


@app.command("list")
def list_(
    on: DayOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that are over, or not yet begun.")
    ] = False,
    table: TableOption = None,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists the embargoes in force on a day.

    The table is empty until you put one there: rogatory embargo load FILE
    """
    known, day = _table(table, node_dir), _day(on)
    shown = known.embargoes if everything else known.in_force(day)
    if as_json:
        print_json({**_state(known, day), "embargoes": [_fields(e) for e in shown]})
        return
    rows = [
        (
            one.regime,
            one.target,
            ", ".join(sorted(one.countries)),
            one.direction.value,
            _scope(one),
            str(one.first),
            str(one.last or ""),
            one.resolution,
        )
        for one in shown
    ]
    columns = ("regime", "target", "countries", "way", "items", "from", "to", "where")
    print_table(columns, rows, empty=f"No embargo is known here on {day}.")
    _warn_stale(known, day)


@app.command("check")
def check(
    file: Annotated[
        Path | None, typer.Argument(help="A document, YAML or JSON.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(help="A territory instead, such as SOM.")
    ] = None,
    item: Annotated[
        list[str] | None, typer.Option(help="A class of items, such as firearm.")
    ] = None,
    on: DayOption = None,
    table: TableOption = None,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Says what in a document, or about a territory, an embargo may concern.

    It ends with 0 whatever it finds: a flag is no verdict.
    """
    known, day = _table(table, node_dir), _day(on)
    if (file is None) == (country is None):
        raise ConfigurationError("give a document, or --country SOM")
    if file is not None:
        if item:
            raise ConfigurationError(
                "--item goes with --country: a document names its items itself"
            )
        _show_flags(flags(_content(file), known, day), known, day, as_json=as_json)
        return
    if not _CODE.fullmatch(str(country)):
        raise ConfigurationError(f"{country!r} is no country code such as SOM")
    found = known.in_force(day, str(country), _items(item or []))
    if as_json:
        print_json({**_state(known, day), "embargoes": [_fields(e) for e in found]})
        return
    name = countries().name(str(country))
    if not found:
        note(f"No embargo about {name} is known here on {day}.")
    for one in found:
        _say(one)
    _warn_stale(known, day)


@app.command("load")
def load(
    file: Annotated[Path, typer.Argument(help="The table, YAML or JSON.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and check it; change nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Puts a table of embargoes into the node's folder, in place of the one there.

    What a table may say: rogatory schema embargoes
    """
    root = node_folder(node_dir)
    new, old = read_table(file), own_table(root)
    words = f"{len(new.embargoes)} embargo(es), checked on {new.checked_on}"
    if not dry_run:
        replaced = f", in place of {len(old.embargoes)}" if old.embargoes else ""
        if old.embargoes and not yes:
            typer.confirm(f"Put {words} there{replaced}?", abort=True, err=True)
        new = put_table(root, file)
    if as_json:
        print_json(
            {
                "file": str(table_file(root)),
                "changed": not dry_run,
                "before": len(old.embargoes),
                "embargoes": len(new.embargoes),
            }
        )
        return
    note(f"{words}: sound; nothing was changed." if dry_run else f"{words}: in use.")


def warn_of_embargoes(node: Node, document: OutgoingDocument) -> None:
    """Says what in a document an embargo may be about. It stops nothing.

    Raises:
        DocumentError: The node's table cannot be read, or is none.
    """
    for flag in flags_about(node.folder.root, document, _day(None)):
        note(f"embargo: {flag_words(flag)}")


def flag_words(flag: Flag) -> str:
    """Returns a flag as a person reads it."""
    one = flag.embargo
    exempt = f"; exempt: {'; '.join(one.exemptions)}" if one.exemptions else ""
    return f"{flag.path}: {flag.why} ({one.regime}, {one.resolution}{exempt})"


def _show_flags(
    found: Iterable[Flag], known: EmbargoTable, day: dt.date, *, as_json: bool
) -> None:
    shown = list(found)
    if as_json:
        listed = [
            {"path": one.path, "why": one.why, "embargo": _fields(one.embargo)}
            for one in shown
        ]
        print_json({**_state(known, day), "flags": listed})
        return
    for one in shown:
        print(flag_words(one))
    if shown:
        note("Flags only: a person has to read the resolutions, and decide.")
    else:
        note(f"Nothing in it concerns an embargo that is known here on {day}.")
    _warn_stale(known, day)


def _say(one: Embargo) -> None:
    end = f" to {one.last}" if one.last else ", no end laid down"
    print(f"{one.regime}: {one.target}, from {one.first}{end} ({one.resolution})")
    print(f"  {one.direction.value} its target; {_scope(one)}")
    for exemption in one.exemptions:
        print(f"  exempt: {exemption}")


def _table(file: Path | None, node_dir: Path | None) -> EmbargoTable:
    return own_table(node_folder(node_dir)) if file is None else read_table(file)


def _content(file: Path) -> dict[str, object]:
    draft = parse_draft(load_file(file))
    body = encode_document(draft.kind, draft.content)
    return read_document(parse_kind(draft.kind), body)


def _day(text: str | None) -> dt.date:
    try:
        if text is not None:
            return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(f"{text!r} is no day such as 2026-12-31") from error
    return dt.datetime.fromtimestamp(SYSTEM_CLOCK.now_ms() / 1000, tz=dt.UTC).date()


def _items(words: list[str]) -> frozenset[ItemClass]:
    found = {word: ItemClass.from_word(word) for word in words}
    for word, item in found.items():
        if item is None:
            raise ConfigurationError(
                f"{word!r} is no class of items; there are "
                f"{', '.join(ItemClass.words())}"
            )
    return frozenset(item for item in found.values() if item is not None)


def _scope(one: Embargo) -> str:
    if one.scope is None:
        return "every item"
    return ", ".join(item.word for item in sorted(one.scope))


def _warn_stale(known: EmbargoTable, day: dt.date) -> None:
    if known.is_stale(day):
        note(
            f"warning: the table was compared with its sources on {known.checked_on}, "
            f"more than {STALE_DAYS} days before"
        )


def _state(known: EmbargoTable, day: dt.date) -> dict[str, object]:
    return {
        "on": day.isoformat(),
        "checked_on": None if known.checked_on is None else str(known.checked_on),
        "stale": known.is_stale(day),
    }


def _fields(one: Embargo) -> dict[str, object]:
    return {
        "regime": one.regime,
        "resolution": one.resolution,
        "target": one.target,
        "countries": sorted(one.countries),
        "names": sorted(one.names),
        "scope": None
        if one.scope is None
        else [item.word for item in sorted(one.scope)],
        "direction": one.direction.value,
        "from": one.first.isoformat(),
        "to": None if one.last is None else one.last.isoformat(),
        "exemptions": list(one.exemptions),
    }
