"""A node compares its clock with the hub's, and says so once when they differ."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from structlog.testing import capture_logs

from broker.app.node_clock import read_clock, watch_clock
from broker.app.node_folder import Node
from broker.core.clocks import Verdict
from broker.core.codec.desk import LogAnswer, LogQuestion
from broker.core.errors import BusUnavailableError
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus
from broker.infra.node_store import NodeStore

HOUR_MS = 3_600_000


class Hub:
    """A hub that is asked for the time, and is so much behind us."""

    def __init__(self, *behind_ms: int | None) -> None:
        self.behind_ms = list(behind_ms)
        self.exhausted = asyncio.Event()

    async def ask(self, _bus: Bus, _question: LogQuestion) -> LogAnswer:
        behind_ms = self.behind_ms.pop(0) if self.behind_ms else 0
        if not self.behind_ms:
            self.exhausted.set()
        if behind_ms is None:
            raise BusUnavailableError("for this test")
        return LogAnswer(
            checkpoint="", time_ms=max(0, SYSTEM_CLOCK.now_ms() - behind_ms)
        )


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    store = NodeStore(tmp_path / "node.sqlite3")
    yield cast("Node", SimpleNamespace(store=store))
    store.close()


@pytest.fixture
def bus() -> Bus:
    return cast("Bus", None)


async def test_the_difference_is_read(
    node: Node, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.app.node_clock.ask_log", Hub(HOUR_MS).ask)
    found = await read_clock(node, bus)
    assert found is not None
    assert found.verdict is Verdict.THEY_DISAGREE
    assert abs(found.ahead_ms - HOUR_MS) < 5000


async def test_a_hub_that_names_no_time_is_not_compared_with(
    node: Node, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.app.node_clock.ask_log", Hub(10**15).ask)
    assert await read_clock(node, bus) is None


@pytest.mark.usefixtures("every_level")
async def test_a_difference_is_said_once_and_its_end_as_well(
    node: Node, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hub(0, None, HOUR_MS, HOUR_MS, 0, 0)
    monkeypatch.setattr("broker.app.node_clock.ask_log", hub.ask)
    monkeypatch.setattr("broker.app.node_clock._EVERY_S", 0.001)
    monkeypatch.setattr("broker.app.node_clock._RETRY_S", 0.001)
    stop = asyncio.Event()
    with capture_logs() as said:
        watching = asyncio.create_task(watch_clock(node, bus, stop))
        await asyncio.wait_for(hub.exhausted.wait(), 10)
        stop.set()
        await watching
    assert [one["log_level"] for one in said] == ["warning", "info"]
    assert "60 minutes ahead of the hub's" in said[0]["event"]
    assert "NTP" in said[0]["hint"]
