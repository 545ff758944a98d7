"""`rogatory recovery`: recovered items as a checklist, and what stocks have lost."""

from typing import Annotated, Final

import typer

from broker.app.registers import losses_known, recoveries_known
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table, say_item
from broker.cli.recovery_fields import loss_fields, recovery_fields
from broker.cli.register_options import message_of, said_by
from broker.cli.secrets_prompt import unlock
from broker.cli.session import find, node_session
from broker.core.errors import ConfigurationError
from broker.core.registers.losses import Loss
from broker.core.registers.recoveries import RecoveredItem, Recovery

_COLUMNS: Final = ("message", "by", "how", "date", "where", "items", "missing", "state")
_ITEM_COLUMNS: Final = (
    "item", "serial", "reference", "marked", "recorded", "traced", "disposition",
    "missing",
)  # fmt: skip
_LOSS_COLUMNS: Final = (
    "message", "by", "how", "when", "holder", "lost", "found", "state",
)  # fmt: skip

app = typer.Typer(
    no_args_is_help=True,
    help="Recovered items, what remains to be done about them, and losses from stocks.",
)


@app.command("list")
def list_(
    incomplete: Annotated[
        bool,
        typer.Option("--incomplete", help="Only those where something remains to do."),
    ] = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists recoveries, our own and those we were told of, and what is missing.

    Missing is what the record itself leaves open: an item that is not marked, recorded
    or traced, whose fate is not decided, or whose destruction nobody has certified.
    """
    with node_session(node_dir) as node:
        known = recoveries_known(node, unlock(node, passphrase_file))
    shown = [one for one in known if not (incomplete and one.complete)]
    if as_json:
        print_json({"recoveries": [recovery_fields(one) for one in shown]})
        return
    rows = [_row(one) for one in shown]
    print_table(_COLUMNS, rows, empty="No such recovery is known here.")


@app.command("show")
def show(
    message: Annotated[
        str, typer.Argument(help="Id or digest of its record, or the beginning of one.")
    ],
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows one recovery item by item: what was done, and what remains to be done."""
    with node_session(node_dir) as node:
        digest = find(node, message).message.message_digest
        known = recoveries_known(node, unlock(node, passphrase_file))
    found = [one for one in known if digest in {one.first, one.statement.digest}]
    if not found:
        raise ConfigurationError(
            "this message is no recovery record; list them with: rogatory recovery list"
        )
    [one] = found
    if as_json:
        print_json(recovery_fields(one))
        return
    say_item("", " ".join(_row(one)[:5]))
    print_table(_ITEM_COLUMNS, [_item_row(item) for item in one.items], empty="")
    for item in one.items:
        for each in item.certificates:
            note(
                f"{item.thing.label}: {each.disposition} {each.date}, certified by "
                f"{message_of(each.statement)}"
            )
    for certificate in one.unplaced:
        note(
            f"warning: {message_of(certificate)} certifies a disposition, and names no "
            "item of this recovery: neither number nor reference agree"
        )


@app.command("losses")
def losses(
    still_open: Annotated[
        bool, typer.Option("--open", help="Only those of which something is missing.")
    ] = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists what stocks have lost, and what was found of it.

    Found is what a record of recovery or disposition says that answers the report, or
    refers to it. Numbers that turn up elsewhere are leads: rogatory matches
    """
    with node_session(node_dir) as node:
        known = losses_known(node, unlock(node, passphrase_file))
    shown = [one for one in known if not (still_open and one.complete)]
    if as_json:
        print_json({"losses": [loss_fields(one) for one in shown]})
        return
    rows = [_loss_row(one) for one in shown]
    print_table(_LOSS_COLUMNS, rows, empty="No such loss is known here.")


def _row(one: Recovery) -> tuple[str, ...]:
    missing = sorted({lacking for item in one.items for lacking in item.missing})
    return (
        message_of(one.statement),
        said_by(one.statement),
        one.kind,
        one.date,
        one.country,
        str(len(one.items)),
        ", ".join(missing),
        one.ended or ("complete" if one.complete else "incomplete"),
    )


def _item_row(item: RecoveredItem) -> tuple[str, ...]:
    quantity = f"{item.thing.quantity} x " if item.thing.quantity > 1 else ""
    left = f" ({item.left} left)" if item.left else ""
    status = f", {item.tracing_status}" if item.tracing_status else ""
    return (
        quantity + item.thing.label,
        item.thing.serial,
        item.thing.reference,
        item.marked,
        item.recorded,
        item.traced + status,
        (item.disposition or "open") + left,
        ", ".join(item.missing),
    )


def _loss_row(one: Loss) -> tuple[str, ...]:
    lost = [item.thing.serial or item.thing.label for item in one.items]
    lost += [f"{series.span.first} to {series.span.last}" for series in one.series]
    found = sum(bool(item.found) for item in one.items)
    found += sum(len(series.found) for series in one.series)
    return (
        message_of(one.statement),
        said_by(one.statement),
        one.kind,
        str(one.span),
        one.holder,
        ", ".join(lost),
        str(found),
        one.ended or ("found" if one.complete else "open"),
    )
