"""Looks whether a running hub does its work: bus, registrar, relay, log.

It asks as a client would, from beside the hub: nothing is taken on the word of a
process. Starting what does not run is left to whoever asked.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Final

from broker.app.files_over_bus import FilesOverBus
from broker.app.finding import Finding
from broker.app.hub_folder import Hub
from broker.app.hub_link import connected
from broker.app.hub_upkeep import look_ahead, look_at_bus
from broker.app.timekeeping import look_at_stamps
from broker.app.witness_figures import look_at_witnesses
from broker.core import subjects
from broker.core.audit.checkpoint import open_checkpoint
from broker.core.errors import BrokerError, ConfigurationError
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.log_store import LogStore
from broker.infra.nats_audit_tail import NatsLogTail
from broker.infra.nats_border import jetstream_answer
from broker.infra.nats_bus import Bus
from keys.directory.client import DirectoryClient
from keys.directory.model import DirectoryView
from keys.errors import KeysError
from keys.notes import NoteVerifier

_CONNECT_S: Final = 5.0
_ANSWER_S: Final = 5.0
_PATIENCE_S: Final = 5.0
_LOOK_S: Final = 0.1


async def check_hub(hub: Hub) -> list[Finding]:
    """Returns what is well with a hub, and what is not.

    1. The bus lets the hub in. 2. The registrar serves a directory that verifies and
    is in force. 3. A relay worker waits for submissions or works on some. 4. The log
    has taken in what the ledger held when it was asked, and signed it. 5. What is
    signed and certified holds for a while yet, and the log is time-stamped.
    """
    ahead = [*look_ahead(hub), *look_at_stamps(hub)]  # 5
    try:
        async with _connected(hub) as bus:  # 1
            return [
                Finding(name="bus", well=True, text=f"answers at {hub.bus_url}"),
                *await _beyond_the_bus(hub, bus),
                *ahead,
                *await look_at_bus(hub),
                *look_at_witnesses(hub),
            ]
    except BrokerError as error:
        return [
            Finding(
                name="bus",
                well=False,
                text=str(error),
                hint=f"does the hub run, with a nats-server at {hub.bus_url}?",
            ),
            *ahead,
        ]


async def _beyond_the_bus(hub: Hub, bus: Bus) -> list[Finding]:
    view: list[DirectoryView] = []

    async def directory() -> str:
        view.append(await _directory(hub, bus))
        parties = len(view[0].parties)
        return f"serves version {view[0].version} of the directory, {parties} parties"

    async def log() -> str:
        return await _log(hub, bus, view[0]) if view else "not looked at"

    return [
        await _finding(
            "registrar", directory, "is one running, with this folder?"
        ),  # 2
        await _finding("relay", lambda: _relay(bus), "is a relay worker running?"),  # 3
        await _finding("log", log, "is the log writer running? is the disk full?"),  # 4
    ]


async def _finding(name: str, look: Callable[[], Awaitable[str]], hint: str) -> Finding:
    try:
        return Finding(name=name, well=True, text=await look())
    except (BrokerError, KeysError) as error:
        return Finding(name=name, well=False, text=str(error), hint=hint)


async def _directory(hub: Hub, bus: Bus) -> DirectoryView:
    own = subjects.DIRECTORY_REQUESTS.replace("*", hub.keys.account.public)
    files = FilesOverBus(bus, asyncio.get_running_loop(), subject=own)
    client = DirectoryClient(
        hub.folder.directory_copy / "check", hub.federation.root, files.fetch
    )
    return await asyncio.to_thread(client.refresh, SYSTEM_CLOCK.now_ms())


async def _relay(bus: Bus) -> str:
    """Returns how much waits.

    Raises:
        BrokerError: Nobody asks for submissions, nor has any in hand.
    """
    question = subjects.durable_state(subjects.IN, subjects.RELAY)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                state = jetstream_answer(await bus.request(question, b"", _ANSWER_S))
                if state["num_waiting"] or state["num_ack_pending"]:
                    return f"at work, {state['num_pending']} submission(s) wait"
                # A worker may be just between two questions.
                await asyncio.sleep(_LOOK_S)
    except TimeoutError:
        raise BrokerError("nobody asks for submissions") from None


async def _log(hub: Hub, bus: Bus, view: DirectoryView) -> str:
    """Returns how far the log has come.

    Raises:
        BrokerError: It lags behind the ledger, is not of this ledger, or did not
            sign what it holds.
    """
    try:
        reader = LogStore.open_reader(hub.folder.log)
    except ConfigurationError as error:
        raise BrokerError("there is no log yet") from error
    with reader:
        head, broken = reader.head(), reader.count_broken()
        # Beginning with the entry that the log took last, which must be there.
        waiting = await NatsLogTail(bus).after(max(0, head.last_sequence - 1))
        if head.last_sequence not in (0, *(one.sequence for one in waiting[:1])):
            raise BrokerError(
                "the ledger does not hold what the log took in last: was one of them "
                "restored without the other?"
            )
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while waiting and head.last_sequence < waiting[-1].sequence:
                    await asyncio.sleep(_LOOK_S)
                    head = reader.head()
        except TimeoutError:
            raise BrokerError(
                f"stands still at {head.size} entries, while the ledger has more"
            ) from None
    if not head.checkpoint:
        return "empty, and nothing to log"
    verifier = NoteVerifier(view.federation.log_origin, view.federation.log_key)
    checkpoint = open_checkpoint(head.checkpoint, verifier)
    kept = f"; {broken} went in after the hub's promise" if broken else ""
    return f"{checkpoint.size} entries, signed, and the ledger has no more{kept}"


def _connected(hub: Hub) -> AbstractAsyncContextManager[Bus]:
    name = f"check-{os.getpid()}"
    permissions = subjects.check_permissions(subjects.inbox_prefix(name))
    return connected(
        hub, name, permissions, on_problem=lambda _: None, wait_s=_CONNECT_S
    )
