"""A real node without a hub for adapters, and deliveries made of the example files.

What one kind of adapter needs besides is left to its tests.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pytest

from adapters.values import Delivery, Withdrawal
from broker.app.adapters.configuration import Configured, read_ceiling
from broker.app.adapters.desk import NodeDesk
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.core.codec.documents import decode_document, encode_document
from broker.core.codec.draft import parse_draft
from broker.core.handling import Europol, Handling, Pap, Restrictions, Tlp
from broker.core.handover import Taker
from broker.core.model import message_id_text
from broker.core.policy.rule import Ceiling, Conditions, RuleTerms
from broker.core.recalls.recall import Reason
from broker.infra.clock import SystemClock
from broker.infra.document_files import load_file
from keys.directory.model import PartyEntry
from keys.framing import sha256
from keys.identity import PartyId
from tests import world
from tests.unit.broker.app import route_node
from tests.unit.broker.services.recall_world import RecallWorld, Side
from tests.world import BEL, KEN, MEX, NOW_MS

EXAMPLES: Final = Path(__file__).parent.parent / "examples"
_ALL: Final = Ceiling(tlp=Tlp.RED, codes=frozenset(Europol) - {Europol.H0}, pap=Pap.RED)
NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


def example_document(kind: str, **changes: object) -> dict[str, object]:
    """Returns the content of an example file, as protobuf's JSON mapping has it.

    Args:
        kind: Without version: "diversion-alert".
        changes: Fields of the content in place of those of the file.
    """
    draft = parse_draft(load_file(EXAMPLES / f"{kind}.yaml"))
    body = encode_document(draft.kind, {**draft.content, **changes})
    return decode_document(draft.kind, body)


def example_delivery(
    kind: str,
    number: int = 1,
    *,
    handling: str | Handling = "TLP:AMBER",
    content: Mapping[str, object] = NOTHING,
    **fields: Any,  # noqa: ANN401 - fields of a delivery
) -> Delivery:
    """Returns a delivery made of an example file.

    Args:
        kind: Without version: "diversion-alert".
        number: Tells it from others of the kind.
        handling: What binds whoever is given it.
        content: Fields of the content in place of those of the file.
        fields: Fields of the delivery in place of what they would be.
    """
    draft = parse_draft(load_file(EXAMPLES / f"{kind}.yaml"))
    digest = sha256(f"{kind}/{number}".encode())
    bound = Handling.parse(handling) if isinstance(handling, str) else handling
    made = Delivery(
        key=digest.hex(),
        message_digest=digest,
        message_id=message_id_text(digest[:16]),
        kind=draft.kind,
        origin=BEL,
        provider=BEL,
        handling=bound,
        case_reference=draft.case_reference or "",
        in_reply_to=b"",
        created_ms=NOW_MS - 60_000,
        received_ms=NOW_MS - 30_000 + number,
        keep_until_ms=None,
        document=example_document(kind, **content),
    )
    return replace(made, **fields)


def bound_deliveries() -> tuple[Delivery, ...]:
    """Returns an alert with nothing but a label, and one with all that can bind."""
    bounds = Restrictions(
        release_to=("adapter",), no_onward=True, other="Not to be copied"
    )
    strict = Handling(
        tlp=Tlp.AMBER_STRICT,
        europol=frozenset({Europol.H1, Europol.H2}),
        restrictions=replace(bounds, retention_days=30),
    )
    return (
        example_delivery("diversion-alert", 1, handling="TLP:GREEN"),
        example_delivery("diversion-alert", 2, handling=strict),
    )


def withdrawal_of(
    delivery: Delivery, *, destroy: bool = True, replacement: bytes = b""
) -> Withdrawal:
    """Returns what takes a delivery back."""
    return Withdrawal(
        key=f"withdrawal/{delivery.key}",
        message_digest=delivery.message_digest,
        destroy=destroy,
        replacement=replacement,
        at_ms=delivery.received_ms + 1000,
    )


@dataclass(slots=True)
class AdapterWorld:
    """KEN's node, whose policy gives everything to some desks; BEL and MEX write to it.

    It stands at a time of its own: `SystemClock` goes by it while it lasts.

    Attributes:
        folder: Where everything lies.
        monkeypatch: Sets the clock for as long as the test lasts.
        desks: To which everything is routed.
    """

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    desks: tuple[str, ...] = ("adapter",)
    parties: RecallWorld = field(init=False)

    def __post_init__(self) -> None:
        """Puts the three nodes together."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.parties = RecallWorld(self.folder)
        shown = {party: _entry(party, self.desks) for party in (KEN, BEL, MEX)}
        for party in shown:
            side = self.parties.side(party)
            side.trust = world.trust(dict(shown))
            side.restart()
        clock = self.parties.clock
        self.monkeypatch.setattr(SystemClock, "now_ms", lambda _: clock.now_ms())

    @property
    def side(self) -> Side:
        """KEN's node, as it is played."""
        return self.parties.sides[KEN]

    @property
    def node(self) -> Node:
        """KEN's node, as a command opens it."""
        return route_node.node(self.side)

    @property
    def keys(self) -> NodeKeys:
        """The keys of KEN's node."""
        return route_node.keys(KEN)

    def close(self) -> None:
        """Closes every store."""
        self.parties.close()

    def configured(
        self,
        name: str = "adapter",
        kind: str = "recorder",
        settings: Mapping[str, object] = NOTHING,
        ceiling: str = "TLP:RED H1 H2 H3 PAP:RED",
        **changes: Any,  # noqa: ANN401 - fields of what is configured
    ) -> Configured:
        """Returns an adapter as an operator would have configured it."""
        made = Configured(
            name=name,
            kind=kind,
            taker=Taker(desk=name, agency=name),
            ceiling=read_ceiling(ceiling),
            enabled=True,
            settings=settings,
            folder=self.folder / "adapters" / name,
        )
        return replace(made, **changes)

    def desk(self, configured: Configured | None = None) -> NodeDesk:
        """Returns the real desk of an adapter."""
        return NodeDesk(
            node=self.node,
            keys=self.keys,
            trust=lambda: self.side.trust,
            clock=self.parties.clock,
            configured=configured or self.configured(),
        )

    async def arrives(
        self,
        kind: str = "diversion-alert",
        *,
        origin: PartyId = BEL,
        handling: str | Handling = "TLP:GREEN",
        content: Mapping[str, object] = NOTHING,
        in_reply_to: bytes = b"",
    ) -> bytes:
        """Has a message arrive and be opened; returns its digest."""
        self.parties.clock.at_ms += 1
        draft = parse_draft(load_file(EXAMPLES / f"{kind}.yaml"))
        body = encode_document(draft.kind, {**draft.content, **content})
        bound = Handling.parse(handling) if isinstance(handling, str) else handling
        sender = self.parties.sides[origin]
        sent = sender.send((KEN,), body, draft.kind, bound, in_reply_to)
        await self.parties.settle()
        assert self.side.received(sent.message_digest).opened_ms is not None
        return sent.message_digest

    async def taken_back(self, digest: bytes, origin: PartyId = BEL) -> None:
        """Has its origin take a message back, and KEN destroy it."""
        sender = self.parties.sides[origin]
        sender.recall(sender.sent(digest), Reason.ERROR)
        await self.parties.settle()


def _entry(party: PartyId, desks: Iterable[str]) -> PartyEntry:
    """Returns a party that gives and takes everything, and routes it to some desks."""
    every = Conditions(every_item=True)
    terms = RuleTerms(routes=frozenset(desks))
    policy = world.open_policy(party)
    return world.entry(
        party,
        replace(
            policy,
            exports=tuple(
                replace(one, up_to=_ALL, conditions=every) for one in policy.exports
            ),
            imports=tuple(
                replace(one, up_to=_ALL, conditions=every, terms=terms)
                for one in policy.imports
            ),
        ),
    )
