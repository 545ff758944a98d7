"""Whose folder a `rogatory audit` command reads, and what can be read in it.

A hub's holds headers and receipts of all, a node's what its own party has to do with.
What a witness's holds is left to `audit_witness`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from broker.app.hub_trail import HubTrail
from broker.app.node_folder import Node
from broker.cli.audit_fields import on_hub
from broker.cli.options import hub_folder
from broker.cli.session import node_session
from broker.core.trails.trail import TrailFilter, TrailLine
from broker.infra.log_reader import LogReader
from broker.settings import HubFolder


class Trail(Protocol):
    """What was stated, a page at a time."""

    def page(self, wanted: TrailFilter) -> list[TrailLine]:
        """Returns one page, oldest first."""
        ...

    def end(self) -> int:
        """Returns the cursor of the newest line; 0 for none."""
        ...


class NodeTrail:
    """A node's trail.

    Args:
        node: The node.
    """

    def __init__(self, node: Node) -> None:
        self._store = node.store

    def page(self, wanted: TrailFilter) -> list[TrailLine]:
        """Returns one page, oldest first.

        Raises:
            StoreError: The store cannot be read.
        """
        return self._store.trail(wanted)

    def end(self) -> int:
        """Returns the cursor of the newest line; 0 for none.

        Raises:
            StoreError: The store cannot be read.
        """
        return self._store.trail_end()


@contextmanager
def open_trail(hub: Path | None, node: Path | None) -> Iterator[Trail]:
    """Opens what the options, or the environment, name: a hub or a node.

    Raises:
        ConfigurationError: None was named, it is not one, or nothing was logged yet.
    """
    if on_hub(hub, node):
        with open_log(hub) as trail:
            yield trail
        return
    with node_session(node) as opened:
        yield NodeTrail(opened)


@contextmanager
def open_log(hub: Path | None) -> Iterator[HubTrail]:
    """Opens the log of the hub that was named; needs no key.

    Raises:
        ConfigurationError: None was named, or it has no log yet.
    """
    with LogReader(HubFolder(hub_folder(hub)).log) as log:
        yield HubTrail(log)
