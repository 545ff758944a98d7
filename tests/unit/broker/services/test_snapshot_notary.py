"""Every version of the directory enters the log once and in order, whatever fails."""

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from broker.core.audit.entry import EntryFilter, snapshot_entry
from broker.core.audit.snapshot import SNAPSHOT_STAGE, SnapshotStatement
from broker.core.codec.snapshots import encode_snapshot
from broker.core.errors import BusUnavailableError, ProofError
from broker.core.ports import Outgoing
from broker.core.subjects import SNAPSHOTS
from broker.infra.log_store import LogStore
from broker.services.log_writer import LogWriter
from broker.services.snapshot_notary import NotaryPorts, SnapshotNotary
from keys.directory.archive import PublishedSnapshot
from tests.memory_bus import MemoryLedger, MemoryLogTail
from tests.unit.broker.services.prover_world import statement
from tests.unit.broker.services.test_log_writer import batch, commit
from tests.world import LOG_KEY, FakeClock

ORIGIN = LOG_KEY.verifier.name


@dataclass(slots=True)
class Directory:
    """The hub's directory, as far as its snapshots go."""

    newest: int = 3
    name: str = "honest"

    def version(self) -> int:
        """Returns the version in force."""
        return self.newest

    def published(self, version: int) -> PublishedSnapshot:
        """Returns what there is to say about a snapshot."""
        said = statement(version, self.name)
        return PublishedSnapshot(
            version=version, digest=said.digest, signed_at_ms=said.signed_at_ms
        )


@dataclass(slots=True)
class Hub:
    """A directory, a ledger and a log."""

    log: LogStore
    directory: Directory = field(default_factory=Directory)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    told: list[int] = field(default_factory=list)
    there: bool = True

    def notary(self) -> SnapshotNotary:
        """Returns a notary that has just been started."""
        ports = NotaryPorts(
            snapshots=self.directory,
            log=lambda: self.log if self.there else None,
            tail=MemoryLogTail(self.ledger),
            ledger=self.ledger,
            origin=lambda: ORIGIN,
            tell=self.tell,
        )
        return SnapshotNotary(ports, poll_s=0.001)

    async def tell(self, version: int) -> None:
        """Takes note of what the parties are told."""
        self.told.append(version)

    async def write(self) -> None:
        """Lets the log writer take what there is."""
        tail = MemoryLogTail(self.ledger)
        await LogWriter(tail, self.log, LOG_KEY.sign_note, clock=FakeClock()).step()

    def logged(self) -> list[SnapshotStatement]:
        """Returns what the log says about snapshots."""
        found = self.log.entries(EntryFilter(stage=SNAPSHOT_STAGE))
        return [SnapshotStatement.from_bytes(one.entry.leaf_data) for one in found]


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr("broker.services.snapshot_notary._LOOKS", 2)
    monkeypatch.setattr("broker.services.snapshot_notary._LOOK_S", 0.0)
    monkeypatch.setattr("broker.services.snapshot_notary._BACKOFF_S", 0.001)
    with LogStore.open(tmp_path / "log", origin=ORIGIN) as log:
        yield Hub(log)


def versions(*numbers: int) -> list[SnapshotStatement]:
    return [statement(number) for number in numbers]


async def test_all_versions_enter_the_log_in_their_order(hub: Hub) -> None:
    notary = hub.notary()
    await notary.step()
    assert hub.told == []
    await hub.write()
    await notary.step()
    assert hub.logged() == versions(1, 2, 3)
    assert hub.told == [3]
    hub.directory.newest = 5
    await notary.step()
    await hub.write()
    await notary.step()
    await notary.step()
    assert hub.logged() == versions(1, 2, 3, 4, 5)
    assert hub.told == [3, 5]


async def test_a_restart_goes_on_with_what_was_made_meanwhile(hub: Hub) -> None:
    await hub.notary().step()
    await hub.write()
    hub.directory.newest = 5
    await hub.notary().step()
    await hub.write()
    assert hub.logged() == versions(1, 2, 3, 4, 5)


async def test_what_is_in_the_ledger_only_is_not_said_again(hub: Hub) -> None:
    """The log writer is behind, or stands still, when the notary is started again."""
    await hub.notary().step()
    await hub.notary().step()
    assert len(hub.ledger.items) == 3
    hub.there = False
    await hub.notary().step()
    assert len(hub.ledger.items) == 3
    await commit(hub.ledger, batch(1)[0])
    await hub.write()
    assert hub.logged() == versions(1, 2, 3)
    assert hub.log.head().size == 4


async def test_an_answer_that_got_lost_makes_no_second_entry(hub: Hub) -> None:
    notary = hub.notary()
    hub.ledger.after.append(BusUnavailableError("no answer"))
    with pytest.raises(BusUnavailableError):
        await notary.step()
    await notary.step()
    await hub.write()
    assert hub.logged() == versions(1, 2, 3)


async def test_what_cannot_be_read_in_the_ledger_is_passed_over(hub: Hub) -> None:
    item = Outgoing(subject=SNAPSHOTS, payload=b"\xff", dedup_id="x")
    await hub.ledger.commit([item])
    await hub.notary().step()
    await hub.write()
    assert hub.logged() == versions(1, 2, 3)


async def test_a_directory_that_was_put_back_is_not_logged(hub: Hub) -> None:
    await hub.notary().step()
    await hub.write()
    hub.directory.newest = 2
    with pytest.raises(ProofError, match="holds version 3"):
        await hub.notary().step()
    hub.directory.newest = 4
    hub.directory.name = "restored"
    with pytest.raises(ProofError, match="entry 2: was one restored"):
        await hub.notary().step()
    assert len(hub.ledger.items) == 3


async def test_nobody_is_told_of_a_version_that_the_log_has_otherwise(
    hub: Hub,
) -> None:
    hub.log.append(
        [snapshot_entry(statement(3, "forked"), 1)],
        last_sequence=1,
        sign=LOG_KEY.sign_note,
    )
    notary = hub.notary()
    with pytest.raises(ProofError):
        await notary.step()
    assert hub.told == []
    assert hub.ledger.items == []


async def test_the_loop_waits_out_an_absent_bus(hub: Hub) -> None:
    hub.ledger.before = deque([BusUnavailableError("nobody there")])
    notary, stop = hub.notary(), asyncio.Event()
    running = asyncio.create_task(notary.run(stop))
    end = asyncio.get_running_loop().time() + 10
    while not hub.told:
        assert asyncio.get_running_loop().time() < end
        await hub.write()
    stop.set()
    await running
    assert hub.logged() == versions(1, 2, 3)


async def test_the_loop_leaves_a_directory_that_does_not_fit_to_a_person(
    hub: Hub,
) -> None:
    payload = encode_snapshot(statement(9))
    await hub.ledger.commit(
        [Outgoing(subject=SNAPSHOTS, payload=payload, dedup_id="9")]
    )
    notary, stop = hub.notary(), asyncio.Event()
    running = asyncio.create_task(notary.run(stop))
    for _ in range(20):
        await asyncio.sleep(0.001)
    assert not running.done()
    stop.set()
    await running
    assert len(hub.ledger.items) == 1
