"""What others go by is looked up once, off everybody's way, and forks are told of."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from broker.core.errors import BusUnavailableError
from broker.core.trust import Trust, build_trust
from broker.services.directory_witness import DirectoryWitness
from keys.errors import UnreachableError
from keys.framing import sha256
from tests import world
from tests.unit.broker.services.prover_world import ProverWorld, statement, view
from tests.world import BEL, KEN


@dataclass(slots=True)
class Watching:
    """A witness at work."""

    hub: ProverWorld = field(default_factory=ProverWorld)
    witness: DirectoryWitness = field(init=False)

    def __post_init__(self) -> None:
        """Makes it; our own directory is version 2, proven."""
        self.hub.publish(statement(1), statement(2))
        self.witness = DirectoryWitness(
            self.hub.prover, self.trust, watch_s=60.0, waits_s=(0.0, 0.0)
        )

    def trust(self) -> Trust:
        """Returns our own directory."""
        return build_trust(view(2))

    async def run(self, until: Callable[[], bool]) -> None:
        """Lets it look until something is so, and ends it."""
        stop = asyncio.Event()
        running = asyncio.create_task(self.witness.run(stop))
        end = asyncio.get_running_loop().time() + 10
        while not until():
            assert asyncio.get_running_loop().time() < end
            await asyncio.sleep(0)
        for _ in range(20):
            await asyncio.sleep(0)
        stop.set()
        await running

    def asked(self, count: int) -> Callable[[], bool]:
        """Returns whether so many questions were asked."""
        return lambda: len(self.hub.asked) >= count

    def saw(self, *digests: bytes) -> None:
        """Has messages arrive that were sealed under these snapshots."""
        self.witness.saw(world.header(directory_version=one) for one in digests)


@pytest.fixture
async def watching() -> Watching:
    made = Watching()
    await made.hub.prover.prove(view(2), b"")
    made.hub.asked.clear()
    return made


async def test_what_we_go_by_ourselves_is_not_asked_for(watching: Watching) -> None:
    watching.saw(statement(2).digest, statement(2).digest)
    await watching.run(watching.asked(1))
    assert len(watching.hub.asked) == 1  # the look at our own version
    assert watching.hub.alarms == []


async def test_what_the_log_holds_is_asked_for_once(watching: Watching) -> None:
    watching.saw(statement(1).digest, statement(1).digest)
    await watching.run(watching.asked(2))
    watching.saw(statement(1).digest)
    await watching.run(watching.asked(3))
    assert len(watching.hub.asked) == 3
    assert watching.hub.alarms == []
    assert watching.hub.prover.version_of(statement(1).digest) == 1


async def test_a_snapshot_that_the_log_lacks_is_suspected_of_its_peer(
    watching: Watching,
) -> None:
    watching.saw(sha256(b"of nobody's"))
    await watching.run(lambda: bool(watching.hub.alarms))
    [alarm] = watching.hub.alarms
    assert "fork suspected" in alarm
    assert KEN in alarm
    assert sha256(b"of nobody's").hex() in alarm


async def test_a_log_that_is_a_moment_behind_makes_no_alarm(
    watching: Watching,
) -> None:
    watching.saw(statement(3).digest)

    def log_at_last(asked: int) -> None:
        if asked == 4:
            watching.hub.publish(statement(3))

    watching.hub.when_asked = log_at_last
    await watching.run(lambda: not watching.witness._waiting)
    assert watching.hub.alarms == []
    assert watching.hub.prover.version_of(statement(3).digest) == 3


async def test_a_peer_that_goes_by_the_other_side_of_a_fork_is_told_of(
    watching: Watching,
) -> None:
    watching.hub.publish(statement(1, "forked"))
    await watching.hub.prover.prove(view(2), b"")
    watching.saw(statement(1, "forked").digest)
    await watching.run(lambda: bool(watching.hub.alarms))
    [alarm] = watching.hub.alarms
    assert "two snapshots of version 1" in alarm
    assert f"{KEN} goes by one of them" in alarm


async def test_a_second_snapshot_of_a_version_that_we_know_is_a_fork(
    watching: Watching,
) -> None:
    watching.hub.publish(statement(2, "forked"))
    watching.saw(statement(2, "forked").digest)
    await watching.run(lambda: bool(watching.hub.alarms))
    [alarm] = watching.hub.alarms
    assert "two snapshots of version 2" in alarm
    assert watching.hub.evidence(2)["proven_before"] is not None


async def test_an_absent_hub_is_asked_again_later(watching: Watching) -> None:
    watching.hub.failure = BusUnavailableError("nobody there")
    watching.saw(statement(1).digest)
    await watching.run(watching.asked(1))
    assert watching.hub.alarms == []
    watching.hub.failure = None
    await watching.run(lambda: not watching.witness._waiting)
    assert watching.hub.prover.version_of(statement(1).digest) == 1


async def test_without_a_directory_there_is_nothing_to_compare() -> None:
    hub = ProverWorld()

    def nothing() -> Trust:
        raise UnreachableError("no directory has been fetched yet")

    witness = DirectoryWitness(hub.prover, nothing)
    stop = asyncio.Event()
    running = asyncio.create_task(witness.run(stop))
    await asyncio.sleep(0)
    stop.set()
    await running
    assert hub.asked == []


async def test_no_peer_can_fill_the_memory(watching: Watching) -> None:
    hub = watching.hub
    hub.failure = BusUnavailableError("nobody there")
    for number in range(3000):
        watching.saw(sha256(b"%d" % number))
    assert len(watching.witness._waiting) == 1000
    assert len(watching.witness._seen) == 1000
    watching.witness._waiting.clear()
    watching.saw(sha256(b"one more"))
    assert len(watching.witness._seen) == 1
    watching.witness.saw([world.header(BEL, (KEN,), directory_version=b"short")])
    assert len(watching.witness._waiting) == 1
