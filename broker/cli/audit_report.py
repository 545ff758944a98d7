"""`rogatory audit report`: a month in numbers, for people and for programs.

Counting is left to `broker.core.trails.report`, its page to `audit_page`.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.audit_reports import hub_report, node_report
from broker.cli.audit_fields import on_hub
from broker.cli.audit_page import duration, report_page
from broker.cli.audit_readers import open_log
from broker.cli.options import HubOption, JsonOption, NodeOption
from broker.cli.output import note, print_json, print_table
from broker.cli.session import node_session
from broker.core.errors import ConfigurationError
from broker.core.status import iso_time
from broker.core.trails.months import month_of, parse_month
from broker.core.trails.report import Counts, MonthReport
from broker.infra.clock import SYSTEM_CLOCK

_COUNTS: Final = ("sent", "received", "withheld", "refused")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for the beginning of a formula."""


def report(
    month: Annotated[
        str | None,
        typer.Option(help="Such as 2026-11; the present month when left out."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write a page with a chart to this file.")
    ] = None,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", help="Write a table to this file.")
    ] = None,
    hub: HubOption = None,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Reports on a month of UTC: volumes, refusals by code, latencies, what is overdue.

    At a node of the party's own traffic, at a hub of all headers. A message belongs to
    the month in which it was sealed, at a hub to that in which the hub took it; what
    became of it counts whenever it happened.
    """
    now_ms = SYSTEM_CLOCK.now_ms()
    wanted = month_of(now_ms) if month is None else parse_month(month)
    if on_hub(hub, node_dir):
        with open_log(hub) as trail:
            made = hub_report(trail, wanted, now_ms)
    else:
        with node_session(node_dir) as node:
            made = node_report(node, wanted, now_ms)
    for path, text in ((html, report_page), (csv_file, report_table)):
        if path is not None:
            _write(path, text(made))
    if as_json:
        print_json(_fields(made))
    elif html is None and csv_file is None:
        _show(made)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error}") from None
    note(f"Written: {path}")


def _show(made: MonthReport) -> None:
    columns = ("", *_COUNTS)
    total = _numbers(made.total)
    note(f"{made.reader}, {made.month}, as known on {iso_time(made.at_ms)}")
    kinds = [(kind, *_numbers(counts)) for kind, counts in made.by_kind]
    print_table(columns, [*kinds, ("all kinds", *total)], empty="")
    parties = [(party, *_numbers(counts)) for party, counts in made.by_party]
    print_table(columns, parties, empty="No party.")
    refusals = [(code, by, str(count)) for code, by, count in made.refusals]
    print_table(("code", "by", "times"), refusals, empty="Nothing was refused.")
    took = [
        (
            one.span,
            str(one.count),
            *map(duration, (one.p50_ms, one.p90_ms, one.p99_ms, one.most_ms)),
        )
        for one in made.latencies
    ]
    print_table(
        ("step", "times", "p50", "p90", "p99", "most"), took, empty="No step was taken."
    )
    overdue = [
        (one.message_digest.hex()[:24], one.kind, one.party, one.missing, late)
        for one in made.overdue
        for late in (duration(made.at_ms - one.due_ms),)
    ]
    print_table(
        ("message", "kind", "party", "missing", "overdue for"),
        overdue,
        empty="Nothing is overdue.",
    )


def _numbers(counts: Counts) -> tuple[str, ...]:
    return tuple(str(getattr(counts, name)) for name in _COUNTS)


def report_table(made: MonthReport) -> str:
    """Returns a report as CSV: one number on each row, and what it is a number of."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("table", "of", "value", "number"))
    for row in _rows(made):
        writer.writerow(_plain(str(cell)) for cell in row)
    return text.getvalue()


def _rows(made: MonthReport) -> Iterator[tuple[str, str, str, int]]:
    """Yields one number on each row: of which table, of what, which, how much."""
    groups = (
        ("total", [(str(made.month), made.total)]),
        ("kind", list(made.by_kind)),
        ("party", list(made.by_party)),
        ("day", [(day.isoformat(), counts) for day, counts in made.by_day]),
    )
    for table, rows in groups:
        for name, counts in rows:
            for column in _COUNTS:
                yield table, name, column, getattr(counts, column)
    yield "total", str(made.month), "upkeep", made.upkeep
    for code, by, count in made.refusals:
        yield "refusals", code, by, count
    for step in made.latencies:
        for column in ("count", "p50_ms", "p90_ms", "p99_ms", "most_ms"):
            yield "latency", step.span, column, getattr(step, column)
    for one in made.overdue:
        what = f"{one.missing} by {one.party}, ms overdue"
        yield "overdue", one.message_digest.hex(), what, made.at_ms - one.due_ms


def _plain(cell: str) -> str:
    """Keeps a cell from being run by a spreadsheet."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _fields(made: MonthReport) -> dict[str, object]:
    return {
        "month": str(made.month),
        "reader": made.reader,
        "at": iso_time(made.at_ms),
        "total": asdict(made.total),
        "upkeep": made.upkeep,
        "kinds": {kind: asdict(counts) for kind, counts in made.by_kind},
        "parties": {party: asdict(counts) for party, counts in made.by_party},
        "days": {day.isoformat(): asdict(counts) for day, counts in made.by_day},
        "refusals": [
            {"code": code, "by": by, "times": count}
            for code, by, count in made.refusals
        ],
        "latencies": [asdict(one) for one in made.latencies],
        "overdue": [
            {
                "message": one.message_digest.hex(),
                "kind": one.kind,
                "party": one.party,
                "missing": one.missing,
                "due": iso_time(one.due_ms),
            }
            for one in made.overdue
        ],
    }
