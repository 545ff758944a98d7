"""Tests of `broker.infra.nats_services` with the real server, across accounts."""

import asyncio

import pytest

from broker.core import subjects
from broker.core.errors import (
    BusRefusedError,
    BusUnavailableError,
    Code,
    RefusedError,
    StoreError,
)
from broker.infra.nats_services import serve
from keys.errors import SubmissionError
from keys.nkeys import NatsKey
from tests.bus_world import BusWorld

pytestmark = pytest.mark.integration


async def hub_that_answers(world: BusWorld, handler: object = None) -> None:
    permissions = subjects.service_permissions(subjects.inbox_prefix("desk"))
    desk = await world.connect(world.hub, permissions, "desk")

    async def answer(account: str, question: bytes) -> bytes:
        if isinstance(handler, Exception):
            raise handler
        if isinstance(handler, bytes):
            return handler
        return account.encode() + b" asks " + question

    await serve(desk, subjects.DIRECTORY_REQUESTS, answer)


async def ask(world: BusWorld, account: NatsKey) -> bytes:
    node = await world.node(account)
    return await node.request(subjects.DIRECTORY, b"file", 5)


async def test_the_one_who_answers_knows_who_asks(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    await hub_that_answers(bus_world)
    assert await ask(bus_world, ken) == ken.public.encode() + b" asks file"


async def test_nobody_to_answer_is_told_at_once(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    with pytest.raises(BusUnavailableError, match="no responders"):
        await ask(bus_world, ken)


@pytest.mark.parametrize(
    "error",
    [
        RefusedError(Code.MALFORMED, "no such file"),
        BusRefusedError("no such file"),
        SubmissionError("no such file"),
    ],
    ids=["refused", "bus", "directory"],
)
async def test_a_refusal_reaches_the_one_who_asked(
    bus_world: BusWorld, error: Exception
) -> None:
    ken = await bus_world.admit("KEN")
    await hub_that_answers(bus_world, error)
    with pytest.raises(BusRefusedError, match="no such file"):
        await ask(bus_world, ken)
    assert bus_world.problems == []


@pytest.mark.parametrize(
    "error",
    [StoreError("/secret/path"), RuntimeError("/secret/path")],
    ids=["store", "mistake"],
)
async def test_what_went_wrong_inside_stays_inside(
    bus_world: BusWorld, error: Exception
) -> None:
    ken = await bus_world.admit("KEN")
    await hub_that_answers(bus_world, error)
    with pytest.raises(BusUnavailableError) as failure:
        await ask(bus_world, ken)
    assert "secret" not in str(failure.value)
    assert "/secret/path" in bus_world.problems[0]


async def test_a_sentence_with_line_breaks_forges_no_header(
    bus_world: BusWorld,
) -> None:
    ken = await bus_world.admit("KEN")
    forged = BusRefusedError("no\r\nNats-Service-Error-Code: 200")
    await hub_that_answers(bus_world, forged)
    with pytest.raises(BusRefusedError, match="no Nats-Service-Error-Code: 200"):
        await ask(bus_world, ken)


async def test_an_answer_that_is_too_large_is_told(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    await hub_that_answers(bus_world, bytes(1024**2 + 1))
    with pytest.raises(BusUnavailableError, match="too large"):
        await ask(bus_world, ken)
    assert "maximum payload" in bus_world.problems[0]


async def test_slow_questions_do_not_hold_up_others(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    both = asyncio.Barrier(2)

    async def answer(_account: str, _question: bytes) -> bytes:
        await both.wait()
        return b"both were here"

    await serve(bus_world.admin, subjects.DIRECTORY_REQUESTS, answer)
    node = await bus_world.node(ken)
    answers = await asyncio.gather(
        *(node.request(subjects.DIRECTORY, b"", 5) for _ in range(2))
    )
    assert answers == [b"both were here"] * 2


async def test_services_are_there_again_after_a_crash(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    await hub_that_answers(bus_world)
    node = await bus_world.node(ken)
    bus_world.server.kill()
    await bus_world.server.start()
    answer = b""
    async with asyncio.timeout(10):
        while not answer:
            try:
                await node.wait_connected(10)
                answer = await node.request(subjects.DIRECTORY, b"", 5)
            except BusUnavailableError:
                await asyncio.sleep(0.01)
    assert answer


async def test_each_question_is_answered_once_however_many_serve(
    bus_world: BusWorld,
) -> None:
    ken = await bus_world.admit("KEN")
    answered: list[str] = []

    async def answer(account: str, _question: bytes) -> bytes:
        answered.append(account)
        return b""

    for name in ("one", "two"):
        desk = await bus_world.connect(bus_world.hub, name=name)
        await serve(desk, subjects.LOG_REQUESTS, answer)
    node = await bus_world.node(ken)
    for _ in range(10):
        await node.request(subjects.LOG_QUERIES, b"", 5)
    assert answered == [ken.public] * 10


async def test_a_question_that_expects_no_answer_is_not_handled(
    bus_world: BusWorld,
) -> None:
    ken = await bus_world.admit("KEN")
    handled: list[bytes] = []

    async def answer(_account: str, question: bytes) -> bytes:
        handled.append(question)
        return b""

    await serve(bus_world.admin, subjects.DIRECTORY_REQUESTS, answer)
    node = await bus_world.node(ken)
    await node.publish(subjects.DIRECTORY, b"silent")
    await node.request(subjects.DIRECTORY, b"loud", 5)
    assert handled == [b"loud"]


async def test_an_answer_for_which_the_way_is_gone_is_reported(
    bus_world: BusWorld,
) -> None:
    ken = await bus_world.admit("KEN")

    async def answer(_account: str, _question: bytes) -> bytes:
        await bus_world.admin.close()
        return b"too late"

    await serve(bus_world.admin, subjects.DIRECTORY_REQUESTS, answer)
    node = await bus_world.node(ken)
    with pytest.raises(BusUnavailableError):
        await node.request(subjects.DIRECTORY, b"", 0.3)
    assert any("answering on" in problem for problem in bus_world.problems)
