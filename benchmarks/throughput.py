"""Messages a second through the relay, and through the baselines, in one run.

The stream is filled first; what is measured is how fast it is worked off, from the
server's own time stamps.
"""

import asyncio
import json
import secrets
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from benchmarks.passthrough import ROUND
from benchmarks.processes import Process, cpu_seconds
from benchmarks.world import World, hub_process
from broker.app.credentials import bus_identity
from broker.core import subjects
from broker.infra.clock import SYSTEM_CLOCK
from keys.nats_jwt import UNRESTRICTED

_LOOK_S: Final = 0.05
_TIMEOUT_S: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """What one run gave.

    Attributes:
        rate: Messages a second.
        cpu_us: Processor time of the workers for each message, microseconds.
    """

    rate: float
    cpu_us: float


async def measure_relay(
    world: World, payloads: list[bytes], recipients: int, workers: int
) -> Throughput:
    """Lets the product's relay work off `payloads`."""
    first = await _last_sequence(world) + 1
    await world.submit(payloads)
    with ExitStack() as stack:
        running = [
            stack.enter_context(hub_process(world.folder, "relay", worker=number + 1))
            for number in range(workers)
        ]
        await _drained(world)
        cpu = sum(cpu_seconds(one.pid) for one in running)
    # Starting Python and deriving keys is not the message's cost.
    idle = await asyncio.to_thread(_idle_cpu, world) * workers
    return await _result(world, first, len(payloads), recipients, cpu - idle)


async def measure_passthrough(
    world: World, payloads: list[bytes], recipients: int, *, atomic: bool
) -> Throughput:
    """Lets a baseline work off `payloads`."""
    first = await _last_sequence(world) + 1
    await world.submit(payloads)
    command = passthrough_command(world, len(payloads), recipients, atomic=atomic)
    with Process(command):
        await _drained(world)
    return await _result(world, first, len(payloads), recipients, 0.0)


def passthrough_command(
    world: World, count: int, recipients: int, *, atomic: bool
) -> list[str]:
    """Returns what starts a baseline for so many messages."""
    identity = bus_identity(
        world.hub.keys.account, "atomic", UNRESTRICTED, SYSTEM_CLOCK.now_ms()
    )
    config = world.folder / "passthrough.json"
    config.write_text(
        json.dumps(
            {
                "url": world.hub.bus_url,
                "seed": identity.user_seed.hex(),
                "jwt": identity.user_jwt,
                "accounts": world.accounts(recipients),
                "count": count,
                "atomic": atomic,
                "run": secrets.token_hex(4),
            }
        ),
        encoding="utf-8",
    )
    return [sys.executable, "-m", "benchmarks.passthrough", str(config)]


def _idle_cpu(world: World) -> float:
    with hub_process(world.folder, "relay") as process:
        process.wait_ready()
        return cpu_seconds(process.pid)


async def _drained(world: World) -> None:
    left = await _backlog(world)
    while left:
        await asyncio.sleep(_LOOK_S)
        left = await _backlog(world)


async def _backlog(world: World) -> int:
    state = await _ask(world, f"CONSUMER.INFO.{subjects.IN}.{subjects.RELAY}", {})
    return int(state["num_pending"]) + int(state["num_ack_pending"])


async def _result(
    world: World, first: int, count: int, recipients: int, cpu: float
) -> Throughput:
    # From the end of the first round, so that starting up does not count.
    begin = await _stamp(world, first + _first(count) * recipients - 1)
    end = await _stamp(world, await _last_sequence(world))
    rate = (count - _first(count)) / (end - begin)
    return Throughput(rate=rate, cpu_us=cpu / count * 1e6)


def _first(count: int) -> int:
    """Returns how many messages count as the first round, which is not measured."""
    return min(2 * ROUND, count // 4)


async def _last_sequence(world: World) -> int:
    info = await _ask(world, f"STREAM.INFO.{subjects.LEDGER}", {})
    return int(info["state"]["last_seq"])


async def _stamp(world: World, sequence: int) -> float:
    found = await _ask(world, f"STREAM.MSG.GET.{subjects.LEDGER}", {"seq": sequence})
    # Nanoseconds are more than Python reads.
    text = found["message"]["time"].rstrip("Z")
    whole, _, fraction = text.partition(".")
    seconds = datetime.fromisoformat(f"{whole}+00:00").timestamp()
    return seconds + float(f"0.{fraction or 0}")


async def _ask(world: World, verb: str, question: dict[str, Any]) -> dict[str, Any]:
    answer = await world.admin.request(
        f"$JS.API.{verb}", json.dumps(question).encode(), _TIMEOUT_S
    )
    found: dict[str, Any] = json.loads(answer)
    if "error" in found:
        raise RuntimeError(found["error"])
    return found
