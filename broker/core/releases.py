"""What officers approve, and what they say about it, as plain values.

Bytes are left to `broker.core.codec.approvals`, signatures and counting to
`broker.core.approvals`.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from broker.core.fields import FieldClass
from broker.core.handling import Handling
from broker.core.policy.decision import Approval
from keys.identity import PartyId

REASON_MAX: Final = 300  # characters
OFFICER_MAX: Final = 64  # characters of an officer's name
LAST_MS: Final = 253_402_300_799_999  # ms since the epoch: the end of the year 9999


class Verdict(IntEnum):
    """What an officer decided about a release."""

    APPROVE = 1
    REJECT = 2

    @property
    def word(self) -> str:
        """As people read and type it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What one officer says about one release.

    Attributes:
        release_digest: Digest of the release, 32 bytes.
        verdict: What the officer decided.
        officer: Name of the officer in the policy.
        at_ms: When, in ms since the epoch.
        expires_ms: Until when an approval counts, likewise; a rejection stands until
            its officer says otherwise.
        reason: Why, in the officer's words.
    """

    release_digest: bytes
    verdict: Verdict
    officer: str
    at_ms: int
    expires_ms: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedApproval:
    """What an officer said, as it was signed.

    Attributes:
        statement: The serialised statement.
        signature: The officer's, over its pre-authentication encoding.
    """

    statement: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseParcel:
    """One message of a release: one for each group that gets the same.

    Attributes:
        recipients: Ascending, unique, never empty.
        body_digest: SHA-256 of the content as they would get it, 32 bytes.
        handling: Its handling.
        withheld: Classes of fields that are blurred or dropped in it, ascending.
        approvals: What has to be approved before it leaves.
    """

    recipients: tuple[PartyId, ...]
    body_digest: bytes
    handling: Handling
    withheld: tuple[FieldClass, ...] = ()
    approvals: tuple[Approval, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Everything that would leave, and to whom: what officers approve.

    Attributes:
        origin: Who would send it.
        kind: What it is, with its version.
        policy_digest: SHA-256 of the policy that decided, 32 bytes.
        parcels: In order of their first recipients.
        case_reference: Pseudonymous, or empty.
        in_reply_to: Digest of the message it answers, or empty.
    """

    origin: PartyId
    kind: str
    policy_digest: bytes
    parcels: tuple[ReleaseParcel, ...]
    case_reference: str = ""
    in_reply_to: bytes = b""

    @property
    def needed(self) -> tuple[Approval, ...]:
        """What all its parcels together need, each once."""
        return tuple(
            dict.fromkeys(need for parcel in self.parcels for need in parcel.approvals)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What released a message.

    Attributes:
        release: The serialised release: what was approved.
        approvals: Those that counted.
    """

    release: bytes
    approvals: tuple[SignedApproval, ...]
