"""One fault at one exact place: crashes, absence, wrong clocks, haste.

Many faults at random are left to `test_nothing_is_lost`, full disks and streams to
`test_no_room`.
"""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest

from broker.app.node_folder import LIMITS, stored_trust
from broker.core.model import Stage
from broker.core.outgoing import OutgoingDocument
from broker.core.records import InboxState
from broker.infra.clock import SYSTEM_CLOCK
from broker.services.dispatch import Dispatcher
from tests.part import Answer, rogatory, until
from tests.processes import (
    Federation,
    Party,
    assert_opened_once,
    request_to,
    until_opened,
)

pytestmark = pytest.mark.integration

_KILLED: Final = -signal.SIGKILL
_TEN_MINUTES_MS: Final = 600_000

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
        await until_opened(ken, digests)

        # The relay has written its round; another worker is given the input.
        await world.stop("relay-1")
        await world.parts["relay-1"].start(_DIES_BEFORE_ACKNOWLEDGING)
        digests.append(ken.send(request_to("BEL")))
        assert await world.parts["relay-1"].ended() == _KILLED
        await world.start("relay-2")
        await until_opened(ken, digests)

        # The hub's stream has taken a submission, and the node does not know it.
        await world.stop("KEN")
        digests.append(ken.send(request_to("BEL")))
        await world.parts["KEN"].start(_DIES_AFTER_SUBMITTING)
        assert await world.parts["KEN"].ended() == _KILLED
        assert ken.node.store.submitted_ms(digests[-1]) is None
        await world.start("KEN")
        await until_opened(ken, digests)
        assert_opened_once(ken, bel, digests)
        await world.assert_logged_once(digests)


async def test_commands_that_send_at_once_do_not_clash(world: Federation) -> None:
    answers = await asyncio.gather(*(world.send() for _ in range(4)))
    assert [answer.code for answer in answers] == [0] * len(answers), answers
    digests = [_digest(answer) for answer in answers]
    with world.party("KEN") as ken, world.party("BEL") as bel:
        await until_opened(ken, digests)
        assert_opened_once(ken, bel, digests)
        await world.assert_logged_once(digests)


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
        answer = await world.send()
        assert answer.code == 0, answer
        assert _message(answer)["state"] == "stored"
        digests.append(_digest(answer))
        assert "QUEUED here" in await world.status(digests[-1])
        await world.start(*hub, "BEL")
        await until_opened(ken, digests)
        assert "OPENED" in await world.status(digests[-1])
        assert_opened_once(ken, bel, digests)
        await world.assert_logged_once(digests)


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
    async with Federation(tmp_path / "federation"):
        place = tmp_path / "federation" / "KEN"
        answers = await asyncio.gather(
            *(rogatory("inbox", "--node", place) for _ in range(4))
        )
        assert {answer.code for answer in answers} == {0}, answers


def _digest(answer: Answer) -> bytes:
    return bytes.fromhex(_message(answer)["digest"])


def _message(answer: Answer) -> dict[str, str]:
    """Returns what `rogatory send` says of the one message that it stored."""
    [message] = json.loads(answer.stdout)["messages"]
    return dict(message)


def _send_by_clock(origin: Party, document: OutgoingDocument, offset_ms: int) -> bytes:
    """Sends as a node does whose clock is wrong."""
    trust = stored_trust(origin.node)
    clock = _WrongClock(offset_ms)
    desk = Dispatcher(
        origin.keys.holder, origin.node.store, lambda: trust, clock, LIMITS
    )
    [sealed] = desk.send(document)
    return sealed.message_digest


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
