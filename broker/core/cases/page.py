"""The page that shows every lifecycle: a table and a diagram each, made from the code.

What the lifecycles are is said by their own modules.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from broker.core.cases.lifecycle import STAYS, Debt, Lifecycle, Side, Since, Step

_HEAD: Final = """\
# Lifecycles

Made from the code by `rogatory case lifecycle --page`; a test compares. What cases are,
and what may be done with them: [cases.md](cases.md).

Each matter has one leg for each party that it was sent to, and two sides: the *opener*,
who sent what opened it, and the *addressee*, who was asked. An event is a message of a
kind, with its sort where it has one (`trace-response:delayed`), or a receipt
(`receipt:acknowledged`). A step that is not in the table of its state has no effect,
and `rogatory` refuses to send it.

A table says what may happen: in which states, by whom, and what comes of it. States in
bold are the end: nothing is owed in them. The clocks are those of `node.toml`.
"""
_SIDES: Final = {
    Side.OPENER: "opener",
    Side.ADDRESSEE: "addressee",
    Side.EITHER: "either",
}


def page(lifecycles: Iterable[Lifecycle]) -> str:
    """Returns the page, in Markdown, with diagrams in Mermaid."""
    return "\n".join((_HEAD, *(section(one) for one in lifecycles)))


def section(lifecycle: Lifecycle) -> str:
    """Returns what the page says of one lifecycle."""
    opens = ", ".join(f"`{kind}`" for kind in lifecycle.opens)
    lines = (
        f"## {lifecycle.name}",
        "",
        f"{lifecycle.title}. Opened by {opens}.",
        "",
        *_table(("State", "Means"), _states(lifecycle)),
        "",
        *_table(("Event", "By", "In", "Leads to"), map(_step, lifecycle.steps)),
        "",
        *_debts(lifecycle.debts),
        "```mermaid",
        mermaid(lifecycle).rstrip(),
        "```",
        "",
    )
    return "\n".join(lines)


def mermaid(lifecycle: Lifecycle) -> str:
    """Returns a diagram of states; steps that change nothing are left out."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{state}" as {_id(state)}' for state in lifecycle.states]
    lines.append(f"    [*] --> {_id(lifecycle.initial)}")
    arrows: dict[tuple[str, str], list[str]] = {}
    for step in lifecycle.steps:
        for source in _in_order(lifecycle, step.sources):
            if step.target not in (STAYS, source):
                # A colon would end the words beside an arrow.
                words = step.event.replace(":", " ")
                arrows.setdefault((source, step.target), []).append(words)
    lines += [
        f"    {_id(source)} --> {_id(target)} : {', '.join(dict.fromkeys(words))}"
        for (source, target), words in arrows.items()
    ]
    lines += [
        f"    {_id(state)} --> [*]" for state in _in_order(lifecycle, lifecycle.final)
    ]
    return "\n".join(lines) + "\n"


def _states(lifecycle: Lifecycle) -> Iterator[tuple[str, ...]]:
    for state, means in lifecycle.states.items():
        yield (f"**{state}**" if state in lifecycle.final else state), means


def _step(step: Step) -> tuple[str, ...]:
    sources = ", ".join(sorted(step.sources))
    target = "no change" if step.target == STAYS else step.target
    return f"`{step.event}`", _SIDES[step.by], sources, target


def _debts(debts: Iterable[Debt]) -> Iterator[str]:
    rows = [
        (
            _SIDES[debt.by],
            debt.what,
            ", ".join(sorted(debt.states)),
            f"`{debt.clock}`, from "
            + ("the opening" if debt.since is Since.OPENING else "what led there"),
        )
        for debt in debts
    ]
    if rows:
        yield from _table(("Owed by", "What", "In", "Clock"), rows)
        yield ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _in_order(lifecycle: Lifecycle, states: frozenset[str]) -> list[str]:
    return [state for state in lifecycle.states if state in states]


def _id(state: str) -> str:
    return state.replace("-", "_")
