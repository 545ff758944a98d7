"""`rogatory directory import`, `imports` and `draft`: lists of others' contacts."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Final

import typer
import yaml

from broker.app.contact_imports import checked_source, drafted, read_contact_list
from broker.cli.directory_fields import import_fields
from broker.cli.options import JsonOption, NodeOption
from broker.cli.output import note, print_json, print_table
from broker.cli.session import node_session
from broker.core.codec.contacts import render_contacts
from broker.core.contact_lists import ContactList
from broker.core.errors import ConfigurationError, DocumentError
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK
from keys.directory.model import OfficeRole
from keys.identity import PartyId

_SHOWN: Final = 20  # remarks that are written out
_DELIMITERS: Final = {"comma": ",", "semicolon": ";", "tab": "\t"}


def import_list(
    file: Annotated[
        Path, typer.Argument(help="The list: CSV in UTF-8, with a header.")
    ],
    source: Annotated[
        str | None,
        typer.Option(help="What the list is; the name of the file if absent."),
    ] = None,
    date: Annotated[
        str, typer.Option(help="Of when it is: 2026, 2026-09 or 2026-09-30.")
    ] = "",
    delimiter: Annotated[
        str | None,
        typer.Option(help="comma, semicolon or tab; seen from the header if absent."),
    ] = None,
    role: Annotated[
        OfficeRole | None,
        typer.Option(help="What offices are for which the list does not say it."),
    ] = None,
    skip_bad_rows: Annotated[
        bool,
        typer.Option("--skip-bad-rows", help="Import the others all the same."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be imported; do nothing.")
    ] = False,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Imports a list of many countries' contacts, such as one of competent authorities.

    What it says is kept in this node alone, and shown below what parties say
    themselves, marked as not attested. It takes the place of what was imported from
    the same source before. Columns with people's names are never imported.
    """
    if delimiter is not None and delimiter not in _DELIMITERS:
        raise ConfigurationError("a delimiter is comma, semicolon or tab")
    name, dated = checked_source(source or file.stem), _checked_date(date)
    sign = None if delimiter is None else _DELIMITERS[delimiter]
    listed = read_contact_list(file, delimiter=sign, role=role)
    if listed.refused and not skip_bad_rows:
        note("Nothing was imported; to leave these rows out: --skip-bad-rows")
        raise DocumentError(list(listed.refused))
    if not listed.offices:
        raise ConfigurationError(f"{file} names no office")
    replaced = 0
    if not dry_run:
        now_ms = SYSTEM_CLOCK.now_ms()
        with node_session(node_dir) as node:
            replaced = node.store.replace_import(name, dated, listed.offices, now_ms)
    if as_json:
        print_json(_result_fields(listed, name, dated, replaced, dry_run=dry_run))
    else:
        _show_result(listed, name, replaced, dry_run=dry_run)


def imports(
    remove: Annotated[
        str | None, typer.Option(help="Forget what came from this source.")
    ] = None,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists what was imported, by source; or forgets one source."""
    with node_session(node_dir) as node:
        if remove is not None and not node.store.remove_import(checked_source(remove)):
            raise ConfigurationError(
                f"nothing was imported from {remove!r}; see: rogatory directory imports"
            )
        found = node.store.imports()
    if as_json:
        print_json({"imports": [import_fields(one) for one in found]})
        return
    if remove is not None:
        note(f"What came from {remove} is forgotten.")
    rows = [
        (
            one.source,
            one.dated,
            iso_time(one.imported_ms)[:10],
            str(one.countries),
            str(one.offices),
        )
        for one in found
    ]
    print_table(
        ("source", "dated", "imported", "countries", "offices"),
        rows,
        empty="Nothing was imported yet.",
    )


def draft(
    party: Annotated[
        str | None, typer.Argument(help="Whose contacts; the own party's if absent.")
    ] = None,
    node_dir: NodeOption = None,
) -> None:
    """Prints a contacts file made of imported lists, to be completed and attested."""
    with node_session(node_dir) as node:
        whose = node.party if party is None else PartyId(party)
        contacts, left = drafted(node, whose)
    print("# Drafted from imported lists: nobody has attested it yet.")
    print("# Correct it, complete it, then: rogatory directory attest THIS-FILE")
    text = yaml.safe_dump(
        render_contacts(contacts), sort_keys=False, allow_unicode=True
    )
    print(text, end="")
    for one in left:
        note(f"look at {one}")


def _checked_date(text: str) -> str:
    forms = {0: "", 4: "-01-01", 7: "-01", 10: ""}
    try:
        if text:
            dt.date.fromisoformat(text + forms[len(text)])
    except (KeyError, ValueError):
        raise ConfigurationError(
            f"{text!r} is no date such as 2026, 2026-09 or 2026-09-30"
        ) from None
    return text


def _show_result(
    listed: ContactList, source: str, replaced: int, *, dry_run: bool
) -> None:
    for one in (*listed.refused, *listed.remarks)[:_SHOWN]:
        note(f"warning: {one}")
    more = len(listed.refused) + len(listed.remarks) - _SHOWN
    if more > 0:
        note(f"warning: and {more} more; all of them with --json")
    if listed.people:
        note(f"not imported, since people are in it: {', '.join(listed.people)}")
    if listed.unknown:
        note(f"not imported, since nobody knows it: {', '.join(listed.unknown)}")
    countries = len({office.country for office in listed.offices})
    print(
        f"{len(listed.offices)} offices of {countries} countries from {source}; "
        f"{listed.merged} rows merged, {listed.left_out} left out"
    )
    if dry_run:
        note("Nothing was imported.")
    elif replaced:
        note(f"It takes the place of {replaced} offices from the same source.")


def _result_fields(
    listed: ContactList, source: str, dated: str, replaced: int, *, dry_run: bool
) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "source": source,
        "dated": dated or None,
        "offices": len(listed.offices),
        "countries": sorted({office.country for office in listed.offices}),
        "rows": listed.rows,
        "merged": listed.merged,
        "replaced": replaced,
        "rows_left_out": listed.left_out,
        "refused": [str(one) for one in listed.refused],
        "remarks": [str(one) for one in listed.remarks],
        "columns_unknown": list(listed.unknown),
        "columns_with_people": list(listed.people),
    }
