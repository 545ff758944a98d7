"""What is not approved is as if it had never been fetched, whatever fails meanwhile."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from keys.directory.client import DirectoryClient
from keys.directory.disk import restore_tree
from keys.directory.model import DirectoryView
from keys.errors import RefreshError, SnapshotNotLoggedError
from keys.framing import sha256
from tests.unit.keys.directory.federation import (
    BEL,
    KEN,
    NOW_MS,
    Federation,
    Hub,
    files_below,
)

REFUSED = SnapshotNotLoggedError("not in the log")


@dataclass(slots=True)
class Log:
    """Approves the snapshots that it knows."""

    known: set[bytes] = field(default_factory=set)
    asked: list[int] = field(default_factory=list)

    def approve(self, view: DirectoryView, snapshot: bytes) -> None:
        """Refuses every other view."""
        assert sha256(snapshot) == view.snapshot_digest
        self.asked.append(view.version)
        if view.snapshot_digest not in self.known:
            raise REFUSED


@pytest.fixture
def log(federation: Federation) -> Log:
    """A log that holds the present state of a federation of one party."""
    federation.enrol(KEN)
    return Log({federation.repository.snapshot_digest()})


@pytest.fixture
def client(federation: Federation, hub: Hub, log: Log) -> DirectoryClient:
    """A client that has fetched it, and asks that log."""
    client = DirectoryClient(
        federation.folder / "node", federation.root, hub.fetch, approve=log.approve
    )
    client.refresh(NOW_MS)
    return client


def test_only_what_is_new_is_asked_for(client: DirectoryClient, log: Log) -> None:
    first = client.refresh(NOW_MS)
    assert client.refresh(NOW_MS) is first
    assert len(log.asked) == 1


def test_what_is_refused_leaves_the_old_view_and_its_files(
    federation: Federation, client: DirectoryClient
) -> None:
    old, before = client.refresh(NOW_MS), files_below(federation.folder / "node")
    federation.enrol(BEL)
    for _ in range(2):
        with pytest.raises(SnapshotNotLoggedError):
            client.refresh(NOW_MS)
        after = files_below(federation.folder / "node")
        assert {p: after[p] for p in before if p.startswith("metadata")} == {
            p: before[p] for p in before if p.startswith("metadata")
        }
    assert client.cached_view(NOW_MS) == old
    offline = DirectoryClient(
        federation.folder / "node", federation.root, lambda _: None
    )
    assert offline.cached_view(NOW_MS) == old


def test_what_is_refused_counts_once_it_is_approved(
    federation: Federation, client: DirectoryClient, log: Log
) -> None:
    federation.enrol(BEL)
    with pytest.raises(SnapshotNotLoggedError):
        client.refresh(NOW_MS)
    log.known.add(federation.repository.snapshot_digest())
    assert set(client.refresh(NOW_MS).parties) == {KEN, BEL}


def test_after_a_refused_fork_the_true_snapshot_of_the_same_version_is_taken(
    federation: Federation, client: DirectoryClient, log: Log
) -> None:
    """The library would go on with the snapshot it has: they have one version."""
    folder = federation.folder / "hub"
    shutil.copytree(folder, federation.folder / "honest")
    federation.repository.commit(NOW_MS - 1000)
    with pytest.raises(SnapshotNotLoggedError):
        client.refresh(NOW_MS)
    shutil.rmtree(folder)
    (federation.folder / "honest").rename(folder)
    federation.repository.commit(NOW_MS)
    log.known.add(federation.repository.snapshot_digest())
    view = client.refresh(NOW_MS)
    assert view.snapshot_digest == federation.repository.snapshot_digest()


def test_versions_wound_forward_by_a_stolen_key_are_forgotten_with_the_refusal(
    federation: Federation, client: DirectoryClient, log: Log
) -> None:
    """Without a log, nothing but a new root brings such a client back."""
    state = federation.repository.state()
    state.snapshot.version = state.timestamp.version = 2**31
    federation.repository._publish(state, NOW_MS, {}, {})
    with pytest.raises(SnapshotNotLoggedError):
        client.refresh(NOW_MS)
    state.snapshot.version = state.timestamp.version = 10
    federation.repository._publish(state, NOW_MS, {}, {})
    log.known.add(federation.repository.snapshot_digest())
    assert client.refresh(NOW_MS).version == 11


def test_a_client_that_was_never_approved_has_nothing(federation: Federation) -> None:
    federation.enrol(KEN)
    client = DirectoryClient(
        federation.folder / "node",
        federation.root,
        federation.repository.read,
        approve=Log().approve,
    )
    with pytest.raises(SnapshotNotLoggedError):
        client.refresh(NOW_MS)
    with pytest.raises(RefreshError, match="no directory was fetched"):
        client.cached_view(NOW_MS)


@pytest.mark.parametrize("crash", ["refused", "restored", "neither"])
def test_a_crash_while_it_is_put_back_is_made_good(tmp_path: Path, crash: str) -> None:
    working, kept = tmp_path / "metadata", tmp_path / "verified"
    for folder, text in ((working, "refused"), (kept, "good")):
        folder.mkdir()
        (folder / "snapshot.json").write_text(text)
    match crash:
        case "refused":
            working.rename(tmp_path / "refused")
        case "restored":
            working.rename(tmp_path / "refused")
            (tmp_path / "restored").mkdir()
        case _:
            restore_tree(working, kept, anew=True)
    restore_tree(working, kept)
    assert files_below(tmp_path) == {
        "metadata/snapshot.json": b"good",
        "verified/snapshot.json": b"good",
    }
