"""Nodes in memory with routes in them, opened as a command opens one."""

from pathlib import Path
from typing import Any, cast

from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.core.codec.documents import encode_document
from broker.core.handling import Handling
from broker.core.records import SentMessage
from broker.settings import NodeFolder, NodeSettings
from keys.identity import PartyId
from tests import world
from tests.unit.broker.core.routes.route_world import document
from tests.unit.broker.services.recall_world import RecallWorld, Side
from tests.world import BEL, KEN, MEX, PARTIES

ROUTE = "route-intelligence/1"


class Holding:
    """What a node's keys are to whoever reads contents: the holder, and no more."""

    def __init__(self, party: PartyId) -> None:
        self.holder = world.holder(party)


def keys(party: PartyId) -> NodeKeys:
    return cast("NodeKeys", Holding(party))


def node(side: Side) -> Node:
    """Returns a party's node; its folder is where its store is."""
    return Node(
        folder=NodeFolder(side.path.parent),
        settings=NodeSettings(party=side.party, name="Focal point"),
        federation=cast("Any", None),
        store=side.store,
    )


def tell(
    side: Side,
    *places: Any,  # noqa: ANN401 - of a document
    to: tuple[PartyId, ...] = (BEL,),
    handling: str = "TLP:GREEN",
    in_reply_to: bytes = b"",
    **changes: Any,  # noqa: ANN401 - fields of the content
) -> SentMessage:
    """Sends a route; a moment passes, so that no two are of one moment."""
    side.clock.at_ms += 1
    body = encode_document(ROUTE, document(places, **changes))
    return side.send(to, body, ROUTE, Handling.parse(handling), in_reply_to)


def parties(folder: Path) -> RecallWorld:
    """Returns Kenya, Belgium and Mexico, who share everything up to TLP:AMBER."""
    made = RecallWorld(folder)
    for party in (KEN, BEL, MEX):
        made.side(party)
    assert set(made.sides) < set(PARTIES)
    return made
