"""What the HTTP interface takes: handing a document in, and telling many readers of it.

Both over TLS, at the product's own server in a process of its own. What the node then
does with the document is left to `benchmarks.latency`.
"""

import asyncio
import json
import re
import ssl
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2

from benchmarks.figures import Figures
from benchmarks.processes import Process, cpu_seconds
from benchmarks.world import ORIGIN, World
from broker.api.founding import ApiFolder
from broker.app.example_files import examples_folder
from broker.core.codec.draft import parse_draft
from broker.infra.document_files import load_file

READERS: Final = 200
_DOCUMENTS: Final = 400
_QUICK: Final = 120
_WARM_UP: Final = 20  # documents that do not count
_RATE: Final = 10.0  # documents a second, while everybody reads
_IDLE_S: Final = 5.0
_PATIENCE_S: Final = 60.0
_DIGEST: Final = re.compile(rb'"digest":"([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True, kw_only=True)
class _Api:
    """The interface, running."""

    port: int
    pid: int
    token: str
    context: ssl.SSLContext

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def memory_mib(self) -> float:
        """What the process keeps in memory."""
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found.group(1)) / 1024 if found else 0.0


@dataclass(slots=True)
class _Readers:
    """Streams that are read, and when each was told of which message."""

    told: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    begun: int = 0
    all_begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self, api: _Api) -> None:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", api.port, ssl=api.context, server_hostname="127.0.0.1"
        )
        head = f"Host: 127.0.0.1\r\nAuthorization: Bearer {api.token}\r\n\r\n"
        asked = "GET /v1/events/stream?event=message.sent HTTP/1.1\r\n"
        writer.write((asked + head).encode())
        try:
            async for line in reader:
                if line.startswith(b"id: "):
                    self._begin()
                elif line.startswith(b"data: ") and (found := _DIGEST.search(line)):
                    self.told[found.group(1).decode()].append(time.perf_counter())
        finally:
            writer.close()

    def _begin(self) -> None:
        if not self.all_begun.is_set():
            self.begun += 1
            if self.begun == READERS:
                self.all_begun.set()


async def measure_api(made: World, figures: Figures, *, quick: bool) -> None:
    """Measures the interface of the origin's node."""
    count = _QUICK if quick else _DOCUMENTS
    print(f"HTTP interface, {count} documents, then {READERS} readers:", flush=True)
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(_running(made))
        client = await stack.enter_async_context(
            httpx2.AsyncClient(
                base_url=f"https://127.0.0.1:{api.port}",
                verify=api.context,
                headers=api.headers,
                timeout=_PATIENCE_S,
            )
        )
        await _one_by_one(client, _WARM_UP, "warm-up")
        used = cpu_seconds(api.pid)
        took = await _one_by_one(client, count, "alone")
        used = cpu_seconds(api.pid) - used
        figures.add("api.publish_to_stored.p50", _percentile(took, 50), "ms")
        figures.add(
            "api.publish_to_stored.p99", _percentile(took, 99), "ms", goal="<= 50"
        )
        figures.add("api.publish.cpu", used / count * 1000, "ms")
        await _with_readers(api, client, figures, count)


async def _with_readers(
    api: _Api, client: httpx2.AsyncClient, figures: Figures, count: int
) -> None:
    before = api.memory_mib
    readers = _Readers()
    async with asyncio.TaskGroup() as group:
        reading = [group.create_task(readers.read(api)) for _ in range(READERS)]
        await asyncio.wait_for(readers.all_begun.wait(), _PATIENCE_S)
        figures.add("api.readers", readers.begun, "readers", goal=">= 200")
        figures.add("api.readers.memory", api.memory_mib - before, "MiB")
        used = cpu_seconds(api.pid)
        await asyncio.sleep(_IDLE_S)
        idle = (cpu_seconds(api.pid) - used) / _IDLE_S
        figures.add("api.readers.cpu_idle", idle * 100, "%")
        used, begun = cpu_seconds(api.pid), time.perf_counter()
        took, stored = await _at_a_rate(client, count // 4)
        spent = time.perf_counter() - begun
        figures.add("api.readers.cpu", (cpu_seconds(api.pid) - used) / spent * 100, "%")
        delays = await _delays(readers, stored)
        for task in reading:
            task.cancel()
    figures.add("api.publish_to_stored.read.p50", _percentile(took, 50), "ms")
    figures.add("api.publish_to_stored.read.p99", _percentile(took, 99), "ms")
    figures.add("api.fan_out.p50", _percentile(delays, 50), "ms")
    figures.add("api.fan_out.p99", _percentile(delays, 99), "ms")
    figures.add("api.fan_out.last", max(delays), "ms")


async def _delays(readers: _Readers, stored: dict[str, float]) -> list[float]:
    """Returns how long after it was stored each reader was told of each message, ms."""
    async with asyncio.timeout(_PATIENCE_S):
        while any(len(readers.told[one]) < READERS for one in stored):  # noqa: ASYNC110 - after the measurement
            await asyncio.sleep(0.1)
    return [
        max(0.0, at - then) * 1000
        for digest, then in stored.items()
        for at in readers.told[digest]
    ]


async def _one_by_one(client: httpx2.AsyncClient, count: int, run: str) -> list[float]:
    """Hands documents in, each once the last is stored; returns how long each took."""
    document, took = _document(), []
    for number in range(count):
        spent, _ = await _hand_in(client, document, f"{run}-{number}")
        took.append(spent * 1000)
    return took


async def _at_a_rate(
    client: httpx2.AsyncClient, count: int
) -> tuple[list[float], dict[str, float]]:
    """Hands documents in when they are due, however long others take."""
    document, begun = _document(), time.perf_counter()
    stored: dict[str, float] = {}
    took: list[float] = []

    async def one(number: int) -> None:
        await asyncio.sleep(max(0.0, begun + number / _RATE - time.perf_counter()))
        spent, digests = await _hand_in(client, document, f"read-{number}")
        took.append(spent * 1000)
        stored.update(dict.fromkeys(digests, time.perf_counter()))

    await asyncio.gather(*(one(number) for number in range(count)))
    return took, stored


async def _hand_in(
    client: httpx2.AsyncClient, document: dict[str, Any], key: str
) -> tuple[float, list[str]]:
    begun = time.perf_counter()
    answer = await client.post(
        "/v1/messages", json=document, headers={"Idempotency-Key": key}
    )
    spent = time.perf_counter() - begun
    if answer.status_code != httpx2.codes.CREATED:
        raise RuntimeError(f"{answer.status_code}: {answer.text[:500]}")
    return spent, [one["digest"] for one in answer.json()["messages"]]


def _document() -> dict[str, Any]:
    draft = parse_draft(load_file(examples_folder() / "diversion-alert.yaml"))
    return {
        "kind": draft.kind,
        "content": draft.content,
        "handling": "TLP:AMBER",
        "to": ["BEL"],
    }


@asynccontextmanager
async def _running(made: World) -> AsyncIterator[_Api]:
    """Makes the interface of the origin's node, and runs it."""
    node = made.folder / ORIGIN
    await _say("api", "init", folder=made.folder)
    settings = ApiFolder(node).settings
    text = re.sub(r"(?m)^port = \d+", "port = 0", settings.read_text("utf-8"))
    settings.write_text(text, encoding="utf-8")
    roles = ("--role", "submit", "--role", "audit")
    said = await _say(
        *("api", "client", "add", "bench", "--agency", "bench", *roles, "--json"),
        folder=made.folder,
    )
    command = _command("api", "run", folder=made.folder)
    with Process(command, stderr=subprocess.PIPE) as process:
        ready = await asyncio.to_thread(process.wait_ready)
        port = int(ready.rpartition(":")[2])
        context = ssl.create_default_context(cafile=str(ApiFolder(node).authority))
        yield _Api(
            port=port,
            pid=process.pid,
            token=json.loads(said)["token"],
            context=context,
        )


async def _say(*words: str, folder: Path) -> str:
    process = await asyncio.create_subprocess_exec(
        *_command(*words, folder=folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    said, problem = await process.communicate()
    if process.returncode:
        raise RuntimeError(problem.decode(errors="replace")[-2000:])
    return said.decode()


def _command(*words: str, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "broker.cli", *words]
    command += ["--node", str(folder / ORIGIN)]
    if "client" not in words:
        command += ["--passphrase-file", str(folder / "passphrase")]
    return command


def _percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
