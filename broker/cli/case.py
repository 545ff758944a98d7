"""`rogatory case`: where each matter stands, who owes what, and the next step."""

from collections.abc import Iterable
from typing import Annotated, Final

import typer

from broker.app.case_clocks import clocked_cases
from broker.cli.case_lifecycle import lifecycle
from broker.cli.case_new import new
from broker.cli.case_show import show
from broker.cli.case_step import step
from broker.cli.case_views import COLUMNS, case_fields, list_rows
from broker.cli.case_watch import watch
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.cases.case import Case
from broker.core.cases.duties import BY_NODES, Duty, Pressure
from broker.core.cases.registry import BY_OPENING, LIFECYCLES
from broker.core.errors import ConfigurationError
from broker.infra.clock import SYSTEM_CLOCK
from keys.identity import PartyId

app = typer.Typer(
    help="Where each matter stands, who owes what, and the next step.",
    no_args_is_help=True,
)
_MOST: Final = 100


@app.command("list")
def list_(
    overdue: Annotated[
        bool,
        typer.Option("--overdue", help="Only cases in which something is overdue."),
    ] = False,
    open_: Annotated[
        bool,
        typer.Option("--open", help="Only cases in which something is not closed yet."),
    ] = False,
    kind: Annotated[
        str | None,
        typer.Option(help="Only matters of this sort: trace, or trace-request."),
    ] = None,
    party: Annotated[
        str | None, typer.Option(help="Only matters with this party, such as BEL.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=100_000, help="At most so many cases.")
    ] = _MOST,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists cases, the newest first: each matter in them, its state, and what is owed.

    A case is everything under one reference. What has no reference is a case of its
    own, called by the id of the message that opened it. Each party that a message was
    sent to has a line, for it may be elsewhere with each.
    """
    matter = _read_kind(kind)
    partner = None if party is None else PartyId(party.upper())
    now_ms = SYSTEM_CLOCK.now_ms()
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        found = [
            (case, duties)
            for case, duties in clocked_cases(node, keys)
            if _fits(case, matter, partner)
            and not (open_ and case.closed and not duties)
            and not (overdue and not _is_overdue(duties, now_ms))
        ]
    found.sort(key=lambda one: one[0].events[0].order, reverse=True)
    shown = found[:limit]
    if as_json:
        print_json(
            {
                "cases": [
                    case_fields(case, duties, node.party, now_ms)
                    for case, duties in shown
                ],
                "more": len(found) - len(shown),
            }
        )
        return
    rows = [row for case, duties in shown for row in list_rows(case, duties, now_ms)]
    print_table(COLUMNS, rows, empty="No such case.")
    if len(found) > limit:
        note(f"{len(found) - limit} more; see them with --limit {len(found)}")


def _read_kind(kind: str | None) -> str | None:
    """Returns the name of a lifecycle.

    Raises:
        ConfigurationError: It is neither one, nor a kind that opens one.
    """
    if kind is None:
        return None
    name = kind.partition("/")[0]
    if name in BY_OPENING:
        return BY_OPENING[name].name
    names = [one.name for one in LIFECYCLES]
    if name not in names:
        raise ConfigurationError(f"{kind!r} is none of {', '.join(names)}")
    return name


def _fits(case: Case, matter: str | None, party: PartyId | None) -> bool:
    """Tells whether a case is asked for; recalls alone only if they are named."""
    legs = [
        leg
        for leg in case.legs
        if matter == leg.lifecycle.name
        or (matter is None and leg.opening.told.event not in BY_NODES)
    ]
    if party is None:
        return bool(legs) or (matter is None and not case.legs)
    return any(party in (leg.opener, leg.addressee) for leg in legs)


def _is_overdue(duties: Iterable[Duty], now_ms: int) -> bool:
    return any(duty.pressure(now_ms) is Pressure.OVERDUE for duty in duties)


app.command("show")(show)
app.command("watch")(watch)
app.command("step")(step)
app.command("new")(new)
app.command("lifecycle")(lifecycle)
