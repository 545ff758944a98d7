"""`rogatory certificate reexports`: notices of re-export, and what was answered."""

import datetime as dt
from typing import Annotated, Final

import typer

from broker.app.registers import reexports_known
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.register_options import (
    OnOption,
    day_to_look_at,
    message_of,
    said_by,
    source_fields,
)
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.registers.reexports import Reexport
from broker.core.status import iso_time

_COLUMNS: Final = (
    "message", "by", "agreement", "goods", "to", "end user", "not before", "answers",
    "overdue",
)  # fmt: skip


def reexports(
    overdue: Annotated[
        bool,
        typer.Option("--overdue", help="Only those whose answer has not come in time."),
    ] = False,
    on: OnOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists notices of re-export, with what the original exporters have answered.

    An answer is overdue from the first day on which the goods may leave. Silence is
    neither consent nor objection: what follows from it, the agreement says.
    """
    day = day_to_look_at(on)
    with node_session(node_dir) as node:
        known = reexports_known(node, unlock(node, passphrase_file))
    shown = [one for one in known if not overdue or one.overdue(day)]
    if as_json:
        print_json(
            {
                "on": day.isoformat(),
                "reexports": [_fields(one, day) for one in shown],
            }
        )
        return
    rows = [_row(one, day) for one in shown]
    print_table(_COLUMNS, rows, empty="No such notice of re-export is known here.")
    for one in shown:
        for said in one.verdicts:
            if said.detail:
                note(f"{message_of(one.statement)}: {said.by}: {said.detail}")


def _row(one: Reexport, day: dt.date) -> tuple[str, ...]:
    answers = [f"{said.by}: {said.verdict}" for said in one.verdicts]
    if one.conditions:
        answers.append(f"conditions {one.conditions}")
    if one.withdrawn:
        answers.append("withdrawn")
    return (
        message_of(one.statement),
        said_by(one.statement),
        one.agreement,
        ", ".join(f"{thing.quantity or '?'} {thing.label}" for thing in one.items),
        one.destined_to,
        one.end_user,
        one.not_before.isoformat(),
        ", ".join(answers),
        ", ".join(one.overdue(day)),
    )


def _fields(one: Reexport, day: dt.date) -> dict[str, object]:
    paper = one.paper
    return {
        **source_fields(one.statement),
        "agreement": one.agreement,
        "certificate": None if paper is None else paper.number or paper.sha256.hex(),
        "destined_to": one.destined_to,
        "end_user": one.end_user,
        "items": [
            {
                "label": thing.label,
                "serial": thing.serial or None,
                "quantity": thing.quantity or None,
            }
            for thing in one.items
        ],
        "not_before": one.not_before.isoformat(),
        "answers": [
            {
                "by": said.by,
                "verdict": said.verdict,
                "detail": said.detail or None,
                "at": iso_time(said.at_ms),
            }
            for said in one.verdicts
        ],
        "conditions": one.conditions or None,
        "withdrawn": one.withdrawn,
        "unanswered": list(one.unanswered),
        "overdue": list(one.overdue(day)),
    }
