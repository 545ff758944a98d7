"""Gives a desk what policy gives it: opened, bound, recorded first.

What may be given is decided in `broker.core.handover`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from adapters.values import Delivery
from broker.app.adapters.configuration import Configured
from broker.app.credentials import NodeKeys
from broker.app.doubts import doubts_about
from broker.app.node_folder import Node
from broker.core.adapting import LetterCode, above
from broker.core.admitted import HandedOut
from broker.core.codec.handed import handed_document
from broker.core.errors import BrokerError, Code, RefusedError
from broker.core.handling import Handling, IntendedUse, Restrictions
from broker.core.handover import hand_over
from broker.core.model import message_id_text
from broker.core.records import InboxMessage
from broker.core.tightening import check_not_looser, tighten
from broker.services.holdings import Holdings
from keys.framing import frame, sha256


class AboveCeilingError(BrokerError):
    """A delivery that is handled more strictly than an adapter's system may have it.

    Args:
        stricter: What of its handling is.
    """

    def __init__(self, stricter: str) -> None:
        super().__init__(f"{LetterCode.ABOVE_CEILING.value}: {stricter}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """Hands contents over to one adapter.

    Attributes:
        node: The node.
        keys: Its keys.
        configured: The adapter.
    """

    node: Node
    keys: NodeKeys
    configured: Configured

    def hand(self, message_digest: bytes, now_ms: int) -> Delivery:
        """Returns a delivery; that it was given is recorded, once, on return.

        Raises:
            RefusedError: As `hand_over`, and RECALLED or CANNOT_OPEN; nothing is
                recorded.
            AboveCeilingError: Likewise.
            ContentError: It was protected under another key.
            StoreError: It could not be recorded.
        """
        received = _received(self.node, message_digest)
        delivery = self._delivery(received, now_ms)
        self._record(delivery, now_ms)
        return delivery

    def _delivery(self, received: InboxMessage, now_ms: int) -> Delivery:
        digest, taker = received.message_digest, self.configured.taker
        holdings = Holdings(self.keys.holder, self.node.store)
        provided = holdings.provided(received)
        court = taker.use is IntendedUse.JUDICIAL_PROCEEDINGS
        handling = hand_over(
            provided,
            self.node.store.admission(digest),
            taker,
            # All permissions that anybody ever gave: opened only where they matter.
            holdings.answers() if court else (),
            now_ms,
        )
        if stricter := above(self.configured.ceiling, handling):
            raise AboveCeilingError(stricter)
        header = received.header
        return Delivery(
            key=digest.hex(),
            message_digest=digest,
            message_id=message_id_text(header.message_id),
            kind=provided.kind,
            origin=header.origin,
            provider=provided.provider.by,
            handling=handling,
            case_reference=header.case_reference,
            in_reply_to=header.in_reply_to,
            created_ms=header.created_ms,
            received_ms=received.received_ms,
            keep_until_ms=provided.kept_until_ms,
            document=handed_document(provided.kind, provided.body),
            warning=doubts_about(self.node, [received]).get(digest, ""),
        )

    def _record(self, delivery: Delivery, now_ms: int) -> None:
        taker = self.configured.taker
        given = HandedOut(
            message_digest=delivery.message_digest,
            desk=taker.desk,
            agency=taker.agency,
            purpose=taker.use.word if taker.use else "",
            at_ms=now_ms,
            file_digest=content_digest(delivery.kind, delivery.document),
        )
        if not any(_same(given, one) for one in self._given(delivery)):
            self.node.store.note_handed_out(given)

    def _given(self, delivery: Delivery) -> list[HandedOut]:
        return self.node.store.handed_out(delivery.message_digest)


def bound(
    node: Node,
    keys: NodeKeys,
    handling: Handling,
    sources: Iterable[bytes],
    now_ms: int,
) -> Handling:
    """Returns a handling with all that binds whoever says something of some messages.

    Args:
        node: The node.
        keys: Its keys.
        handling: As whoever wrote the document has it.
        sources: Digests of the messages.
        now_ms: The present.

    Raises:
        RefusedError: LOOSER_HANDLING, or a source is not to be had here any more.
        ContentError: A source was protected under another key.
    """
    holdings, result = Holdings(keys.holder, node.store), handling
    for digest in sources:
        source = holdings.provided(_received(node, digest)).binding(now_ms)
        # The label has to be strict enough as it is written: whoever reads it in the
        # other system must not be misled. Restrictions come on top by themselves.
        check_not_looser(replace(source, restrictions=Restrictions()), handling)
        result = tighten(result, source)
    return result


def content_digest(kind: str, document: object) -> bytes:
    """Returns SHA-256 of a content as it is given to a system, 32 bytes."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return sha256(frame(kind.encode(), text.encode()))


def _received(node: Node, message_digest: bytes) -> InboxMessage:
    received = node.store.find_received(message_digest)
    if received is None:
        name = message_digest.hex()[:16]
        raise RefusedError(Code.CANNOT_OPEN, f"no message {name} came in here")
    return received


def _same(one: HandedOut, other: HandedOut) -> bool:
    return (one.desk, one.agency, one.purpose, one.file_digest) == (
        other.desk,
        other.agency,
        other.purpose,
        other.file_digest,
    )
