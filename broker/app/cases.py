"""The cases of a node: every one, one by its name, and whether a step may be taken.

What becomes of a case is left to `broker.core.cases`, its clocks to
`broker.app.case_clocks`.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.core.cases.case import Case
from broker.core.errors import ConfigurationError
from broker.core.outgoing import OutgoingDocument
from broker.services.case_keeper import CaseKeeper
from broker.services.case_steps import CaseSteps

_SHORT: Final = 8  # digits that the beginning of an id or a digest needs
_NAMED: Final = 4  # cases that an error names


def case_keeper(node: Node, keys: NodeKeys) -> CaseKeeper:
    """Returns what makes the cases of a node."""
    return CaseKeeper(keys.holder, node.store)


def cases(node: Node, keys: NodeKeys) -> Iterator[Case]:
    """Yields every case that this node knows of, in order of their beginning.

    Raises:
        StoreError: The store cannot be read or written.
        ContentError: Something was protected under another key.
    """
    yield from case_keeper(node, keys).cases()


def case_of(node: Node, keys: NodeKeys, name: str) -> Case:
    """Returns the one case that is called so.

    Args:
        node: The node.
        keys: Its keys.
        name: Reference of a case; or id or digest of any message in it, or the
            beginning of either, of 8 digits or more.

    Raises:
        ConfigurationError: There is none, or several.
        StoreError: The store cannot be read or written.
        ContentError: Something was protected under another key.
    """
    # A message may name a reference, and belong to the case that it answers.
    named = _named(node, keys, name)
    found = [one for one in named if one.reference == name] or named
    if not found and len(name.replace("-", "")) >= _SHORT:
        found = _about(node, keys, node.store.resolve(name))
    if not found:
        raise ConfigurationError(
            f"no case or message is called {name!r} here; see: rogatory case list"
        )
    if len(found) > 1:
        names = ", ".join(one.name for one in found[:_NAMED])
        raise ConfigurationError(f"{name!r} could be several cases: {names}; say more")
    return found[0]


def _named(node: Node, keys: NodeKeys, reference: str) -> list[Case]:
    """Returns the cases in which a message names a reference.

    All of them are near to any of them: however many messages there are, they are read
    once.
    """
    heads = node.store.heads_of_case(reference)
    if not heads:
        return []
    return [
        case
        for case in case_keeper(node, keys).cases_near(heads[0].message_digest)
        if any(one.reference == reference for one in case.events)
    ]


def _about(node: Node, keys: NodeKeys, digests: Iterable[bytes]) -> list[Case]:
    """Returns the cases that messages belong to, each once."""
    keeper = case_keeper(node, keys)
    found: list[Case] = []
    seen: set[bytes] = set()
    for digest in digests:
        case = None if digest in seen else keeper.case_about(digest)
        if case is not None:
            found.append(case)
            seen.update(event.digest for event in case.events)
    return found


def check_step(node: Node, keys: NodeKeys, document: OutgoingDocument) -> None:
    """Refuses a document that the matter which it answers has no place for now.

    Raises:
        RefusedError: ILLEGAL_STEP: "... is <state>; now possible: a, b, c".
        StoreError: The store cannot be read or written.
        ContentError: Something was protected under another key.
    """
    CaseSteps(keys.holder, node.store).check(document)
