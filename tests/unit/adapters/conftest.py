"""What tests of adapters share: a desk in memory, and the desk of a real node."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.memory_desk import MemoryDesk
from tests.adapter_world import AdapterWorld


@pytest.fixture
def desk(tmp_path: Path) -> MemoryDesk:
    """A desk without a node."""
    folder = tmp_path / "own"
    folder.mkdir(mode=0o700)
    return MemoryDesk(folder)


@pytest.fixture
def at_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AdapterWorld]:
    """A real node whose policy gives everything to the desk "adapter"."""
    world = AdapterWorld(tmp_path / "nodes", monkeypatch)
    yield world
    world.close()
