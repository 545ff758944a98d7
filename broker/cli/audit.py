"""`rogatory audit`: what was stated about which message, and the proof of it.

On a node's folder it speaks of that party's own traffic; on a hub's, of all headers;
on a witness's, of checkpoints alone.
"""

from typing import Annotated

import typer

from broker.cli.audit_lines import (
    COLUMNS,
    line_fields,
    line_row,
    read_code,
    read_kind,
    read_party,
    read_stage,
    read_when,
)
from broker.cli.audit_message import message
from broker.cli.audit_promise import promise
from broker.cli.audit_readers import open_trail
from broker.cli.audit_report import report
from broker.cli.audit_verify import proof, verify
from broker.cli.audit_watch import watch
from broker.cli.audit_witness import WitnessOption, show_checkpoints
from broker.cli.options import HubOption, JsonOption, NodeOption
from broker.cli.output import note, print_json, print_table
from broker.core.trails.trail import TrailFilter

app = typer.Typer(
    help="What was stated about which message, and the proof of it.",
    no_args_is_help=True,
)


@app.command("list")
def list_entries(
    party: Annotated[
        str | None,
        typer.Option(
            help="Said by or to this party; at a node, also about messages that it "
            "sent or was to get."
        ),
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="Of this kind, such as trace-request.")
    ] = None,
    stage: Annotated[str | None, typer.Option(help="Such as OPENED.")] = None,
    code: Annotated[
        str | None, typer.Option(help="Refused with this code, such as import-policy.")
    ] = None,
    case: Annotated[
        str | None, typer.Option(help="With exactly this case reference.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(help="Stated then or later: a day, or a time with its zone."),
    ] = None,
    until: Annotated[str | None, typer.Option(help="Stated before then.")] = None,
    after: Annotated[
        int | None, typer.Option(min=0, help="Read on after this cursor.")
    ] = None,
    before: Annotated[
        int | None, typer.Option(min=1, help="Read back from before this cursor.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 100,
    show_all: Annotated[
        bool,
        typer.Option(
            "--all", help="Also padding, and what nodes send to keep their links."
        ),
    ] = False,
    hub: HubOption = None,
    node_dir: NodeOption = None,
    witness: WitnessOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists what was stated: at a hub the log, at a node what concerns its party.

    Every page is in the order in which it became known, the oldest first. The newest
    page is shown, unless --since or --after says where to begin. Each line has a
    cursor, by which to read on.

    On the folder of a witness it lists the checkpoints that it has seen: a witness
    knows no parties, no messages and no stages.
    """
    wanted = TrailFilter(
        party=read_party(party),
        kind=read_kind(kind),
        stage=read_stage(stage),
        code=read_code(code),
        case_reference=case,
        since_ms=read_when(since),
        until_ms=read_when(until),
        after=after,
        before=before,
        limit=limit,
        everything=show_all,
    )
    if witness is not None:
        show_checkpoints(witness, wanted, as_json=as_json)
        return
    with open_trail(hub, node_dir) as trail:
        lines = trail.page(wanted)
    if as_json:
        print_json(
            {
                "entries": [line_fields(line) for line in lines],
                "first": lines[0].cursor if lines else None,
                "last": lines[-1].cursor if lines else None,
            }
        )
        return
    print_table(COLUMNS, [line_row(line) for line in lines], empty=_nothing(wanted))
    if lines and len(lines) == limit:
        note(
            f"{limit} lines; go on with --after {lines[-1].cursor}, or back with "
            f"--before {lines[0].cursor}"
        )


def _nothing(wanted: TrailFilter) -> str:
    if wanted == TrailFilter(limit=wanted.limit):
        return "Nothing was logged yet."
    return "Nothing fits."


app.command("message")(message)
app.command("verify")(verify)
app.command("proof")(proof)
app.command("promise")(promise)
app.command("watch")(watch)
app.command("report")(report)
