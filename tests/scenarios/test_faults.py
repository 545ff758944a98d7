"""One fault at one exact place: full disks and streams, crashes, absence, wrong clocks.

Faults at random, and many of them, are left to `test_nothing_is_lost`.
"""

import asyncio
import json
import os
import resource
import signal
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest

from broker.app.node import LIMITS, stored_trust
from broker.core.errors import StoreFullError
from broker.core.model import Stage
from broker.core.records import InboxState
from broker.infra.clock import SYSTEM_CLOCK
from broker.services.dispatch import Dispatcher, OutgoingDocument
from tests.processes import (
    TRACE_REQUEST,
    Answer,
    Federation,
    Part,
    Party,
    request_to,
    rogatory,
    until,
)

pytestmark = pytest.mark.integration

_UNAVAILABLE: Final = 69
_KILLED: Final = -signal.SIGKILL
_TEN_MINUTES_MS: Final = 600_000
_WHOLE_WAY: Final = (Stage.ACCEPTED, Stage.DELIVERED, Stage.OPENED)

_NO_ROOM: Final = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
"""
_DIE: Final = """
import os, signal
async def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
"""
_DIES_BEFORE_ACKNOWLEDGING: Final = f"""{_DIE}
from broker.infra.nats_streams import NatsSource
NatsSource.acknowledge = die
"""
_DIES_AFTER_SUBMITTING: Final = f"""{_DIE}
from broker.infra.nats_streams import NatsUplink
submit = NatsUplink.submit
async def submit_and_die(self, payload):
    await submit(self, payload)
    await die()
NatsUplink.submit = submit_and_die
"""
_BUS_KILLED_TWICE: Final = """
from itertools import count
from broker.infra.nats_embedded import EmbeddedServer
start = EmbeddedServer._announced_port
attempts = count(1)
async def fail_twice(self, process):
    if next(attempts) <= 2:
        process.kill()
        process.wait()
    return await start(self, process)
EmbeddedServer._announced_port = fail_twice
"""
_TRIMS_OFTEN: Final = """
import broker.app.registrar
broker.app.registrar._UPKEEP_S = 0.2
"""


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Federation]:
    """A federation that runs with one relay worker; the second may be started."""
    async with Federation(tmp_path / "federation") as federation:
        await federation.start("bus", "registrar", "relay-1", "log", "KEN", "BEL")
        yield federation


async def test_crashes_between_doing_and_noting_it_repeat_and_never_duplicate(
    world: Federation,
) -> None:
    """Each is killed when its effect is durable and nobody knows of it yet."""
    with world.party("KEN") as ken, world.party("BEL") as bel:
        # The recipient has stored the message, and has not acknowledged it.
        await world.stop("BEL")
        await world.parts["BEL"].start(_DIES_BEFORE_ACKNOWLEDGING)
        digests = [ken.send(request_to("BEL"))]
        assert await world.parts["BEL"].ended() == _KILLED
        assert [m.message_digest for m in bel.node.store.inbox()] == digests
        await world.start("BEL")
        await _until_opened(ken, digests)

        # The relay has written its round; another worker is given the input.
        await world.stop("relay-1")
        await world.parts["relay-1"].start(_DIES_BEFORE_ACKNOWLEDGING)
        digests.append(ken.send(request_to("BEL")))
        assert await world.parts["relay-1"].ended() == _KILLED
        await world.start("relay-2")
        await _until_opened(ken, digests)

        # The hub's stream has taken a submission, and the node does not know it.
        await world.stop("KEN")
        digests.append(ken.send(request_to("BEL")))
        await world.parts["KEN"].start(_DIES_AFTER_SUBMITTING)
        assert await world.parts["KEN"].ended() == _KILLED
        assert ken.node.store.submitted_ms(digests[-1]) is None
        await world.start("KEN")
        await _until_opened(ken, digests)
        await _assert_exactly_once(world, ken, bel, digests)


async def test_a_full_disk_at_the_origin_stores_nothing_by_halves(
    world: Federation,
) -> None:
    with world.party("KEN") as ken, world.party("BEL") as bel:
        with ken.node.store._database.read() as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages + 20}")
        digests: list[bytes] = []
        with pytest.raises(StoreFullError):
            _send_until_it_fails(ken, digests)
        kept = {message.message_digest for message in ken.node.store.sent()}
        assert kept == set(digests)
        with ken.node.store._database.read() as connection:
            connection.execute("PRAGMA max_page_count = 1000000")
        digests.append(ken.send(request_to("BEL")))
        await _until_opened(ken, digests)
        await _assert_exactly_once(world, ken, bel, digests)


async def test_a_disk_that_takes_nothing_more_is_waited_out_by_all_that_runs(
    world: Federation,
) -> None:
    """Sending says so with exit code 69; what runs goes on once there is room."""
    with world.party("KEN") as ken, world.party("BEL") as bel:
        answer = await _send(world, _NO_ROOM)
        assert answer.code == _UNAVAILABLE, answer
        assert ken.node.store.sent() == []

        for name in ("BEL", "relay-1", "log"):
            _set_room(world.parts[name], 0)
        digests = [ken.send(request_to("BEL"))]
        await world.parts["BEL"].until_said("the intake waits")
        await world.parts["log"].until_said("the log stands still")
        # The relay notes what it has decided before it decides anything else.
        digests.append(ken.send(request_to("BEL")))
        await world.parts["relay-1"].until_said("round not written")
        for name in ("BEL", "relay-1", "log"):
            _set_room(world.parts[name], resource.RLIM_INFINITY)
        await _until_opened(ken, digests)
        await _assert_exactly_once(world, ken, bel, digests)


async def test_commands_that_send_at_once_do_not_clash(world: Federation) -> None:
    answers = await asyncio.gather(*(_send(world) for _ in range(4)))
    assert [answer.code for answer in answers] == [0] * len(answers), answers
    digests = [_digest(answer) for answer in answers]
    with world.party("KEN") as ken, world.party("BEL") as bel:
        await _until_opened(ken, digests)
        await _assert_exactly_once(world, ken, bel, digests)


async def test_wrong_clocks_are_refused_with_a_code_and_told_to_those_concerned(
    world: Federation,
) -> None:
    with world.party("KEN") as ken, world.party("BEL") as bel:
        early = _send_by_clock(ken, request_to("BEL"), _TEN_MINUTES_MS)
        brief = replace(request_to("BEL"), lifetime_ms=60_000)
        late = _send_by_clock(ken, brief, -_TEN_MINUTES_MS)
        assert await _refusal(ken, early) == ("HUB", "from-the-future")
        assert await _refusal(ken, late) == ("HUB", "expired")
        assert bel.node.store.inbox() == []

        await world.stop("BEL")
        await world.parts["BEL"].start_ready(_clock_off(-_TEN_MINUTES_MS))
        refused = ken.send(request_to("BEL"))
        assert await _refusal(ken, refused) == ("BEL", "from-the-future")
        assert [m.state for m in bel.node.store.inbox()] == [InboxState.REFUSED]

        # A clock that is ahead takes messages, and states it in the future.
        await world.stop("BEL")
        assert bel.node.store.alarms() == []
        await world.parts["BEL"].start_ready(_clock_off(_TEN_MINUTES_MS))
        digest = ken.send(request_to("BEL"))
        await until(bel.node.store.alarms, "an alarm about the refused statements")
        assert all("from-the-future" in one.text for one in bel.node.store.alarms())
        assert {one.stage for one in ken.receipts(digest)} == {Stage.ACCEPTED}


async def test_absence_of_the_recipient_and_of_the_hub_delays_and_loses_nothing(
    world: Federation,
) -> None:
    hub = ("bus", "registrar", "relay-1", "log")
    with world.party("KEN") as ken, world.party("BEL") as bel:
        await world.stop("BEL")
        digests = [ken.send(request_to("BEL")) for _ in range(3)]
        await until(lambda: ken.has(Stage.ACCEPTED, digests), "accepted")
        await world.stop(*hub)
        answer = await _send(world)
        assert answer.code == 0, answer
        assert json.loads(answer.stdout)["state"] == "stored"
        digests.append(_digest(answer))
        assert "QUEUED here" in await _status(world, digests[-1])
        await world.start(*hub, "BEL")
        await _until_opened(ken, digests)
        assert "OPENED" in await _status(world, digests[-1])
        await _assert_exactly_once(world, ken, bel, digests)


async def test_a_full_ledger_makes_the_relay_wait_and_loses_nothing(
    tmp_path: Path,
) -> None:
    async with Federation(tmp_path / "tight", ledger_max_bytes=200_000) as world:
        await world.start("bus", "registrar", "relay-1", "relay-2", "KEN", "BEL", "log")
        with world.party("KEN") as ken, world.party("BEL") as bel:
            digests = [ken.send(request_to("BEL")) for _ in range(40)]
            await world.parts["relay-1"].until_said("maximum bytes")
            await world.parts["relay-2"].until_said("maximum bytes")
            assert not ken.has(Stage.ACCEPTED, digests)
            world.set_hub(ledger_max_bytes=20_000_000)
            await world.stop("registrar")
            await world.start("registrar")
            await _until_opened(ken, digests)
            await _assert_exactly_once(world, ken, bel, digests)


async def test_a_full_hub_leaves_messages_in_the_node_until_there_is_room(
    tmp_path: Path,
) -> None:
    async with Federation(tmp_path / "tight", submissions_max_bytes=80_000) as world:
        await world.start("bus", "registrar", "KEN", "BEL", "log")
        with world.party("KEN") as ken, world.party("BEL") as bel:
            digests = [ken.send(request_to("BEL")) for _ in range(20)]
            await world.parts["KEN"].until_said("maximum bytes")
            queued = [d for d in digests if ken.node.store.submitted_ms(d) is None]
            assert 0 < len(queued) < len(digests)
            assert "QUEUED here" in await _status(world, queued[0])
            await world.stop("registrar")
            await world.parts["registrar"].start_ready(_TRIMS_OFTEN)
            await world.start("relay-1")
            await _until_opened(ken, digests)
            await _assert_exactly_once(world, ken, bel, digests)


async def test_every_process_ends_in_time_when_asked_whatever_is_missing(
    world: Federation,
) -> None:
    # The bus does not answer, although it is there.
    nats = world.nats_pid()
    assert nats is not None
    os.kill(nats, signal.SIGSTOP)
    with world.party("KEN") as ken:
        ken.send(request_to("BEL"))
        asleep = ("KEN", "relay-1", "log")
        assert set((await world.stop(*asleep)).values()) == {0}
    os.kill(nats, signal.SIGCONT)
    # The bus is there, and nobody who answers for the hub.
    await world.stop("registrar")
    await world.parts["KEN"].start_ready()
    assert await world.parts["KEN"].stop() == 0
    # There is no bus.
    assert set((await world.stop("BEL", "bus")).values()) == {0}
    alone = ("registrar", "relay-1", "relay-2", "log", "KEN")
    for name in alone:
        await world.parts[name].start()
    for name in alone:
        await world.parts[name].until_said("cannot connect")
    assert set((await world.stop(*alone)).values()) == {0}


async def test_a_bus_that_is_killed_before_it_is_ready_is_started_again(
    tmp_path: Path,
) -> None:
    async with Federation(tmp_path / "federation") as world:
        await world.parts["bus"].start_ready(_BUS_KILLED_TWICE)
        assert await world.parts["bus"].stop() == 0


async def test_commands_that_open_a_new_node_at_once_do_not_clash(
    tmp_path: Path,
) -> None:
    async with Federation(tmp_path / "federation") as world:
        place = world.place("KEN")
        answers = await asyncio.gather(
            *(rogatory("inbox", "--node", place) for _ in range(4))
        )
        assert {answer.code for answer in answers} == {0}, answers


async def _send(world: Federation, flaw: str = "") -> Answer:
    arguments = ("send", TRACE_REQUEST, "--node", world.place("KEN"), "--json")
    return await rogatory(*arguments, flaw=flaw)


def _digest(answer: Answer) -> bytes:
    return bytes.fromhex(json.loads(answer.stdout)["digest"])


async def _status(world: Federation, digest: bytes) -> str:
    answer = await rogatory("status", digest.hex(), "--node", world.place("KEN"))
    assert answer.code == 0, answer
    return answer.stdout


def _send_by_clock(origin: Party, document: OutgoingDocument, offset_ms: int) -> bytes:
    """Sends as a node does whose clock is wrong."""
    trust = stored_trust(origin.node)
    clock = _WrongClock(offset_ms)
    desk = Dispatcher(
        origin.keys.holder, origin.node.store, lambda: trust, clock, LIMITS
    )
    return desk.send(document).message_digest


def _send_until_it_fails(origin: Party, stored: list[bytes]) -> None:
    while True:
        stored.append(origin.send(request_to("BEL")))


@dataclass(frozen=True, slots=True)
class _WrongClock:
    offset_ms: int

    def now_ms(self) -> int:
        return SYSTEM_CLOCK.now_ms() + self.offset_ms


def _clock_off(offset_ms: int) -> str:
    return f"""
import time
from broker.infra.clock import SystemClock
SystemClock.now_ms = lambda self: time.time_ns() // 1_000_000 + {offset_ms}
"""


def _set_room(part: Part, size: int) -> None:
    """Sets how large files may become that a running process writes, in bytes."""
    limits = (size, resource.RLIM_INFINITY)
    resource.prlimit(part.pid, resource.RLIMIT_FSIZE, limits)


async def _refusal(origin: Party, digest: bytes) -> tuple[str, str]:
    """Returns who refused a message, and with which code."""

    def refused() -> list[tuple[str, str]]:
        return [
            (one.by, one.code)
            for one in origin.receipts(digest)
            if one.stage is Stage.REFUSED
        ]

    await until(refused, "the origin is told of the refusal")
    (only,) = refused()
    return only


async def _until_opened(origin: Party, digests: Sequence[bytes]) -> None:
    await until(
        lambda: all(origin.has(stage, digests) for stage in _WHOLE_WAY),
        "everything is opened",
        within_s=60,
    )


async def _assert_exactly_once(
    world: Federation, origin: Party, recipient: Party, digests: Sequence[bytes]
) -> None:
    inbox = recipient.node.store.inbox()
    assert Counter(one.message_digest for one in inbox) == Counter(digests)
    assert {one.state for one in inbox} == {InboxState.OPENED}
    numbers = sorted(one.link.sequence for one in inbox if one.link is not None)
    assert numbers == list(range(1, len(digests) + 1))
    for party in (origin, recipient):
        assert party.node.store.gaps() == []
        assert party.node.store.alarms() == []
    once = Counter((one, stage.name) for one in digests for stage in _WHOLE_WAY)
    # The log writer is a moment behind what parties are told.
    await until(lambda: world.logged().total() >= once.total(), "all is in the log")
    assert world.logged() == once
