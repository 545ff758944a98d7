"""Evidence from a node's own store and over its own connection to the hub.

Putting it together is left to `evidence`.
"""

import asyncio
import secrets
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from broker.app.credentials import NodeKeys
from broker.app.directory_history import Past, past_of_node
from broker.app.evidence import Collected, Order, Sources, Trusted, collect
from broker.app.evidence_items import read_item
from broker.app.files_over_bus import FilesOverBus, ask_desk, ask_log
from broker.app.node_folder import Node
from broker.app.node_link import audit_check, connected, trust_keeper
from broker.core.audit.snapshot import ProvenSnapshot
from broker.core.codec.desk import LogQuestion
from broker.core.codec.desk_stamps import (
    StampAnswer,
    decode_stamp_answer,
    encode_stamp_question,
)
from broker.core.codec.desk_tiles import encode_tile_question
from broker.core.errors import ConfigurationError, ProofError
from broker.core.evidence.manifest import MAX_MESSAGES
from broker.core.records import InboxMessage, LedgerLine, SentMessage
from broker.core.trust import Trust
from broker.infra.nats_bus import Bus
from broker.services.audit_check import Proven
from broker.services.log_follower import LogFollower
from broker.services.snapshot_history import snapshot_at, snapshot_of_message

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person asked to have evidence about.

    Attributes:
        messages: Each once; at least one.
        case: The case whose messages these are; empty for single ones.
    """

    messages: tuple[SentMessage | InboxMessage, ...]
    case: str = ""


def messages_of_case(node: Node, case: str) -> Wanted:
    """Returns every message of a case that this node sent or received.

    Raises:
        ConfigurationError: There is none, or there are more than one file may hold.
    """
    digests = [head.message_digest for head in node.store.heads_of_case(case)]
    found = [
        node.store.find_sent(one) or node.store.find_received(one)
        for one in dict.fromkeys(digests)
    ]
    messages = tuple(one for one in found if one is not None)
    if not messages:
        raise ConfigurationError(f"no message of case {case} in this node")
    if len(messages) > MAX_MESSAGES:
        raise ConfigurationError(
            f"case {case} has {len(messages)} messages, and a file of evidence holds "
            f"{MAX_MESSAGES}: export them one by one"
        )
    return Wanted(messages=messages, case=case)


async def export_evidence(
    node: Node, keys: NodeKeys, wanted: Wanted, *, disclosed: bool
) -> Collected:
    """Returns evidence about messages of a node.

    Args:
        node: The node.
        keys: Its keys.
        wanted: The messages.
        disclosed: Whether their contents are shown.

    Raises:
        BusError: The hub cannot be asked.
        ProofError: What the hub shows does not make evidence.
        DirectoryError: A directory of the past cannot be had.
        ConfigurationError: A content that is to be shown is not open here.
    """
    disclosing = keys if disclosed else None
    items = [read_item(node, message, disclosing) for message in wanted.messages]
    # Of the connection: two may run at a time.
    name = f"evidence-{secrets.token_hex(4)}"
    async with connected(node, keys, name=name) as bus:
        trust = await trust_keeper(node, bus).refresh()
        order = Order(exported_by=node.party, case=wanted.case, disclosed=disclosed)
        trusted = Trusted(
            root=node.federation.root,
            federation=trust.view.federation,
            snapshot=trust.view.snapshot_digest,
        )
        return await collect(items, order, trusted, _sources(node, bus, trust))


def _sources(node: Node, bus: Bus, trust: Trust) -> Sources:
    """Returns the hub as it is asked over a connection."""
    hub = _Hub(node=node, bus=bus, trust=trust, loop=asyncio.get_running_loop())
    return Sources(
        place=hub.place,
        snapshot_of=hub.snapshot_of,
        snapshot_at=hub.snapshot_at,
        checkpoint=hub.checkpoint,
        tile=hub.tile,
        stamp=hub.stamp,
        fetch=FilesOverBus(bus, hub.loop).fetch,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hub:
    """What a node asks the hub for evidence."""

    node: Node
    bus: Bus
    trust: Trust
    loop: asyncio.AbstractEventLoop

    async def place(self, line: LedgerLine) -> int | None:
        check = audit_check(self.node, self.bus, lambda: self.trust)
        found = await check.prove(line)
        return found.index if isinstance(found, Proven) else None

    async def snapshot_of(self, digest: bytes) -> ProvenSnapshot:
        return await snapshot_of_message(self._past().ask, digest)

    async def snapshot_at(self, at_ms: int) -> ProvenSnapshot:
        return await snapshot_at(self._past().ask, at_ms, self.trust.view.version)

    async def checkpoint(self) -> str:
        follower = LogFollower(lambda asked: ask_log(self.bus, asked), self.node.store)
        federation = self.trust.view.federation
        _, answer = await follower.advance(LogQuestion(), federation)
        if not answer.checkpoint:
            raise ProofError("the hub's log is empty")
        return answer.checkpoint

    def tile(self, path: str, size: int) -> bytes:
        tile = self._wait(ask_desk(self.bus, encode_tile_question(path, size)))
        if not tile:
            raise ProofError(f"the hub does not have {path} of its log")
        return tile

    async def stamp(self, index: int) -> StampAnswer:
        answer = await ask_desk(self.bus, encode_stamp_question(index))
        return decode_stamp_answer(answer)

    def _past(self) -> Past:
        return past_of_node(self.node, self.bus, self.trust)

    def _wait(self, asking: Coroutine[Any, Any, _T]) -> _T:
        """Waits for an answer, on another thread than the connection's."""
        return asyncio.run_coroutine_threadsafe(asking, self.loop).result()
