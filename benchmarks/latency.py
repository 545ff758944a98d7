"""How long a message takes: through the relay at half load, and from send to OPENED.

The load is open-loop: a message is due when it is due, however slow the others are.
"""

import asyncio
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from benchmarks.processes import Process
from benchmarks.throughput import passthrough_command
from benchmarks.world import ORIGIN, PASSPHRASE, World, hub_process
from broker.app.example_files import examples_folder
from broker.app.node_folder import dispatcher, open_node
from broker.app.node_link import connected
from broker.core import subjects
from broker.core.codec.documents import encode_document
from broker.core.codec.draft import parse_draft
from broker.core.handling import Handling, Tlp
from broker.core.model import Stage
from broker.core.outgoing import OutgoingDocument
from broker.infra.document_files import load_file
from broker.infra.nats_streams import NatsSource
from keys.identity import PartyId

_RECIPIENT: Final = PartyId("BEL")
_PATIENCE_S: Final = 30.0
_LOOK_S: Final = 0.02
_WARM_UP: Final = 50  # messages whose latency does not count


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Percentiles, in milliseconds."""

    p50: float
    p99: float


async def through_relay(world: World, payloads: list[bytes], rate: float) -> Latency:
    """Measures from submission to arrival at the recipient, with one relay worker."""
    with hub_process(world.folder, "relay") as process:
        await asyncio.to_thread(process.wait_ready)
        return await _through(world, payloads, rate)


async def through_passthrough(
    world: World, payloads: list[bytes], rate: float
) -> Latency:
    """Measures the same without a relay, republished with `publish_async`."""
    command = passthrough_command(world, len(payloads), 1, atomic=False)
    with Process(command):
        return await _through(world, payloads, rate)


async def _through(world: World, payloads: list[bytes], rate: float) -> Latency:
    node = open_node(world.folder / _RECIPIENT)
    keys = node.unlock(PASSPHRASE)
    sent: dict[bytes, float] = {}
    taken: dict[bytes, float] = {}
    warm = asyncio.Event()
    async with connected(node, keys, name="bench") as bus:
        source = NatsSource(bus, subjects.LEDGER, keys.account.public)
        await _empty(source)

        async def send() -> None:
            # Without waiting for the server's word: the load must cost little, or
            # it would be the load that is measured, on a machine of two cores.
            for payload in payloads[:_WARM_UP]:
                sent[payload] = time.perf_counter()
                await world.origin.publish(subjects.OUT, payload)
            # Whoever stands between has started when these are through.
            await warm.wait()
            start = time.perf_counter()
            for number, payload in enumerate(payloads[_WARM_UP:]):
                due = start + number / rate
                if (early := due - time.perf_counter()) > 0:
                    await asyncio.sleep(early)
                sent[payload] = time.perf_counter()
                await world.origin.publish(subjects.OUT, payload)

        async def take() -> None:
            while len(taken) < len(payloads):
                arrivals = await source.fetch(256, 1.0)
                now = time.perf_counter()
                # With one recipient, a delivery has the bytes of its submission.
                taken.update((a.data, now) for a in arrivals if a.data in sent)
                if len(taken) >= _WARM_UP:
                    warm.set()
                await source.acknowledge(arrivals)

        async with asyncio.timeout(_PATIENCE_S + len(payloads) / rate):
            await asyncio.gather(send(), take())
    node.close()
    times = [taken[one] - sent[one] for one in payloads[_WARM_UP:]]
    return _percentiles([one * 1000 for one in times])


async def send_to_opened(world: World, count: int, rate: float) -> Latency:
    """Measures from `send` at one node to OPENED at another, everything running."""
    draft = parse_draft(load_file(examples_folder() / "trace-request.yaml"))
    document = OutgoingDocument(
        kind=draft.kind,
        body=encode_document(draft.kind, draft.content),
        recipients=(_RECIPIENT,),
        handling=Handling(tlp=Tlp.AMBER),
    )
    desk = dispatcher(world.node, world.keys, lambda: world.trust)
    # What other measurements have left in the inboxes would be worked off first.
    await _empty(NatsSource(world.origin, subjects.LEDGER, world.keys.account.public))
    with ExitStack() as stack:
        for process in (
            hub_process(world.folder, "relay"),
            hub_process(world.folder, "log"),
            _node_process(world, ORIGIN),
            _node_process(world, _RECIPIENT),
        ):
            stack.enter_context(process)
            await asyncio.to_thread(process.wait_ready)
        digests = []
        for _ in range(count):
            due = time.perf_counter() + 1 / rate
            [sealed] = await asyncio.to_thread(desk.send, document)
            digests.append(sealed.message_digest)
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
        async with asyncio.timeout(_PATIENCE_S):
            times = [await _opened(world, digest) for digest in digests]
    return _percentiles(times[min(_WARM_UP, count // 4) :])


async def _empty(source: NatsSource) -> None:
    while old := await source.fetch(500, 0.5):
        await source.acknowledge(old)


async def _opened(world: World, digest: bytes) -> float:
    sent = world.node.store.find_sent(digest)
    if sent is None:
        raise LookupError(digest.hex())
    while True:
        for line in world.node.store.ledger(digest):
            if line.receipt.stage is Stage.OPENED:
                return float(line.receipt.at_ms - sent.header.created_ms)
        await asyncio.sleep(_LOOK_S)


def _node_process(world: World, party: str) -> Process:
    command = [sys.executable, "-m", "broker.cli", "node", "run"]
    command += [str(world.folder / party)]
    command += ["--passphrase-file", str(world.folder / "passphrase")]
    return Process(command, stderr=subprocess.PIPE)


def _percentiles(times_ms: list[float]) -> Latency:
    ordered = sorted(times_ms)
    last = len(ordered) - 1
    return Latency(p50=ordered[last // 2], p99=ordered[int(last * 0.99)])
