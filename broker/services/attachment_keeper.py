"""Keeps the files beside messages in step with the messages, while a node runs.

Carrying them is left to `blob_transfer`; sealing, and what a person asks for, to
`broker.app.attachments`.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from broker.core.attachments.attached import Attached
from broker.core.attachments.limits import ATTACHMENT_LIMITS
from broker.core.attachments.records import DueFile
from broker.core.codec.attaching import attaching_kinds
from broker.core.errors import BusError, RefusedError, StoreError
from broker.core.ports import Clock
from broker.services.blob_transfer import BlobTransfer
from broker.services.looking import keep_looking

_LOOK_S: Final = 2.0
_RETRY_MS: Final = 900_000
_LONGEST_MS: Final = 60_000  # between two looks, though nothing has changed


class AttachmentRecords(Protocol):
    """What the node's database knows of files beside messages."""

    def change_counter(self) -> int:
        """Returns a number that changes when anybody has written."""
        ...

    def attachments_unseen(self, kinds: Sequence[str]) -> list[bytes]:
        """Returns messages that nobody has looked into for files."""
        ...

    def note_attachments(
        self,
        message_digest: bytes,
        blobs: Iterable[bytes],
        *,
        until_ms: int,
        due_ms: int | None,
    ) -> None:
        """Notes which files lie beside a message."""
        ...

    def attachments_due(self, now_ms: int) -> list[DueFile]:
        """Returns files that are to be fetched by now."""
        ...

    def put_off_attachment(self, due: DueFile, due_ms: int | None) -> None:
        """Notes when to try again to fetch a file; None: no more."""
        ...

    def note_blob_held(self, blob: bytes, held_ms: int) -> None:
        """Notes until when the hub keeps a file of ours."""
        ...

    def blobs_to_keep_longer(self, now_ms: int) -> list[tuple[bytes, int]]:
        """Returns our files that the hub does not keep long enough."""
        ...

    def blobs_over(self, unused_before_ms: int) -> list[bytes]:
        """Returns our files that nobody may have any more, or ever will have."""
        ...

    def forget_blob(self, blob: bytes) -> None:
        """Forgets a file of ours that the hub keeps no more."""
        ...

    def blobs_known(self) -> frozenset[bytes]:
        """Returns the files that anything speaks of."""
        ...

    def end_attachment_drafts_before(self, before_ms: int) -> None:
        """Forgets the keys of files that nobody has sent since a time."""
        ...


class KeptFiles(Protocol):
    """The sealed files of the node, as far as they are cleared away."""

    def blobs(self) -> Iterator[bytes]:
        """Yields every file of which anything is here."""
        ...

    def remove(self, blob: bytes) -> bool:
        """Removes all that is here of a file."""
        ...

    def free_size(self) -> int:
        """Returns how many bytes the disk has left."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What lies beside a message.

    Attributes:
        files: In the order in which it names them.
        expires_ms: Until when the message may be delivered.
        received: Whether others sent it.
    """

    files: tuple[Attached, ...] = ()
    expires_ms: int = 0
    received: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeeperPorts:
    """What the keeper works with.

    Attributes:
        store: The node's database.
        files: Its sealed files.
        transfer: Carries them.
        beside: Returns what lies beside a message; None while nobody may read it yet;
            nothing where nobody ever will.
        clock: The time.
        automatic_max_size: Bytes of the files of one message that are fetched
            unasked; 0: none are.
    """

    store: AttachmentRecords
    files: KeptFiles
    transfer: BlobTransfer
    beside: Callable[[bytes], Beside | None]
    clock: Clock
    automatic_max_size: int = 0


class AttachmentKeeper:
    """Looks again and again what is due about files beside messages."""

    def __init__(self, ports: KeeperPorts) -> None:
        self._ports = ports
        self._log = structlog.get_logger("attachments")
        self._seen = -1
        self._due_ms = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set."""
        await keep_looking(
            self.look,
            stop,
            every_s=_LOOK_S,
            waiting="files beside messages wait",
            name="attachments",
        )

    async def look(self) -> None:
        """Does what is due.

        1. What lies beside messages that came or went is noted.
        2. What nobody may have any more is taken from the hub, and then from here.
        3. What has to lie at the hub longer is kept longer.
        4. What is fetched unasked is fetched.

        Raises:
            StoreError: The store cannot be read or written.
            BusError: The hub cannot be asked; it is due still.
        """
        now_ms = self._ports.clock.now_ms()
        changes = self._ports.store.change_counter()
        if changes == self._seen and now_ms < self._due_ms:
            return
        await asyncio.to_thread(self._note, now_ms)
        await asyncio.to_thread(self._clear, now_ms)
        await self._drop(now_ms)
        await self._keep_longer(now_ms)
        await self._fetch(now_ms)
        self._seen, self._due_ms = changes, now_ms + _LONGEST_MS

    def _note(self, now_ms: int) -> None:
        ports = self._ports
        for digest in ports.store.attachments_unseen(attaching_kinds()):
            found = ports.beside(digest)
            if found is None:
                continue
            size = sum(one.size for one in found.files)
            unasked = found.received and size <= ports.automatic_max_size
            ports.store.note_attachments(
                digest,
                [one.blob for one in found.files],
                until_ms=found.expires_ms + ATTACHMENT_LIMITS.grace_ms,
                due_ms=now_ms if unasked else None,
            )

    def _clear(self, now_ms: int) -> None:
        """Removes what no message speaks of: their key is destroyed already."""
        ports = self._ports
        ports.store.end_attachment_drafts_before(now_ms - ATTACHMENT_LIMITS.draft_ms)
        # The files first: one that is begun meanwhile is known by the time we ask.
        there = list(ports.files.blobs())
        if there:
            known = ports.store.blobs_known()
            for blob in there:
                if blob not in known:
                    ports.files.remove(blob)

    async def _drop(self, now_ms: int) -> None:
        store = self._ports.store
        for blob in store.blobs_over(now_ms - ATTACHMENT_LIMITS.unused_ms):
            try:
                await self._ports.transfer.drop(blob)
            except RefusedError as error:
                # A hub that refuses keeps nobody else's files waiting. Tried again.
                self._log.warning("a file is still at the hub", reason=str(error))
                continue
            store.forget_blob(blob)

    async def _keep_longer(self, now_ms: int) -> None:
        store = self._ports.store
        for blob, until_ms in store.blobs_to_keep_longer(now_ms):
            try:
                held_ms = await self._ports.transfer.bring(blob, until_ms)
            except (RefusedError, StoreError) as error:
                self._log.warning("a file beside a message", reason=str(error))
                held_ms = until_ms  # not asked for again and again
            # A hub keeps nothing longer than it keeps anything.
            store.note_blob_held(blob, max(held_ms, until_ms))

    async def _fetch(self, now_ms: int) -> None:
        store = self._ports.store
        for due in store.attachments_due(now_ms):
            again_ms = await self._fetch_one(due, now_ms)
            store.put_off_attachment(due, again_ms)

    async def _fetch_one(self, due: DueFile, now_ms: int) -> int | None:
        """Fetches a file; returns when to try again, or None."""
        found = await asyncio.to_thread(self._ports.beside, due.message_digest)
        files = () if found is None else found.files
        for file in files:
            if file.blob != due.blob:
                continue
            if not self._has_room(file):
                self._log.warning("not fetched", reason="the disk is nearly full")
                return now_ms + _RETRY_MS
            try:
                await self._ports.transfer.fetch(file)
            except BusError:
                return now_ms + _RETRY_MS
            except RefusedError as error:
                self._log.warning("not fetched", reason=str(error))
        return None

    def _has_room(self, file: Attached) -> bool:
        left = self._ports.files.free_size() - file.size
        return left >= ATTACHMENT_LIMITS.unasked_free_size
