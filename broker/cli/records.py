"""`rogatory records`: lists of one's own weapons, to be asked by this node alone."""

from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.matching import weapon_keeper
from broker.app.records import checked_name, read_weapon_list, weapon_lists
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.progress import shown_progress
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.errors import ConfigurationError
from broker.core.identification.records import ListSort, OwnList
from broker.core.status import iso_time
from broker.core.weapon_list_file import WeaponList
from broker.infra.clock import SYSTEM_CLOCK

app = typer.Typer(help="Lists of one's own weapons: holdings, exports, losses.")

_DELIMITERS: Final = {"comma": ",", "semicolon": ";", "tab": "\t"}


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="The list: CSV in UTF-8, with a header.")
    ],
    name: Annotated[
        str | None,
        typer.Option("--name", help="What to call it; the name of the file if absent."),
    ] = None,
    sort: Annotated[
        ListSort, typer.Option("--sort", help="What the list is of.")
    ] = ListSort.HOLDING,
    hash_only: Annotated[
        bool,
        typer.Option(
            "--hash-only",
            help="Keep tokens and your references only: it can be asked, not read.",
        ),
    ] = False,
    delimiter: Annotated[
        str | None,
        typer.Option(help="comma, semicolon or tab; seen from the header if absent."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check the file; keep nothing.")
    ] = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Takes a list of weapons in: one row for each weapon, or for a series of numbers.

    Columns: serial, or first and last; make, model, calibre, type, country, year,
    part, mask, quantity, reference. The list takes the place of one of the same name.
    One wrong row, and nothing is taken in. Nothing of it ever leaves this node.
    """
    if delimiter is not None and delimiter not in _DELIMITERS:
        raise ConfigurationError("a delimiter is comma, semicolon or tab")
    called = checked_name(name or file.stem)
    listed = read_weapon_list(file, _DELIMITERS.get(delimiter or ""))
    own = OwnList(
        name=called,
        sort=sort,
        hashed=hash_only,
        entries=len(listed.entries),
        imported_ms=SYSTEM_CLOCK.now_ms(),
    )
    replaced, new = None, 0
    if not dry_run:
        with node_session(node_dir) as node:
            keys = unlock(node, passphrase_file)
            with shown_progress("entries") as progress:
                replaced = weapon_lists(node, keys).take_in(
                    own, listed.entries, progress
                )
            new = weapon_keeper(node, keys).step()
    _show_import(own, listed, replaced, new, dry_run=dry_run, as_json=as_json)


@app.command("list")
def list_(
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists what was taken in."""
    with node_session(node_dir) as node:
        found = list(weapon_lists(node, unlock(node, passphrase_file)).lists())
    if as_json:
        print_json({"lists": [_fields(one) for one in found]})
        return
    rows = [
        (
            one.name,
            one.sort.value,
            str(one.entries),
            "tokens only" if one.hashed else "encrypted",
            iso_time(one.imported_ms)[:16],
        )
        for one in found
    ]
    columns = ("name", "of", "entries", "kept", "imported")
    print_table(columns, rows, empty="No list was taken in yet.")


@app.command("remove")
def remove(
    name: Annotated[str, typer.Argument(help="Name of the list.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it without asking again.")
    ] = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Destroys a list, and the leads that came of it."""
    if not yes:
        raise ConfigurationError(
            f"this destroys the list {name!r} and its leads in this node for good; to "
            "confirm it: --yes"
        )
    with node_session(node_dir) as node:
        lists = weapon_lists(node, unlock(node, passphrase_file))
        if not lists.remove(checked_name(name), SYSTEM_CLOCK.now_ms()):
            raise ConfigurationError(
                f"there is no list {name!r}; see: rogatory records list"
            )
        node.store.scrub()
    if as_json:
        print_json({"removed": name})
        return
    note(f"The list {name} is destroyed.")


def _show_import(
    own: OwnList,
    listed: WeaponList,
    replaced: OwnList | None,
    new: int,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    if as_json:
        print_json(
            {
                "dry_run": dry_run,
                **_fields(own),
                "replaced": None if replaced is None else replaced.entries,
                "columns_unknown": list(listed.unknown),
                "leads": new,
            }
        )
        return
    if listed.unknown:
        note(f"not taken in, since nobody knows it: {', '.join(listed.unknown)}")
    print(f"{own.entries} entries of {own.name}")
    if dry_run:
        note("Nothing was taken in.")
    elif replaced is not None:
        note(f"It takes the place of {replaced.entries} entries of the same name.")
    if new:
        note(f"{new} new lead(s): rogatory matches list")


def _fields(own: OwnList) -> dict[str, object]:
    return {
        "name": own.name,
        "sort": own.sort.value,
        "entries": own.entries,
        "tokens_only": own.hashed,
        "imported": iso_time(own.imported_ms),
    }
