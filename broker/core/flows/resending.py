"""Sending a message again, and taking one that was: what is enclosed, what is checked.

Pure. A message that is sent again goes past the hub, enclosed in another: it is taken
only together with the hub's own signed word that it has accepted it, so that nothing
gets in this way that its policies have not let through.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from broker.core.codec.envelope import EnvelopeParts, decode_envelope, encode_envelope
from broker.core.codec.receipts import decode_proof
from broker.core.envelope import Claim, read_claim
from broker.core.errors import Code, RefusedError
from broker.core.flows.intake import verify_delivery
from broker.core.limits import Limits
from broker.core.links import MINUTE_MS, ResendOutcome, Resent
from broker.core.model import Receipt, Stage
from broker.core.opening import open_envelope
from broker.core.protocol_kinds import UPKEEP_KINDS
from broker.core.receipts import read_bundle
from broker.core.records import LedgerLine, SentMessage
from keys.directory.model import DirectoryView
from keys.identity import HUB, KeyId, PartyId
from keys.sealing import EncryptionKey

_SHORTEST_MS: Final = 10 * MINUTE_MS  # less is not left to bring a message again


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A message that was asked for, as its origin holds it.

    Attributes:
        by_hub: What the hub stated about it.
        taken_back: Whether the origin has recalled it, or destroyed its content.
    """

    sent: SentMessage
    by_hub: Sequence[LedgerLine]
    taken_back: bool = False


def answer_about(
    number: int, original: Original | None, party: PartyId, now_ms: int
) -> Resent:
    """Returns what an origin answers about a number.

    What keeps links is never sent again: a heartbeat has done its work when another
    number shows that it is missing, and requests and answers are made anew as long as
    they are needed. Otherwise the answer to a lost answer would be another answer.

    Args:
        number: What was asked for.
        original: The message of that number; None where it is not known.
        party: Who asks, a recipient of it.
        now_ms: The present.
    """
    if original is None:
        return Resent(number=number, outcome=ResendOutcome.UNKNOWN)
    sent = original.sent
    stated = {line.receipt.stage: line for line in original.by_hub}
    accepted = stated.get(Stage.ACCEPTED)
    refused = stated.get(Stage.REFUSED)
    if sent.header.kind in UPKEEP_KINDS or original.taken_back:
        return _without(number, ResendOutcome.EXPIRED, sent)
    if accepted is None and refused is not None:
        return _with(number, ResendOutcome.REFUSED_BY_HUB, sent, refused)
    parts = decode_envelope(sent.envelope)
    late = sent.header.expires_ms < now_ms + _SHORTEST_MS
    if late or len(parts.wraps) != len(sent.header.parties):
        return _without(number, ResendOutcome.EXPIRED, sent)
    if accepted is None:
        return _without(number, ResendOutcome.UNDER_WAY, sent)
    wrap = parts.wraps[sent.header.parties.index(party)]
    return _with(
        number, ResendOutcome.SENT_AGAIN, sent, accepted, _with_wrap(parts, wrap)
    )


def too_large(resent: Resent) -> Resent:
    """Returns the answer in the place of one that no message has room for."""
    return Resent(
        number=resent.number,
        outcome=ResendOutcome.TOO_LARGE,
        message_digest=resent.message_digest,
    )


def _with_wrap(parts: EnvelopeParts, wrap: bytes) -> bytes:
    return encode_envelope(
        EnvelopeParts(
            signed_header=parts.signed_header,
            signature=parts.signature,
            ciphertext=parts.ciphertext,
            wraps=(wrap,),
        )
    )


def _without(number: int, outcome: ResendOutcome, sent: SentMessage) -> Resent:
    return Resent(number=number, outcome=outcome, message_digest=sent.message_digest)


def _with(
    number: int,
    outcome: ResendOutcome,
    sent: SentMessage,
    line: LedgerLine,
    envelope: bytes = b"",
) -> Resent:
    return Resent(
        number=number,
        outcome=outcome,
        message_digest=sent.message_digest,
        envelope=envelope,
        receipt=line.receipt_bytes,
        proof=line.proof,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asked, and what it checks an answer by.

    Attributes:
        encryption: Its keys, by id.
        directory: Parties and keys.
    """

    party: PartyId
    encryption: Mapping[KeyId, EncryptionKey]
    directory: DirectoryView


def check_resent(
    resent: Resent, origin: PartyId, asker: Asker, *, now_ms: int, limits: Limits
) -> Claim:
    """Checks a message that was sent again, as strictly as one that the hub brings.

    1. It is what the answer names, and of the party that answers. 2. All that is
    checked of a delivery holds. 3. The hub has accepted it. 4. It has the number that
    was asked for; what does not open is taken without, and refused as it always is.

    Args:
        resent: SENT_AGAIN.
        origin: Who answers.
        asker: Who asked.
        now_ms: The present.
        limits: Bounds.

    Raises:
        RefusedError: With the code of the first thing that is wrong; INVALID_CONTENT
            for what does not fit together.
    """
    # 1.
    claim = read_claim(resent.envelope, limits)
    if claim is None or claim.digest != resent.message_digest:
        raise RefusedError(Code.INVALID_CONTENT, "another message is enclosed")
    if claim.header.origin != origin or claim.header.kind in UPKEEP_KINDS:
        raise RefusedError(Code.INVALID_CONTENT, "no message of its own is enclosed")
    # 2.
    verified = verify_delivery(
        resent.envelope, asker.party, asker.directory, now_ms=now_ms, limits=limits
    )
    # 3.
    check_hub_word(resent, Stage.ACCEPTED, origin, asker.directory)
    # 4.
    try:
        opened = open_envelope(verified, asker.party, asker.encryption)
    except RefusedError:
        return claim
    if opened.link.sequence != resent.number:
        raise RefusedError(Code.INVALID_CONTENT, "the enclosed message has not it")
    return claim


def check_hub_word(
    resent: Resent, stage: Stage, origin: PartyId, directory: DirectoryView
) -> Receipt:
    """Returns what the hub said about a message, if it has.

    Raises:
        RefusedError: INVALID_RECEIPT, or the code of what does not verify.
    """
    [receipt] = read_bundle(decode_proof(resent.receipt, resent.proof), directory)
    if (receipt.by, receipt.to, receipt.stage, receipt.message_digest) != (
        HUB,
        origin,
        stage,
        resent.message_digest,
    ):
        raise RefusedError(Code.INVALID_RECEIPT, "not the hub's word about it")
    return receipt
