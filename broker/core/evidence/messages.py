"""What evidence claims about one message, checked claim by claim.

Which directory and which log it is checked by is left to whoever calls.
"""

from typing import Final

from broker.core.codec.documents import decode_document
from broker.core.errors import ProofError, RefusedError
from broker.core.evidence.decided import read_decisions
from broker.core.evidence.directories import Directories, Judged
from broker.core.evidence.findings import State
from broker.core.evidence.log import ShownLog
from broker.core.evidence.remarks import BY_HUB, Say, mention_key
from broker.core.evidence.stated import StatedMessage, StatedReceipt
from broker.core.model import Decider, Receipt, Stage
from broker.core.receipts import read_bundle
from broker.core.release_check import check_release
from broker.core.sentences import describe_stage
from keys.directory.roles import instant
from keys.errors import KeysError
from keys.identity import HUB
from keys.preauth import PayloadType
from keys.sealing import commitment
from keys.signing import signing_public_key

_BY_RECIPIENTS: Final = frozenset(
    {Stage.DELIVERED, Stage.OPENED, Stage.REFUSED, Stage.ACKNOWLEDGED, Stage.ACTED}
)
_BY_WHOM: Final = {
    Decider.NODE: "",
    Decider.PERSON: ", decided by a person",
    Decider.SYSTEM: ", decided by a system",
}


def check_origin(message: StatedMessage, directories: Directories, say: Say) -> None:
    """Checks that the origin signed the message, with a key that was its own then.

    Raises:
        ProofError: It did not, or no directory says so.
    """
    header, signing = message.header, message.signing
    judged = directories.judge(signing)
    try:
        key = judged.view.signing_key(header.origin, signing.key_id, signing.at_ms)
        signing_public_key(key.key).verify(
            PayloadType.ENVELOPE, message.parts.signed_header, message.parts.signature
        )
    except KeysError as error:
        raise ProofError(f"its origin's signature: {error}") from error
    case = f", case {header.case_reference}" if header.case_reference else ""
    say(
        State.PROVED,
        f"{header.origin} signed {message}: {header.kind} to "
        f"{', '.join(header.parties)}{case}, handling {header.handling}, sealed "
        f"{instant(header.created_ms)} by the clock of {header.origin}. The key "
        f"{signing.key_id.hex()[:16]} was one of {header.origin}'s and valid then: "
        f"{_directory(judged)}.",
    )
    mention_key(signing, judged, say)


def check_receipt(
    message: StatedMessage,
    one: StatedReceipt,
    directories: Directories,
    log: ShownLog | None,
    say: Say,
) -> int | None:
    """Checks a statement about a message: who says it, who may, and that it is logged.

    Returns:
        Its place in the log; None where no log is shown.

    Raises:
        ProofError: Any of it is not so.
    """
    receipt, signing = one.receipt, one.signing
    _check_standing(message, receipt)
    judged = directories.judge(signing)
    try:
        read_bundle(one.bundle, judged.view)
    except RefusedError as error:
        raise ProofError(f"its signature: {error}") from error
    index = None if log is None else log.receipt(one.parts.place, one.parts.receipt)
    refusal = f" with the code {receipt.code}" if receipt.code else ""
    authority = f" for {receipt.authority}" if receipt.authority else ""
    place = "" if index is None else f", and this is entry {index} of the log"
    say(
        State.PROVED,
        f"{receipt.by} stated {receipt.stage.name} of {message}{authority}{refusal} at "
        f"{instant(receipt.at_ms)} by its own clock{_BY_WHOM[receipt.decider]}"
        f"{place}: the message was {describe_stage(receipt.stage)}.",
    )
    mention_key(signing, judged, say)
    return index


def check_content(message: StatedMessage, say: Say) -> None:
    """Checks that what is disclosed is what the origin signed.

    Raises:
        ProofError: It is not, or does not fit its kind.
    """
    content, origin = message.parts.content, message.header.origin
    if content is None:
        say(State.UNPROVED, "What the message says: its content is not disclosed.")
        return
    if commitment(content.salt, content.body) != message.signed.content_commitment:
        raise ProofError(f"the content is not the one that {origin} signed")
    try:
        decode_document(message.header.kind, content.body)
    except RefusedError as error:
        raise ProofError(f"the content does not fit its kind: {error}") from error
    say(
        State.PROVED,
        f"The disclosed content of {message}, {len(content.body)} bytes, is exactly "
        f"what {origin} signed, the same for every recipient.",
    )
    say(
        State.UNPROVED,
        f"That what the content says is true: {origin} has said it, no more.",
    )


def check_approvals(message: StatedMessage, say: Say) -> None:
    """Checks that officers of the origin released the message, where it says so.

    Raises:
        ProofError: What is shown of that does not hold.
    """
    parts, header = message.parts, message.header
    if parts.release is None:
        if parts.policy:
            raise ProofError("a policy without anything that was approved under it")
        if header.approvals_digest:
            say(
                State.UNPROVED,
                f"Who released the message: {header.origin} signed that officers "
                "approved it; what they signed is shown only with the content.",
            )
        return
    if parts.content is None:
        raise ProofError("what was approved is shown without the content")
    release = check_release(header, parts.content.body, parts.release, parts.policy)
    rules = ", ".join(need.rule_id for need in release.needed)
    say(
        State.PROVED,
        f"{len(parts.release.approvals)} approval(s) by officers whom the policy "
        f"{header.policy_digest.hex()[:16]} of {header.origin} names released "
        f"{message}, as rule {rules} asks: each signed for these recipients, this "
        "content and this handling.",
    )


def check_decisions(message: StatedMessage, exporter: str, say: Say) -> None:
    """Mentions what the exporter's policy decided, which nobody has signed.

    Raises:
        ProofError: It cannot be read.
    """
    if message.parts.decisions:
        count = len(read_decisions(message.parts.decisions))
        say(
            State.UNPROVED,
            f"Why {exporter} let {message} pass: {count} decision(s) of its policy "
            "are shown, from its own records; nobody has signed them.",
        )


def _check_standing(message: StatedMessage, receipt: Receipt) -> None:
    """Refuses a statement that its author is in no position to make."""
    if receipt.message_digest != message.parts.digest:
        raise ProofError("it is about another message")
    if receipt.to != message.header.origin:
        raise ProofError("it is not made to the origin")
    if receipt.by == HUB:
        may = receipt.stage in BY_HUB
    else:
        is_recipient = receipt.by in message.header.parties
        may = is_recipient and receipt.stage in _BY_RECIPIENTS
    if not may:
        raise ProofError(f"{receipt.by} is in no position to say so")


def _directory(judged: Judged) -> str:
    snapshot = judged.snapshot
    return (
        f"version {snapshot.version} of the directory says so, published "
        f"{instant(snapshot.signed_at_ms)}"
    )
