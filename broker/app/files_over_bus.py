"""The hub's files and log as a node reaches them: questions over the bus.

What is fetched is trusted only after the directory client or the audit has verified
it.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Final, TypeVar

from broker.core import subjects
from broker.core.codec.desk import (
    FileQuestion,
    LogAnswer,
    LogQuestion,
    decode_file_chunk,
    decode_log_answer,
    encode_file_question,
    encode_log_question,
)
from broker.core.errors import BusError, RefusedError
from broker.infra.nats_bus import Bus
from keys.errors import UnreachableError

_TIMEOUT_S = 10.0
_SIDE_BY_SIDE: Final = 16  # questions under way at a time
_Result = TypeVar("_Result")
_MAX_FILE = 32 << 20  # bytes


class FilesOverBus:
    """Fetches directory files for a client that blocks, on another thread.

    Args:
        bus: The party's connection.
        loop: Where it lives.
        subject: Where that account asks for files.
    """

    def __init__(
        self,
        bus: Bus,
        loop: asyncio.AbstractEventLoop,
        *,
        subject: str = subjects.DIRECTORY,
    ) -> None:
        self._bus = bus
        self._loop = loop
        self._subject = subject

    def fetch(self, path: str) -> bytes | None:
        """Returns a file, or None when the hub says that there is none.

        Must not be called on the thread of the loop.

        Raises:
            UnreachableError: Anything else.
        """
        return self._wait(self._fetch(path))

    def fetch_many(self, paths: Sequence[str]) -> dict[str, bytes | None]:
        """Returns many files, asked for side by side; None as in `fetch`.

        Must not be called on the thread of the loop.

        Raises:
            UnreachableError: The hub did not answer for all of them.
        """
        return self._wait(self._fetch_all(paths))

    def _wait(self, asking: Coroutine[Any, Any, _Result]) -> _Result:
        future = asyncio.run_coroutine_threadsafe(asking, self._loop)
        try:
            return future.result()
        except (BusError, RefusedError, asyncio.CancelledError) as error:
            raise UnreachableError(f"the hub's directory: {error}") from error

    async def _fetch_all(self, paths: Sequence[str]) -> dict[str, bytes | None]:
        waiting, files = iter(dict.fromkeys(paths)), dict[str, bytes | None]()

        async def ask() -> None:
            for path in waiting:
                files[path] = await self._fetch(path)

        asking = [asyncio.ensure_future(ask()) for _ in range(_SIDE_BY_SIDE)]
        try:
            await asyncio.gather(*asking)
        finally:
            for one in asking:
                one.cancel()
        return files

    async def _fetch(self, path: str) -> bytes | None:
        data = b""
        while True:
            answer = await self._bus.request(
                self._subject,
                encode_file_question(FileQuestion(path=path, offset=len(data))),
                _TIMEOUT_S,
            )
            chunk = decode_file_chunk(answer)
            if chunk is None:
                return None
            data += chunk.data
            if len(data) >= chunk.total:
                return data
            if not chunk.data or chunk.total > _MAX_FILE:
                raise UnreachableError(f"the hub does not send {path} whole")


async def ask_log(bus: Bus, question: LogQuestion) -> LogAnswer:
    """Puts a question about the log to the hub.

    Raises:
        BusError: The hub cannot be asked.
        ProofError: Its answer cannot be read.
    """
    answer = await bus.request(
        subjects.LOG_QUERIES, encode_log_question(question), _TIMEOUT_S
    )
    return decode_log_answer(answer)


async def ask_desk(bus: Bus, question: bytes) -> bytes:
    """Puts a question to one of the desks that are asked beside the log's proofs.

    Args:
        bus: The party's connection.
        question: A JSON object that names the desk as "ask".

    Raises:
        BusError: The hub cannot be asked, or nobody answers such questions there.
    """
    return await bus.request(subjects.LOG_QUERIES, question, _TIMEOUT_S)
