"""What a node makes of notices and attestations as they are opened.

Pure. What follows from them at the recipient is left to
`broker.services.recall_keeper`.
"""

from broker.core.codec.recall import read_attestation, read_notice
from broker.core.errors import Code, RefusedError
from broker.core.model import Header
from broker.core.protocol_kinds import ATTESTATION, CORRECTION, RECALL
from broker.core.recalls.recall import (
    Attestation,
    Notice,
    SentNotice,
    check_attestation,
    check_notice,
)
from keys.identity import PartyId


def read_taking_back(header: Header, body: bytes) -> Notice | Attestation | None:
    """Reads a notice or an attestation; None for what is neither.

    Args:
        header: Of the message that carries it.
        body: Its content.

    Raises:
        RefusedError: INVALID_RECALL, when it contradicts its header; INVALID_CONTENT or
            the code of malformed bytes.
    """
    match header.kind:
        case kind if kind in (RECALL, CORRECTION):
            notice = read_notice(kind, body)
            check_notice(notice, header)
            return notice
        case kind if kind == ATTESTATION:
            said = read_attestation(body)
            check_attestation(said, header)
            return said
    return None


def check_answer(said: Attestation, by: PartyId, sent: SentNotice | None) -> None:
    """Returns if an attestation answers a notice of ours, by one whom it went to.

    Raises:
        RefusedError: INVALID_RECALL.
    """
    if sent is None:
        raise RefusedError(Code.INVALID_RECALL, "it answers no notice of ours")
    if by not in sent.parties:
        raise RefusedError(Code.INVALID_RECALL, f"{by} was sent no such notice")
    if said.message_digest != sent.notice.message_digest:
        raise RefusedError(Code.INVALID_RECALL, "it is about another message")
    if not sent.notice.destroy:
        raise RefusedError(Code.INVALID_RECALL, "nothing was to be destroyed")
