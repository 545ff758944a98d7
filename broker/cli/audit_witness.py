"""`rogatory audit list --witness`: the checkpoints of a log as a witness saw them.

That is all there is: a witness holds sizes, roots and times, and knows no party and no
message. Its evidence against a log is shown by `rogatory witness show`.
"""

from pathlib import Path
from typing import Annotated

import typer

from broker.app.witness_files import WitnessFolder
from broker.cli.output import note, print_json, print_table
from broker.core.errors import ConfigurationError
from broker.core.status import iso_time
from broker.core.trails.trail import TrailFilter
from broker.infra.witness_store import KEPT, Step, WitnessStore

WitnessOption = Annotated[
    Path | None,
    typer.Option("--witness", help="Folder of a witness: list its checkpoints."),
]
_COLUMNS = ("seen", "size", "root", "cosigned", "log")


def show_checkpoints(folder: Path, wanted: TrailFilter, *, as_json: bool) -> None:
    """Lists the checkpoints that a witness remembers, the smallest first.

    Args:
        folder: Of the witness.
        wanted: Only its times, cursors (which are sizes) and limit can be asked for.
        as_json: Whether a program reads it.

    Raises:
        ConfigurationError: It is no witness's folder, or something was asked for that
            a witness does not know.
        StoreError: Its memory cannot be read.
    """
    if (wanted.party, wanted.kind, wanted.stage) != (None, None, None) or (
        wanted.code,
        wanted.case_reference,
    ) != (None, None):
        raise ConfigurationError(
            "a witness knows no parties, kinds, stages, codes or cases: leave these "
            "conditions out, or ask at a node or a hub"
        )
    steps = _page(_steps(folder), wanted)
    if as_json:
        print_json({"checkpoints": [_fields(step) for step in steps]})
        return
    rows = [[str(value or "") for value in _fields(step).values()] for step in steps]
    print_table(_COLUMNS, rows, empty="This witness has seen no checkpoint.")
    if steps and len(steps) == wanted.most:
        note(f"{len(steps)} checkpoints; go on with --after or --before and a size.")


def _steps(folder: Path) -> list[Step]:
    memory = WitnessFolder(folder).memory
    if not memory.is_file():
        raise ConfigurationError(f"{folder} is not the folder of a witness")
    store = WitnessStore(memory)
    try:
        return store.steps(limit=KEPT)
    finally:
        store.close()


def _page(steps: list[Step], wanted: TrailFilter) -> list[Step]:
    fitting = [
        step
        for step in reversed(steps)
        if (wanted.since_ms is None or step.seen_ms >= wanted.since_ms)
        and (wanted.until_ms is None or step.seen_ms < wanted.until_ms)
        and (wanted.after is None or step.seen.checkpoint.size > wanted.after)
        and (wanted.before is None or step.seen.checkpoint.size < wanted.before)
    ]
    return fitting[-wanted.most :] if wanted.newest else fitting[: wanted.most]


def _fields(step: Step) -> dict[str, str | int | None]:
    cosigned_ms = step.cosigned_ms
    return {
        "seen": iso_time(step.seen_ms),
        "size": step.seen.checkpoint.size,
        "root": step.seen.checkpoint.root.hex(),
        "cosigned": None if cosigned_ms is None else iso_time(cosigned_ms),
        "log": step.seen.checkpoint.origin,
    }
