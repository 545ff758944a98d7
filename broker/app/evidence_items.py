"""What a node itself holds of a message, as evidence shows it.

What the hub adds is left to `evidence`.
"""

from collections.abc import Container
from dataclasses import dataclass, replace

from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.core.codec.envelope import SealedBody, decode_envelope
from broker.core.errors import ConfigurationError
from broker.core.evidence.decided import write_decisions
from broker.core.evidence.parts import MessageParts, ReceiptParts
from broker.core.opening import read_sealed
from broker.core.records import InboxMessage, LedgerLine, SentMessage
from broker.core.releases import Evidence
from broker.services.pending_vault import open_evidence
from keys.framing import sha256
from keys.sealing import unprotect


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A message that evidence is to be about.

    Attributes:
        parts: What is shown of it, but for the statements.
        lines: What was stated about it: by others, even where they contradict
            themselves, and by this node.
    """

    parts: MessageParts
    lines: tuple[LedgerLine, ...]

    def shown(self, logged: Container[bytes]) -> MessageParts:
        """Returns it with those statements that the log holds.

        Args:
            logged: Digests of their receipts.
        """
        receipts = {
            digest: ReceiptParts(receipt=line.receipt_bytes, proof=line.proof, place="")
            for line in self.lines
            if (digest := sha256(line.receipt_bytes)) in logged
        }
        ordered = tuple(receipts[digest] for digest in sorted(receipts))
        return replace(self.parts, receipts=ordered)


def read_item(
    node: Node, message: SentMessage | InboxMessage, disclosing: NodeKeys | None
) -> Item:
    """Returns what this node holds of a message.

    Args:
        node: The node.
        message: The message.
        disclosing: The node's keys, if the content is to be shown; None if not.

    Raises:
        ConfigurationError: Its content is to be shown, and is not open here.
        RefusedError: RECALLED, when its content is to be shown and was taken back; or
            what is stored cannot be read.
        ContentError: It was protected under another key.
    """
    digest = message.message_digest
    envelope = decode_envelope(message.envelope)
    parts = MessageParts(
        signed_header=envelope.signed_header,
        signature=envelope.signature,
        receipts=(),
        decisions=write_decisions(node.store.decisions_about(digest)),
    )
    if disclosing is not None:
        parts = _disclosed(node, message, parts, disclosing)
    store = node.store
    lines = (
        *store.ledger(digest),
        *store.contradictions(digest),
        *store.stated(digest),
    )
    return Item(parts=parts, lines=lines)


def _disclosed(
    node: Node,
    message: SentMessage | InboxMessage,
    parts: MessageParts,
    keys: NodeKeys,
) -> MessageParts:
    release, policy = None, b""
    if isinstance(message, SentMessage):
        release, policy = _release(node, message, keys)
    return replace(
        parts,
        content=_content(node, message, keys.holder.store_key),
        release=release,
        policy=policy,
    )


def _content(
    node: Node, message: SentMessage | InboxMessage, store_key: bytes
) -> SealedBody:
    if gone := node.store.taken_back(message.message_digest):
        if isinstance(message, SentMessage):
            gone.check_readable()
        else:
            gone.check_usable()
    if not message.protected_key:
        raise ConfigurationError(
            f"the content of {message.message_digest.hex()[:16]} is not open at this "
            "node, so that it cannot be disclosed: export without --disclose content"
        )
    content_key = unprotect(
        store_key, message.protected_key, context=message.message_digest
    )
    envelope = decode_envelope(message.envelope)
    return read_sealed(envelope.signed_header, envelope.ciphertext, content_key)


def _release(
    node: Node, message: SentMessage, keys: NodeKeys
) -> tuple[Evidence | None, bytes]:
    """Returns what officers approved, and the policy that names them."""
    released = node.store.released(message.message_digest)
    known = node.store.policy_of(message.header.policy_digest)
    if released is None or known is None:
        return None, b""
    return open_evidence(keys.holder.store_key, released), known.policy
