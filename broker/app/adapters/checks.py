"""Looks whether all is well with a node's adapters, for `rogatory doctor`.

How it is shown is left to the command line.
"""

from collections.abc import Iterator

from broker.app.adapters.configuration import configured
from broker.app.finding import Finding
from broker.app.node_folder import Node
from broker.core.adapting import AdapterHealth, AdapterState
from broker.core.errors import ConfigurationError


def adapter_findings(node: Node, now_ms: int) -> Iterator[Finding]:
    """Yields what is well with each adapter that is to run, and what is not.

    Args:
        node: The node.
        now_ms: The present.
    """
    try:
        known = configured(node)
    except ConfigurationError as error:
        yield Finding(
            name="adapters", well=False, text=str(error), hint="mend the file"
        )
        return
    for name, one in known.items():
        if one.enabled:
            yield _finding(name, node.store.adapter(name), now_ms)


def _finding(name: str, health: AdapterHealth | None, now_ms: int) -> Finding:
    state = AdapterState.STOPPED if health is None else health.state_at(now_ms)
    letters = 0 if health is None else health.letters
    text = f"{name} is {state.value}"
    if letters:
        text += f"; {letters} dead letter(s) wait for a person"
    hints = []
    if state is not AdapterState.RUNNING:
        hints.append(_HINTS[state].format(name=name))
    if letters:
        hints.append(f"look at them: rogatory adapter letters {name}")
    return Finding(name="adapter", well=not hints, text=text, hint="; ".join(hints))


_HINTS = {
    AdapterState.STOPPED: "run it: rogatory adapter run {name}",
    AdapterState.AWAY: "its system is away: rogatory adapter test {name}",
    AdapterState.FAILING: "look at its log, and: rogatory adapter test {name}",
    AdapterState.HALTED: "it has loosened handling: have it mended before it is run",
}
