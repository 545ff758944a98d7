"""`rogatory audit watch`: what is stated, line by line, as it becomes known.

Which lines fit is left to `broker.core.trails.trail`.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Annotated, Final

import typer

from broker.cli.audit_lines import (
    line_fields,
    line_row,
    read_code,
    read_kind,
    read_party,
    read_stage,
    read_when,
)
from broker.cli.audit_readers import Trail, open_trail
from broker.cli.options import HubOption, NodeOption
from broker.cli.output import note, visible
from broker.core.errors import ConfigurationError
from broker.core.trails.trail import MOST_LINES, TrailFilter, TrailLine

_LOOK_S: Final = 0.5  # seconds between two looks
_WIDTHS: Final = (24, 12, 4, 4, 22, 24, 20)  # characters of each column


def watch(
    party: Annotated[
        str | None, typer.Option(help="Only what concerns this party; as in list.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="Only of this kind, such as trace-request.")
    ] = None,
    stage: Annotated[str | None, typer.Option(help="Only this, as OPENED.")] = None,
    code: Annotated[
        str | None, typer.Option(help="Only refused with this code.")
    ] = None,
    case: Annotated[
        str | None, typer.Option(help="Only with exactly this case reference.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            help="Begin earlier: after this cursor, on a day, or at a time with its "
            "zone. By default with what comes next."
        ),
    ] = None,
    count: Annotated[
        int | None, typer.Option(min=1, help="End after so many lines.")
    ] = None,
    show_all: Annotated[
        bool,
        typer.Option(
            "--all", help="Also padding, and what nodes send to keep their links."
        ),
    ] = False,
    hub: HubOption = None,
    node_dir: NodeOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document on each line.")
    ] = False,
) -> None:
    """Shows what is stated as it becomes known, until it is interrupted.

    Each line has a cursor. Who was interrupted goes on with --since and the last
    cursor: nothing is shown twice and nothing is left out.
    """
    after, since_ms = _begin(since)
    wanted = TrailFilter(
        party=read_party(party),
        kind=read_kind(kind),
        stage=read_stage(stage),
        code=read_code(code),
        case_reference=case,
        since_ms=since_ms,
        after=after,
        limit=MOST_LINES,
        everything=show_all,
    )
    with open_trail(hub, node_dir) as trail:
        if not as_json:
            note("Watching; end with Ctrl-C.")
        for line in islice(_follow(trail, wanted), count):
            _show(line, as_json=as_json)


def _begin(since: str | None) -> tuple[int | None, int | None]:
    """Returns the cursor to go on after, or the time to begin with.

    Raises:
        ConfigurationError: It is neither.
    """
    if since is None:
        return None, None
    if since.isascii() and since.isdigit():
        return int(since), None
    try:
        return 0, read_when(since)
    except ConfigurationError:
        raise ConfigurationError(
            f"{since!r} is neither a cursor, nor a day, nor a time such as "
            "2031-05-04T12:00:00Z, with its zone"
        ) from None


def _follow(trail: Trail, wanted: TrailFilter) -> Iterator[TrailLine]:
    """Yields what fits, for ever; waits where there is nothing new."""
    looked = trail.end() if wanted.after is None else wanted.after
    while True:
        end = trail.end()
        if end <= looked:
            time.sleep(_LOOK_S)
            continue
        page = trail.page(replace(wanted, after=looked))
        yield from page
        # A page that is not full has come to what was the end, or beyond it.
        full = len(page) == wanted.most
        looked = page[-1].cursor if full else max(end, *(one.cursor for one in page))


def _show(line: TrailLine, *, as_json: bool) -> None:
    if as_json:
        print(visible(json.dumps(line_fields(line), ensure_ascii=False)), flush=True)
        return
    cells = zip(line_row(line), _WIDTHS, strict=True)
    row = "  ".join(f"{cell:{width}}" for cell, width in cells)
    print(visible(f"{line.cursor:>8}  {row}".rstrip()), flush=True)
