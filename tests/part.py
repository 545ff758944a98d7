"""One process of the product, started by its own command, watched, ended, killed.

Which processes make a federation is left to `tests.processes`.
"""

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.nursery import Child, environment, nursery

ENDING_S: Final = 5.0
"""Within which a process has to end that was asked to."""

_LOOK_S: Final = 0.05
_KEPT_LINES: Final = 60
_START: Final = "from broker.cli import main\nmain()\n"


async def until(
    condition: Callable[[], object],
    what: str,
    *,
    within_s: float = 30.0,
    look_s: float = _LOOK_S,
) -> None:
    """Returns once `condition` gives something true.

    For what sets no event here: a change in a file that another process writes.

    Raises:
        AssertionError: It has not come true within `within_s` seconds.
    """
    try:
        async with asyncio.timeout(within_s):
            while not condition():  # noqa: ASYNC110 - another process sets no event
                await asyncio.sleep(look_s)
    except TimeoutError:
        raise AssertionError(f"{what}: not within {within_s:g} s") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command gave."""

    code: int
    stdout: str
    stderr: str


async def rogatory(*arguments: str | Path, flaw: str = "") -> Answer:
    """Runs a command of the product to its end; `flaw` as in `Part.start`."""
    process = await _spawn(flaw, arguments, stdout=True)
    stdout, stderr = await process.communicate()
    assert process.returncode is not None
    return Answer(
        code=process.returncode, stdout=stdout.decode(), stderr=stderr.decode()
    )


class Part:
    """One process of a federation, to be started again as often as needed.

    Attributes:
        ready: Set while it runs, from the moment it said that it is ready.
        said: Its last lines on standard error.
    """

    def __init__(self, name: str, arguments: Sequence[str | Path]) -> None:
        self.name = name
        self.ready = asyncio.Event()
        self.said: deque[str] = deque(maxlen=_KEPT_LINES)
        self._heard = asyncio.Event()
        self._arguments = arguments
        self._process: asyncio.subprocess.Process | Child | None = None
        self._listening: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """Of the process, which must have been started."""
        assert self._process is not None, f"{self.name} was never started"
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.returncode is None

    async def start(self, flaw: str = "") -> None:
        """Starts the process.

        Args:
            flaw: Python that is run before the command, for a process that is to
                fail at one exact place.
        """
        assert not self.running, f"{self.name} runs already"
        self.ready.clear()
        self.said.clear()
        self._process = await _spawn(flaw, self._arguments)
        self._listening = asyncio.create_task(self._listen(self._process))

    async def start_ready(self, flaw: str = "", *, within_s: float = 30.0) -> None:
        """Starts the process and returns once it says that it is ready."""
        await self.start(flaw)
        saying = asyncio.create_task(self.ready.wait())
        assert self._listening is not None
        await asyncio.wait(
            (saying, self._listening),
            timeout=within_s,
            return_when=asyncio.FIRST_COMPLETED,
        )
        saying.cancel()
        assert self.ready.is_set(), f"{self.name} is not ready:\n{self.last_words()}"

    async def kill(self) -> None:
        """Ends it at once (SIGKILL), as a crash would; it must have been running."""
        assert self.running, self._ended_early()
        os.kill(self.pid, signal.SIGKILL)
        await self.ended()

    async def stop(self) -> int:
        """Asks it to end (SIGTERM), as an operator would; returns its exit code."""
        assert self.running, self._ended_early()
        os.kill(self.pid, signal.SIGTERM)
        return await self.ended(within_s=ENDING_S)

    async def ended(self, within_s: float = 30.0) -> int:
        """Returns the exit code once it has ended; minus the signal's number.

        Raises:
            AssertionError: It still runs after `within_s` seconds.
        """
        assert self._process is not None
        assert self._listening is not None
        try:
            async with asyncio.timeout(within_s):
                code = await self._process.wait()
        except TimeoutError:
            said = self.last_words()
            raise AssertionError(f"{self.name} does not end:\n{said}") from None
        self._listening.cancel()
        await asyncio.wait({self._listening})
        return code

    async def until_said(self, words: str, *, within_s: float = 30.0) -> None:
        """Returns once it has said `words` on standard error, since it was started."""
        try:
            async with asyncio.timeout(within_s):
                while not any(words in line for line in self.said):
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            said = self.last_words()
            raise AssertionError(f"{self.name} does not say {words}:\n{said}") from None

    def _ended_early(self) -> str:
        code = None if self._process is None else self._process.returncode
        return f"{self.name} ended by itself ({code}):\n{self.last_words()}"

    def last_words(self) -> str:
        """Returns its last lines on standard error."""
        return "\n".join(f"{self.name}: {line}" for line in self.said)

    async def _listen(self, process: asyncio.subprocess.Process | Child) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            text = line.decode(errors="replace").rstrip()
            self.said.append(text)
            self._heard.set()
            if text.startswith(("hub ready", "node of")):
                self.ready.set()


async def _spawn(
    flaw: str, arguments: Sequence[str | Path], *, stdout: bool = False
) -> asyncio.subprocess.Process | Child:
    """Starts a process; only one with a flaw loads the product itself.

    A flaw has to be there before the product is loaded.
    """
    words = list(map(str, arguments))
    if not flaw:
        return await nursery().fork(_START, words, stdout=stdout)
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        flaw + _START,
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE if stdout else asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=environment(),
    )
