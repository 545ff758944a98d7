"""What tests of the host share: a real node, and an adapter that is fed there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapter_world import AdapterWorld
from tests.unit.broker.app.adapters.fed import Fed
from tests.unit.broker.app.adapters.going import Running


@pytest.fixture
def at_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AdapterWorld]:
    """A real node whose policy gives everything to the desk "adapter"."""
    world = AdapterWorld(tmp_path / "nodes", monkeypatch)
    yield world
    world.close()


@pytest.fixture
def fed(at_node: AdapterWorld) -> Fed:
    """An adapter that is fed at that node."""
    return Fed(at_node)


@pytest.fixture
def running(at_node: AdapterWorld) -> Running:
    """Adapters that run there, at the desks "adapter" and "other"."""
    at_node.desks = ("adapter", "other")
    at_node.close()
    at_node.__post_init__()
    return Running(at_node)
