"""Measures everything in one go on one machine: `make bench`.

Ratios within one run are what counts: machines differ, and so do hours of the day.
"""

import argparse
import asyncio
import socket
import tempfile
from pathlib import Path
from typing import Final

import uvloop

from benchmarks.api import measure_api
from benchmarks.audit import measure_audit
from benchmarks.cryptography_cost import measure_cryptography
from benchmarks.directory import measure_directory
from benchmarks.evidence import measure_evidence
from benchmarks.figures import Figures
from benchmarks.latency import send_to_opened, through_passthrough, through_relay
from benchmarks.log import measure_log
from benchmarks.matching import measure_matching
from benchmarks.policy import measure_policy
from benchmarks.routes import measure_routes
from benchmarks.screening import measure_screening
from benchmarks.throughput import measure_passthrough, measure_relay
from benchmarks.world import World, world
from broker.infra import logs

_COUNTS: Final = {1: 4000, 3: 2400, 10: 1000}
_QUICK: Final = {1: 1200, 3: 800, 10: 400}
_LATENCY_S: Final = 6  # seconds of load


async def measure(figures: Figures, *, quick: bool) -> None:
    """Runs every measurement."""
    measure_policy(figures)
    measure_routes(figures)
    measure_screening(figures, quick=quick)
    await asyncio.to_thread(measure_log, figures, quick=quick)
    # On a thread: it collects in an event loop of its own.
    await asyncio.to_thread(measure_evidence, figures)
    await asyncio.to_thread(measure_matching, figures, quick=quick)
    with tempfile.TemporaryDirectory(prefix="rogatory-bench-") as folder:
        print("making a federation with eleven parties …", flush=True)
        async with world(Path(folder), _free_port()) as made:
            for recipients, count in (_QUICK if quick else _COUNTS).items():
                await _throughput(made, figures, recipients, count)
            await _latency(made, figures, quick=quick)
            await measure_api(made, figures, quick=quick)
            await measure_audit(made, figures, (_QUICK if quick else _COUNTS)[1])
    with tempfile.TemporaryDirectory(prefix="rogatory-bench-") as folder:
        await measure_directory(Path(folder), _free_port(), figures)


async def _throughput(
    made: World, figures: Figures, recipients: int, count: int
) -> None:
    print(f"{recipients} recipient(s), {count} messages of 2 kB:", flush=True)
    tag = f"{recipients}r"
    cost = measure_cryptography(made, recipients)
    bound = 1e6 / cost.verify_us
    figures.add(f"crypto.verify.{tag}", cost.verify_us, "us")
    figures.add(f"crypto.seal.{tag}", cost.seal_us, "us")
    figures.add(f"crypto.bound.{tag}", bound, "msg/s")
    payloads = await asyncio.to_thread(made.envelopes, count, recipients)
    single = await measure_passthrough(made, payloads, recipients, atomic=False)
    atomic = await measure_passthrough(made, payloads, recipients, atomic=True)
    figures.add(f"passthrough.publish_async.{tag}", single.rate, "msg/s")
    figures.add(f"passthrough.atomic.{tag}", atomic.rate, "msg/s")
    one = await measure_relay(made, payloads, recipients, 1)
    payloads = await asyncio.to_thread(made.envelopes, count, recipients)
    two = await measure_relay(made, payloads, recipients, 2)
    figures.add(f"relay.1w.{tag}", one.rate, "msg/s")
    figures.add(f"relay.2w.{tag}", two.rate, "msg/s")
    figures.add(f"relay.1w.cpu.{tag}", one.cpu_us, "us/msg")
    goals = (">= 1.0", ">= 1.5", ">= 0.75") if recipients == 1 else ("", "", "")
    figures.add(
        f"ratio.1w_to_publish_async.{tag}", one.rate / single.rate, "x", goals[0]
    )
    figures.add(
        f"ratio.2w_to_publish_async.{tag}", two.rate / single.rate, "x", goals[1]
    )
    figures.add(
        f"ratio.cpu_bound_by_crypto.{tag}", cost.verify_us / one.cpu_us, "x", goals[2]
    )
    figures.add(f"ratio.1w_to_crypto_bound.{tag}", one.rate / bound, "x")
    figures.add(f"ratio.price_of_trust.{tag}", one.rate / atomic.rate, "x")


async def _latency(made: World, figures: Figures, *, quick: bool) -> None:
    for load, share, goal in (("half", 0.5, "<= 25"), ("tenth", 0.1, "")):
        rate = figures.found["relay.1w.1r"].value * share
        print(f"latency at {load} load, {rate:.0f} messages a second:", flush=True)
        count = int(rate * (_LATENCY_S / 3 if quick else _LATENCY_S))
        payloads = await asyncio.to_thread(made.envelopes, count, 1)
        bare = await through_passthrough(made, payloads, rate)
        relay = await through_relay(made, payloads, rate)
        name = f"latency.{load}"
        figures.add(f"{name}.passthrough.p50", bare.p50, "ms")
        figures.add(f"{name}.passthrough.p99", bare.p99, "ms")
        figures.add(f"{name}.relay.p50", relay.p50, "ms")
        figures.add(f"{name}.relay.p99", relay.p99, "ms")
        figures.add(f"{name}.added.p99", relay.p99 - bare.p99, "ms", goal)
    print("from send to OPENED, every process running:", flush=True)
    whole = await send_to_opened(made, 60 if quick else 200, 20)
    figures.add("latency.send_to_opened.p50", whole.p50, "ms")
    figures.add("latency.send_to_opened.p99", whole.p99, "ms")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Measures, prints, and writes build/bench.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer messages")
    parser.add_argument("--out", type=Path, default=Path("build/bench.json"))
    arguments = parser.parse_args()
    logs.configure("error")
    figures = Figures()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(measure(figures, quick=arguments.quick))
    figures.write(arguments.out)
    figures.print_table()
    print(f"written to {arguments.out}")


if __name__ == "__main__":
    main()
