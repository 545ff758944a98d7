"""`rogatory alert`: diversion alerts as they stand, with all that was added since.

Updates and reports stand beside it.
"""

from collections.abc import Iterable
from typing import Annotated

import typer

from broker.app.alerts import alert_of, alerts
from broker.app.cases import case_of, cases
from broker.cli.alert_saying import AlertArgument, report, update
from broker.cli.alert_views import (
    ASK_COLUMNS,
    LEG_COLUMNS,
    LIST_COLUMNS,
    UPDATE_COLUMNS,
    alert_fields,
    ask_rows,
    correction_lines,
    legs_of,
    list_row,
    update_rows,
    word,
)
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table, say_item
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.cases.alert_values import AlertView
from broker.core.cases.case import Case
from broker.core.cases.leg import Leg
from broker.infra.clock import SYSTEM_CLOCK

app = typer.Typer(
    no_args_is_help=True,
    help="Diversion alerts: what they say by now, what is asked, what was done.",
)
app.command("update")(update)
app.command("report")(report)


@app.command("list")
def list_(
    is_open: Annotated[
        bool, typer.Option("--open", help="Only those neither cancelled nor resolved.")
    ] = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists the alerts that this party has issued or received, the oldest first."""
    now_ms = SYSTEM_CLOCK.now_ms()
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        legs = _legs_by_opening(cases(node, keys))
        found = [
            (content, view, legs.get(view.alert.digest, []))
            for content, view in alerts(node, keys)
            if not (is_open and view.ending)
        ]
    if as_json:
        fields = [alert_fields(*one, now_ms) for one in found]
        print_json({"alerts": fields})
        return
    rows = [list_row(view, own) for _, view, own in found]
    print_table(LIST_COLUMNS, rows, empty="There is no alert.")


@app.command("show")
def show(
    alert: AlertArgument,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows an alert as it stands: the original, updates in order, who said what when.

    Corrections that contradict one another are shown as they are. The whole content of
    the alert is in --json, and in: rogatory show
    """
    now_ms = SYSTEM_CLOCK.now_ms()
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        content, view = alert_of(node, keys, alert)
        case = case_of(node, keys, view.alert.digest.hex())
    legs = legs_of(case, view)
    if as_json:
        print_json(alert_fields(content, view, legs, now_ms))
        return
    say_item("", f"{view.alert.document.get('title', '')} ({content.header.handling})")
    note(_ending(view))
    rows = [
        (str(leg.addressee), leg.state, leg.lifecycle.states[leg.state]) for leg in legs
    ]
    print_table(LEG_COLUMNS, rows, empty="")
    note("")
    print_table(ASK_COLUMNS, ask_rows(view, now_ms), empty="")
    note("")
    print_table(UPDATE_COLUMNS, update_rows(view), empty="No update yet.")
    for corrected in view.corrections:
        for line in correction_lines(corrected):
            say_item("", line)
    for party, gone in view.missing.items():
        numbers = ", ".join(map(str, gone))
        note(f"warning: not here: update {numbers} of {party}")


def _legs_by_opening(known: Iterable[Case]) -> dict[bytes, list[Leg]]:
    legs: dict[bytes, list[Leg]] = {}
    for case in known:
        for leg in case.legs:
            legs.setdefault(leg.opening.digest, []).append(leg)
    return legs


def _ending(view: AlertView) -> str:
    if view.ending is None:
        return f"From {view.alert.by}; neither cancelled nor resolved."
    sort = word(view.ending.document.get("kind"))
    reason = view.ending.document.get("reason", "")
    return f"Ended by {view.ending.by} ({sort}): {reason}"
