"""The hub's audit holds every logged snapshot against the directory and the others."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from broker.app.hub_audit import HubAudit
from broker.core.audit.checkpoint import read_checkpoint
from broker.core.audit.entry import LogEntry, LoggedEntry, snapshot_entry
from broker.core.audit.padding import PADDING_STAGE
from broker.core.audit.snapshot import SNAPSHOT_STAGE, SnapshotStatement
from broker.core.errors import ProofError
from broker.infra.log_store import LogStore
from keys.directory.archive import Archive
from keys.directory.history import History
from keys.errors import DirectoryStorageError
from keys.framing import sha256
from keys.notes import NoteKey
from tests.unit.keys.directory.federation import KEN, NOW_MS, Federation

ORIGIN = "log.example/rogatory"
KEY = NoteKey(ORIGIN, sha256(b"the log"))


@dataclass(slots=True)
class Hub:
    """A directory of three versions, and a log of them."""

    federation: Federation
    log: LogStore

    @property
    def archive(self) -> Archive:
        """Its directory."""
        return self.federation.repository

    @property
    def history(self) -> History:
        """Its past."""
        return History(self.federation.root, self.archive.read)

    def statement(self, version: int) -> SnapshotStatement:
        """Returns what an honest notary says."""
        snapshot = self.archive.published(version)
        return SnapshotStatement(
            origin=ORIGIN,
            version=version,
            digest=snapshot.digest,
            signed_at_ms=snapshot.signed_at_ms,
        )

    def add(self, *entries: LogEntry) -> None:
        """Logs entries."""
        for entry in entries:
            number = self.log.head().last_sequence + 1
            self.log.append(
                [replace(entry, stream_sequence=number)],
                last_sequence=number,
                sign=KEY.sign_note,
            )

    def audit(self) -> int:
        """Returns how many entries hold."""
        checkpoint = read_checkpoint(self.log.head().checkpoint)
        view = self.federation.client().refresh(NOW_MS)
        audit = HubAudit(
            log=self.log, directory=view, archive=self.archive, history=self.history
        )
        return [*audit.verify(checkpoint)][-1]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    federation = Federation(tmp_path)
    federation.enrol(KEN)
    with LogStore.open(tmp_path / "log", origin=ORIGIN) as log:
        made = Hub(federation, log)
        made.add(*(snapshot_entry(made.statement(v), 0) for v in (1, 2, 3)))
        yield made


def test_an_honest_log_holds_also_where_it_repeats_itself(hub: Hub) -> None:
    assert hub.audit() == 3
    hub.add(snapshot_entry(hub.statement(2), 0))
    assert hub.audit() == 4


def test_a_version_that_is_not_in_force_yet_is_no_lie(hub: Hub) -> None:
    hub.add(snapshot_entry(replace(hub.statement(3), version=4), 0))
    assert hub.audit() == 4


LIES: dict[str, tuple[Callable[[SnapshotStatement], SnapshotStatement], str]] = {
    "a second snapshot of a version": (
        lambda said: replace(said, digest=bytes(32)),
        "directory fork: version 3 .* in entry 2, .* in entry 3",
    ),
    "another log": (
        lambda said: replace(said, origin="log.example/other"),
        "entry 3 is for the log log.example/other",
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_about_a_snapshot_is_named(hub: Hub, name: str) -> None:
    lie, words = LIES[name]
    hub.add(snapshot_entry(lie(hub.statement(3)), 0))
    with pytest.raises(ProofError, match=words):
        hub.audit()


@pytest.mark.parametrize(
    "change",
    [
        lambda said: replace(said, digest=bytes(32)),
        lambda said: replace(said, signed_at_ms=said.signed_at_ms + 1),
    ],
    ids=["another digest", "another time"],
)
def test_what_was_logged_is_what_was_served(
    hub: Hub, change: Callable[[SnapshotStatement], SnapshotStatement]
) -> None:
    hub.federation.repository.commit(NOW_MS)
    hub.add(snapshot_entry(change(hub.statement(4)), 0))
    with pytest.raises(ProofError, match="entry 3: version 4 of the directory is"):
        hub.audit()


def test_a_snapshot_that_is_gone_from_the_archive_is_missed(hub: Hub) -> None:
    (hub.federation.folder / "hub/metadata/2.snapshot.json").unlink()
    with pytest.raises(DirectoryStorageError, match=r"2\.snapshot\.json"):
        hub.audit()


def test_a_padded_log_holds(hub: Hub) -> None:
    number = hub.log.head().last_sequence
    hub.log.append([], last_sequence=number, sign=KEY.sign_note, block=8, cover=True)
    hub.add(snapshot_entry(hub.statement(2), 0))
    assert hub.audit() == 9


def audit_of(hub: Hub, entry: LogEntry) -> HubAudit:
    """Returns the audit of a log whose first entry is this one, leaf and all."""

    class Lying:
        """A log that was made to hold it."""

        leaf_hashes = staticmethod(hub.log.leaf_hashes)
        tile = staticmethod(hub.log.tile)

        @staticmethod
        def records(_start: int, _end: int) -> Iterator[LoggedEntry]:
            """Yields the one entry, and its leaf."""
            yield LoggedEntry(index=0, leaf_hash=entry.leaf_hash, entry=entry)

    return HubAudit(
        log=Lying(),  # type: ignore[arg-type]
        directory=hub.federation.client().refresh(NOW_MS),
        archive=hub.archive,
        history=hub.history,
    )


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        (SNAPSHOT_STAGE, "entry 0: not a statement"),
        (PADDING_STAGE, "entry 0: not padding"),
    ],
)
def test_an_entry_that_is_not_what_its_stage_says_is_named(
    hub: Hub, stage: str, words: str
) -> None:
    entry = replace(snapshot_entry(hub.statement(3), 0), receipt=b"?", stage=stage)
    checkpoint = read_checkpoint(hub.log.head().checkpoint)
    with pytest.raises(ProofError, match=words):
        list(audit_of(hub, entry).verify(checkpoint))


def test_an_entry_that_is_missing_is_missed(hub: Hub) -> None:
    checkpoint = read_checkpoint(hub.log.head().checkpoint)
    entry = snapshot_entry(hub.statement(1), 0)
    with pytest.raises(ProofError, match="entry 1 is missing"):
        list(audit_of(hub, entry).verify(checkpoint))
