"""A federation as operators run it: every part a process of the operating system.

Folders are made by the product's own set-up and processes are its own commands. What is
done to them, and what must hold nevertheless, is left to the scenarios.
"""

import asyncio
import json
import os
import signal
import socket
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from broker.app.credentials import NodeKeys
from broker.app.hub_audit import open_audit
from broker.app.node import Node, dispatcher, open_node, stored_trust
from broker.app.setup import HubPlan, NodePlan, admit_party, make_hub, make_node
from broker.cli.documents import read_document
from broker.core.audit.entry import MAX_LISTED, EntryFilter
from broker.core.model import Receipt, Stage
from broker.core.policy.parse import parse_policy
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.document_files import load_file
from broker.services.dispatch import OutgoingDocument
from keys.directory.model import Contact
from keys.identity import PartyId
from keys.keystore import UNSAFE_THROWAWAY_COST

EXAMPLES: Final = Path(__file__).resolve().parent.parent / "examples"
TRACE_REQUEST: Final = EXAMPLES / "trace-request.yaml"
HUB_PARTS: Final = ("bus", "registrar", "relay-1", "relay-2", "log")
ENDING_S: Final = 5.0
"""What an operator's service manager may be set to wait for a process to end."""

_PASSPHRASE: Final = b"only for a test"
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
    process = await _spawn(flaw + _START, arguments, stdout=asyncio.subprocess.PIPE)
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
        self._process: asyncio.subprocess.Process | None = None
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
        self._process = await _spawn(flaw + _START, self._arguments)
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

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            text = line.decode(errors="replace").rstrip()
            self.said.append(text)
            self._heard.set()
            if text.startswith(("hub ready", "node of")):
                self.ready.set()


@dataclass(slots=True)
class Party:
    """A party's node as seen from its folder, whether or not its process runs."""

    node: Node
    keys: NodeKeys
    _trust: Trust | None = None

    def send(self, document: OutgoingDocument) -> bytes:
        """Stores a document just as `rogatory send` does; returns the digest."""
        # Verifying the stored directory takes longer than all the rest together.
        trust = self._trust = self._trust or stored_trust(self.node)
        return (
            dispatcher(self.node, self.keys, lambda: trust)
            .send(document)
            .message_digest
        )

    def receipts(self, digest: bytes) -> list[Receipt]:
        """Returns what others stated about a message of this party."""
        return [line.receipt for line in self.node.store.ledger(digest)]

    def has(self, stage: Stage, digests: Iterable[bytes]) -> bool:
        """Tells whether somebody stated `stage` of every message."""
        stated = {
            line.receipt.message_digest
            for line in self.node.store.ledger()
            if line.receipt.stage is stage
        }
        return stated >= set(digests)


class Federation:
    """Two parties and a hub of five processes; entered with all folders made.

    Nothing runs yet then. On leaving whatever still runs is ended.

    Args:
        folder: Where everything goes.
        settings: Further settings of the hub.
    """

    def __init__(self, folder: Path, **settings: int) -> None:
        self.hub = folder / "hub"
        self._folder = folder
        self._settings: dict[str, int] = {"ack_wait_s": 2, **settings}
        hub_run = ("hub", "run", self.hub, "--only")
        self.parts: dict[str, Part] = {
            name: Part(name, [*hub_run, name]) for name in ("bus", "registrar", "log")
        }
        for number in ("1", "2"):
            name = f"relay-{number}"
            self.parts[name] = Part(name, [*hub_run, "relay", "--worker", number])
        for party in ("KEN", "BEL"):
            self.parts[party] = Part(party, ["node", "run", folder / party])

    async def __aenter__(self) -> Self:
        """Founds the federation and admits the parties."""
        self._folder.mkdir()
        await asyncio.to_thread(_found, self._folder)
        self._plain = (self.hub / "hub.toml").read_text(encoding="utf-8")
        self.set_hub()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Ends what still runs, the hub's message bus last."""
        for part in reversed(self.parts.values()):
            if part.running:
                await part.kill()
        await until(lambda: self.nats_pid() is None, "nats-server ends with its parent")

    def set_hub(self, **settings: int) -> None:
        """Changes settings in `hub.toml`; processes read it when they start."""
        self._settings |= settings
        lines = [f"{name} = {value}\n" for name, value in self._settings.items()]
        path = self.hub / "hub.toml"
        path.write_text(self._plain + "".join(lines), encoding="utf-8")

    async def start(self, *names: str) -> None:
        """Starts parts, all if none is named, and returns once they are ready.

        The bus is started first, and the registrar before those who need an account.
        """
        chosen = names or tuple(self.parts)
        first = [name for name in ("bus", "registrar") if name in chosen]
        for name in first:
            await self.parts[name].start_ready()
        await asyncio.gather(
            *(self.parts[name].start_ready() for name in chosen if name not in first)
        )

    async def stop(self, *names: str) -> Mapping[str, int]:
        """Asks parts to end, all if none is named; returns their exit codes.

        All at once, but for the bus, which is the last.
        """
        chosen = names or tuple(self.parts)
        others = [name for name in chosen if name != "bus"]
        codes = await asyncio.gather(*(self.parts[name].stop() for name in others))
        ended = dict(zip(others, codes, strict=True))
        if "bus" in chosen:
            ended["bus"] = await self.parts["bus"].stop()
        return ended

    def nats_pid(self) -> int | None:
        """Returns the process id of the nats-server, or None when none takes calls."""
        for ports in (self.hub / "bus").glob("nats-server_*.ports"):
            pid = int(ports.stem.removeprefix("nats-server_"))
            with suppress(OSError):
                state = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1]
                if state.split()[0] not in "XZ":
                    return pid
        return None

    @contextmanager
    def party(self, code: str) -> Iterator[Party]:
        """Opens a party's folder, as a command does."""
        node = open_node(self._folder / code)
        try:
            yield Party(node, node.unlock(_PASSPHRASE))
        finally:
            node.close()

    def place(self, code: str) -> Path:
        """Returns a party's folder."""
        return self._folder / code

    def logged(self) -> Counter[tuple[bytes, str]]:
        """Verifies the whole log; returns how often it has each stage of a message."""
        stated: Counter[tuple[bytes, str]] = Counter()
        audit = open_audit(self.hub)
        with audit.log:
            checkpoint = audit.checkpoint()
            if checkpoint is None:
                return stated
            assert list(audit.verify(checkpoint))[-1] == checkpoint.size
            after = -1
            while page := audit.log.entries(EntryFilter(after=after, limit=MAX_LISTED)):
                stated.update(
                    (one.entry.message_digest, one.entry.stage) for one in page
                )
                after = page[-1].index
        return stated

    def last_words(self) -> str:
        """Returns what all parts said last, for whoever reads a failed test."""
        return "\n\n".join(part.last_words() for part in self.parts.values())


def request_to(party: str) -> OutgoingDocument:
    """Returns the example of a trace request, for `party`."""
    return read_document(
        TRACE_REQUEST, to=party, handling=None, case_reference=None, expires_in=None
    ).document


async def _spawn(
    code: str, arguments: Sequence[str | Path], *, stdout: int | None = None
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        code,
        *map(str, arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=stdout or asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"},
    )


def _found(folder: Path) -> None:
    now_ms = SYSTEM_CLOCK.now_ms()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    federation = make_hub(
        folder / "hub",
        HubPlan(name="Test", bus_url=f"nats://127.0.0.1:{port}", bus_port=port),
        _PASSPHRASE,
        now_ms=now_ms,
        cost=UNSAFE_THROWAWAY_COST,
    )
    secret = folder / "passphrase"
    secret.touch(mode=0o600)
    secret.write_bytes(_PASSPHRASE)
    setting = f"passphrase_file = {json.dumps(str(secret))}\n"
    with (folder / "hub" / "hub.toml").open("a", encoding="utf-8") as file:
        file.write(setting)
    for party in ("KEN", "BEL"):
        policy = EXAMPLES / "policies" / f"{party.lower()}.yaml"
        plan = NodePlan(
            party=PartyId(party),
            name=party,
            policy=parse_policy(load_file(policy)),
            policy_text=policy.read_text(encoding="utf-8"),
            contact=Contact(office=party),
        )
        request = make_node(
            folder / party,
            plan,
            federation,
            _PASSPHRASE,
            now_ms=now_ms,
            cost=UNSAFE_THROWAWAY_COST,
        )
        with (folder / party / "node.toml").open("a", encoding="utf-8") as file:
            file.write(setting)
        admit_party(folder / "hub", request, _PASSPHRASE, now_ms=now_ms)
