"""A whole federation in this process, on a real nats-server: hub, parties, nodes.

It lives on a thread and a loop of its own, so that one serves many tests, asynchronous
ones and those that call the command line. What is done to it is left to the tests.
"""

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self, TypeVar

import structlog

from broker.app.credentials import HubKeys, NodeKeys, bus_identity
from broker.app.exchange_files import FederationFile
from broker.app.founding import HubPlan, admit_party, make_hub
from broker.app.hub import Hub, Role, open_hub, run_hub
from broker.app.hub_audit import open_audit
from broker.app.joining import NodePlan, make_node
from broker.app.node import run_node
from broker.app.node_folder import Node, dispatcher, open_node, stored_trust
from broker.app.node_link import connected
from broker.cli.documents import read_document
from broker.core.audit.entry import EntryFilter, LogEntry
from broker.core.model import Receipt, Stage
from broker.core.policy.parse import parse_policy
from broker.core.subjects import inbox_prefix
from broker.core.trust import Trust, build_trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.document_files import load_file
from broker.infra.log_store import LogStore
from broker.infra.nats_bus import Bus, connect
from keys.directory.archive import Archive
from keys.directory.client import DirectoryClient
from keys.directory.model import Contact
from keys.identity import PartyId
from keys.keystore import UNSAFE_THROWAWAY_COST
from keys.nats_jwt import UNRESTRICTED

PASSPHRASE: Final = b"known to every test"
EXAMPLES: Final = Path(__file__).resolve().parent.parent / "examples"
PATIENCE_S: Final = 30.0
_LOOK_S: Final = 0.01

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A party: its folder, opened, and its keys."""

    node: Node
    keys: NodeKeys

    @property
    def account(self) -> str:
        """Public key of its account on the bus."""
        return self.keys.account.public


class Federation:
    """A federation of the parties in `examples/policies`, or some of them.

    Args:
        folder: Where all of it is; made here.
        parties: Whom the stewards admit.
        without_node: Those of them whose node does not run: tests speak for them.
        tls: Whether the bus speaks it.
        policies: Folder with the policy of each of them.
    """

    def __init__(
        self,
        folder: Path,
        parties: Collection[str] = ("BEL", "KEN", "MEX", "XPO"),
        without_node: Collection[str] = (),
        *,
        tls: bool = False,
        policies: Path = EXAMPLES / "policies",
    ) -> None:
        self.folder = folder
        self._policies = policies
        self.passphrase_file = folder / "passphrase"
        self.members: dict[str, Member] = {}
        self.hub: Hub
        self._parties = sorted(parties)
        self._without_node = frozenset(without_node)
        self._scheme = "tls" if tls else "nats"
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self._thread = threading.Thread(target=self._run, name="federation")

    def __enter__(self) -> Self:
        """Founds the federation and starts everything; returns when it works."""
        silence_services()
        self._found()
        self._thread.start()
        self._ready.wait()
        self.check()
        return self

    def __exit__(self, *_: object) -> None:
        """Stops everything."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        for member in self.members.values():
            member.node.close()
        self.check()

    def check(self) -> None:
        """Fails the test if anything of the federation has died."""
        if self._failure is not None:
            raise AssertionError("the federation has died") from self._failure

    @property
    def hub_keys(self) -> HubKeys:
        """The private keys of the hub."""
        return self.hub.keys

    @property
    def hub_folder(self) -> Path:
        """The folder of the hub."""
        return self.folder / "hub"

    def trust(self) -> Trust:
        """Returns the directory as the hub holds it now."""
        client = DirectoryClient(
            self.folder / "a copy", self.hub.federation.root, self._archive.read
        )
        return build_trust(client.refresh(SYSTEM_CLOCK.now_ms()))

    def stored(self, party: str) -> Trust:
        """Returns the directory that a party's node went by last."""
        return stored_trust(self.members[party].node)

    def send(
        self,
        origin: str,
        example: str = "trace-request",
        to: str | None = None,
        trust: Trust | None = None,
    ) -> bytes:
        """Sends an example file as `origin`; returns the message's digest."""
        member, trust = self.members[origin], trust or self.trust()
        read = read_document(
            EXAMPLES / f"{example}.yaml",
            to=to,
            handling=None,
            case_reference=None,
            expires_in=None,
        )
        desk = dispatcher(member.node, member.keys, lambda: trust)
        [sealed] = desk.send(replace(read.document, in_reply_to=b""))
        return sealed.message_digest

    def stages(self, origin: str, digest: bytes) -> set[tuple[str, Stage]]:
        """Returns who has said what to the origin about a message."""
        lines = self.members[origin].node.store.ledger(digest)
        return {(line.receipt.by, line.receipt.stage) for line in lines}

    def receipts(self, origin: str, digest: bytes) -> list[Receipt]:
        """Returns the receipts about a message that its origin's node holds."""
        lines = self.members[origin].node.store.ledger(digest)
        return [line.receipt for line in lines]

    def log(self, wanted: EntryFilter) -> list[LogEntry]:
        """Returns entries of the hub's log."""
        with LogStore.open_reader(self.hub.folder.log) as log:
            return [logged.entry for logged in log.entries(wanted)]

    def log_about(self, digest: bytes) -> list[LogEntry]:
        """Returns the entries of the hub's log about one message."""
        return self.log(EntryFilter(message_digest=digest))

    def verify_log(self) -> int:
        """Checks the whole log, every signature included; returns its size."""
        audit = open_audit(self.hub_folder)
        with audit.log:
            checkpoint = audit.checkpoint()
            if checkpoint is None:
                return 0
            for _ in audit.verify(checkpoint):
                pass
            return checkpoint.size

    async def until(self, look: Callable[[], T | None], what: str) -> T:
        """Returns what `look` finds, as soon as it finds something true.

        What is waited for appears in a file, which sets no event.
        """
        end = time.monotonic() + PATIENCE_S
        while not (found := look()):
            self.check()
            assert time.monotonic() < end, f"waited in vain for {what}"
            await asyncio.sleep(_LOOK_S)
        return found

    async def opened(self, origin: str, digest: bytes, by: Sequence[str]) -> None:
        """Returns once everyone in `by` has opened a message."""
        wanted = {(party, Stage.OPENED) for party in by}
        await self.until(
            lambda: wanted <= self.stages(origin, digest), f"OPENED by {by}"
        )

    @asynccontextmanager
    async def party_bus(self, party: str, name: str) -> AsyncIterator[Bus]:
        """Connects with a party's valid credentials."""
        node = self.members[party].node
        # Its account may be another by now.
        async with connected(node, node.unlock(PASSPHRASE), name=name) as bus:
            yield bus

    @asynccontextmanager
    async def hub_bus(self, name: str) -> AsyncIterator[Bus]:
        """Connects as the hub, with every permission."""
        bus = await connect(
            self.hub.bus_url,
            bus_identity(
                self.hub_keys.account, name, UNRESTRICTED, SYSTEM_CLOCK.now_ms()
            ),
            name=name,
            inbox_prefix=inbox_prefix(name),
            on_problem=lambda _text: None,
            tls=self.hub.client_tls(),
        )
        try:
            yield bus
        finally:
            await bus.close()

    async def all_acknowledged(self, bus: Bus, stream: str, durable: str) -> None:
        """Returns once a durable has nothing left in anybody's hands.

        Args:
            bus: A connection of the hub.
            stream: The stream.
            durable: The durable.
        """
        subject = f"$JS.API.CONSUMER.INFO.{stream}.{durable}"
        end = time.monotonic() + PATIENCE_S
        while True:
            info = json.loads(await bus.request(subject, b"", 5.0))
            if not info["num_ack_pending"] and not info["num_pending"]:
                return
            assert time.monotonic() < end, f"{stream} is never done: {info}"
            await asyncio.sleep(_LOOK_S)

    @property
    def _archive(self) -> Archive:
        return Archive(self.hub.folder.directory)

    def _found(self) -> None:
        self.folder.mkdir()
        self.passphrase_file.write_bytes(PASSPHRASE)
        port = free_port()
        plan = HubPlan(
            name="Test federation",
            bus_url=f"{self._scheme}://127.0.0.1:{port}",
            bus_port=port,
        )
        founded = make_hub(
            self.hub_folder,
            plan,
            PASSPHRASE,
            now_ms=SYSTEM_CLOCK.now_ms(),
            cost=UNSAFE_THROWAWAY_COST,
        )
        self.hub = open_hub(self.hub_folder, PASSPHRASE)
        for party in self._parties:
            self._join(party, founded)

    def _join(self, party: str, founded: FederationFile) -> None:
        root, now_ms = self.folder / party, SYSTEM_CLOCK.now_ms()
        policy = self._policies / f"{party.lower()}.yaml"
        plan = NodePlan(
            party=PartyId(party),
            name=f"Focal point of {party}",
            policy=parse_policy(load_file(policy)),
            policy_text=policy.read_text(encoding="utf-8"),
            contact=Contact(office=f"Office in {party}", languages=("en",)),
        )
        cost = UNSAFE_THROWAWAY_COST
        request = make_node(root, plan, founded, PASSPHRASE, now_ms=now_ms, cost=cost)
        with (root / "node.toml").open("a", encoding="utf-8") as settings:
            settings.write(f"passphrase_file = {str(self.passphrase_file)!r}\n")
        admit_party(self.hub_folder, request, PASSPHRASE, now_ms=now_ms)
        node = open_node(root)
        self.members[party] = Member(node=node, keys=node.unlock(PASSPHRASE))

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - `check` raises it in the test
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        hub_stop = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            up = asyncio.Event()
            tasks.create_task(run_hub(self.hub, set(Role), hub_stop, ready=up))
            await up.wait()
            try:
                await self._serve_nodes()
            finally:
                hub_stop.set()

    async def _serve_nodes(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for party, member in self.members.items():
                if party not in self._without_node:
                    up = asyncio.Event()
                    tasks.create_task(
                        run_node(member.node, member.keys, self._stop, ready=up)
                    )
                    await up.wait()
            self._ready.set()
            await self._stop.wait()


def silence_services() -> None:
    """Keeps what services log out of the output that tests look at."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())


def free_port() -> int:
    """Returns a port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
