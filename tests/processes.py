"""A federation as operators run it: every part a process of the operating system.

Folders are made by the product's own set-up and processes are its own commands. What is
done to them, and what must hold nevertheless, is left to the scenarios.
"""

import asyncio
import json
import socket
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from broker.app.credentials import NodeKeys
from broker.app.founding import HubPlan, admit_party, make_hub
from broker.app.hub_audit import open_audit
from broker.app.joining import NodePlan, make_node
from broker.app.node_folder import Node, dispatcher, open_node, stored_trust
from broker.cli.documents import read_document
from broker.core.audit.entry import MAX_LISTED, EntryFilter
from broker.core.model import Receipt, Stage
from broker.core.outgoing import OutgoingDocument
from broker.core.policy.parse import parse_policy
from broker.core.records import InboxState
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.document_files import load_file
from keys.directory.model import Contact
from keys.identity import PartyId
from keys.keystore import UNSAFE_THROWAWAY_COST
from tests.part import Answer, Part, rogatory, until

EXAMPLES: Final = Path(__file__).resolve().parent.parent / "examples"
TRACE_REQUEST: Final = EXAMPLES / "trace-request.yaml"
WHOLE_WAY: Final = (Stage.ACCEPTED, Stage.DELIVERED, Stage.OPENED)
"""What is stated of a message that nothing speaks against."""

_PASSPHRASE: Final = b"only for a test"


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
        [sealed] = dispatcher(self.node, self.keys, lambda: trust).send(document)
        return sealed.message_digest

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


async def until_opened(
    origin: Party, digests: Sequence[bytes], *, within_s: float = 60.0
) -> None:
    """Returns once the origin knows that all its messages were opened."""
    await until(
        lambda: all(origin.has(stage, digests) for stage in WHOLE_WAY),
        "every message is opened, and its origin knows",
        within_s=within_s,
    )


def assert_opened_once(
    origin: Party, recipient: Party, digests: Sequence[bytes]
) -> None:
    """Checks that the messages of `origin` are all there is, each exactly once.

    They follow one another without a gap, and nobody was alarmed.
    """
    inbox = recipient.node.store.inbox(limit=len(digests) + 1)
    assert Counter(one.message_digest for one in inbox) == Counter(digests)
    assert {one.state for one in inbox} == {InboxState.OPENED}
    numbers = sorted(one.link.sequence for one in inbox if one.link is not None)
    assert numbers == list(range(1, len(digests) + 1))
    stated = Counter(
        (line.receipt.message_digest, line.receipt.stage)
        for line in origin.node.store.ledger()
    )
    assert stated == Counter((one, stage) for one in digests for stage in WHOLE_WAY)
    for party in (origin, recipient):
        assert party.node.store.gaps() == []
        assert party.node.store.alarms() == []


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

    async def send(self, flaw: str = "") -> Answer:
        """Sends from KEN to BEL by command; `flaw` as in `Part.start`."""
        place = self._folder / "KEN"
        return await rogatory(
            "send", TRACE_REQUEST, "--node", place, "--json", flaw=flaw
        )

    async def status(self, digest: bytes) -> str:
        """Returns what the command says became of a message from KEN."""
        place = self._folder / "KEN"
        answer = await rogatory("status", digest.hex(), "--node", place)
        assert answer.code == 0, answer
        return answer.stdout

    async def assert_logged_once(self, digests: Sequence[bytes]) -> None:
        """Checks that the whole way of the messages is all there is in the log."""
        once = Counter((one, stage.name) for one in digests for stage in WHOLE_WAY)
        # The log writer is a moment behind what parties are told.
        await until(lambda: self._logged().total() >= once.total(), "all is logged")
        assert self._logged() == once

    def _logged(self) -> Counter[tuple[bytes, str]]:
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
                    (one.entry.message_digest, one.entry.stage)
                    for one in page
                    if not one.entry.is_snapshot
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
