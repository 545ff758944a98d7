"""`rogatory case lifecycle`: what may happen in each sort of matter."""

from typing import Annotated

import typer

from broker.cli.options import JsonOption
from broker.cli.output import print_json, print_table
from broker.core.cases.lifecycle import Lifecycle
from broker.core.cases.page import mermaid, page, section
from broker.core.cases.registry import BY_OPENING, LIFECYCLES
from broker.core.errors import ConfigurationError


def lifecycle(
    name: Annotated[
        str | None,
        typer.Argument(help="Such as trace, or trace-request; a list if absent."),
    ] = None,
    diagram: Annotated[
        bool, typer.Option("--mermaid", help="Print it as a diagram in Mermaid.")
    ] = False,
    whole: Annotated[
        bool, typer.Option("--page", help="Print the page of all, in Markdown.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Shows the states of a matter, what may happen in each, and what is owed."""
    if whole:
        print(page(LIFECYCLES), end="")
        return
    if name is None:
        _list(as_json=as_json)
        return
    found = _named(name)
    if diagram:
        print(mermaid(found), end="")
    elif as_json:
        print_json(_fields(found))
    else:
        print(section(found))


def _named(name: str) -> Lifecycle:
    for one in LIFECYCLES:
        if name == one.name:
            return one
    if name in BY_OPENING:
        return BY_OPENING[name]
    names = ", ".join(one.name for one in LIFECYCLES)
    raise ConfigurationError(f"{name!r} is no lifecycle; there are: {names}")


def _list(*, as_json: bool) -> None:
    if as_json:
        print_json({"lifecycles": [_fields(one) for one in LIFECYCLES]})
        return
    rows = [(one.name, ", ".join(one.opens), one.title) for one in LIFECYCLES]
    print_table(("lifecycle", "opened by", "what it is"), rows, empty="")


def _fields(one: Lifecycle) -> dict[str, object]:
    return {
        "name": one.name,
        "title": one.title,
        "opens": list(one.opens),
        "initial": one.initial,
        "states": [
            {"state": state, "means": means, "final": state in one.final}
            for state, means in one.states.items()
        ],
        "steps": [
            {
                "event": step.event,
                "by": step.by.value,
                "in": sorted(step.sources),
                "leads_to": step.target or None,
            }
            for step in one.steps
        ],
        "debts": [
            {
                "by": debt.by.value,
                "what": debt.what,
                "in": sorted(debt.states),
                "clock": debt.clock,
                "since": debt.since.value,
            }
            for debt in one.debts
        ],
    }
