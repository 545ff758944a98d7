"""Adapters that do what no adapter should: what they say, and how they end."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from adapters.errors import RejectedError, SystemAwayError
from adapters.values import Consumed, Delivery, Emission
from broker.app.adapters.feeding import FaultError, HaltedError
from broker.app.adapters.filing import PAYLOAD_MAX
from broker.app.adapters.running import AdapterRunner, Pace
from broker.app.adapters.vault import LetterContent, open_letter
from broker.core.adapting import AdapterState, DeadLetter, LetterCode
from broker.core.errors import StoreError
from broker.core.handling import Handling, Tlp
from tests.unit.broker.app.adapters.fed import Fed
from tests.unit.broker.app.adapters.going import QUICK, Running, until
from tests.unit.broker.app.adapters.recorder import Recorder

CODE = LetterCode.LOOSER_EMISSION.value


class Saying(Recorder):
    """Says of each delivery what it is told to say."""

    says: Any = None

    async def deliver(self, delivery: Delivery) -> Consumed:
        await Recorder.deliver(self, delivery)
        found: Consumed = self.says
        return found


def _content(fed: Fed, letter: DeadLetter) -> LetterContent:
    key = fed.desk.keys.holder.store_key
    found = open_letter(key, letter.adapter, letter.key, letter.protected)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "says",
    [
        None,
        "done",
        Consumed(emissions=({"target": "file"},)),  # type: ignore[arg-type]
        Consumed(
            emissions=(
                Emission(
                    target="file",
                    sha256="00" * 32,  # type: ignore[arg-type]
                    handling=Handling(tlp=Tlp.RED),
                ),
            )
        ),
        Consumed(
            emissions=(
                Emission(
                    target="file",
                    sha256=bytes(32),
                    handling="TLP:RED",  # type: ignore[arg-type]
                ),
            )
        ),
    ],
)
async def test_an_adapter_that_does_not_say_what_it_did_holds_nothing_up(
    fed: Fed, says: object
) -> None:
    fed.adapter = Saying()
    fed.adapter.says = says
    fed.restart()
    await fed.world.arrives()
    for _ in range(3):
        with pytest.raises(FaultError):
            await fed.feeder.step()
    await fed.all()
    [letter] = fed.store.letters("adapter")
    assert letter.code == LetterCode.FAULT.value
    assert fed.store.emissions("adapter") == []


async def test_a_refusal_that_cannot_be_written_down_is_a_dead_letter_all_the_same(
    fed: Fed,
) -> None:
    fed.adapter.fails.append(
        RejectedError("half \ud800 a letter " * 1000, payload=bytes(PAYLOAD_MAX + 1))
    )
    await fed.world.arrives()
    await fed.all()
    [letter] = fed.store.letters("adapter")
    content = _content(fed, letter)
    assert content.reason.startswith("half ? a letter")
    assert (len(content.reason), content.data) == (4000, b"")


async def test_one_that_has_loosened_is_halted_whenever_the_process_dies(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed.adapter.marks = Handling(tlp=Tlp.CLEAR)
    await fed.world.arrives()

    def killed(*_: object, **__: object) -> int:
        raise StoreError("killed here")

    with monkeypatch.context() as patched:
        patched.setattr(type(fed.store), "put_letter", killed)
        with pytest.raises(StoreError):
            await fed.feeder.step()
    health = fed.store.adapter("adapter")
    assert health is not None
    assert health.state is AdapterState.HALTED
    assert [one.topic for one in fed.store.alarms()] == ["adapter"]
    fed.restart()
    with pytest.raises(HaltedError):
        await fed.feeder.step()
    assert [one.code for one in fed.store.letters("adapter")] == [CODE]


async def test_what_cancels_itself_is_fed_again_and_nobody_waits_in_vain(
    running: Running,
) -> None:
    adapter = Recorder()
    adapter.fails.extend([asyncio.CancelledError(), asyncio.CancelledError()])
    async with running.going(running.runner("adapter", adapter)):
        digest = await running.world.arrives()
        await until(lambda: adapter.delivered)
    assert [one.message_digest for one in adapter.delivered] == [digest]


class Cancelled(Recorder):
    """Takes in until something that it waits for is cancelled, the first time."""

    async def run(self, stop: asyncio.Event) -> None:
        self.runs += 1
        if self.runs == 1:
            raise asyncio.CancelledError
        await stop.wait()


async def test_an_intake_that_cancels_itself_is_started_again(running: Running) -> None:
    adapter = Cancelled()
    async with running.going(running.runner("adapter", adapter)):
        await until(lambda: adapter.runs == 2)
        await until(lambda: running.state("adapter") is AdapterState.RUNNING)


class Deaf(Recorder):
    """Does not stop when it is told to."""

    async def run(self, stop: asyncio.Event) -> None:
        del stop
        self.runs += 1
        await asyncio.Event().wait()


async def test_an_adapter_that_does_not_stop_is_cut_off(running: Running) -> None:
    adapter = Deaf()
    runner = running.runner("adapter", adapter)
    runner.pace = Pace(look_s=0.01, stop_s=0.1)
    async with running.going(runner):
        await until(lambda: adapter.runs)
    assert running.state("adapter") is AdapterState.STOPPED


async def test_one_that_ends_the_process_when_it_is_made_only_fails(
    running: Running,
) -> None:
    made = []

    def make(*_: object) -> Recorder:
        made.append(1)
        if len(made) < 3:
            raise SystemExit(1)
        return Recorder()

    desk = running.world.desk(running.world.configured("adapter"))
    sound = Recorder()
    async with running.going(
        AdapterRunner(desk, QUICK, make), running.runner("other", sound)
    ):
        await running.world.arrives()
        await until(lambda: sound.delivered and len(made) == 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Pace):
    """Notes as after how many failures in a row is waited."""

    waited: list[int] = field(default_factory=list)

    def after(self, times: int) -> float:
        self.waited.append(times)
        return Pace.after(self, times)


class Flickering(Recorder):
    """Runs well for a while, and then its system is away for a moment."""

    async def run(self, stop: asyncio.Event) -> None:
        self.runs += 1
        await asyncio.wait({asyncio.ensure_future(stop.wait())}, timeout=0.05)
        raise SystemAwayError("for a moment")


async def test_an_intake_that_ran_well_for_long_is_waited_for_as_the_first_time(
    running: Running,
) -> None:
    adapter = Flickering()
    runner = running.runner("adapter", adapter)
    runner.pace = pace = Noted(first_s=0.001, most_s=0.01, look_s=0.01)
    async with running.going(runner):
        await until(lambda: adapter.runs > 3)
    assert pace.waited[:3] == [1, 1, 1]


async def test_calls_that_hang_use_up_the_threads_of_nobody_else(fed: Fed) -> None:
    digest = await fed.world.arrives()
    release, loop = threading.Event(), asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(max_workers=1))
    hanging = loop.run_in_executor(None, release.wait)
    try:
        async with asyncio.timeout(10):
            await fed.all()
    finally:
        release.set()
        await hanging
    assert fed.digests == [digest]
