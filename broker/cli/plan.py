"""`rogatory plan`: what States agree to do about a diversion, and how far it is.

Proposing, answering and reporting stand beside it.
"""

from typing import Annotated

import typer

from broker.app.plans import duties_in_plans, known_plans, plan_of
from broker.cli.case_views import duty_sentence
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table, say_item
from broker.cli.plan_saying import PlanArgument, answer, propose, report
from broker.cli.plan_terms import terms
from broker.cli.plan_words import (
    ACTION_COLUMNS,
    LIST_COLUMNS,
    POSITION_COLUMNS,
    VERSION_COLUMNS,
    action_rows,
    duties_of,
    list_row,
    misfit_sentence,
    phase_sentence,
    plan_fields,
    position_rows,
    version_rows,
)
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.cases.plan_state import Phase
from broker.core.cases.plan_steps import possible
from broker.infra.clock import SYSTEM_CLOCK

app = typer.Typer(
    no_args_is_help=True,
    help="Joint mitigation plans: propose, agree, report, see where one stands.",
)
app.command("propose")(propose)
app.command("answer")(answer)
app.command("report")(report)
app.command("terms")(terms)


@app.command("list")
def list_(
    is_open: Annotated[
        bool, typer.Option("--open", help="Only those that are not over.")
    ] = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists the plans that this party has proposed or was sent."""
    over = {Phase.COMPLETED, Phase.WITHDRAWN}
    now_ms = SYSTEM_CLOCK.now_ms()
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        known = known_plans(node, keys)
        plans = known.found.plans
        duties = duties_in_plans(node, keys, plans)
    shown = [
        (one, duties_of(one, duties))
        for one in plans
        if not (is_open and one.phase in over)
    ]
    if as_json:
        fields = [
            plan_fields(known, one, owed, node.party, now_ms) for one, owed in shown
        ]
        print_json({"plans": fields})
        return
    rows = [list_row(known, plan, owed) for plan, owed in shown]
    print_table(LIST_COLUMNS, rows, empty="There is no plan.")
    for one in known.found.stray:
        note(f"no effect: {misfit_sentence(one)}")


@app.command("show")
def show(
    plan: PlanArgument,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows a plan: its versions, who agrees to which, its actions, what is owed.

    Every word is a signed message of the party that says it. With --json, the digests
    of all of them are there, for: rogatory evidence export
    """
    now_ms = SYSTEM_CLOCK.now_ms()
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        known, found = plan_of(node, keys, plan)
        duties = duties_in_plans(node, keys, [found])
    if as_json:
        print_json(plan_fields(known, found, duties, node.party, now_ms))
        return
    note(phase_sentence(found))
    print_table(VERSION_COLUMNS, version_rows(known, found), empty="")
    note("")
    print_table(POSITION_COLUMNS, position_rows(known, found), empty="")
    note("")
    shown = found.version(found.agreed)
    if shown is not None:
        rows = action_rows(known, found.actions, now_ms)
        print_table(ACTION_COLUMNS, rows, empty="")
        if shown.terms.review_on:
            note(f"To be reviewed on {shown.terms.review_on}.")
    else:
        for one in found.open_versions:
            for action in one.terms.actions:
                lead = f"{one.terms.digest.hex()[:12]} {action.number}. "
                say_item(lead, f"{action.owner} by {action.by_when}: {action.what}")
    for duty in duties:
        say_item("owed: ", duty_sentence(duty, now_ms))
    for stray in (*found.misplaced, *known.stray_in(found)):
        note(f"no effect: {misfit_sentence(stray)}")
    note(f"Now possible: {', '.join(possible(found, node.party)) or 'nothing'}.")
