"""Bad luck on the way to an INTERPOL-style register: kills, races, a peer that drips.

What is filed is known, whatever happens in between: it can be taken back, and is there
once.
"""

import asyncio
import os
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from lxml import etree

from adapters.errors import SystemAwayError
from adapters.interpol.adapter import InterpolAdapter
from adapters.interpol.filed_store import FiledStore
from adapters.memory_desk import MemoryDesk
from adapters.values import Delivery
from broker.infra.clock import SystemClock
from tests.adapter_world import example_delivery, withdrawal_of
from tests.interpol_world import (
    RegisterInProcess,
    RunningSimulator,
    running_simulator,
    settings,
)
from tests.part import until

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    with running_simulator(tmp_path_factory.mktemp("register")) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path) -> MemoryDesk:
    folder = tmp_path / "own"
    folder.mkdir()
    return MemoryDesk(folder, time_ms=SystemClock().now_ms())


def _loss(number: int) -> Delivery:
    return example_delivery("stock-loss", number)


_DELIVERS = """
import asyncio, os, signal, sys
from pathlib import Path
from adapters.interpol.adapter import InterpolAdapter
from adapters.interpol.filed_store import FiledStore
from adapters.memory_desk import MemoryDesk
from broker.infra.clock import SystemClock
from tests.adapter_world import example_delivery
from tests.interpol_world import settings

def dies(*_):
    os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[4] == "before it is noted":
    FiledStore.named = dies
folder, own = Path(sys.argv[1]), Path(sys.argv[2])
desk = MemoryDesk(own, time_ms=SystemClock().now_ms())
adapter = InterpolAdapter(settings(folder, sys.argv[3]), desk)
print("begins", flush=True)
asyncio.run(adapter.deliver(example_delivery("stock-loss", int(sys.argv[5]))))
"""


def _delivering(
    simulator: RunningSimulator, desk: MemoryDesk, when: str, number: int
) -> subprocess.Popen[str]:
    given = (simulator.folder, desk.folder, simulator.url, when, number)
    return subprocess.Popen(  # noqa: S603 - this interpreter, on a text of this test
        [sys.executable, "-c", _DELIVERS, *map(str, given)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": "."},
    )


@pytest.mark.parametrize("then", ["again", "withdrawn"])
async def test_a_kill_between_the_request_and_its_note_doubles_and_loses_nothing(
    simulator: RunningSimulator, desk: MemoryDesk, then: str
) -> None:
    number = {"again": 1, "withdrawn": 2}[then]
    loss = _loss(number)
    with _delivering(simulator, desk, "before it is noted", number) as process:
        assert process.wait(60) == -signal.SIGKILL
    (filed,) = FiledStore(desk.folder).of_message(loss.message_digest)
    assert filed.identifier == ""
    adapter = InterpolAdapter(settings(simulator.folder, simulator.url), desk)
    if then == "again":
        first = (await adapter.deliver(loss)).emissions[0].target
        assert (await adapter.deliver(loss)).emissions[0].target == first
    await adapter.withdraw(withdrawal_of(loss))
    assert not FiledStore(desk.folder).of_message(loss.message_digest)
    # Nothing is on record any more that a search could find.
    request = example_delivery("trace-request", content=_same_firearm(loss))
    desk.deliveries.append(request)
    await adapter.deliver(request)
    assert not desk.proposed


async def test_a_request_that_outlives_its_sender_is_not_stored_after_the_withdrawal(
    simulator: RunningSimulator, desk: MemoryDesk
) -> None:
    """It is killed while the register still thinks; the withdrawal is there first."""
    loss = _loss(3)
    simulator.slow_down(1500)
    try:
        with _delivering(simulator, desk, "while it waits", 3) as process:
            assert process.stdout is not None
            process.stdout.readline()
            store = FiledStore(desk.folder)
            await until(lambda: bool(store.of_message(loss.message_digest)), "noted")
            await asyncio.sleep(0.7)
            process.kill()
        simulator.slow_down(0)
        adapter, before = (
            InterpolAdapter(settings(simulator.folder, simulator.url), desk),
            _requests_at(simulator),
        )
        await adapter.withdraw(withdrawal_of(loss))
        assert _requests_at(simulator) == before + 1
        await until(lambda: _requests_at(simulator) == before + 2, "it came late")
    finally:
        simulator.slow_down(0)
    request = example_delivery("trace-request", 3, content=_same_firearm(loss))
    desk.deliveries.append(request)
    await adapter.deliver(request)
    assert not desk.proposed


class _SlowWire:
    """A register that thinks about a submission until it is told to go on."""

    def __init__(self, register: RegisterInProcess) -> None:
        self._register = register
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.order: list[str] = []

    def exchange(self, request: etree._Element) -> tuple[bytes, etree._Element]:
        name = etree.QName(request).localname
        if name == "RecordSubmission":
            self.begun.set()
            self.go_on.wait(20)
        self.order.append(name)
        return self._register.exchange(request)


async def test_a_withdrawal_waits_for_a_request_that_was_given_up(
    desk: MemoryDesk, tmp_path: Path
) -> None:
    """A node gives an adapter up that takes too long; its request goes on."""
    register = RegisterInProcess(tmp_path / "register", desk.time_ms)
    adapter, wire = register.adapter(desk), _SlowWire(register)
    adapter._register = register.register(wire=wire)
    delivering = asyncio.create_task(adapter.deliver(_loss(4)))
    await asyncio.to_thread(wire.begun.wait, 20)
    delivering.cancel()
    with suppress(asyncio.CancelledError):
        await delivering
    withdrawing = asyncio.create_task(adapter.withdraw(withdrawal_of(_loss(4))))
    await asyncio.sleep(0.2)
    assert not withdrawing.done()
    wire.go_on.set()
    await withdrawing
    assert wire.order == ["RecordSubmission", "RecordWithdrawal"]


async def test_without_its_notes_it_files_nothing_and_makes_no_dead_letter(
    desk: MemoryDesk, tmp_path: Path
) -> None:
    register = RegisterInProcess(tmp_path / "register", desk.time_ms)
    adapter = register.adapter(desk)
    await adapter.deliver(_loss(5))
    asked = len(register.asked)
    database = desk.folder / "filed.db"
    whole = database.read_bytes()
    database.write_bytes(b"damaged" * 1000)
    for act in (
        adapter.deliver(_loss(6)),
        adapter.withdraw(withdrawal_of(_loss(5))),
        adapter.run(asyncio.Event()),
    ):
        with pytest.raises(SystemAwayError, match="noted"):
            await act
    assert len(register.asked) == asked
    database.write_bytes(whole)
    consumed = await adapter.withdraw(withdrawal_of(_loss(5)))
    assert "1 withdrawn" in consumed.note


async def test_a_head_that_drips_does_not_hold_the_adapter_up(
    simulator: RunningSimulator, desk: MemoryDesk
) -> None:
    """Each byte comes in time, and the answer never."""
    with _dripping(simulator.folder) as port:
        made = settings(simulator.folder, f"https://127.0.0.1:{port}", timeout_s=0.5)
        begun = time.monotonic()
        with pytest.raises(SystemAwayError, match="too slowly"):
            await InterpolAdapter(made, desk).deliver(_loss(7))
        assert time.monotonic() - begun < 10


def _requests_at(simulator: RunningSimulator) -> int:
    with closing(sqlite3.connect(simulator.folder / "register.db")) as database:
        return int(database.execute("SELECT count(*) FROM seen").fetchone()[0])


def _same_firearm(loss: Delivery) -> dict[str, object]:
    items = loss.document["items"]
    assert isinstance(items, list)
    return {"items": [one for one in items if "firearm" in one][:1]}


@contextmanager
def _dripping(folder: Path) -> Iterator[int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    done = threading.Event()

    def drip(listening: socket.socket) -> None:
        accepted, _ = listening.accept()
        with (
            suppress(OSError),
            context.wrap_socket(accepted, server_side=True) as connection,
        ):
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not done.wait(0.1):
                connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=(listening,))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            done.set()
            thread.join(20)
