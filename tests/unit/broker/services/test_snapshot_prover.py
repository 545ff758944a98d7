"""No snapshot counts that the log is not proven to hold, and of two neither does."""

from dataclasses import replace

import pytest

from broker.core.codec.desk import (
    LogQuestion,
    SnapshotAt,
    SnapshotLike,
    SnapshotName,
    SnapshotOfVersion,
)
from broker.core.errors import BusUnavailableError, ProofError
from keys.errors import DirectoryForkError, SnapshotNotLoggedError, UnreachableError
from keys.framing import sha256
from keys.notes import NoteKey
from tests.unit.broker.services.memory_log import MemoryLog
from tests.unit.broker.services.prover_world import (
    PROMISE_MS,
    ProverWorld,
    statement,
    view,
)
from tests.world import BEL, DAY_MS, LOG_KEY


@pytest.fixture
def hub() -> ProverWorld:
    """A hub that has logged three versions, with receipts between."""
    made = ProverWorld()
    for version in (1, 2, 3):
        made.hub_log.add(b"receipt %d" % version)
        made.publish(statement(version))
    return made


async def test_a_logged_snapshot_is_proven_and_remembered(hub: ProverWorld) -> None:
    await hub.prover.prove(view(3), b"")
    assert len(hub.asked) == 1
    hub.failure = BusUnavailableError("the hub is away")
    await hub.prover.prove(view(3), b"")
    assert hub.prover.version_of(statement(3).digest) == 3
    assert hub.prover.version_of(statement(2).digest) is None
    assert hub.alarms == []


async def test_a_log_that_is_a_moment_behind_is_asked_again(hub: ProverWorld) -> None:
    def log_at_last(asked: int) -> None:
        if asked == 3:
            hub.publish(statement(4))

    hub.when_asked = log_at_last
    await hub.prover.prove(view(4), b"")
    assert len(hub.asked) == 3


async def test_a_snapshot_that_is_not_logged_is_refused_by_name(
    hub: ProverWorld,
) -> None:
    with pytest.raises(SnapshotNotLoggedError, match="version 4"):
        await hub.prover.prove(view(4), b"")
    assert hub.alarms == []


async def test_without_any_log_nothing_is_proven() -> None:
    hub = ProverWorld(log=None)
    with pytest.raises(SnapshotNotLoggedError):
        await hub.prover.prove(view(1), b"")


async def test_a_snapshot_that_is_never_logged_raises_the_alarm_once(
    hub: ProverWorld,
) -> None:
    prover = hub.prover
    for wait_ms in (0, PROMISE_MS - 1, 1, 1):
        assert hub.alarms == []
        hub.clock.at_ms += wait_ms
        with pytest.raises(SnapshotNotLoggedError):
            await prover.prove(view(4), b"")
        if wait_ms == 1:
            break
    with pytest.raises(SnapshotNotLoggedError):
        await prover.prove(view(4), b"")
    [alarm] = hub.alarms
    assert "does not log it" in alarm
    assert statement(4).digest.hex() in alarm


async def test_an_unreachable_hub_is_no_lie(hub: ProverWorld) -> None:
    hub.failure = BusUnavailableError("nobody there")
    with pytest.raises(UnreachableError):
        await hub.prover.prove(view(3), b"")
    assert hub.alarms == []


async def test_a_fork_that_is_served_is_refused_and_kept_as_evidence(
    hub: ProverWorld,
) -> None:
    """The online key signs another version 3, and the log has the honest one."""
    with pytest.raises(DirectoryForkError, match="version 3"):
        await hub.prover.prove(view(3, "forked"), b"the forked snapshot")
    [alarm] = hub.alarms
    assert statement(3).digest.hex() in alarm
    evidence = hub.evidence(3)
    assert evidence["served"] == "dGhlIGZvcmtlZCBzbmFwc2hvdA=="
    [logged] = evidence["logged"]
    assert logged["statement"] == statement(3).to_bytes().hex()
    assert logged["checkpoint"] == hub.hub_log.head().checkpoint


@pytest.mark.parametrize("name", ["honest", "forked"])
async def test_of_two_logged_snapshots_neither_is_taken(
    hub: ProverWorld, name: str
) -> None:
    hub.publish(statement(3, "forked"))
    for _ in range(2):
        with pytest.raises(DirectoryForkError):
            await hub.prover.prove(view(3, name), b"")
    [alarm] = hub.alarms
    for fork in ("honest", "forked"):
        assert statement(3, fork).digest.hex() in alarm
    logged = hub.evidence(3)["logged"]
    assert len(logged) == 2


async def test_whoever_adopted_the_one_hears_of_the_other(hub: ProverWorld) -> None:
    await hub.prover.prove(view(3), b"")
    await hub.prover.watch(view(3))
    assert hub.alarms == []
    hub.publish(statement(3, "forked"))
    await hub.prover.watch(view(3))
    await hub.prover.watch(view(3))
    assert len(hub.alarms) == 1


async def test_a_log_that_shows_only_the_fork_meets_what_was_proven_before(
    hub: ProverWorld,
) -> None:
    await hub.prover.prove(view(3), b"")
    hub.publish(statement(3, "forked"))
    hub.lie = lambda answer: replace(answer, snapshots=answer.snapshots[1:])
    with pytest.raises(DirectoryForkError):
        await hub.prover.prove(view(3, "forked"), b"")
    assert hub.evidence(3)["proven_before"] is not None
    hub.lie = lambda answer: replace(answer, snapshots=())
    with pytest.raises(DirectoryForkError):
        await hub.prover.prove(view(3, "forked"), b"")
    assert "none that the hub shows" in hub.alarms[-1]


async def test_a_snapshot_logged_twice_is_no_fork(hub: ProverWorld) -> None:
    hub.publish(statement(3))
    await hub.prover.prove(view(3), b"")
    assert hub.alarms == []


async def test_a_log_of_its_own_for_each_party_is_found_out(hub: ProverWorld) -> None:
    """What is proven must continue the log that was seen before."""
    prover = hub.prover
    await prover.prove(view(3), b"")
    hub.log = MemoryLog()
    for _ in range(9):
        hub.publish(statement(4))
    for _ in range(2):
        with pytest.raises(SnapshotNotLoggedError, match="proves nothing"):
            await prover.prove(view(4), b"")
    # It may have another key, which the next directory names.
    assert hub.alarms == []
    hub.clock.at_ms += 30_000
    for _ in range(2):
        with pytest.raises(SnapshotNotLoggedError, match="proves nothing"):
            await prover.prove(view(4), b"")
    [alarm] = hub.alarms
    assert "does not hold" in alarm


async def test_a_checkpoint_by_another_key_proves_nothing(hub: ProverWorld) -> None:
    hub.hub_log.key = NoteKey(LOG_KEY.verifier.name, sha256(b"another"))
    with pytest.raises(SnapshotNotLoggedError, match="cannot be trusted"):
        await hub.prover.prove(view(3), b"")


async def test_after_a_new_log_key_the_old_checkpoint_is_still_followed(
    hub: ProverWorld,
) -> None:
    await hub.prover.prove(view(3), b"")
    key = NoteKey(LOG_KEY.verifier.name, sha256(b"the next"))
    hub.hub_log.key = key
    hub.publish(statement(4))
    renewed = replace(
        view(4).federation,
        log_key=key.verifier.public_key,
        former_log_keys=(LOG_KEY.verifier.public_key,),
    )
    await hub.prover.prove(replace(view(4), federation=renewed), b"")
    hub.hub_log.leaves[0] = bytes(32)
    with pytest.raises(SnapshotNotLoggedError):
        await hub.prover.prove(replace(view(5), federation=renewed), b"")


@pytest.mark.parametrize(
    "name",
    [
        SnapshotOfVersion(version=2),
        SnapshotLike(digest=statement(2).digest),
        SnapshotAt(at_ms=1999),
    ],
)
async def test_an_answer_to_another_question_is_a_lie(
    hub: ProverWorld, name: SnapshotName
) -> None:
    honest = await hub.prover.ask(SnapshotOfVersion(version=3), view(1).federation)
    assert [one.statement for one in honest] == [statement(3)]
    other = await hub.ask(LogQuestion(snapshot=SnapshotOfVersion(version=3)))
    hub.lie = lambda answer: replace(answer, snapshots=other.snapshots)
    with pytest.raises(ProofError, match="another snapshot"):
        await hub.prover.ask(name, view(1).federation)


async def test_every_way_of_asking_is_answered(hub: ProverWorld) -> None:
    federation = view(1).federation
    for name in (
        SnapshotOfVersion(version=2),
        SnapshotLike(digest=statement(2).digest),
        SnapshotAt(at_ms=2999),
    ):
        (proven,) = await hub.prover.ask(name, federation)
        assert proven.statement == statement(2)
    assert await hub.prover.ask(SnapshotAt(at_ms=1), federation) == ()


async def test_a_peer_is_suspected_once_a_day(hub: ProverWorld) -> None:
    for number in range(5):
        hub.prover.suspect(BEL, sha256(bytes([number])))
    assert len(hub.alarms) == 1
    assert "BEL" in hub.alarms[0]
    hub.clock.at_ms += DAY_MS
    hub.prover.suspect(BEL, bytes(32))
    assert len(hub.alarms) == 2


async def test_who_was_overtaken_is_held_to_what_the_other_has_seen(
    hub: ProverWorld,
) -> None:
    """Two processes of one party ask at once, and the hub answers each by a tree."""
    await hub.prover.prove(view(1), b"")
    honest, other = hub.log, ProverWorld()
    for version in range(1, 9):
        other.publish(statement(version, "forked"))

    def overtake(asked: int) -> None:
        if asked == 2:
            # Meanwhile the other process has taken a larger tree for its own.
            hub.facts["log-checkpoint"] = other.hub_log.head().checkpoint.encode()

    hub.when_asked = overtake
    with pytest.raises(SnapshotNotLoggedError, match="proves nothing"):
        await hub.prover.prove(view(2), b"")
    assert hub.log is honest


async def test_a_memory_that_never_rests_proves_nothing(hub: ProverWorld) -> None:
    def overtake(asked: int) -> None:
        hub.publish(statement(100 + asked))
        hub.facts["log-checkpoint"] = hub.hub_log.head().checkpoint.encode()

    hub.when_asked = overtake
    with pytest.raises(SnapshotNotLoggedError, match="faster than it can be checked"):
        await hub.prover.prove(view(2), b"")
