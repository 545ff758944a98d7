"""Every process of a federation is killed again and again, and nothing is lost.

Single faults at exact places are left to `test_faults`.
"""

import asyncio
import os
import secrets
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from broker.app.node_link import audit_check, connected, trust_keeper
from broker.core.trust import Trust
from tests.part import until
from tests.processes import (
    WHOLE_WAY,
    Federation,
    Party,
    assert_opened_once,
    request_to,
)

pytestmark = pytest.mark.integration

_VICTIMS: Final = ("bus", "registrar", "relay-1", "relay-2", "log", "KEN", "BEL")
_NATS: Final = "nats-server"
_KILLS_EACH: Final = 7
# A process is at work again within a quarter of it: kills meet what works, and now and
# then what is only starting.
_LONGEST_PAUSE_MS: Final = 750
_PACE_S: Final = 0.05
_SETTLED_S: Final = 120.0

Plan = Sequence[tuple[str, int]]
"""Whom to kill, and after how many milliseconds."""


@pytest.mark.timeout(240)
async def test_fifty_kills_at_random_moments_lose_and_duplicate_nothing(
    tmp_path: Path,
) -> None:
    plan = _random_plan()
    async with Federation(tmp_path / "federation") as world:
        await world.start()
        with world.party("KEN") as ken, world.party("BEL") as bel:
            try:
                requests, answers = await _send_under_fire(world, plan, ken, bel)
                assert requests
                assert answers
                await until(
                    lambda: (
                        _settled(ken, bel, requests) and _settled(bel, ken, answers)
                    ),
                    "every message is opened and accounted for",
                    within_s=_SETTLED_S,
                    look_s=0.5,
                )
                assert_opened_once(ken, bel, requests)
                assert_opened_once(bel, ken, answers)
                await _assert_proven_to(ken)
                await _assert_proven_to(bel)
                await world.assert_logged_once([*requests, *answers])
                codes = await world.stop()
            except BaseException as error:
                error.add_note(f"killed, each so many ms after the last: {plan}")
                error.add_note(world.last_words())
                raise
    assert set(codes.values()) == {0}


def _random_plan() -> Plan:
    victims = [*_VICTIMS, _NATS] * _KILLS_EACH
    chance = secrets.SystemRandom()
    chance.shuffle(victims)
    return [(victim, chance.randrange(_LONGEST_PAUSE_MS)) for victim in victims]


async def _send_under_fire(
    world: Federation, plan: Plan, ken: Party, bel: Party
) -> tuple[list[bytes], list[bytes]]:
    """Sends from both sides until the last kill; returns what was stored."""
    over = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        requests = tasks.create_task(_keep_sending(ken, "BEL", over))
        answers = tasks.create_task(_keep_sending(bel, "KEN", over))
        for victim, pause_ms in plan:
            # Part of the plan: the moment is random, and nothing is waited for. The
            # one killed before may still be starting, and so may the victim.
            await asyncio.sleep(pause_ms / 1000)
            await _kill(world, victim)
        over.set()
    return requests.result(), answers.result()


async def _kill(world: Federation, victim: str) -> None:
    def kill_nats() -> bool:
        pid = world.nats_pid()
        if pid is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return True
        return False

    if victim == _NATS:
        await until(kill_nats, "nats-server is started again")
    else:
        await world.parts[victim].kill()
        await world.parts[victim].start()


async def _keep_sending(origin: Party, to: str, over: asyncio.Event) -> list[bytes]:
    document = request_to(to)
    stored = []
    while not over.is_set():
        stored.append(await asyncio.to_thread(origin.send, document))
        await asyncio.sleep(_PACE_S)
    return stored


def _settled(origin: Party, recipient: Party, digests: Sequence[bytes]) -> bool:
    """Tells whether all is said about all messages, and nothing waits to be sent."""
    return (
        all(origin.has(stage, digests) for stage in WHOLE_WAY)
        and not origin.node.store.count_waiting()
        and not recipient.node.store.count_waiting()
    )


async def _assert_proven_to(party: Party) -> None:
    """Has the party check for itself that all it was told is in the log."""
    node = party.node
    lines = node.store.ledger()

    async with connected(node, party.keys, name="audit") as bus:
        trust = await trust_keeper(node, bus).refresh()

        def current() -> Trust:
            return trust

        result = await audit_check(node, bus, current).verify(lines)
    assert result.missing == ()
    assert len(result.proven) == len(lines)
