"""How fast a directory of 200 parties is had, kept, and changed, over the bus.

With hybrid keys and a policy for each party, every answer verified, and every snapshot
proven in the log before it counts.
"""

import asyncio
import itertools
import shutil
import string
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.figures import Figures
from benchmarks.world import PASSPHRASE, hub_process, open_policy
from broker.app.exchange_files import FederationFile, JoinRequest
from broker.app.founding import HubPlan, apply_here, make_hub
from broker.app.joining import NodePlan, make_node
from broker.app.node_folder import Node, open_node
from broker.app.node_link import connected, trust_keeper
from broker.app.proposing import enrol
from broker.app.publishing import publish_policy
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus
from broker.infra.nats_news import follow_news
from broker.services.trust_keeper import TrustKeeper
from broker.settings import HubFolder
from keys.directory.model import Contact
from keys.identity import PartyId
from keys.keystore import UNSAFE_THROWAWAY_COST

PARTIES: Final = 200
_COLD: Final = 5  # times, each from nothing
_NOOP: Final = 50
_CHANGES: Final = 10
_WAIT_S: Final = 60.0
_CODES: Final = tuple(
    PartyId("".join(letters))
    for letters in itertools.islice(
        itertools.product(string.ascii_uppercase, repeat=3), PARTIES
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Crowd:
    """A running hub of many parties, and two of them: one changes, one looks on."""

    folder: Path
    changing: Node
    changing_bus: Bus
    looking: Node
    looking_bus: Bus


async def measure_directory(folder: Path, port: int, figures: Figures) -> None:
    """Measures cold and idle refreshes, and how long until a change is in effect."""
    async with _crowd(folder, port) as crowd:
        cold = [await _cold(crowd, number) for number in range(_COLD)]
        kept = trust_keeper(crowd.looking, crowd.looking_bus)
        trust = await kept.refresh()
        noop = [await _timed(kept.refresh) for _ in range(_NOOP)]
        effect = await _effect(crowd, kept)
    if len(trust.engines) != PARTIES:
        raise RuntimeError(f"{len(trust.engines)} of {PARTIES} parties are there")
    name = f"directory.{PARTIES}"
    figures.add(f"{name}.cold.p50", _median(cold), "ms", "<= 1000")
    figures.add(f"{name}.noop.p50", _median(noop), "ms", "<= 25")
    figures.add(f"{name}.publish_to_effect.p50", _median(effect), "ms", "<= 2000")
    figures.add(f"{name}.publish_to_effect.max", max(effect), "ms", "<= 2000")


async def _cold(crowd: _Crowd, number: int) -> float:
    """Measures a node's first refresh: no file is there yet, and nothing proven."""
    folder = crowd.folder / f"cold-{number}"
    shutil.copytree(
        crowd.looking.folder.root,
        folder,
        ignore=shutil.ignore_patterns("directory", "*.sqlite3*"),
    )
    node = open_node(folder)
    try:
        return await _timed(trust_keeper(node, crowd.looking_bus).refresh)
    finally:
        node.close()


async def _effect(crowd: _Crowd, kept: TrustKeeper) -> list[float]:
    """Measures from the publication of a policy until another node goes by it.

    What the publisher does before it hands in is not counted: it refreshes and signs.
    """
    stop = asyncio.Event()
    await follow_news(crowd.looking_bus, kept.nudge)
    running = asyncio.create_task(kept.run(stop))
    keys = crowd.changing.unlock(PASSPHRASE)
    times: list[float] = []
    for number in range(_CHANGES):
        policy = open_policy(crowd.changing.party, f"out-{number}")
        before = kept.current().policy_digests[crowd.changing.party]
        start = time.perf_counter()
        publishing = asyncio.create_task(
            publish_policy(crowd.changing, keys, crowd.changing_bus, policy, "")
        )
        async with asyncio.timeout(_WAIT_S):
            while kept.current().policy_digests[crowd.changing.party] == before:  # noqa: ASYNC110 - a directory sets no event
                await asyncio.sleep(0.001)
        times.append((time.perf_counter() - start) * 1000)
        await publishing
    stop.set()
    await running
    return times


async def _timed(step: Callable[[], Awaitable[object]]) -> float:
    start = time.perf_counter()
    await step()
    return (time.perf_counter() - start) * 1000


def _median(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]


@asynccontextmanager
async def _crowd(folder: Path, port: int) -> AsyncIterator[_Crowd]:
    """Makes the federation, starts the hub but for its relay, and ends it again."""
    print(f"making a federation with {PARTIES} parties …", flush=True)
    await asyncio.to_thread(_found, folder, port)
    changing, looking = (open_node(folder / code) for code in _CODES[:2])
    with hub_process(folder, "bus", "registrar", "log") as process:
        await asyncio.to_thread(process.wait_ready)
        async with (
            connected(changing, changing.unlock(PASSPHRASE), name="changing") as one,
            connected(looking, looking.unlock(PASSPHRASE), name="looking") as other,
        ):
            yield _Crowd(
                folder=folder,
                changing=changing,
                changing_bus=one,
                looking=looking,
                looking_bus=other,
            )
    changing.close()
    looking.close()


def _found(folder: Path, port: int) -> None:
    now_ms = SYSTEM_CLOCK.now_ms()
    founded = make_hub(
        folder / "hub",
        HubPlan(name="Crowd", bus_url=f"nats://127.0.0.1:{port}", bus_port=port),
        PASSPHRASE,
        now_ms=now_ms,
        cost=UNSAFE_THROWAWAY_COST,
    )
    with (folder / "hub/hub.toml").open("a", encoding="utf-8") as file:
        file.write('log_level = "error"\n')
    (folder / "passphrase").write_bytes(PASSPHRASE)
    requests = [_join(folder / code, code, founded, now_ms) for code in _CODES]
    hub = HubFolder(folder / "hub")
    apply_here(hub, enrol(hub, requests, now_ms), PASSPHRASE, now_ms)


def _join(
    folder: Path, party: PartyId, founded: FederationFile, now_ms: int
) -> JoinRequest:
    plan = NodePlan(
        party=party,
        name=f"Focal point of {party}",
        policy=open_policy(party),
        policy_text="",
        contact=Contact(),
    )
    cost = UNSAFE_THROWAWAY_COST
    return make_node(folder, plan, founded, PASSPHRASE, now_ms=now_ms, cost=cost)
