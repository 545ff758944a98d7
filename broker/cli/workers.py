"""Further relay workers: processes of their own, started again when they end.

One process cannot use more than one core for most of what a relay does.
"""

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog

_RESTART_S: Final = 1.0
_LOOK_S: Final = 0.5


async def keep_worker(
    folder: Path, number: int, passphrase: bytes, stop: asyncio.Event
) -> None:
    """Runs one relay worker until `stop` is set."""
    log = structlog.get_logger("hub")
    stopping = asyncio.create_task(stop.wait())
    while not stop.is_set():
        process = await _start(folder, number, passphrase)
        ended = asyncio.create_task(process.wait())
        await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            with suppress(ProcessLookupError):
                process.terminate()
            await ended
            return
        log.error("relay worker ended", number=number, exit_code=ended.result())
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _RESTART_S)


async def stop_with_parent(parent: int, stop: asyncio.Event) -> None:
    """Sets `stop` when the process that started this one is gone."""
    while not stop.is_set():
        if os.getppid() != parent:
            stop.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _LOOK_S)


async def _start(
    folder: Path, number: int, passphrase: bytes
) -> asyncio.subprocess.Process:
    # Through a pipe: neither arguments nor environment are private.
    read_end, write_end = os.pipe()
    try:
        os.write(write_end, passphrase)
        os.close(write_end)
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "broker.cli", "hub", "run", str(folder)),
            *("--only", "relay", "--worker", str(number)),
            *("--parent", str(os.getpid())),
            *("--passphrase-file", f"/dev/fd/{read_end}"),
            pass_fds=(read_end,),
            # Ctrl-C is for the parent, which tells its children.
            start_new_session=True,
        )
    finally:
        os.close(read_end)
