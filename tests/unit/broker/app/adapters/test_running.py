"""Adapters run side by side: what befalls one ends none of the others."""

import asyncio
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from adapters.errors import SystemAwayError
from broker.app.adapters.running import AdapterRunner, run_adapters
from broker.core.adapting import AdapterState
from broker.core.errors import ConfigurationError
from broker.core.handling import Handling, Tlp
from tests.unit.broker.app.adapters.going import QUICK, Running, until
from tests.unit.broker.app.adapters.recorder import Recorder


@dataclass(slots=True)
class Breaking(Recorder):
    """Ends its part that takes in, in some way, a number of times."""

    ends: list[BaseException | None] = field(default_factory=list)

    async def run(self, stop: asyncio.Event) -> None:
        self.runs += 1
        if self.ends:
            end = self.ends.pop(0)
            if end is not None:
                raise end
            return
        await stop.wait()


async def test_a_running_adapter_gets_what_arrives_and_stops_when_told(
    running: Running,
) -> None:
    adapter = Recorder()
    async with running.going(running.runner("adapter", adapter)):
        await until(lambda: running.state("adapter") is AdapterState.RUNNING)
        digest = await running.world.arrives()
        await until(lambda: adapter.delivered)
    assert [one.message_digest for one in adapter.delivered] == [digest]
    assert running.state("adapter") is AdapterState.STOPPED


async def test_the_crash_of_one_adapter_ends_no_other(running: Running) -> None:
    broken = Breaking(ends=[RuntimeError("secret"), None, SystemExit(1)])
    sound = Recorder()
    async with running.going(
        running.runner("adapter", broken), running.runner("other", sound)
    ):
        await running.world.arrives()
        await until(lambda: sound.delivered and broken.delivered and broken.runs == 4)
        await until(lambda: running.state("adapter") is AdapterState.RUNNING)
    health = running.health("adapter")
    assert health.error_code in {"fault", "configuration"}


async def test_a_kind_that_is_not_installed_ends_no_other(running: Running) -> None:
    sound = Recorder()
    desk = running.world.desk(running.world.configured("adapter", kind="nowhere"))
    lost = AdapterRunner(desk, QUICK)
    async with running.going(lost, running.runner("other", sound)):
        await running.world.arrives()
        await until(lambda: sound.delivered)
        await until(lambda: running.state("adapter") is AdapterState.FAILING)
    assert running.health("adapter").error_code == "configuration"


async def test_a_system_that_comes_back_gets_all_that_waited(running: Running) -> None:
    adapter = Recorder()
    adapter.fails.extend(SystemAwayError("token=abc") for _ in range(6))
    sent = [await running.world.arrives() for _ in range(2)]
    async with running.going(running.runner("adapter", adapter)):
        await until(lambda: running.state("adapter") is AdapterState.AWAY)
        await until(lambda: len(adapter.delivered) == 2)
        await until(lambda: running.state("adapter") is AdapterState.RUNNING)
    assert [one.message_digest for one in adapter.delivered] == sent
    assert running.health("adapter").error_code == "system-away"


async def test_while_its_intake_is_away_it_is_still_fed(running: Running) -> None:
    adapter = Breaking(ends=[SystemAwayError("gone")] * 3)
    async with running.going(running.runner("adapter", adapter)):
        await running.world.arrives()
        await until(lambda: adapter.delivered and adapter.runs == 4)


async def test_an_adapter_that_loosens_is_halted_and_stays_so(running: Running) -> None:
    adapter = Recorder(marks=Handling(tlp=Tlp.CLEAR))
    for _ in range(2):
        await running.world.arrives(handling="TLP:AMBER")
    async with running.going(running.runner("adapter", adapter)):
        await until(lambda: running.state("adapter") is AdapterState.HALTED)
    assert len(adapter.delivered) == 1
    running.world.parties.clock.at_ms += 10**9
    assert running.state("adapter") is AdapterState.HALTED


async def test_no_two_processes_run_the_same_adapter(running: Running) -> None:
    async with running.going(running.runner("adapter", Recorder())):
        await until(lambda: running.state("adapter") is AdapterState.RUNNING)
        with pytest.raises(ConfigurationError, match="another process"):
            await running.runner("adapter", Recorder()).run(running.stop)
        assert running.state("adapter") is AdapterState.RUNNING
        with pytest.raises(ConfigurationError, match="another process"):
            await run_adapters([running.runner("adapter", Recorder())], running.stop)
        # One that another process runs keeps nobody else from running.
        sound, done = Recorder(), asyncio.Event()
        runners = [running.runner(name, sound) for name in ("adapter", "other")]
        task = asyncio.create_task(run_adapters(runners, done))
        await until(lambda: running.state("other") is AdapterState.RUNNING)
        done.set()
        await task


async def test_an_adapter_that_was_killed_does_not_count_as_running(
    running: Running,
) -> None:
    async with running.going(running.runner("adapter", Recorder())):
        await until(lambda: running.state("adapter") is AdapterState.RUNNING)
        seen_ms = running.health("adapter").seen_ms
        health = running.health("adapter")
        assert health.state_at(seen_ms + 80_000) is AdapterState.RUNNING
        assert health.state_at(seen_ms + 100_000) is AdapterState.STOPPED


async def test_nothing_that_was_refused_stands_in_the_log(running: Running) -> None:
    adapter = Recorder()
    adapter.fails.extend([SystemAwayError("token=abc"), KeyError("serial 123")])
    await running.world.arrives()
    with capture_logs() as said:
        async with running.going(running.runner("adapter", adapter)):
            await until(lambda: adapter.delivered)
    assert {one["event"] for one in said} >= {"adapter in trouble", "adapter failed"}
    assert "token=abc" not in str(said)
    assert "serial 123" not in str(said)
