"""Brings sealed files to the hub and fetches them, chunk by chunk, side by side.

What is in them is left to `broker.core.attachments`. Whatever broke off is gone on
with: what is there already is asked for first.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Final, Protocol

from broker.core.attachments.attached import Attached
from broker.core.attachments.manifest import Manifest, check_fits
from broker.core.codec.desk_blobs import (
    BlobState,
    ChunkQuestion,
    HoldQuestion,
    PartQuestion,
    decode_answer,
    decode_state,
    encode_chunk,
    encode_drop,
    encode_has,
    encode_hold,
    encode_part,
)
from broker.core.errors import (
    BusRefusedError,
    BusUnavailableError,
    Code,
    RefusedError,
    StoreError,
)

SIDE_BY_SIDE: Final = 3  # chunks under way at a time: others share the line
_ATTEMPTS: Final = 3  # for each question that nobody answers

Ask = Callable[[bytes], Awaitable[bytes]]
"""Puts a question to the hub."""
Told = Callable[[int, int], None]
"""Is told how many bytes are done, of how many."""


class SealedFiles(Protocol):
    """Where a node keeps sealed files."""

    def begin(self, blob: bytes, manifest: bytes) -> None:
        """Stores the list of chunks of a file."""
        ...

    def manifest(self, blob: bytes) -> Manifest | None:
        """Returns the list of chunks of a file; None if nothing of it is here."""
        ...

    def missing(self, blob: bytes) -> tuple[int, ...] | None:
        """Returns which chunks are not here; None if nothing of it is."""
        ...

    def put(self, blob: bytes, number: int, sealed: bytes) -> None:
        """Stores one chunk, if it is that chunk."""
        ...

    def get(self, blob: bytes, number: int) -> bytes | None:
        """Returns one chunk; None if it is not here."""
        ...


def _unheard(_done: int, _of: int) -> None:
    """Takes what nobody wants to know."""


class BlobTransfer:
    """Carries sealed files between a node's disk and the hub.

    Args:
        files: The node's.
        ask: Asks the hub.
    """

    def __init__(self, files: SealedFiles, ask: Ask) -> None:
        self._files = files
        self._ask = ask

    async def bring(self, blob: bytes, until_ms: int, told: Told = _unheard) -> int:
        """Has the hub keep a file that is here, whole, until a time.

        Returns:
            Until when it says that it keeps it, in ms since the epoch.

        Raises:
            RefusedError: The hub does not take it, for want of room for example.
            StoreError: It is not here.
            BusError: The hub cannot be asked. What has arrived there stays.
        """
        manifest = self._files.manifest(blob)
        if manifest is None:
            raise StoreError("a file that is to be sent is not here any more")
        question = HoldQuestion(
            blob=blob, until_ms=until_ms, manifest=manifest.to_bytes()
        )
        state = await self._state(encode_hold(question))
        missing = () if state.missing is None else state.missing
        counted = _Count(manifest, missing, told)

        async def bring_one(number: int) -> None:
            sealed = await asyncio.to_thread(self._files.get, blob, number)
            if sealed is None:
                raise StoreError("a file that is to be sent is not here whole")
            chunk = ChunkQuestion(blob=blob, number=number, sealed=sealed)
            await self._answer(encode_chunk(chunk))
            counted.add(number)

        await _side_by_side(missing, bring_one)
        state = await self.state(blob)
        if state.missing != () or not state.until_ms:
            raise RefusedError(Code.INVALID_ATTACHMENT, "the hub has not kept it whole")
        return state.until_ms

    async def fetch(self, file: Attached, told: Told = _unheard) -> None:
        """Fetches what is not here yet of a file beside a message.

        Raises:
            RefusedError: INVALID_ATTACHMENT, when the hub has it no more or it is not
                what the message says; OVERSIZE, when it is more than anybody may send.
            StoreError: It cannot be stored.
            BusError: The hub cannot be asked. What has arrived here stays.
        """
        file.check()
        manifest = await asyncio.to_thread(self._files.manifest, file.blob)
        if manifest is None:
            data = await self._part(file.blob, None)
            # Before anything is stored: what claims to be small must not be large.
            check_fits(Manifest.named(file.blob, data), file.size, file.chunk_size)
            await asyncio.to_thread(self._files.begin, file.blob, data)
            manifest = Manifest.from_bytes(data)
        check_fits(manifest, file.size, file.chunk_size)
        missing = await asyncio.to_thread(self._files.missing, file.blob) or ()
        counted = _Count(manifest, missing, told)

        async def fetch_one(number: int) -> None:
            sealed = await self._part(file.blob, number)
            await asyncio.to_thread(self._files.put, file.blob, number, sealed)
            counted.add(number)

        await _side_by_side(missing, fetch_one)

    async def drop(self, blob: bytes) -> None:
        """Tells the hub that it need not keep a file for us any more.

        Raises:
            RefusedError: It does not understand.
            BusError: It cannot be asked.
        """
        await self._state(encode_drop(blob))

    async def state(self, blob: bytes) -> BlobState:
        """Returns what the hub has of a file, and until when it keeps it for us.

        Raises:
            RefusedError: It does not understand, or is not understood.
            BusError: It cannot be asked.
        """
        return await self._state(encode_has(blob))

    async def _state(self, question: bytes) -> BlobState:
        return decode_state(await self._answer(question))

    async def _part(self, blob: bytes, number: int | None) -> bytes:
        question = encode_part(PartQuestion(blob=blob, number=number))
        part = decode_answer(await self._answer(question))
        if part is None:
            raise RefusedError(
                Code.INVALID_ATTACHMENT,
                "the hub does not have it, or not any more: its time is over, or it "
                "was taken back",
            )
        return part

    async def _answer(self, question: bytes) -> bytes:
        for _ in range(_ATTEMPTS - 1):
            with suppress(BusUnavailableError):
                return await self._answer_once(question)
        return await self._answer_once(question)

    async def _answer_once(self, question: bytes) -> bytes:
        try:
            return await self._ask(question)
        except BusRefusedError as error:
            # It is the file that is not taken, and not the party.
            raise RefusedError(Code.INVALID_ATTACHMENT, str(error)) from error


class _Count:
    """Adds up what is done of a file."""

    def __init__(self, manifest: Manifest, missing: Iterable[int], told: Told) -> None:
        self._manifest = manifest
        self._told = told
        self._done = manifest.size - sum(map(manifest.size_of, missing))
        told(self._done, manifest.size)

    def add(self, number: int) -> None:
        """Takes a chunk for done."""
        self._done += self._manifest.size_of(number)
        self._told(self._done, self._manifest.size)


async def _side_by_side(
    numbers: Iterable[int], work: Callable[[int], Awaitable[None]]
) -> None:
    """Works on some numbers at a time; what fails ends the others, and is raised."""
    waiting = iter(numbers)

    async def go_on() -> None:
        for number in waiting:
            await work(number)

    going = [asyncio.ensure_future(go_on()) for _ in range(SIDE_BY_SIDE)]
    try:
        await asyncio.gather(*going)
    finally:
        for one in going:
            one.cancel()
        # A chunk that a thread is writing still will be there whole, or not at all.
        await asyncio.gather(*going, return_exceptions=True)
