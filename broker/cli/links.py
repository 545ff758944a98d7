"""`rogatory links`: what of each party has come, what is missing, and who is silent.

Asking for what is missing, and greeting those who hear nothing, is left to the running
node.
"""

from typing import Annotated, Final

import typer

from broker.app.links import link_states, link_tuning
from broker.app.node_folder import Node
from broker.cli.following import short_time
from broker.cli.options import JsonOption, NodeOption
from broker.cli.output import note, print_json, print_table
from broker.cli.session import node_session
from broker.core.codec.receipts import decode_receipt
from broker.core.errors import ConfigurationError
from broker.core.link_records import Closed, Dropped, LinkState
from broker.core.links import Closure, LinkTuning, MissingNumber
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK
from keys.identity import PartyId

_SHOWN: Final = 5  # numbers that a table names
_HOW: Final = {
    Closure.SENT_AGAIN: "came when it was asked for",
    Closure.HELD: "is here, and could not be opened",
    Closure.REFUSED_BY_HUB: "was refused by the hub, and never was to come",
    Closure.EXPIRED: "has expired, or was of no use any more",
    Closure.UNKNOWN: "is not known to its origin any more",
    Closure.TOO_LARGE: "was too large to be sent again",
}

_SHORT_HELP: Final = "What has come of each party, what is missing, who is silent."
_HELP: Final = (
    f"{_SHORT_HELP}\n\n"
    "Between two parties every message has a number, which only the two can see. What "
    "is missing, the running node asks for by itself, after a while; what comes of "
    "that is shown here. A party that nothing is sent to for a day gets a heartbeat, "
    "so that the last message before a pause cannot get lost unnoticed.\n\n"
    "Without a command it shows how it stands with each party that anything was "
    "exchanged with."
)

app = typer.Typer(help=_HELP, short_help=_SHORT_HELP)


@app.callback(invoke_without_command=True)
def links(
    context: typer.Context,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows how it stands with each party that anything was exchanged with."""
    if context.invoked_subcommand is not None:
        return
    now_ms = SYSTEM_CLOCK.now_ms()
    with node_session(node_dir) as node:
        states = link_states(node, now_ms)
        dropped = node.store.drop_evidence()
        tuning = link_tuning(node.settings)
    if as_json:
        print_json(
            {
                "links": [_fields(state, tuning) for state in states],
                "dropped": [_dropped_fields(one) for one in dropped],
            }
        )
        return
    rows = [_row(state, tuning) for state in states]
    columns = (
        "party", "sent", "our heartbeat due", "received", "last heard",
        "to be heard by", "missing", "asked",
    )  # fmt: skip
    print_table(columns, rows, empty="Nothing was exchanged with anybody yet.")
    for state in states:
        _say_more(state)


@app.command("repair")
def repair(
    party: Annotated[str, typer.Argument(help="Code of the party: KEN.")],
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Has the running node ask a party again for what is missing, and at once.

    The node does so by itself, ever more rarely, and gives up when a party answers
    nothing at all. Use this when the reason is gone: the party's node is back, or the
    hub's operator has found what was wrong.
    """
    with node_session(node_dir) as node:
        known = _party(node, party)
        numbers = [one.number for one in node.store.missing_numbers(known)]
        if numbers:
            node.store.ask_again(known)
    if as_json:
        print_json({"party": known, "asked_for": numbers})
    elif not numbers:
        note(f"Nothing of {known} is missing.")
    else:
        note(
            f"The running node asks {known} for {len(numbers)} message(s) now: number "
            f"{_numbers(numbers)}. See what comes of it: rogatory links"
        )


def _party(node: Node, text: str) -> PartyId:
    """Reads the code of a party that anything was exchanged with.

    Raises:
        PartyCodeError: It is none.
        ConfigurationError: Nothing was.
    """
    party = PartyId(text)
    node.store.note_gaps(SYSTEM_CLOCK.now_ms())
    known = node.store.last_sent()
    if party not in known:
        others = ", ".join(sorted(known)) or "nobody"
        raise ConfigurationError(
            f"nothing was exchanged with {party} yet; with: {others}"
        )
    return party


def _row(state: LinkState, tuning: LinkTuning) -> tuple[str, ...]:
    heard = state.heard
    due_ms = None if heard is None else heard.due_ms
    asked = [one.asked_ms for one in state.missing if one.asked_ms is not None]
    return (
        state.party,
        str(state.sent_number or "-"),
        _time(_heartbeat_due(state, tuning)),
        "-" if heard is None else str(heard.number),
        "-" if heard is None else short_time(heard.sealed_ms),
        ("SILENT since " if state.silent else "") + _time(due_ms),
        _numbers([one.number for one in state.missing]) or "nothing",
        _time(max(asked, default=None)),
    )


def _say_more(state: LinkState) -> None:
    if state.asking.unanswered and state.missing:
        note(
            f"{state.party} was asked {state.asking.unanswered} time(s) and has not "
            f"answered since; to ask anew: rogatory links repair {state.party}"
        )
    for closed in state.closed:
        code = f" ({closed.code})" if closed.code else ""
        note(f"{state.party}, number {closed.number} {_HOW[closed.closure]}{code}")
    if state.dropped:
        note(
            f"warning: the hub had accepted {state.dropped} message(s) of "
            f"{state.party} that came only when they were asked for"
        )


def _numbers(numbers: list[int]) -> str:
    more = ", ..." if len(numbers) > _SHOWN else ""
    return ", ".join(map(str, numbers[:_SHOWN])) + more


def _heartbeat_due(state: LinkState, tuning: LinkTuning) -> int | None:
    return state.sent_ms + tuning.heartbeat_every_ms if state.sent_number else None


def _time(at_ms: int | None) -> str:
    return "-" if at_ms is None else short_time(at_ms)


def _iso(at_ms: int | None) -> str | None:
    return None if at_ms is None else iso_time(at_ms)


def _fields(state: LinkState, tuning: LinkTuning) -> dict[str, object]:
    heard = state.heard
    return {
        "party": state.party,
        "sent_number": state.sent_number,
        "sent": _iso(state.sent_ms or None),
        "heartbeat_due": _iso(_heartbeat_due(state, tuning)),
        "received_number": 0 if heard is None else heard.number,
        "heard": None if heard is None else iso_time(heard.sealed_ms),
        "to_be_heard_by": None if heard is None else _iso(heard.due_ms),
        "silent": state.silent,
        "missing": [_missing_fields(one) for one in state.missing],
        "asked": _iso(state.asking.requested_ms),
        "unanswered": state.asking.unanswered,
        "closed": [_closed_fields(one) for one in state.closed],
        "dropped": state.dropped,
    }


def _missing_fields(one: MissingNumber) -> dict[str, object]:
    return {
        "number": one.number,
        "since": _iso(one.since_ms or None),
        "asked": _iso(one.asked_ms),
        "times": one.times,
    }


def _closed_fields(one: Closed) -> dict[str, object]:
    return {
        "number": one.number,
        "how": one.closure.value,
        "at": iso_time(one.at_ms),
        "message": one.message_digest.hex() or None,
        "code": one.code or None,
    }


def _dropped_fields(one: Dropped) -> dict[str, object]:
    """Returns the evidence: what the hub signed, and what is needed to verify it."""
    return {
        "message": one.message_digest.hex(),
        "from": one.origin,
        "number": one.number,
        "noticed": iso_time(one.noticed_ms),
        "accepted": iso_time(decode_receipt(one.receipt).at_ms),
        "receipt": one.receipt.hex(),
        "proof": one.proof.hex(),
    }
