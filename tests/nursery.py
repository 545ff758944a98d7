"""Processes of the product that begin where it is loaded already.

Loading the product takes seconds of the processor, and the scenarios start hundreds of
processes. One process in each worker loads it once, and forks for each that is asked
for: a process of its own from then on, with its own command line, environment, files
and end. What is asked for is left to `tests.part`; run as a program, this is the
process that forks.
"""

import asyncio
import atexit
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from typing import Final, Self

_REQUEST_SIZE_MAX: Final = 65_536
_DRAINED_S: Final = 1.0


class Child:
    """A forked process, as `asyncio.subprocess.Process` would show it.

    Attributes:
        pid: Its number.
        stdout: What it says there; None when that is thrown away.
        stderr: What it says there.
    """

    def __init__(
        self, pid: int, end: "Future[int]", err: "_Pipe", out: "_Pipe | None"
    ) -> None:
        self.pid = pid
        self.stderr = err.reader
        self.stdout = None if out is None else out.reader
        self._pipes = [one for one in (out, err) if one is not None]
        self._end = end

    @property
    def returncode(self) -> int | None:
        """How it ended, minus the signal's number for one; None while it runs."""
        return self._end.result() if self._end.done() else None

    async def wait(self) -> int:
        """Returns how it ended, once it has."""
        # Whoever gives up waiting does not end the process.
        code = await asyncio.shield(asyncio.wrap_future(self._end))
        for pipe in self._pipes:
            await pipe.drained()
        return code

    async def communicate(self) -> tuple[bytes, bytes]:
        """Returns all it says until its end."""
        readers = [one.reader for one in self._pipes]
        stdout, stderr = await asyncio.gather(*(one.read() for one in readers))
        await self.wait()
        return stdout, stderr


class _Pipe:
    """What comes from one end of a pipe whose other end a child has."""

    def __init__(self) -> None:
        self.reader = asyncio.StreamReader()
        self._over = asyncio.Event()
        self._transport: asyncio.ReadTransport

    @classmethod
    async def on(cls, end: int) -> Self:
        made = cls()
        made._transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: _Protocol(made.reader, made._over), os.fdopen(end, "rb", 0)
        )
        return made

    async def drained(self) -> None:
        """Returns once all is read; what somebody else still holds open is closed."""
        try:
            async with asyncio.timeout(_DRAINED_S):
                await self._over.wait()
        except TimeoutError:
            self._transport.close()


class _Protocol(asyncio.StreamReaderProtocol):
    def __init__(self, reader: asyncio.StreamReader, over: asyncio.Event) -> None:
        super().__init__(reader)
        self._ended = over

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._ended.set()


class Nursery:
    """The process that forks, as seen by who asks it to."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, this file
                [sys.executable, "-m", __name__, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=environment(),
                pass_fds=(theirs.fileno(),),
            )
        self._socket = ours
        self._asking = threading.Lock()
        self._births: dict[int, Future[int]] = defaultdict(Future)
        self._ends: dict[int, Future[int]] = defaultdict(Future)
        self._count = 0
        threading.Thread(target=self._listen, name="nursery", daemon=True).start()
        atexit.register(self._close)

    async def fork(self, code: str, arguments: Sequence[str], *, stdout: bool) -> Child:
        """Starts a process.

        Args:
            code: What it runs.
            arguments: Its command line.
            stdout: Whether what it says there is kept; standard error always is.
        """
        read, write = zip(*(os.pipe() for _ in range(1 + stdout)), strict=True)
        try:
            born, end = await asyncio.to_thread(self._ask, code, arguments, write)
        finally:
            for one in write:
                os.close(one)
        pipes = [await _Pipe.on(one) for one in read]
        return Child(born, end, pipes[0], pipes[1] if stdout else None)

    def _ask(
        self, code: str, arguments: Sequence[str], ends: Sequence[int]
    ) -> tuple[int, "Future[int]"]:
        # One at a time: requests that came together would be read as one.
        with self._asking:
            self._count = number = self._count + 1
            request = json.dumps([number, str(Path.cwd()), code, *arguments]).encode()
            assert len(request) < _REQUEST_SIZE_MAX
            socket.send_fds(self._socket, [request], list(ends))
            return self._births[number].result(timeout=60), self._ends[number]

    def _listen(self) -> None:
        with self._socket.makefile("r") as answers:
            for line in answers:
                what, number, value = line.split()
                known = self._births if what == "born" else self._ends
                known[int(number)].set_result(int(value))

    def _close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._process.wait()


@cache
def nursery() -> Nursery:
    """Returns the one of this worker, made when it is first asked for."""
    return Nursery()


def environment() -> dict[str, str]:
    """Returns what processes of the product find in theirs."""
    return {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}


def _serve(requests: socket.socket) -> str:
    """Forks for each request; returns in each child, with the code that it runs."""
    living: dict[int, int] = {}

    def say(what: str, number: int, value: int) -> None:
        requests.sendall(f"{what} {number} {value}\n".encode())

    def bury(*_: object) -> None:
        while living:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            say("ended", living.pop(pid), os.waitstatus_to_exitcode(status))

    signal.signal(signal.SIGCHLD, bury)
    while True:
        request, ends, _, _ = socket.recv_fds(requests, _REQUEST_SIZE_MAX, 2)
        if not request:
            break
        number, folder, code, *arguments = json.loads(request)
        # Nobody is told of an end before the birth.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        pid = os.fork()
        if not pid:
            requests.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            _become(folder, arguments, ends)
            return str(code)
        living[pid] = number
        say("born", number, pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        for one in ends:
            os.close(one)
    # Whoever asked is gone: nobody would end them.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for pid in living:
        os.kill(pid, signal.SIGKILL)
    raise SystemExit


def _become(folder: str, arguments: list[str], ends: Sequence[int]) -> None:
    os.chdir(folder)
    sys.argv[1:] = arguments
    for number, end in zip((2, 1), ends, strict=False):
        os.dup2(end, number)
        os.close(end)


def _load() -> None:
    from broker.cli.main import build  # noqa: PLC0415 - in the process that forks alone
    from broker.core.codec import strict_schema  # noqa: F401, PLC0415 - likewise

    build()
    # Children share what is there, as long as nobody touches it.
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    _load()
    exec(_serve(socket.socket(fileno=int(sys.argv[1]))), {"__name__": "__main__"})  # noqa: S102 - what a test asks for
