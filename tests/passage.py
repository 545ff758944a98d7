"""A document's way through the exchange, in memory but for the sender's database.

Real policies, redaction, sealing, relaying and opening. What is looked for on the way
is left to `tests.leak_hunt`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker.core.codec.envelope import (
    EnvelopeItem,
    decode_delivery,
    decode_envelope,
    deliveries,
)
from broker.core.codec.permission import read_copy
from broker.core.envelope import Sealed
from broker.core.errors import Code, RefusedError
from broker.core.flows.intake import verify_delivery
from broker.core.flows.relay import Accepted, Examined, Rules, conclude, examine
from broker.core.flows.usage import nothing_used
from broker.core.limits import Limits
from broker.core.onward import Layer, Onward, Provided
from broker.core.opening import open_envelope
from broker.core.outgoing import OutgoingDocument
from broker.core.permissions import Act, Answer, Grant, Verdict
from broker.core.trust import Trust
from broker.infra.node_store import NodeStore
from broker.services.dispatch import Dispatcher
from keys.framing import sha256
from keys.identity import PartyId
from tests import world

_LIMITS: Final = Limits()
_NOTHING_LEFT: Final = frozenset(
    {Code.EXPORT_POLICY, Code.IMPORT_POLICY, Code.REDACTION}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What a recipient holds once it has opened its copy."""

    recipient: PartyId
    body: bytes


def send(
    origin: PartyId, document: OutgoingDocument, trust: Trust, database: Path
) -> tuple[Sealed, ...]:
    """What leaves the sender's node; nothing if policies let nobody have it."""
    store = NodeStore(database)
    dispatcher = Dispatcher(
        world.holder(origin),
        store,
        lambda: trust,
        world.FakeClock(),
        _LIMITS,
        consented,
    )
    try:
        return dispatcher.send(document, partial=True)
    except RefusedError as error:
        if error.code not in _NOTHING_LEFT:
            raise
        return ()
    finally:
        store.close()


def consented(document: OutgoingDocument) -> Onward:
    """What an onward copy stands on: its provider has agreed to every recipient."""
    copy = read_copy(document.body)
    grant = Grant(
        message_digest=copy.message_digest,
        act=Act.ONWARD,
        verdict=Verdict.GRANTED,
        parties=frozenset(document.recipients),
    )
    answer = Answer(
        digest=copy.grant_digest, by=copy.provider, at_ms=world.NOW_MS, grant=grant
    )
    layer = Layer(by=copy.provider, digest=copy.message_digest, handling=copy.handling)
    provided = Provided(
        layers=(layer,), kind=copy.kind, body=copy.body, sealed_ms=world.NOW_MS
    )
    return Onward(copy=copy, provided=provided, answers=(answer,))


def is_relayed(sealed: Sealed, trust: Trust) -> bool:
    """Whether the hub lets a message through."""
    rules = Rules(
        directory=trust.view,
        engines=trust.engines,
        limits=_LIMITS,
        now_ms=world.NOW_MS,
        by_id=lambda _: None,
        by_digest=lambda _: None,
        usage=nothing_used,
    )
    data = world.submitted(sealed)
    outcome = examine(data, sha256(data), sealed.header.origin, rules)
    if isinstance(outcome, Examined):
        outcome = conclude(outcome, rules)
    return isinstance(outcome, Accepted)


def arrivals(sealed: Sealed, trust: Trust) -> Iterator[Arrival]:
    """What each recipient makes of the copy that the hub hands it."""
    copies = deliveries(decode_envelope(sealed.envelope))
    for recipient, copy in zip(sealed.header.parties, copies, strict=True):
        item = decode_delivery(copy)
        assert isinstance(item, EnvelopeItem)
        verified = verify_delivery(
            item.data, recipient, trust.view, now_ms=world.NOW_MS, limits=_LIMITS
        )
        key = world.encryption_key(recipient)
        opened = open_envelope(verified, recipient, {key.public.key_id: key})
        yield Arrival(recipient=recipient, body=opened.body)
