"""A whole federation on one machine: a hub, four parties, and real files sent.

Everything is the product itself, down to the nats-server; only the passphrase is
known to all and the keystores are cheap to open. What is shown of it is left to the
command line.
"""

import asyncio
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from broker.app.credentials import NodeKeys
from broker.app.demo_adapter import AT, DemoGiven, customs_folder, given_to_customs
from broker.app.demo_audit import DemoEvidence, name_witness, prove, witness_at_work
from broker.app.demo_cases import DemoMatter, matters_of
from broker.app.demo_office import OFFICE, SAYS, say
from broker.app.example_files import examples_folder
from broker.app.exchange_files import FederationFile
from broker.app.founding import HubPlan, admit_party, make_hub
from broker.app.hub import Role, open_hub, run_hub
from broker.app.hub_audit import open_audit
from broker.app.joining import NodePlan, make_node
from broker.app.node import run_node
from broker.app.node_folder import Node, dispatcher, open_node, stored_trust
from broker.app.node_link import audit_check, connected, trust_keeper
from broker.core.audit.checkpoint import Checkpoint
from broker.core.errors import BrokerError, RefusedError
from broker.core.model import Header, Stage
from broker.core.outgoing import OutgoingDocument
from broker.core.status import MessageStatus, message_status
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.policy_files import read_policy
from keys.directory.model import Contact
from keys.identity import PartyId
from keys.keystore import UNSAFE_THROWAWAY_COST

_PASSPHRASE: Final = b"only for a demonstration"
_WITNESS: Final = "MEX"
_PATIENCE_S: Final = 60.0
_LOOK_S: Final = 0.02

PARTIES: Final[Mapping[str, Contact]] = {
    "KEN": Contact(office="Kenya focal point (demonstration)", languages=("en", "sw")),
    "BEL": Contact(
        office="Belgium focal point (demonstration)", languages=("fr", "nl", "de")
    ),
    "MEX": Contact(office="Mexico focal point (demonstration)", languages=("es",)),
    "XPO": Contact(
        office="INTERPOL-style organisation (demonstration)", languages=("en", "fr")
    ),
}

ReadDocument = Callable[[Path], OutgoingDocument]
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMessage:
    """A message that went through, and what became of it."""

    header: Header
    status: MessageStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRefusal:
    """A document that policy kept from leaving."""

    kind: str
    origin: str
    recipients: tuple[str, ...]
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoResult:
    """What the demonstration showed.

    Attributes:
        checkpoint: Under which everything was proven.
        proven: How many receipts the parties themselves have proven.
        matters: Where everything stands that Belgium has a part in.
        given: What Mexico's customs were given of it.
        evidence: About the first message, as anybody can check it.
    """

    messages: tuple[DemoMessage, ...]
    refusals: tuple[DemoRefusal, ...]
    checkpoint: Checkpoint
    proven: int
    matters: tuple[DemoMatter, ...]
    given: DemoGiven
    evidence: DemoEvidence


@dataclass(slots=True)
class Federation:
    """A running demonstration.

    Attributes:
        folder: Where all of it is; gone when it ends.
    """

    folder: Path
    nodes: dict[str, tuple[Node, NodeKeys]] = field(default_factory=dict)

    def send(
        self, origin: str, document: OutgoingDocument, *, reply_to: bytes = b""
    ) -> tuple[bytes, ...]:
        """Sends a document; returns the digest of each message that it became.

        Raises:
            RefusedError: Policy withholds it.
        """
        node, keys = self.nodes[origin]
        trust = stored_trust(node)
        sent = dispatcher(node, keys, lambda: trust).send(
            replace(document, in_reply_to=reply_to)
        )
        return tuple(sealed.message_digest for sealed in sent)

    async def follow(
        self, origin: str, digest: bytes, until: Stage = Stage.OPENED
    ) -> DemoMessage:
        """Waits until every recipient has said `until` about a message, or refused it.

        Raises:
            BrokerError: It takes too long.
        """
        node, _ = self.nodes[origin]
        found = node.store.find_sent(digest)
        if found is None:
            raise BrokerError("the message was not stored")
        final = {until, Stage.REFUSED}
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while True:
                    status = message_status(
                        found.header,
                        [line.receipt for line in node.store.ledger(digest)],
                        submitted_ms=node.store.submitted_ms(digest),
                        now_ms=SYSTEM_CLOCK.now_ms(),
                    )
                    if all(
                        final & {step.stage for step in recipient.steps}
                        for recipient in status.recipients
                    ):
                        return DemoMessage(header=found.header, status=status)
                    # Receipts arrive in the database, which sets no event.
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError as error:
            raise BrokerError(f"no receipt within {_PATIENCE_S} s") from error


@asynccontextmanager
async def federation(tell: Tell) -> AsyncIterator[Federation]:
    """Makes a federation in a folder of its own, runs it, and removes it again.

    Raises:
        ConfigurationError: The examples are not there, or a server does not start.
    """
    examples = examples_folder()
    folder = Path(tempfile.mkdtemp(prefix="rogatory-demo-"))
    stop = asyncio.Event()
    running = Federation(folder)
    try:
        async with asyncio.TaskGroup() as hub_task:
            tell("founding a federation with one steward and four parties")
            secret = folder / "passphrase"
            secret.touch(mode=0o600)
            secret.write_bytes(_PASSPHRASE)
            founded = await asyncio.to_thread(_found, folder, examples)
            await asyncio.to_thread(
                name_witness, folder / "hub", folder / "witness", _WITNESS, _PASSPHRASE
            )
            ready, hub_stop = asyncio.Event(), asyncio.Event()
            hub = open_hub(folder / "hub", _PASSPHRASE)
            hub_task.create_task(run_hub(hub, set(Role), hub_stop, ready=ready))
            tell(f"starting nats-server and the hub at {founded.bus_url}")
            await ready.wait()
            try:
                for party in PARTIES:
                    node = open_node(folder / party)
                    running.nodes[party] = (node, node.unlock(_PASSPHRASE))
                tell(f"starting a witness of the log at {_WITNESS}")
                own = running.nodes[_WITNESS]
                # Before the nodes: they go by no directory that nobody has cosigned.
                async with (
                    witness_at_work(folder / "witness", *own, _PASSPHRASE),
                    customs_folder(*running.nodes[AT], folder),
                    asyncio.TaskGroup() as node_tasks,
                ):
                    tell(f"starting the nodes of {', '.join(PARTIES)}")
                    for one in running.nodes.values():
                        up = asyncio.Event()
                        node_tasks.create_task(run_node(*one, stop, ready=up))
                        await up.wait()
                    try:
                        yield running
                    finally:
                        stop.set()
            finally:
                hub_stop.set()
    finally:
        for node, _ in running.nodes.values():
            node.close()
        shutil.rmtree(folder, ignore_errors=True)


async def tell_the_story(
    running: Federation, read: ReadDocument, tell: Tell
) -> DemoResult:
    """Sends the example files through the federation, and verifies the audit.

    Raises:
        BrokerError: Something did not work as it should.
    """
    files = examples_folder()
    messages: list[DemoMessage] = []
    request = alert = b""
    for origin, name in (
        ("KEN", "trace-request"),
        ("BEL", "trace-response"),
        ("BEL", "diversion-alert"),
        ("MEX", "route-intelligence"),
    ):
        document = read(files / f"{name}.yaml")
        recipients = ", ".join(document.recipients)
        tell(f"{origin} sends {document.kind} to {recipients}")
        answers = request if name == "trace-response" else b""
        for digest in running.send(origin, document, reply_to=answers):
            request = request or digest
            messages.append(await running.follow(origin, digest))
            if name == "diversion-alert" and AT in messages[-1].header.parties:
                alert = digest
        if name in SAYS:
            tell(f"{OFFICE} of BEL says {SAYS[name].name}")
            say(*running.nodes["BEL"], request, SAYS[name])
            messages[0] = await running.follow("KEN", request, SAYS[name])
    given = await given_to_customs(running.nodes[AT][0], running.folder, alert)
    tell(f"{given.desk} of {given.party} have the alert, under {given.handling}")
    refusal = _try_refused(running, read(files / "refused-route-intelligence.yaml"))
    tell(f"KEN tries to send {refusal.kind}: {refusal.code}")
    tell("verifying the log: every entry, and every receipt from its owner's side")
    proven = await _prove(running)
    checkpoint = await asyncio.to_thread(_verify_hub, running.folder / "hub")
    tell("exporting evidence about the trace request, and checking it as a court would")
    evidence = await prove(*running.nodes["KEN"], request, running.folder)
    return DemoResult(
        messages=tuple(messages),
        refusals=(refusal,),
        checkpoint=checkpoint,
        proven=proven,
        matters=await asyncio.to_thread(matters_of, *running.nodes["BEL"]),
        given=given,
        evidence=evidence,
    )


def _found(folder: Path, examples: Path) -> FederationFile:
    port = _free_port()
    url = f"nats://127.0.0.1:{port}"
    founded = make_hub(
        folder / "hub",
        HubPlan(name="Demonstration", bus_url=url, bus_port=port),
        _PASSPHRASE,
        now_ms=SYSTEM_CLOCK.now_ms(),
        cost=UNSAFE_THROWAWAY_COST,
    )
    settings = f"passphrase_file = {str(folder / 'passphrase')!r}\n"
    for party, contact in PARTIES.items():
        sharing = read_policy(examples / "policies" / f"{party.lower()}.yaml")
        plan = NodePlan(
            party=PartyId(party),
            name=contact.office.removesuffix(" (demonstration)"),
            policy=sharing.policy,
            policy_text=sharing.text,
            contact=contact,
        )
        request = make_node(
            folder / party,
            plan,
            founded,
            _PASSPHRASE,
            now_ms=SYSTEM_CLOCK.now_ms(),
            cost=UNSAFE_THROWAWAY_COST,
        )
        with (folder / party / "node.toml").open("a", encoding="utf-8") as file:
            file.write(settings)
        admit_party(folder / "hub", request, _PASSPHRASE, now_ms=SYSTEM_CLOCK.now_ms())
    return founded


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _try_refused(running: Federation, document: OutgoingDocument) -> DemoRefusal:
    try:
        running.send("KEN", document)
    except RefusedError as error:
        return DemoRefusal(
            kind=document.kind,
            origin="KEN",
            recipients=document.recipients,
            code=error.code.value,
            reason=error.detail,
        )
    raise BrokerError("policy let through what it should have refused")


async def _prove(running: Federation) -> int:
    """Has every party prove its receipts; returns how many there are."""
    return sum([await _prove_own(*one) for one in running.nodes.values()])


async def _prove_own(node: Node, keys: NodeKeys) -> int:
    async with connected(node, keys, name="audit") as bus:
        trust = await trust_keeper(node, bus).refresh()
        check = audit_check(node, bus, lambda: trust)
        async with asyncio.timeout(_PATIENCE_S):
            result = await check.verify(node.store.ledger())
            while result.missing:
                # The log is a moment behind the receipts.
                await asyncio.sleep(_LOOK_S)
                result = await check.verify(node.store.ledger())
        return len(result.proven)


def _verify_hub(root: Path) -> Checkpoint:
    audit = open_audit(root)
    with audit.log:
        checkpoint = audit.checkpoint()
        if checkpoint is None:
            raise BrokerError("nothing was logged")
        for _ in audit.verify(checkpoint):
            pass
    return checkpoint
