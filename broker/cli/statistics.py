"""`rogatory statistics`: indicator 16.4.2 and the figures behind it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
import yaml

from broker.app.statistics import returns_held, statistics_of, unnamed
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.codec.documents import decode_document, encode_document
from broker.core.codec.draft import parse_draft
from broker.core.errors import ConfigurationError
from broker.core.indicators.arms import Counted, Recovered, RecoveryRecord, Traced
from broker.core.indicators.people import people_tables
from broker.core.indicators.returns import document_of
from broker.core.indicators.sdg import (
    SERIES,
    Figures,
    by_year,
    percent,
    together,
)
from broker.core.indicators.suppression import HIDDEN, THRESHOLD, Table
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.document_files import load_file
from broker.infra.text_files import write_text

AlsoOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--also",
        help="File of a recovery record that was sent to nobody; may be repeated.",
    ),
]
YearOption = Annotated[
    int | None, typer.Option(min=1900, max=2200, help="Only this year.")
]

app = typer.Typer(
    no_args_is_help=True,
    help="Indicator 16.4.2: arms seized, found or surrendered, and how many of them "
    "were traced.",
)


@app.command("show")
def show(
    year: YearOption = None,
    also: AlsoOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows the indicator for each year, and what does not count in it.

    Computed anew each time: an answer that comes late changes the year in which the
    arms were recovered.
    """
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        counted = statistics_of(node, keys, kept_at_home(also)).counted
    years = {
        one: figures
        for one, figures in by_year(counted.arms).items()
        if year in {None, one}
    }
    if year is not None:
        years.setdefault(year, Figures(cells={}))
    if as_json:
        print_json(
            {
                "series": SERIES,
                "country": node.party,
                "years": [_year_fields(one, fig) for one, fig in years.items()],
                "left_out": [
                    {"year": one, "reason": why.value, "objects": number}
                    for (one, why), number in sorted(counted.left_out.items())
                    if year in {None, one}
                ],
            }
        )
        return
    print_table(
        ("year", "16.4.2 in %", "traced", "established", "seized", "found", "given up"),
        [_row(str(one), figures) for one, figures in years.items()],
        empty="No record of a recovery is here: rogatory case new recovery-record",
    )
    _tell_left_out(counted, year)


@app.command("draft")
def draft(
    year: Annotated[int, typer.Argument(min=1900, max=2200, help="Such as 2025.")],
    out: Annotated[Path, typer.Option(help="File to write; it must not be there yet.")],
    revision: Annotated[int, typer.Option(min=1, help="From 1; the highest counts.")],
    also: AlsoOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Drafts a return of a year's figures, to be looked at and sent."""
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        counted = statistics_of(node, keys, kept_at_home(also)).counted
        figures = by_year(counted.arms).get(year, Figures(cells={}))
        content = document_of(node.party, year, revision, figures)
    encode_document("statistics-return/1", content)
    document = {"kind": "statistics-return/1", "handling": "TLP:GREEN", **_of(content)}
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
    write_text(out, text, new=True)
    note(f"{out}: look at it, then: rogatory send {out} --to PARTY")
    _tell_left_out(counted, year)


@app.command("region")
def region(
    parties: Annotated[
        list[str] | None, typer.Argument(help="Such as BEL KEN; all when absent.")
    ] = None,
    year: YearOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows what parties have returned, and all of them together.

    Together means sums over sums, never a mean of percentages. A party that returned
    nothing is missing, and is named as missing where it was asked for.
    """
    with node_session(node_dir) as node:
        held = returns_held(node, unlock(node, passphrase_file))
    wanted = {
        place: one
        for place, one in held.items()
        if year in {None, place[1]} and (not parties or place[0] in parties)
    }
    missing = sorted({*(parties or ())} - {country for country, _ in wanted})
    whole = together(one.figures for one in wanted.values())
    if as_json:
        print_json(
            {
                "series": SERIES,
                "returns": [
                    {
                        "country": country,
                        "revision": one.revision,
                        **_year_fields(of, one.figures),
                    }
                    for (country, of), one in wanted.items()
                ],
                "together": _figure_fields(whole),
                "missing": missing,
            }
        )
        return
    rows = [
        _row(f"{country} {of}", one.figures) for (country, of), one in wanted.items()
    ]
    print_table(
        ("", "16.4.2 in %", "traced", "established", "seized", "found", "given up"),
        [*rows, _row("together", whole)] if rows else [],
        empty="Nobody has returned figures yet.",
    )
    if missing:
        note(f"no figures from: {', '.join(missing)}")


@app.command("people")
def people(
    year: YearOption = None,
    threshold: Annotated[
        int, typer.Option(min=THRESHOLD, help="Numbers below it are not shown.")
    ] = THRESHOLD,
    also: AlsoOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows how many people were concerned, by sex and age; small numbers are hidden.

    Show one set of tables of the same people only: the difference of two could tell
    what each of them hides.
    """
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        records = [
            one
            for one in statistics_of(node, keys, kept_at_home(also)).records
            if year is None or _recovered_in(one) == year
        ]
    tables = people_tables(records, unnamed, threshold)
    if as_json:
        print_json({role: _table_fields(table) for role, table in tables.items()})
        return
    if not tables:
        note("Nobody was counted.")
    for role, table in tables.items():
        note(f"{role}s; fewer than {threshold} are shown as {HIDDEN}")
        print_table(table.head, table.lines, empty="")


def kept_at_home(files: Sequence[Path] | None) -> list[RecoveryRecord]:
    """Reads records of recoveries that were sent to nobody; they count as the latest.

    Raises:
        DocumentError: One does not fit its kind.
        ConfigurationError: One is of another kind.
    """
    records: list[RecoveryRecord] = []
    now_ms = SYSTEM_CLOCK.now_ms()
    for number, path in enumerate(files or ()):
        read = parse_draft(load_file(path))
        if not read.kind.startswith("recovery-record/"):
            raise ConfigurationError(f"{path} is a {read.kind}, no recovery-record")
        body = encode_document(read.kind, read.content)
        records.append(
            RecoveryRecord(
                name=f"file {number}",
                at_ms=now_ms + number,
                document=decode_document(read.kind, body),
            )
        )
    return records


def _of(content: Mapping[str, object]) -> dict[str, object]:
    return {"content": dict(content)}


def _recovered_in(record: RecoveryRecord) -> int:
    recovery = record.document["recovery"]
    return int(str(recovery["date"])[:4]) if isinstance(recovery, dict) else 0


def _row(name: str, figures: Figures) -> tuple[str, ...]:
    return (
        name,
        percent(figures.proportion()),
        str(figures.total(traced=Traced.TRACED)),
        str(figures.total(traced=Traced.ESTABLISHED_OTHER)),
        *(str(figures.total(recovered=one)) for one in Recovered),
    )


def _year_fields(year: int, figures: Figures) -> dict[str, object]:
    return {"year": year, **_figure_fields(figures)}


def _figure_fields(figures: Figures) -> dict[str, object]:
    def share(**only: object) -> str | None:
        found = figures.proportion(**only)  # type: ignore[arg-type]  # as named below
        return None if found is None else percent(found)

    return {
        "percent": share(),
        "traced_percent": share(numerator=[Traced.TRACED]),
        "established_percent": share(numerator=[Traced.ESTABLISHED_OTHER]),
        "identifiable_percent": share(identifiable=True),
        "arms": figures.total(),
        "by_recovery": {
            one.value: {
                "arms": figures.total(recovered=one),
                "percent": share(recovered=one),
                **{
                    status.value: figures.total(recovered=one, traced=status)
                    for status in Traced
                },
            }
            for one in Recovered
        },
    }


def _table_fields(table: Table) -> dict[str, object]:
    return {
        "rows": {
            row: {column: table.cells[row, column] for column in table.columns}
            for row in table.rows
        },
        "row_totals": dict(table.row_totals),
        "column_totals": dict(table.column_totals),
        "total": table.total,
    }


def _tell_left_out(counted: Counted, year: int | None) -> None:
    for (one, why), number in sorted(counted.left_out.items()):
        if year in {None, one}:
            note(f"not counted in {one}: {number} ({why.value})")
