"""`rogatory case show`: one case as a timeline, with what is owed and what is next."""

from typing import Annotated, Final

import typer

from broker.app.case_clocks import duties_in
from broker.app.cases import case_of
from broker.cli.case_views import (
    EVENT_COLUMNS,
    case_fields,
    duty_sentence,
    effects_in,
    event_fields,
    event_row,
    possible,
)
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table, say_item
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.cases.leg import Leg
from broker.core.cases.stepping import STEP
from broker.infra.clock import SYSTEM_CLOCK
from keys.identity import PartyId

_RECEIPT: Final = "receipt:"
CaseArgument = Annotated[
    str,
    typer.Argument(
        help="Reference of the case; or id or digest of any message in it, or the "
        "beginning of one."
    ),
]


def show(
    name: CaseArgument,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows a case: where each matter stands, who owes what, and all that happened.

    Who owes what until when is worked out alike at both ends, from the messages and
    receipts that both have. What was out of place is shown, and has had no effect.
    """
    now_ms = SYSTEM_CLOCK.now_ms()
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        case = case_of(node, keys, name)
        duties = duties_in(node, keys, case)
    effects = effects_in(case)
    if as_json:
        fields = case_fields(case, duties, node.party, now_ms)
        timeline = [event_fields(event, effects) for event in case.events]
        print_json({**fields, "timeline": timeline})
        return
    note(f"Case {case.name}")
    for leg in case.legs:
        say_item("", _leg_sentence(leg))
        if ways := possible(leg, node.party):
            say_item("    ", f"now possible: {', '.join(ways)}")
    for duty in duties:
        say_item("owed: ", duty_sentence(duty, now_ms))
    rows = [event_row(event, effects) for event in case.events]
    print_table(EVENT_COLUMNS, rows, empty="Nothing has happened yet.")
    _note_other(case.legs, node.party)


def _leg_sentence(leg: Leg) -> str:
    means = leg.lifecycle.states[leg.state]
    void = "; void: nothing is owed in it any more" if leg.void else ""
    return (
        f"{leg.lifecycle.name} of {leg.opener} to {leg.addressee}: {leg.state} "
        f"({means}){void}"
    )


def _note_other(legs: tuple[Leg, ...], me: PartyId) -> None:
    ways = {way for leg in legs for way in possible(leg, me)}
    receipts = {way for way in ways if way.startswith(_RECEIPT)}
    steps = {way for way in ways if way.startswith(STEP)}
    if receipts:
        note("receipt:… is said with: rogatory acknowledge, act or decline MESSAGE")
    if steps:
        note("case-step:ACT is taken with: rogatory case step MESSAGE ACT")
    if ways - receipts - steps:
        note(
            "a document is begun with: rogatory case new KIND --out FILE, and sent "
            "with: rogatory send FILE --reply-to MESSAGE"
        )
