"""A federation whose trust rests on tokens, in a folder, without any server.

Two of three stewards sign inside tokens, the third with ML-DSA-65 from a file. A
party's role key is in a token, and its node's keystore opens with another. What is
tried with it is left to the tests.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker.app.applying import apply, prepare
from broker.app.exchange_files import FederationFile
from broker.app.founding import HubPlan, begin_founding
from broker.app.joining import NodePlan, make_node
from broker.app.proposing import Drafted, enrol
from broker.core.policy.parse import parse_policy
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.document_files import load_file
from broker.settings import HubFolder, NodeFolder
from keys import keystore
from keys.custody import Use, make_signer, open_signer
from keys.directory.archive import Archive
from keys.directory.client import DirectoryClient
from keys.directory.model import Contact, PartyRecord
from keys.directory.quorum import sign
from keys.directory.repository import Repository
from keys.directory.signers import public_of, role_signer
from keys.directory.terms import Steward
from keys.identity import PartyId
from keys.keystore import UNSAFE_THROWAWAY_COST
from keys.token_uri import TokenUri
from tests.tokens import Tokens

KEN: Final = PartyId("KEN")
POLICY: Final = Path(__file__).parents[1] / "examples" / "policies" / "ken.yaml"
PASSPHRASE: Final = b"known to the hub and to one steward"
STEWARD_PINS: Final = (b"steward-one-1", b"steward-two-2")
NODE_PIN: Final = b"node-pin-3"
ROLE_PIN: Final = b"role-pin-4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A steward's file, and the secret that opens it."""

    path: Path
    secret: bytes


@dataclass(slots=True, kw_only=True)
class World:
    """A federation in a folder, and who holds what."""

    folder: Path
    tokens: Tokens
    stewards: list[Held]
    role: TokenUri

    @property
    def hub(self) -> HubFolder:
        """The hub's folder."""
        return HubFolder(self.folder / "hub")

    @property
    def node(self) -> NodeFolder:
        """The node's folder."""
        return NodeFolder(self.folder / "node")

    def agree(self, drafted: Drafted, *who: int) -> None:
        """Lets stewards sign a request, and puts it into force."""
        now_ms = SYSTEM_CLOCK.now_ms()
        signatures = [
            sign(drafted.review, open_signer(held.path, held.secret), now_ms)
            for held in (self.stewards[number] for number in who)
        ]
        prepared = prepare(self.hub, drafted.request, signatures, now_ms)
        apply(self.hub, prepared, PASSPHRASE, now_ms)

    def repository(self) -> Repository:
        """The hub's repository, with its online key."""
        online = keystore.load(self.hub.keys, PASSPHRASE)["online"]
        return Repository(self.hub.directory, role_signer(online))

    def record(self) -> PartyRecord:
        """Returns what the party has published, as a client verifies it."""
        client = DirectoryClient(
            self.folder / "a copy",
            FederationFile.read(self.hub.federation).root,
            Archive(self.hub.directory).read,
        )
        return client.refresh(SYSTEM_CLOCK.now_ms()).parties[KEN].record

    def version(self) -> int:
        """Returns the version that the party has published."""
        return self.repository().state().version_of(f"party-{KEN}")


def found_with_tokens(folder: Path, tokens: Tokens, *, port: int = 4222) -> World:
    """Founds the federation, makes the node and admits the party.

    Args:
        folder: Where all of it is.
        tokens: Where tokens are made.
        port: Where the bus listens, if it is started.
    """
    now_ms = SYSTEM_CLOCK.now_ms()
    stewards = [
        Held(path=folder / f"steward {number}.key", secret=pin)
        for number, pin in enumerate((*STEWARD_PINS, PASSPHRASE), start=1)
    ]
    signers = [
        make_signer(
            held.path,
            held.secret,
            use=Use.STEWARD,
            token=None if held.secret == PASSPHRASE else tokens.make("s", held.secret),
            cost=UNSAFE_THROWAWAY_COST,
        )
        for held in stewards
    ]
    world = World(
        folder=folder,
        tokens=tokens,
        stewards=stewards,
        role=tokens.make("role", ROLE_PIN),
    )
    drafted = begin_founding(
        world.hub.root,
        HubPlan(
            name="Test federation",
            threshold=2,
            bus_url=f"tls://127.0.0.1:{port}",
            bus_port=port,
        ),
        [Steward(public=public_of(one), name=f"S{n}") for n, one in enumerate(signers)],
        PASSPHRASE,
        now_ms=now_ms,
        cost=UNSAFE_THROWAWAY_COST,
    )
    world.agree(drafted, 0, 1, 2)
    request = make_node(
        world.node.root,
        NodePlan(
            party=KEN,
            name="Kenya",
            policy=parse_policy(load_file(POLICY)),
            policy_text=POLICY.read_text(encoding="utf-8"),
            contact=Contact(office="Registry", languages=("en",)),
            token=tokens.make("node", NODE_PIN),
            role_token=world.role,
            role_pin=ROLE_PIN,
        ),
        FederationFile.read(world.hub.federation),
        NODE_PIN,
        now_ms=now_ms,
    )
    world.agree(enrol(world.hub, [request], now_ms), 0, 1)
    return world
