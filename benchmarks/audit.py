"""What the audit costs the traffic: relay alone, and with log writer and a witness.

How fast the log is by itself is left to `log`.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.figures import Figures
from benchmarks.processes import Process, cpu_seconds
from benchmarks.throughput import Throughput, measure_relay
from benchmarks.world import ORIGIN, PASSPHRASE, World, hub_process
from broker.app.founding import apply_here
from broker.app.proposing import decide
from broker.app.witness_files import WitnessFolder, make_witness
from broker.core.codec.envelope import decode_envelope, decode_submission
from broker.core.codec.receipts import encode_proof, encode_receipt
from broker.core.model import Receipt, Stage, new_nonces
from broker.core.receipts import sign_together
from broker.infra.clock import SYSTEM_CLOCK
from keys.cosigning import CosignatureType
from keys.directory.witnessing import add_witness
from keys.framing import sha256
from keys.identity import HUB
from keys.keystore import UNSAFE_THROWAWAY_COST

_NAME: Final = "witness.example/bench"
_ROUNDS: Final = 2
_LOOK_S: Final = 2.0
_AT_REST: Final = 0.3  # seconds of processor time in a look: polling, and no more
_RECEIPTS: Final = 100  # signed together, as in a round of the relay under load
_REPEATS: Final = 10


async def measure_audit(world: World, figures: Figures, count: int) -> None:
    """Lets the relay work off the same number of messages with and without the audit.

    In turns, so that an hour of the day favours neither.
    """
    print(f"the price of the audit, {count} messages to one recipient:", flush=True)
    folder = await asyncio.to_thread(_add_witness, world)
    bare: list[Throughput] = []
    whole: list[Throughput] = []
    spent: list[list[float]] = []
    for _ in range(_ROUNDS):
        payloads = await asyncio.to_thread(world.envelopes, count, 1)
        bare.append(await measure_relay(world, payloads, 1, 1))
        payloads = await asyncio.to_thread(world.envelopes, count, 1)
        with _audited(world, folder) as beside:
            await _settled(beside)
            before = _cpu(beside)
            whole.append(await measure_relay(world, payloads, 1, 1))
            await _settled(beside)
            spent.append([b - a for a, b in zip(before, _cpu(beside), strict=True)])
    rates = [sum(one.rate for one in runs) / len(runs) for runs in (bare, whole)]
    figures.add("audit.relay.bare", rates[0], "msg/s")
    figures.add("audit.relay.with_log_and_witness", rates[1], "msg/s")
    figures.add("ratio.price_of_audit", rates[1] / rates[0], "x", ">= 0.85")
    receipt_us = await asyncio.to_thread(_receipt_us, world)
    figures.add("audit.receipt", receipt_us, "us")
    relay_us = sum(one.cpu_us for one in bare) / len(bare)
    figures.add("ratio.receipts_of_relay_cpu", receipt_us / relay_us, "x")
    for at, name in enumerate(("log", "witness")):
        cpu_us = sum(one[at] for one in spent) / (_ROUNDS * count) * 1e6
        figures.add(f"audit.{name}.cpu", cpu_us, "us/msg")


def _add_witness(world: World) -> Path:
    """Makes a witness, and has the stewards name it; returns its folder."""
    folder = WitnessFolder(world.folder / "witness")
    card = make_witness(
        folder,
        name=_NAME,
        kind=CosignatureType.MLDSA44,
        party=ORIGIN,
        secret=PASSPHRASE,
        cost=UNSAFE_THROWAWAY_COST,
    )
    now_ms = SYSTEM_CLOCK.now_ms()
    place = world.hub.folder
    drafted = decide(place, lambda terms: add_witness(terms, card.witness), now_ms)
    apply_here(place, drafted, PASSPHRASE, now_ms)
    return folder.root


@contextmanager
def _audited(world: World, folder: Path) -> Iterator[tuple[Process, Process]]:
    """Runs log writer and witness, by the product's own commands."""
    secret = str(world.folder / "passphrase")
    command = [sys.executable, "-m", "broker.cli", "witness", "run", str(folder)]
    command += ["--node", str(world.node.folder.root), "--passphrase-file", secret]
    command += ["--witness-passphrase-file", secret]
    with hub_process(world.folder, "log") as log:
        log.wait_ready()
        with Process(command, stderr=subprocess.DEVNULL) as witness:
            yield log, witness


async def _settled(beside: Sequence[Process]) -> None:
    """Waits until they have nothing to do but to look whether there is something."""
    busy = True
    while busy:
        before = sum(_cpu(beside))
        await asyncio.sleep(_LOOK_S)
        busy = sum(_cpu(beside)) - before > _AT_REST


def _cpu(beside: Sequence[Process]) -> list[float]:
    return [cpu_seconds(one.pid) for one in beside]


def _receipt_us(world: World) -> float:
    """Returns processor time for the receipts of a message, in microseconds."""
    payloads = world.envelopes(_RECEIPTS, 1)
    digests = [
        sha256(decode_envelope(decode_submission(one).data).signed_header)
        for one in payloads
    ]
    begin = time.process_time()
    for _ in range(_REPEATS):
        stated = [
            encode_receipt(
                Receipt(
                    stage=Stage.ACCEPTED,
                    message_digest=digest,
                    submission_digest=digest,
                    by=HUB,
                    to=ORIGIN,
                    at_ms=1,
                    logged_by_ms=2,
                    nonce=nonce,
                )
            )
            for digest, nonce in zip(digests, new_nonces(_RECEIPTS), strict=False)
        ]
        bundle = sign_together(stated, signer=HUB, key=world.hub.keys.signing)
        for at, entry in enumerate(bundle.receipts):
            encode_proof(bundle, entry, with_signature=not at)
    return (time.process_time() - begin) / (_REPEATS * _RECEIPTS) * 1e6
