"""`rogatory alarms`: what somebody has to look at, and who has."""

from typing import Annotated

import typer

from broker.cli.following import finding_fields, short_time
from broker.cli.options import JsonOption, NodeOption
from broker.cli.output import note, print_json, print_table, say_item
from broker.cli.session import node_session
from broker.core.errors import ConfigurationError
from broker.core.records import SoundedAlarm
from broker.core.reviews.words import describe
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK

app = typer.Typer(help="What somebody has to look at, and who has.")

AllOption = Annotated[
    bool,
    typer.Option("--all", help="Those as well that are settled or were looked at."),
]
LimitOption = Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")]


@app.callback(invoke_without_command=True)
def _group(
    context: typer.Context,
    all_: AllOption = False,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists the open alarms, or does what is named."""
    if context.invoked_subcommand is None:
        list_(all_=all_, node_dir=node_dir, as_json=as_json)


@app.command("list")
def list_(
    all_: AllOption = False,
    limit: LimitOption = 100,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists the alarms that are open, newest first.

    An alarm is open until somebody has looked at it, or what it is about is over: a
    receipt that was missing has come.
    """
    with node_session(node_dir) as node:
        alarms = node.store.sounded_alarms(limit, only_open=not all_)
        count = node.store.count_open_alarms()
    if as_json:
        print_json({"open": count, "alarms": [_fields(one) for one in alarms]})
        return
    rows = [
        (
            str(one.number),
            short_time(one.alarm.at_ms),
            one.alarm.topic,
            one.alarm.text,
            _state(one),
        )
        for one in alarms
    ]
    columns = ("number", "raised", "about", "what", "state")
    print_table(
        columns, rows, empty="There is no alarm." if all_ else "No alarm is open."
    )
    if count:
        note(
            "Say that you have looked at one: "
            "rogatory alarms acknowledge NUMBER --by WHOM"
        )


@app.command("show")
def show(
    number: Annotated[int, typer.Argument(help="Number of the alarm.")],
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows one alarm, and every message that it is about."""
    with node_session(node_dir) as node:
        found = node.store.find_alarm(number)
        findings = node.store.receipt_findings(alarm=number)
    if found is None:
        raise ConfigurationError(f"there is no alarm {number}: see rogatory alarms")
    if as_json:
        about = [finding_fields(one) for one in findings]
        print_json({**_fields(found), "about": about})
        return
    alarm = found.alarm
    say_item(f"{number}  ", f"{short_time(alarm.at_ms)} {alarm.topic}: {alarm.text}")
    say_item("   ", _state(found))
    for one in findings:
        over = "" if one.settled_ms is None else f" (over {short_time(one.settled_ms)})"
        digest = one.finding.message_digest.hex()[:16]
        say_item(f"   {digest}  ", describe(one.finding) + over)


@app.command("acknowledge")
def acknowledge(
    numbers: Annotated[list[int], typer.Argument(help="Numbers of alarms.")],
    by: Annotated[str, typer.Option(help="Who has looked at them.")],
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Notes that somebody has looked at alarms; they are not shown as open any more.

    Who was first stays on record. What an alarm is about goes on being watched.
    """
    who = " ".join(by.split())
    if not who:
        raise ConfigurationError("--by takes the name of whoever has looked at it")
    now_ms = SYSTEM_CLOCK.now_ms()
    with node_session(node_dir) as node:
        for number in numbers:
            if not node.store.acknowledge_alarm(number, who, now_ms):
                raise ConfigurationError(
                    f"there is no alarm {number}: see rogatory alarms"
                )
        found = [node.store.find_alarm(number) for number in numbers]
        left = node.store.count_open_alarms()
    if as_json:
        print_json({"open": left, "alarms": [_fields(one) for one in found if one]})
        return
    note(f"Noted. {left} alarm(s) are open.")


def _state(found: SoundedAlarm) -> str:
    parts = []
    if found.settled_ms is not None:
        parts.append(f"settled {short_time(found.settled_ms)}: {found.settled}")
    if found.acknowledged_ms is not None:
        at = short_time(found.acknowledged_ms)
        parts.append(f"looked at by {found.acknowledged_by}, {at}")
    return "; ".join(parts) or "open"


def _fields(found: SoundedAlarm) -> dict[str, object]:
    settled, looked = found.settled_ms, found.acknowledged_ms
    return {
        "number": found.number,
        "at": iso_time(found.alarm.at_ms),
        "topic": found.alarm.topic,
        "text": found.alarm.text,
        "open": found.is_open,
        "settled": None if settled is None else iso_time(settled),
        "how": found.settled or None,
        "acknowledged_by": found.acknowledged_by or None,
        "acknowledged": None if looked is None else iso_time(looked),
    }
