"""The adapter `folder`: deliveries become files, files become documents.

What a file says is left to `dropped` and `outgoing`.
"""

import asyncio
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import structlog

from adapters.contract import AdapterDefaults, AdapterKind, Desk
from adapters.drop_folder import DropFolder, GoneError, UnfitFileError
from adapters.errors import RejectedError, SystemAwayError
from adapters.folder.dropped import submission_of
from adapters.folder.outgoing import OutFolder
from adapters.folder.settings import FolderSettings
from adapters.values import (
    Consumed,
    Delivery,
    Emission,
    Finding,
    Proposal,
    Received,
    Withdrawal,
)
from broker.core.errors import (
    DocumentError,
    HandlingError,
    RefusedError,
)
from keys.errors import PartyCodeError
from keys.framing import sha256

T = TypeVar("T")


class FolderAdapter(AdapterDefaults):
    """Two folders, or one of them.

    Args:
        settings: What the operator has set.
        desk: What the node gives.
    """

    def __init__(self, settings: FolderSettings, desk: Desk) -> None:
        self._settings = settings
        self._desk = desk
        self._out = None if settings.out is None else OutFolder(settings.out)
        self._drop = (
            None
            if settings.drop is None
            else DropFolder(settings.drop, settings.file_max_bytes)
        )

    async def check(self) -> Sequence[Finding]:
        """Looks whether the folders are there, and nobody else's."""
        return [
            finding
            for folder in (self._settings.out, self._settings.drop)
            if folder is not None
            for finding in _look(folder)
        ]

    async def deliver(self, delivery: Delivery) -> Consumed:
        """Writes a file; raises as the contract says."""
        if self._out is None:
            return Consumed(note="nothing is written out")
        out = self._out
        name, data = await asyncio.to_thread(lambda: out.write(delivery))
        emission = Emission(
            target=f"file {name}", sha256=sha256(data), handling=delivery.handling
        )
        return Consumed(emissions=(emission,))

    async def withdraw(self, withdrawal: Withdrawal) -> Consumed:
        """Removes a file, and leaves one that says so; raises as the contract says."""
        if self._out is None:
            return Consumed(note="nothing was written out")
        out = self._out
        await asyncio.to_thread(lambda: out.withdraw(withdrawal))
        return Consumed(note="removed, and said so in a file")

    async def mend(self, received: Received) -> None:
        """Takes in what a person has mended."""
        await self._take(received)

    async def run(self, stop: asyncio.Event) -> None:
        """Takes in what is dropped, until `stop` is set.

        Raises:
            SystemAwayError: The folder cannot be read or written.
            StoreError: The node cannot take anything; files stay where they are.
        """
        drop = self._drop
        while drop is not None and not stop.is_set():
            stuck: SystemAwayError | None = None
            for name in await _there(drop.look):
                if stop.is_set():
                    break
                try:
                    await self._one(drop, name)
                except SystemAwayError as error:
                    stuck = error  # one that cannot be moved holds up no other
            if stuck is not None:
                raise stuck
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._settings.look_s)
        await stop.wait()

    async def _one(self, drop: DropFolder, name: str) -> None:
        try:
            received = await asyncio.to_thread(drop.read, name)
        except GoneError:
            return
        except UnfitFileError as error:
            # Not read, so that there is nothing to mend: put it there again.
            reason = f"{error.code}: {error}"
            await _there(lambda: drop.refuse(name, reason))
            _log_refused(self._desk.name, error.code)
            return
        try:
            await self._take(received)
        except RejectedError as error:
            number = await self._desk.set_aside(received, error)
            reason = f"{error.code}\n{error}\ndead letter {number}"
            await _there(lambda: drop.refuse(name, reason))
            _log_refused(self._desk.name, error.code)
        else:
            # Durable by now. A crash before this repeats it under the same key.
            await _there(lambda: drop.remove(name))

    async def _take(self, received: Received) -> None:
        submission = submission_of(received)
        try:
            if self._settings.dropped == "send":
                await self._desk.submit(submission)
            else:
                title = f"Dropped into a folder: {submission.kind.partition('/')[0]}"
                reasons = (f"it came as a {received.source}",)
                await self._desk.propose(
                    Proposal(submission=submission, title=title, reasons=reasons)
                )
        except RefusedError as error:
            raise RejectedError(error.detail, code=error.code.value) from error
        except (DocumentError, HandlingError, PartyCodeError) as error:
            raise RejectedError(str(error), code="invalid-content") from error


def _look(folder: Path) -> Iterator[Finding]:
    try:
        mode = folder.stat().st_mode
        (folder / ".looked").touch(mode=0o600)
        (folder / ".looked").unlink()
    except OSError as error:
        yield Finding(
            ok=False,
            what=f"{folder}: {error.strerror}",
            advice="Make the folder, for the user that runs the adapters.",
        )
        return
    yield Finding(ok=stat.S_ISDIR(mode), what=f"{folder} can be written")
    yield Finding(
        ok=not mode & stat.S_IRWXO,
        what=f"{folder} is closed to others",
        advice=f"Close it: chmod o-rwx {folder}",
    )


async def _there(act: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(act)
    except OSError as error:
        raise SystemAwayError(f"the folder: {error.strerror}") from error


def _log_refused(adapter: str, code: str) -> None:
    structlog.get_logger("adapter").warning("file refused", adapter=adapter, code=code)


KIND = AdapterKind(
    name="folder",
    title="files in folders: written out, and dropped in",
    settings=FolderSettings,
    make=FolderAdapter,
)
