"""A node that systems call: Kenya's, with messages in it, and clients of each role.

No hub runs, and no server: requests are made in this process. Belgium, Mexico and
INTERPOL are there as far as messages come from them and go to them.

Kenya sends Mexico nothing above TLP:GREEN; routes for INTERPOL wait for two officers.
What comes goes to the desk police, alerts and routes to customs too; routes wait for a
person first.
"""

import asyncio
import base64
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import yaml
from fastapi import FastAPI
from starlette.testclient import TestClient

from broker.api.application import create_app
from broker.api.identity import TokenCheck
from broker.api.roles import EVERY_DESK, Role
from broker.api.settings import ApiSettings
from broker.api.state import Services
from broker.api.tokens import new_token, token_digest
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.core.clients import Client, Credential, CredentialKind
from broker.core.handling import Handling
from broker.core.policy.parse import parse_policy
from broker.core.trust import Trust, build_trust
from broker.infra.clock import SYSTEM_CLOCK
from keys.directory.model import DirectoryView, PublishedKey
from keys.identity import PartyId
from tests import world
from tests.case_world import example
from tests.officers import public_keys
from tests.unit.broker.app.route_node import keys as keys_of, node as node_of
from tests.unit.broker.services.recall_world import RecallWorld, Side
from tests.world import BEL, DAY_MS, KEN, MEX, PARTIES, XPO

AGENCY: Final = "National Police"
CUSTOMS_AGENCY: Final = "Customs"
ALERT: Final = "diversion-alert"
REQUEST: Final = "trace-request"
ROUTE: Final = "route-intelligence"

_ALL: Final = "TLP:RED H1 H2 H3 PAP:RED"
_OFFICERS: Final = {
    name: f"ed25519:{base64.b64encode(key).decode()}"
    for name, key in public_keys().items()
}
_OURS: Final = f"""
party: KEN
officers: {_OFFICERS}
export:
  - {{id: share, permit: every-kind, to: everyone, except: {{parties: [MEX]}},
     items: every-item, up-to: "{_ALL}"}}
  - {{id: little, permit: every-kind, to: {{parties: [MEX]}}, items: every-item,
     up-to: "TLP:GREEN"}}
  - {{id: routes, permit: [route-intelligence], to: {{parties: [XPO]}},
     items: every-item, up-to: "{_ALL}",
     approval: {{officers: [{", ".join(_OFFICERS)}], needed: 2}}}}
import:
  - {{id: take, permit: every-kind, from: everyone, items: every-item,
     up-to: "{_ALL}", route: [police]}}
  - {{id: alerts, permit: [diversion-alert], from: everyone, items: every-item,
     up-to: "{_ALL}", route: [police, customs]}}
  - {{id: look-first, permit: [route-intelligence], from: everyone, items: every-item,
     up-to: "{_ALL}", route: [police, customs], quarantine: true}}
"""
_THEIRS: Final = """
party: {party}
export:
  - {{id: share, permit: every-kind, to: everyone, items: every-item, up-to: "{up_to}"}}
import:
  - {{id: take, permit: every-kind, from: everyone, items: every-item,
     up-to: "{up_to}", route: [police]}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A client of the node, and what it shows."""

    name: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What a request of it carries."""
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(slots=True)
class ApiWorld:
    """Kenya's node, and what calls it.

    Attributes:
        parties: The parties, and the way between them.
        settings: What the operator has set.
    """

    parties: RecallWorld
    settings: ApiSettings = field(default_factory=ApiSettings)
    issued: TokenCheck | None = None
    services: Services = field(init=False)
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        """Puts the interface before the node."""
        self.restart()

    @property
    def ours(self) -> Side:
        """Kenya."""
        return self.parties.sides[KEN]

    @property
    def node(self) -> Node:
        """Its node."""
        return self.services.node

    @property
    def keys(self) -> NodeKeys:
        """The keys of its node."""
        return self.services.keys

    def restart(self) -> None:
        """Forgets what the interface holds in memory."""
        self.services = Services(
            node=node_of(self.ours),
            keys=keys_of(KEN),
            trust=lambda: self.ours.trust,
            clock=self.parties.clock,
            settings=self.settings,
        )
        self.app = create_app(self.services, self.issued)

    def register(
        self,
        name: str,
        roles: Collection[Role],
        desks: Collection[str] = (),
        agency: str = AGENCY,
        days: int = 30,
    ) -> Registered:
        """Registers a client with a token."""
        now_ms = self.parties.clock.now_ms()
        token, ends_ms = new_token(), now_ms + days * DAY_MS
        self.node.store.add_client(
            Client(
                name=name,
                agency=agency,
                roles=frozenset(map(str, roles)),
                desks=frozenset(desks),
                created_ms=now_ms,
                expires_ms=ends_ms,
            ),
            [
                Credential(
                    digest=token_digest(token),
                    kind=CredentialKind.TOKEN,
                    client=name,
                    created_ms=now_ms,
                    expires_ms=ends_ms,
                )
            ],
        )
        return Registered(name=name, token=token)

    def client(self, who: Registered | None = None) -> TestClient:
        """Returns what makes requests in a client's name; None: in nobody's."""
        return TestClient(
            self.app,
            headers=who.headers if who else {},
            raise_server_exceptions=False,
        )

    def receive(
        self,
        kind: str = REQUEST,
        origin: PartyId = BEL,
        handling: str = "TLP:AMBER",
        in_reply_to: bytes = b"",
    ) -> bytes:
        """Has a party send Kenya an example; returns its digest once it is open."""
        sender = self.parties.sides[origin]
        sent = sender.send(
            (KEN,), example(kind), f"{kind}/1", Handling.parse(handling), in_reply_to
        )
        self.settle()
        return sent.message_digest

    def send(
        self, kind: str = REQUEST, to: PartyId = BEL, handling: str = "TLP:AMBER"
    ) -> bytes:
        """Has a person of Kenya's send an example; returns its digest."""
        sent = self.ours.send(
            (to,), example(kind), f"{kind}/1", Handling.parse(handling)
        )
        return sent.message_digest

    def settle(self) -> None:
        """Lets everybody do all that is due; not in an asynchronous test."""
        asyncio.run(self.parties.settle())


ROLES: Final[Mapping[str, tuple[Role, ...]]] = {
    "submitter": (Role.SUBMIT,),
    "reader": (Role.READ,),
    "responder": (Role.READ, Role.RESPOND),
    "auditor": (Role.AUDIT,),
    "administrator": (Role.ADMINISTER,),
}
"""Clients by the roles they have; those that read do so for the desk police."""


@contextmanager
def api_world(folder: Path, settings: ApiSettings | None = None) -> Iterator[ApiWorld]:
    """Gives Kenya's node, which has sent and received nothing yet."""
    folder.mkdir(parents=True, exist_ok=True)
    clock = world.FakeClock(SYSTEM_CLOCK.now_ms())
    parties = RecallWorld(folder, clock)
    trust = present_trust(clock.at_ms)
    for party in PARTIES:
        side = parties.side(party)
        side.trust = trust
        side.restart()
    try:
        yield ApiWorld(parties, settings or ApiSettings(tls="none"))
    finally:
        parties.close()


def everybody(made: ApiWorld) -> dict[str, Registered]:
    """Registers a client for each of `ROLES`, `every-desk` and `customs`."""
    found = {
        name: made.register(name, roles, ("police",) if Role.READ in roles else ())
        for name, roles in ROLES.items()
    }
    found["every-desk"] = made.register("every-desk", (Role.READ,), (EVERY_DESK,))
    found["customs"] = made.register(
        "customs", (Role.READ, Role.SUBMIT, Role.RESPOND), ("customs",), CUSTOMS_AGENCY
    )
    return found


def present_trust(now_ms: int) -> Trust:
    """Returns a directory whose keys hold now, and not at the time of `tests.world`."""
    texts = {
        party: _THEIRS.format(party=party, up_to=_ALL) for party in (BEL, MEX, XPO)
    }
    texts[KEN] = _OURS
    entries = {
        party: world.entry(party, parse_policy(yaml.safe_load(text)))
        for party, text in texts.items()
    }
    view = world.view(dict(entries))

    def moved(keys: tuple[PublishedKey, ...]) -> tuple[PublishedKey, ...]:
        return tuple(
            replace(
                key,
                valid_from_ms=now_ms - 30 * DAY_MS,
                valid_to_ms=now_ms + 335 * DAY_MS,
            )
            for key in keys
        )

    parties = {
        party: replace(
            one,
            record=replace(
                one.record,
                signing_keys=moved(one.record.signing_keys),
                encryption_keys=moved(one.record.encryption_keys),
            ),
        )
        for party, one in view.parties.items()
    }
    federation = replace(view.federation, hub_keys=moved(view.federation.hub_keys))
    dated: DirectoryView = replace(view, parties=parties, federation=federation)
    return build_trust(dated)
