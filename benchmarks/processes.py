"""Processes that are measured: started, waited for, and their processor time read."""

import os
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Process:
    """A child process, ended at the end of the block.

    Args:
        command: Program and arguments.
        stderr: Where its standard error goes; a pipe to wait for its readiness.
    """

    def __init__(self, command: list[str], stderr: int = subprocess.DEVNULL) -> None:
        self._popen = subprocess.Popen(  # noqa: S603 - our own commands
            command, stdout=subprocess.DEVNULL, stderr=stderr
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._popen.send_signal(signal.SIGTERM)
        try:
            self._popen.wait(15)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
        if self._popen.stderr is not None:
            self._popen.stderr.close()

    def wait_ready(self) -> str:
        """Returns the line in which it says that it is ready, when it does.

        Raises:
            RuntimeError: It ended before.
        """
        said = b""
        if self._popen.stderr is not None:
            for line in self._popen.stderr:
                said += line
                if b"ready" in line:
                    return line.decode()
        raise RuntimeError(f"it ended: {said.decode(errors='replace')[-2000:]}")

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._popen.pid


def cpu_seconds(pid: int) -> float:
    """Returns user and system time of a process, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
