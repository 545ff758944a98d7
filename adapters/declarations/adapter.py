"""Takes manifests and declarations in, and shows a person what is being looked for.

It is given what the watch-list is made from, and seizures for the rows of the CEN.
Giving the list to customs is left to `adapters.customs`.
"""

import asyncio
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from adapters.contract import AdapterKind, Desk
from adapters.customs.book import KINDS, Book
from adapters.customs.drawing import Drawing, kind_name
from adapters.customs.terms import party_term
from adapters.declarations.cen_folder import CenFolder
from adapters.declarations.intake import Intake
from adapters.declarations.limits import Limits
from adapters.declarations.screening import Bounds
from adapters.declarations.settings import DeclarationSettings
from adapters.drop_folder import DropFolder, GoneError, UnfitFileError
from adapters.errors import RejectedError, SystemAwayError
from adapters.values import Consumed, Delivery, Finding, Received, Withdrawal
from broker.core.errors import StoreError

SEIZURE: Final = "recovery-record"
"""The kind that rows of the CEN are made from, without version."""

_KEY_SIZE: Final = 32  # bytes


class DeclarationAdapter:
    """Screens what customs are told against what other States have warned of.

    Args:
        settings: What an operator has set.
        desk: What the node gives.
    """

    def __init__(self, settings: DeclarationSettings, desk: Desk) -> None:
        self._settings = settings
        self._desk = desk
        # Names are compared within this process only, so the key need not outlive it.
        key = secrets.token_bytes(_KEY_SIZE)
        self._book = Book(
            desk,
            Drawing(party=desk.party, party_key=key, keep_days=settings.keep_days),
        )
        self._intake = Intake(
            self._book,
            desk,
            partial(party_term, key),
            Bounds(threshold=settings.threshold, meetings_max=settings.meetings_max),
            Limits(size_max=settings.size_max),
        )
        self._cen = None if settings.cen is None else CenFolder(settings.cen)
        self._inbox = (
            None
            if settings.inbox is None
            else DropFolder(settings.inbox, settings.size_max)
        )

    async def check(self) -> Sequence[Finding]:
        """Looks whether the folders are there and may be used."""
        folders = (("inbox", self._settings.inbox), ("cen", self._settings.cen))
        return [_finding(name, folder) for name, folder in folders if folder]

    async def deliver(self, delivery: Delivery) -> Consumed:
        """Looks out for it from now on, or writes rows about it.

        Raises:
            RejectedError: It is of no use here.
            SystemAwayError: The folder for the rows is not there.
        """
        name = kind_name(delivery)
        if name == SEIZURE:
            if self._cen is None:
                return Consumed(note="no folder is set for rows about seizures")
            emission = await asyncio.to_thread(self._cen.write, delivery)
            return Consumed(emissions=(emission,))
        if name not in KINDS:
            return Consumed(note="nothing that goods are compared with")
        entry = await self._book.take(delivery)
        if entry is None:
            return Consumed(note="nothing in it that goods could be compared with")
        return Consumed(note=f"looked out for as {entry.entry_id}; held in memory only")

    async def withdraw(self, withdrawal: Withdrawal) -> Consumed:
        """Looks out for it no longer, and destroys the rows about it.

        Raises:
            SystemAwayError: The folder for the rows is not there.
        """
        if self._cen is not None:
            await asyncio.to_thread(self._cen.destroy, withdrawal.message_digest)
        name = await self._book.withdraw(withdrawal)
        if not name:
            return Consumed(note="it was not looked out for")
        return Consumed(note=f"{name} is looked out for no longer, or for less")

    async def mend(self, received: Received) -> None:
        """Screens what a person has mended, or wants screened again.

        Raises:
            RejectedError: It still cannot be read, or not all of it.
        """
        await self._intake.take(received)

    async def run(self, stop: asyncio.Event) -> None:
        """Takes files in, until `stop` is set.

        Raises:
            SystemAwayError: The folder cannot be used, or something in it; or the node
                can store nothing: files stay where they are.
        """
        if self._inbox is not None:
            await self._catch_up()
        while self._inbox is not None and not stop.is_set():
            await self._look(self._inbox, stop)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._settings.poll_s)
        await stop.wait()

    async def _catch_up(self) -> None:
        """Looks out for all there is, before the first file is compared with it.

        After a stand-still alerts wait for this adapter, and so do files: a file that
        came first would never be compared with what an alert says.
        """
        async for delivery in self._desk.again(sorted(KINDS)):
            # One of no use is said to be so when it is delivered.
            with suppress(RejectedError):
                await self._book.take(delivery)

    async def _look(self, inbox: DropFolder, stop: asyncio.Event) -> None:
        """Takes in what lies there. One file that is stuck does not hold the others."""
        stuck: OSError | SystemAwayError | StoreError | None = None
        names = await asyncio.to_thread(inbox.look)
        if names:
            await self._book.expire()
        for name in names:
            if stop.is_set():
                return
            try:
                await self._take(inbox, name)
            except GoneError:
                continue
            except (SystemAwayError, StoreError, OSError) as error:
                # Where only no more dead letters, or proposals, are taken, files that
                # make none are screened all the same.
                stuck = error
        if stuck is not None:
            raise SystemAwayError("a file in the folder is stuck") from stuck

    async def _take(self, inbox: DropFolder, name: str) -> None:
        """Takes one file in. It goes once all that came of it is durable.

        Raises:
            StoreError: Nothing could be stored.
            SystemAwayError: It cannot be read now.
            OSError: It cannot be removed now; it comes again, to the same effect.
        """
        try:
            received = await asyncio.to_thread(inbox.read, name)
        except UnfitFileError as error:
            self._log_refused(error.code)
            await asyncio.to_thread(inbox.refuse, name, f"{error.code}: {error}")
            return
        try:
            await self._intake.take(received)
        except RejectedError as error:
            await self._set_aside(inbox, name, received, error)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - a hostile file must not end the rest
            await self._set_aside(inbox, name, received, error)
        await asyncio.to_thread(inbox.remove, name)

    async def _set_aside(
        self, inbox: DropFolder, name: str, received: Received, error: Exception
    ) -> None:
        number = await self._desk.set_aside(received, error)
        code = error.code if isinstance(error, RejectedError) else "fault"
        self._log_refused(code)
        reason = str(error) if isinstance(error, RejectedError) else "a fault of ours"
        text = f"{code}: {reason}\nIt is kept as dead letter {number}."
        await asyncio.to_thread(inbox.explain, name, text)

    def _log_refused(self, code: str) -> None:
        log = structlog.get_logger("adapter")
        log.warning("file refused", adapter=self._desk.name, code=code)


def _finding(name: str, folder: Path) -> Finding:
    ok = folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)
    return Finding(
        ok=ok,
        what=f"{name} {folder}",
        advice="" if ok else "make it, and let the node's user read and write there",
    )


KIND: Final = AdapterKind(
    name="declarations",
    title="manifests and declarations of customs, screened",
    settings=DeclarationSettings,
    make=DeclarationAdapter,
)
"""The entry point."""
