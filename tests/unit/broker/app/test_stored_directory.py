"""The directory as processes beside the node see it: read again when it changes."""

from pathlib import Path
from typing import Any, cast

import pytest

from broker.app import stored_directory
from broker.app.stored_directory import StoredDirectory
from broker.core.trust import Trust
from broker.settings import NodeFolder
from keys.errors import RefreshError
from tests import world


class Copy:
    """A node with a copy of the directory, and a count of how often it was read."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = NodeFolder(root)
        self.read = 0
        self.gone = False
        self.folder.directory_copy.mkdir()
        self.file = self.folder.directory_copy / "timestamp.json"
        self.file.write_text("1")
        monkeypatch.setattr(stored_directory, "stored_trust", self._stored)

    def _stored(self, _node: object) -> Trust:
        if self.gone:
            raise RefreshError("it has expired")
        self.read += 1
        return world.trust()


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copy:
    return Copy(tmp_path, monkeypatch)


def test_it_is_read_once_while_nothing_changes(copy: Copy) -> None:
    clock = world.FakeClock()
    directory = StoredDirectory(cast("Any", copy), clock)
    first = directory()
    clock.at_ms += 29_999
    assert directory() is first
    assert copy.read == 1


def test_it_is_read_again_when_the_node_has_fetched_another(copy: Copy) -> None:
    directory = StoredDirectory(cast("Any", copy), world.FakeClock())
    directory()
    copy.file.write_text("another")
    directory()
    assert copy.read == 2


def test_it_is_read_again_in_time_since_keys_end_by_themselves(copy: Copy) -> None:
    clock = world.FakeClock()
    directory = StoredDirectory(cast("Any", copy), clock)
    directory()
    clock.at_ms += 30_000
    copy.gone = True
    with pytest.raises(RefreshError):
        directory()


def test_a_clock_that_was_set_back_does_not_keep_it(copy: Copy) -> None:
    clock = world.FakeClock()
    directory = StoredDirectory(cast("Any", copy), clock)
    directory()
    clock.at_ms -= 1
    directory()
    assert copy.read == 2
