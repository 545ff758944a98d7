"""Tests of `broker.infra.nats_bus` with the real server."""

import asyncio
from contextlib import suppress

import pytest
from nats.aio.msg import Msg

from broker.core.errors import BusRefusedError, BusUnavailableError
from broker.infra.nats_bus import connect
from keys.nats_jwt import Permissions
from keys.nkeys import KeyKind
from tests.bus_world import BusWorld, new_key, user_of

pytestmark = pytest.mark.integration


async def until_connected(world: BusWorld) -> None:
    await world.admin.wait_connected(10)


async def test_a_question_is_answered(bus_world: BusWorld) -> None:
    async def answer(message: Msg) -> None:
        await bus_world.admin.publish(message.reply, message.data.upper())

    await bus_world.admin.subscribe("q", answer)
    asking = await bus_world.connect(bus_world.hub, name="asking")
    assert await asking.request("q", b"abc", 5) == b"ABC"


async def test_that_nobody_answers_is_told_at_once(bus_world: BusWorld) -> None:
    with pytest.raises(BusUnavailableError, match="no responders"):
        await bus_world.admin.request("nobody", b"", 60)


async def test_silence_ends_in_time(bus_world: BusWorld) -> None:
    async def say_nothing(_: Msg) -> None:
        """Listens."""

    await bus_world.admin.subscribe("q", say_nothing)
    with pytest.raises(BusUnavailableError, match="timeout"):
        await bus_world.admin.request("q", b"", 0.05)


async def test_what_can_never_be_sent_is_refused(bus_world: BusWorld) -> None:
    with pytest.raises(BusRefusedError, match="maximum payload"):
        await bus_world.admin.publish("q", bytes(1024 * 1024 + 1))
    with pytest.raises(BusRefusedError, match="invalid subject"):
        await bus_world.admin.publish("q\r\nPUB x 0\r\n", b"")


async def test_no_server_is_told(bus_world: BusWorld) -> None:
    await bus_world.server.stop()
    with pytest.raises(BusUnavailableError, match="Connect call failed"):
        await bus_world.connect(bus_world.hub, wait_s=0.2)


async def test_a_user_of_an_unknown_account_is_refused(bus_world: BusWorld) -> None:
    with pytest.raises(BusRefusedError, match="Authorization Violation"):
        await bus_world.connect(new_key(KeyKind.ACCOUNT))


async def test_one_may_start_before_the_server_does(bus_world: BusWorld) -> None:
    await bus_world.server.stop()
    bus = await bus_world.connect(bus_world.hub, wait_s=0)
    with pytest.raises(BusUnavailableError):
        await bus.publish("q", b"")
    with pytest.raises(BusUnavailableError):
        await bus.flush(1)
    await bus_world.server.start()
    await bus.wait_connected(10)
    assert bus.connected
    await bus.flush(5)


async def test_one_comes_back_after_a_crash_and_hears_again(
    bus_world: BusWorld,
) -> None:
    heard = asyncio.Event()

    async def hear(_: Msg) -> None:
        heard.set()

    async def attach() -> None:
        await bus_world.admin.subscribe("news", hear)

    await bus_world.admin.on_connected(attach)
    bus_world.server.kill()
    await bus_world.server.start()
    await until_connected(bus_world)
    await bus_world.admin.publish("news", b"")
    await asyncio.wait_for(heard.wait(), 5)
    assert any("broke" in problem for problem in bus_world.problems)


async def test_who_waits_for_an_answer_learns_of_a_crash_at_once(
    bus_world: BusWorld,
) -> None:
    async def say_nothing(_: Msg) -> None:
        asked.set()

    asked = asyncio.Event()
    await bus_world.admin.subscribe("q", say_nothing)
    asking = asyncio.create_task(bus_world.admin.request("q", b"", 3600))
    await asyncio.wait_for(asked.wait(), 5)
    bus_world.server.kill()
    with pytest.raises(BusUnavailableError, match="broke"):
        await asyncio.wait_for(asking, 5)


async def test_a_cancelled_question_is_no_error_of_the_bus(
    bus_world: BusWorld,
) -> None:
    async def say_nothing(_: Msg) -> None:
        asked.set()

    asked = asyncio.Event()
    await bus_world.admin.subscribe("q", say_nothing)
    asking = asyncio.create_task(bus_world.admin.request("q", b"", 3600))
    await asyncio.wait_for(asked.wait(), 5)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_nothing_buffered_for_a_dead_server_is_sent_later(
    bus_world: BusWorld,
) -> None:
    bus_world.server.kill()
    while bus_world.admin.connected:
        with suppress(BusUnavailableError):
            await bus_world.admin.publish("x.in.late", b"late")
        await asyncio.sleep(0)
    await bus_world.server.start()
    await until_connected(bus_world)
    assert (await bus_world.stream("IN"))["messages"] == 0


async def test_acting_without_permission_is_reported(bus_world: BusWorld) -> None:
    permissions = Permissions(publish=("allowed",), subscribe=("_INBOX_shy.>",))
    shy = await bus_world.connect(bus_world.hub, permissions, "shy")
    await shy.publish("forbidden", b"")
    await shy.flush(5)
    assert any("forbidden" in problem for problem in bus_world.problems)


async def test_the_same_problem_is_reported_once_in_a_row(
    bus_world: BusWorld,
) -> None:
    bus_world.admin.problem("a")
    bus_world.admin.problem("a")
    bus_world.admin.problem("b")
    assert bus_world.problems == ["a", "b"]


async def test_a_connection_whose_services_cannot_be_attached_is_tried_again(
    bus_world: BusWorld,
) -> None:
    tries: list[int] = []

    async def attach() -> None:
        tries.append(1)
        if len(tries) == 2:
            raise RuntimeError("a mistake of ours")

    await bus_world.admin.on_connected(attach)
    bus_world.server.kill()
    await bus_world.server.start()
    async with asyncio.timeout(10):
        while len(tries) < 3:
            await until_connected(bus_world)
            await asyncio.sleep(0.01)
    assert "a mistake of ours" in bus_world.problems


async def test_a_closed_bus_does_not_come_back(bus_world: BusWorld) -> None:
    bus = await bus_world.connect(bus_world.hub)
    await bus.close()
    assert not bus.connected
    await bus.close()
    with pytest.raises(BusUnavailableError):
        await bus.request("q", b"", 1)


async def test_a_second_server_of_a_list_is_taken(bus_world: BusWorld) -> None:
    bus = await connect(
        f"nats://127.0.0.1:1,{bus_world.server.url}",
        user_of(bus_world.hub),
        name="n",
        inbox_prefix="_INBOX_n",
        on_problem=bus_world.problems.append,
    )
    assert bus.connected
    await bus.close()


async def test_closing_ends_although_the_library_swallows_a_cancellation(
    bus_world: BusWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = await bus_world.connect(bus_world.hub)
    swallowed: list[object] = []

    async def deaf(client: object) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            swallowed.append(client)

    monkeypatch.setattr("broker.infra.nats_bus.discard", deaf)
    bus_world.server.kill()
    async with asyncio.timeout(20):
        while bus.connected:  # noqa: ASYNC110 - the server's death sets no event
            await asyncio.sleep(0.01)
        await bus.close()
    assert len(swallowed) == 1
    monkeypatch.undo()
    await bus_world.server.start()
