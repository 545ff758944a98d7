"""What passes between a node and an adapter, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from broker.core.handling import Handling
from keys.identity import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One content that the policy lets this adapter have.

    Attributes:
        key: What tells it from every other delivery; the same when it comes again.
        message_digest: SHA-256 of the signed header, 32 bytes.
        message_id: As people read it.
        kind: What it is, with its version: "diversion-alert/1".
        origin: Which party sent it to us.
        provider: Whose information it is; not the origin when that passed it on.
        handling: What binds whoever is given it. Never to be loosened.
        case_reference: Pseudonymous, or empty.
        in_reply_to: Digest of the message that it answers, or empty.
        created_ms: When it was sealed, in ms since the epoch.
        received_ms: When it arrived here, likewise.
        keep_until_ms: When it has to be gone, likewise; None: not limited.
        document: The content, as protobuf's JSON mapping gives it, without the keys of
            attached files: it tells of them, and opens none.
        warning: Why it may not be what it seems; empty when nothing speaks against it.
    """

    key: str
    message_digest: bytes
    message_id: str
    kind: str
    origin: PartyId
    provider: PartyId
    handling: Handling
    case_reference: str
    in_reply_to: bytes
    created_ms: int
    received_ms: int
    keep_until_ms: int | None
    document: Mapping[str, object]
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A content that was delivered before and was taken back or replaced since.

    Attributes:
        key: What tells it from every other withdrawal.
        message_digest: Of the message that was delivered, 32 bytes.
        destroy: Whether every copy has to be destroyed; otherwise it must not be used.
        replacement: Digest of the message that takes its place, or empty.
        at_ms: Since when, in ms since the epoch.
    """

    key: str
    message_digest: bytes
    destroy: bool
    replacement: bytes
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Emission:
    """Something that an adapter gave to the other system.

    Attributes:
        target: To what, in a few words: "file alerts/0192….json"; never content.
        sha256: Of what was given, 32 bytes.
        handling: What it was marked with. Whatever runs the adapter refuses an adapter
            that marks anything less strictly than the delivery was.
    """

    target: str
    sha256: bytes
    handling: Handling


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumed:
    """A delivery that is done with.

    Attributes:
        emissions: What was given out for it; empty when it is nothing for this system.
        note: Why nothing was, in a few words; never content.
    """

    emissions: tuple[Emission, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A document that an adapter wants sent, or proposes to a person.

    Attributes:
        key: What the adapter calls it by; of two with the same, only the first is sent.
        kind: What it is: "recovery-record/1".
        content: The content, as protobuf's JSON mapping has it; it names no files.
        handling: Label such as "TLP:AMBER H2".
        to: Codes of the recipients; empty in a proposal that leaves it to the person.
        case_reference: Pseudonymous, or empty.
        in_reply_to: Digest of the message that it answers, or empty.
        based_on: Digests of the deliveries that it says something of. It is refused
            when its handling is looser than theirs.
    """

    key: str
    kind: str
    content: Mapping[str, object]
    handling: str
    to: tuple[str, ...] = ()
    case_reference: str = ""
    in_reply_to: bytes = b""
    based_on: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A document that a person has to look at before it is sent.

    Attributes:
        submission: The document.
        title: What it is about, in a few words.
        reasons: Why it is proposed: one sentence each, for the person and the files.
    """

    submission: Submission
    title: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """Something that came in from the other system, as it came.

    Attributes:
        key: What tells it from everything else that came, such as the name of a file.
        data: Its bytes, unchanged.
        media_type: Such as "application/xml".
        source: Where it came from, in a few words: "post mk-post-001".
    """

    key: str
    data: bytes = field(repr=False)
    media_type: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a look at the other system has shown; `rogatory adapter test` prints it.

    Attributes:
        ok: Whether it is as it should be.
        what: What was looked at.
        advice: What to do, when it is not as it should be.
    """

    ok: bool
    what: str
    advice: str = ""
