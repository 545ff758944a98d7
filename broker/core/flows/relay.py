"""What the hub decides about one submission: accepted, refused, forwarded, known.

Pure: bytes, directory and the present in; a decision out. Fetching, signing and
writing are left to the relay service.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from broker.core.codec.envelope import EnvelopeItem, ReceiptsItem, decode_submission
from broker.core.codec.receipts import BundleParts, decode_bundle
from broker.core.envelope import (
    CheckedEnvelope,
    Claim,
    VerifiedEnvelope,
    check,
    read_claim,
    verify_signature,
)
from broker.core.errors import Code, RefusedError
from broker.core.flows.header_policy import check_policies
from broker.core.flows.usage import UsageLookUp, check_limits, stored_bytes
from broker.core.limits import Limits
from broker.core.model import Header, Receipt, Stage
from broker.core.policy.engine import Engine
from broker.core.receipts import pick, read_bundle
from keys.directory.model import DirectoryView
from keys.errors import KeyNotValidError, UnknownPartyError
from keys.identity import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A message the hub accepted before.

    Attributes:
        message_digest: SHA-256 of its signed header.
        origin: Who sent it.
        recipients: To whom.
    """

    message_digest: bytes
    origin: PartyId
    recipients: frozenset[PartyId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything a decision depends on besides the submission itself.

    Attributes:
        directory: Parties and keys.
        engines: The published policy of each party, compiled; a party without one
            allows nothing.
        limits: Bounds.
        now_ms: The present.
        by_id: Looks an accepted message up by its UUID.
        by_digest: Looks an accepted message up by its digest.
        usage: Looks up what was taken from a party before.
    """

    directory: DirectoryView
    engines: Mapping[PartyId, Engine]
    limits: Limits
    now_ms: int
    by_id: Callable[[bytes], Known | None]
    by_digest: Callable[[bytes], Known | None]
    usage: UsageLookUp


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """To be delivered to every recipient.

    Attributes:
        arrived_ms: When it came to the bus, in ms since the epoch.
    """

    submission_digest: bytes
    envelope: VerifiedEnvelope
    arrived_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Nothing is delivered; whoever owns the connection is told why.

    Attributes:
        header: What could be read, or None.
        signed_header: Bytes of it, or empty.
    """

    submission_digest: bytes
    party: PartyId
    code: Code
    detail: str
    header: Header | None = None
    signed_header: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """Receipts of a party, to be logged and handed to those they are for.

    Attributes:
        bundle: With those receipts only that the party may give.
        receipts: What they say, in the same order.
        rejected: Why others of the same bundle were left out.
    """

    submission_digest: bytes
    party: PartyId
    bundle: BundleParts
    receipts: tuple[Receipt, ...]
    rejected: tuple[str, ...] = ()


Outcome = Accepted | Refused | Forwarded


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """An envelope that lacks nothing but the look at its signature.

    Attributes:
        arrived_ms: When it came to the bus, in ms since the epoch.
    """

    submission_digest: bytes
    party: PartyId
    checked: CheckedEnvelope
    arrived_ms: int


def examine(
    data: bytes,
    submission_digest: bytes,
    party: PartyId,
    rules: Rules,
    arrived_ms: int | None = None,
) -> Examined | Outcome:
    """Takes a submission as far as possible without verifying an envelope.

    Args:
        data: The submission.
        submission_digest: SHA-256 of it.
        party: Owner of the connection it came over, as the bus enforces it.
        rules: What it is judged by.
        arrived_ms: When it came to the bus, in ms since the epoch; just now if None.
    """
    arrived_ms = rules.now_ms if arrived_ms is None else arrived_ms
    try:
        return _examine(data, submission_digest, party, rules, arrived_ms)
    except RefusedError as error:
        return refuse(data, submission_digest, party, error, rules.limits)


def refuse(
    data: bytes,
    submission_digest: bytes,
    party: PartyId,
    error: RefusedError,
    limits: Limits,
) -> Refused:
    """Returns the refusal of a submission: about a message, where one can be read."""
    claim = _claim(data, limits)
    return Refused(
        submission_digest=submission_digest,
        party=party,
        code=error.code,
        detail=error.detail,
        header=claim.header if claim else None,
        signed_header=claim.signed_header if claim else b"",
    )


def _claim(data: bytes, limits: Limits) -> Claim | None:
    """Reads what a refused submission is about, where that can be read."""
    if len(data) > limits.envelope_max_size:
        return None
    try:
        return read_claim(decode_submission(data).data, limits)
    except RefusedError:
        return None


def _examine(
    data: bytes,
    submission_digest: bytes,
    party: PartyId,
    rules: Rules,
    arrived_ms: int,
) -> Examined | Forwarded:
    if len(data) > rules.limits.envelope_max_size:
        raise RefusedError(Code.OVERSIZE, f"{len(data)} bytes")
    match decode_submission(data):
        case EnvelopeItem(envelope):
            checked = check(
                envelope, rules.directory, now_ms=rules.now_ms, limits=rules.limits
            )
            # Of whoever owns the connection, and so pays for what comes over it.
            check_limits(
                rules.directory.federation.limits(party),
                len(envelope),
                lambda: rules.usage(party, arrived_ms),
                stored=stored_bytes(checked.parts),
            )
            return Examined(
                submission_digest=submission_digest,
                party=party,
                checked=checked,
                arrived_ms=arrived_ms,
            )
        case ReceiptsItem(bundle):
            return _forward(bundle, submission_digest, party, rules)


def conclude(examined: Examined, rules: Rules) -> Accepted | Refused:
    """Verifies the signature and applies what needs a verified header.

    1. signature; 2. the origin owns the connection; 3. the id is new; 4. the policy
    of the origin, then of each recipient, as far as the header shows it.

    Safe to run on any thread: it reads, and verifying releases the interpreter lock.
    """
    checked = examined.checked
    try:
        envelope = _conclude(examined, rules)
    except RefusedError as error:
        return Refused(
            submission_digest=examined.submission_digest,
            party=examined.party,
            code=error.code,
            detail=error.detail,
            header=checked.header,
            signed_header=checked.parts.signed_header,
        )
    return Accepted(
        submission_digest=examined.submission_digest,
        envelope=envelope,
        arrived_ms=examined.arrived_ms,
    )


def _conclude(examined: Examined, rules: Rules) -> VerifiedEnvelope:
    # 1.
    envelope = verify_signature(examined.checked)
    header = envelope.header
    # 2.
    if header.origin != examined.party:
        raise RefusedError(
            Code.WRONG_CONNECTION, f"{header.origin} over that of {examined.party}"
        )
    # 3. The same bytes come no further than the index. Other bytes under this id are
    # another message, or the same one signed again: as many times as its origin likes.
    if rules.by_id(header.message_id) is not None:
        raise RefusedError(Code.REPLAYED_ID)
    # 4.
    check_policies(header, rules.engines, rules.now_ms)
    return envelope


def _forward(
    data: bytes, submission_digest: bytes, party: PartyId, rules: Rules
) -> Forwarded:
    bundle = decode_bundle(data, rules.limits)
    if bundle.signer != party:
        raise RefusedError(
            Code.WRONG_CONNECTION, f"{bundle.signer[:20]} over that of {party}"
        )
    if bundle.tree_size != len(bundle.receipts):
        raise RefusedError(Code.INVALID_RECEIPT, "not all that was signed together")
    try:
        # Whoever stole a key can write any time into a receipt, too.
        rules.directory.check_not_revoked(party, bundle.signer_key_id, rules.now_ms)
    except UnknownPartyError:
        raise RefusedError(Code.UNKNOWN_PARTY, party) from None
    except KeyNotValidError as error:
        raise RefusedError(Code.KEY_NOT_VALID, str(error)) from None
    kept: list[int] = []
    rejected: list[str] = []
    receipts = read_bundle(bundle, rules.directory)
    for index, receipt in enumerate(receipts):
        try:
            _check_statement(receipt, party, rules)
            kept.append(index)
        except RefusedError as error:
            rejected.append(str(error))
    if not kept:
        raise RefusedError(Code.INVALID_RECEIPT, "; ".join(rejected))
    return Forwarded(
        submission_digest=submission_digest,
        party=party,
        bundle=pick(bundle, kept),
        receipts=tuple(receipts[index] for index in kept),
        rejected=tuple(rejected),
    )


def _check_statement(receipt: Receipt, party: PartyId, rules: Rules) -> None:
    """Refuses a receipt that its author is not in a position to give."""
    if receipt.at_ms > rules.now_ms + rules.limits.clock_skew_ms:
        raise RefusedError(Code.FROM_THE_FUTURE, "receipt")
    match receipt.stage:
        case Stage.ACCEPTED:
            raise RefusedError(Code.INVALID_RECEIPT, "only the hub accepts")
        case Stage.WITHHELD:
            if receipt.to != party:
                raise RefusedError(Code.INVALID_RECEIPT, "withheld for another")
        case (
            Stage.DELIVERED
            | Stage.OPENED
            | Stage.REFUSED
            | Stage.ACKNOWLEDGED
            | Stage.ACTED
        ):
            known = rules.by_digest(receipt.message_digest)
            if known is None:
                raise RefusedError(Code.INVALID_RECEIPT, "of an unknown message")
            if party not in known.recipients or receipt.to != known.origin:
                raise RefusedError(Code.INVALID_RECEIPT, "of another's message")
