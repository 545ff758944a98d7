"""The services of docker-compose.yml as processes of this machine, without an engine.

Commands, environment, secrets, health checks and order are those of the file. What a
container would bring is put in their place: folders for volumes, free ports, and this
installation for the images. What is tested with it is left to the tests.
"""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from broker.infra import nats_embedded

PROJECT: Final = Path(__file__).resolve().parent.parent
PATIENCE_S: Final = 120.0  # a quarter of it where nothing else runs
_LOOK_S: Final = 1.0  # each look starts a process
# What the image of nats brings under this name; a fresh machine may have none.
_WGET: Final = "import sys, urllib.request as u; u.urlopen(sys.argv[-1], timeout=5)"


def compose_file() -> dict[str, Any]:
    """Returns the file as it is written, with its anchors resolved."""
    text = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document


def is_step(service: Mapping[str, Any]) -> bool:
    """Tells whether a service does one thing and ends."""
    return bool(service["restart"] == "no")


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended."""

    code: int
    output: str
    errors: str


class ComposeWorld:
    """Everything that `docker compose up` would start.

    Args:
        folder: For volumes and secrets.
    """

    def __init__(self, folder: Path) -> None:
        self.document = compose_file()
        self.services: dict[str, Any] = self.document["services"]
        self.volumes = {
            name: folder / "volumes" / name for name in self.document["volumes"]
        }
        self._secrets = folder / "secrets"
        self._logs = folder / "logs"
        self._ports: dict[str, str] = {}
        self._places = self._made_places()
        self._done: dict[str, asyncio.Event] = {}
        self._running: dict[str, asyncio.subprocess.Process] = {}

    async def up(self) -> None:
        """Starts every service in its order; returns once all are healthy.

        Raises:
            AssertionError: A step failed, or a service ended or is not healthy.
        """
        self._done = {name: asyncio.Event() for name in self.services}
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
            for name in self.services:
                tasks.create_task(self._bring_up(name))

    async def run(self, name: str, command: Sequence[str]) -> Ended:
        """Runs a command as `docker compose exec` would, and waits for its end."""
        process = await self._start(name, command, asyncio.subprocess.PIPE)
        output, errors = await process.communicate()
        assert process.returncode is not None
        return Ended(process.returncode, output.decode(), errors.decode())

    async def down(self) -> dict[str, int]:
        """Asks every service to end, last started first; returns their exit codes."""
        codes = {}
        for name, process in reversed(self._running.items()):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            codes[name] = await process.wait()
        self._running.clear()
        return codes

    def kill(self) -> None:
        """Ends at once whatever still runs."""
        for process in self._running.values():
            with contextlib.suppress(ProcessLookupError):
                process.kill()

    async def _bring_up(self, name: str) -> None:
        service = self.services[name]
        for other, wanted in service.get("depends_on", {}).items():
            ends = wanted["condition"] == "service_completed_successfully"
            assert ends == is_step(self.services[other]), (name, other)
            await self._done[other].wait()
        if is_step(service):
            ended = await self.run(name, service["command"])
            assert ended.code == 0, (name, ended)
        elif name not in self._running:
            with (self._logs / name).open("wb") as log:
                process = await self._start(name, service["command"], log.fileno())
            self._running[name] = process
            await self._until_healthy(name)
        self._done[name].set()

    async def _until_healthy(self, name: str) -> None:
        kind, *check = self.services[name]["healthcheck"]["test"]
        assert kind == "CMD"
        while (ended := await self.run(name, check)).code:
            running = self._running[name].returncode is None
            assert running, (name, (self._logs / name).read_text(), ended)
            await asyncio.sleep(_LOOK_S)

    async def _start(
        self, name: str, command: Sequence[str], output: int
    ) -> asyncio.subprocess.Process:
        program, *arguments = (self._placed(word) for word in command)
        environment = {
            key: self._placed(value)
            for key, value in self.services[name].get("environment", {}).items()
        }
        return await asyncio.create_subprocess_exec(
            *_program(program),
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.PIPE
            if output == asyncio.subprocess.PIPE
            else asyncio.subprocess.STDOUT,
            env={"PATH": os.environ["PATH"], **environment},
        )

    def _made_places(self) -> dict[str, Path]:
        """Makes volumes, secrets and bind mounts; returns where paths lead."""
        self._logs.mkdir(parents=True)
        places: dict[str, Path] = {}
        for service in self.services.values():
            for mount in service.get("volumes", ()):
                source, target = mount.split(":")[:2]
                place = self.volumes.get(source, PROJECT / source)
                assert places.setdefault(target, place) == place, mount
        for volume in self.volumes.values():
            volume.mkdir(parents=True)
        for target, place in places.items():
            for outer, outside in places.items():
                if target.startswith(f"{outer}/"):  # a mount inside another
                    (outside / target.removeprefix(f"{outer}/")).symlink_to(place)
        self._secrets.mkdir()
        for name, secret in self.document["secrets"].items():
            place = self._secrets / name
            shutil.copy(PROJECT / f"{secret['file']}.example", place)
            places[f"/run/secrets/{name}"] = place
        return places

    def _placed(self, word: str) -> str:
        """Returns a word of the file as it is on this machine."""
        targets = sorted(self._places, key=len, reverse=True)
        paths = "|".join(map(re.escape, targets))
        word = re.sub(
            rf"(?<![^=])({paths})(?=/|$)", lambda m: str(self._places[m[1]]), word
        )
        hosts = "|".join(map(re.escape, self.services))
        word = re.sub(rf"(?<=//)({hosts})(?=:)", "127.0.0.1", word)
        # Not from outside: here no network stands before it.
        word = word.replace("=0.0.0.0", "=127.0.0.1")
        return re.sub(r"\b(4222|8222|8443)\b", lambda m: self._port(m[1]), word)

    def _port(self, written: str) -> str:
        if written not in self._ports:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self._ports[written] = str(probe.getsockname()[1])
        return self._ports[written]


def _program(name: str) -> list[str]:
    match name:
        case "rogatory":
            return [sys.executable, "-m", "broker.cli"]
        case "nats-server":
            return [str(nats_embedded._server_binary())]
        case "wget":
            return [sys.executable, "-c", _WGET]
        case "cp":
            return ["cp"]
        case _:
            pass
    raise AssertionError(f"{name} is in none of the images")
