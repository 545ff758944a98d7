"""A node's clock beside the hub's: asked for now and then, and told when they differ.

Who of them is wrong is judged in `broker.core.clocks`.
"""

import asyncio
from contextlib import suppress
from typing import Final

import structlog

from broker.app.files_over_bus import ask_log
from broker.app.node_folder import LIMITS, Node
from broker.core.clocks import ClockReading, Verdict, Witnesses, read_clocks, recent_ms
from broker.core.codec.desk import LogQuestion
from broker.core.errors import BusError, ProofError, StoreError
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus

_MESSAGES: Final = 50  # the newest ones sent, whose receipts are looked at
_EVERY_S: Final = 600.0
_RETRY_S: Final = 5.0


async def read_clock(node: Node, bus: Bus) -> ClockReading | None:
    """Compares this machine's clock with the hub's; None if that names no time.

    Raises:
        BusError: The hub cannot be asked.
        ProofError: Its answer cannot be read.
        StoreError: What other parties said cannot be looked up.
    """
    asked_ms = SYSTEM_CLOCK.now_ms()
    answer = await ask_log(bus, LogQuestion())
    answered_ms = SYSTEM_CLOCK.now_ms()
    if not answer.time_ms:
        return None
    witnesses = await asyncio.to_thread(_witnesses, node, answered_ms)
    return read_clocks(
        asked_ms=asked_ms,
        hub_ms=answer.time_ms,
        answered_ms=answered_ms,
        witnesses=witnesses.after_ms(),
    )


async def watch_clock(node: Node, bus: Bus, stop: asyncio.Event) -> None:
    """Says in the log when the clocks begin to differ, and when they agree again."""
    log = structlog.get_logger("clock")
    told = Verdict.AGREE
    while not stop.is_set():
        wait_s = _EVERY_S
        try:
            found = await read_clock(node, bus)
        except (BusError, ProofError, StoreError):
            wait_s = _RETRY_S  # what cannot be asked is told by others
        else:
            if found is not None and found.verdict is not told:
                told = found.verdict
                say = log.info if told is Verdict.AGREE else log.warning
                say(found.describe(), hint=found.advise(LIMITS.clock_skew_ms))
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait_s)


def _witnesses(node: Node, now_ms: int) -> Witnesses:
    found = Witnesses()
    for sent in node.store.sent(_MESSAGES):
        lines = node.store.ledger(sent.message_digest)
        found.hear((line.receipt for line in lines), recent_ms(now_ms))
    return found
