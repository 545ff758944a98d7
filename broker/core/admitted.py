"""What our own policy made of a message that arrived, and what a person did about it.

Deciding is left to the flows, keeping it to the store.
"""

from dataclasses import dataclass
from enum import StrEnum

from broker.core.decisions import DecisionRecord
from broker.core.model import Receipt
from broker.core.policy.decision import Terms


class AdmissionState(StrEnum):
    """How a message came in, or why it has not yet."""

    ADMITTED = "admitted"
    QUARANTINED = "quarantined"
    RELEASED = "released"
    DECLINED = "declined"
    EXPIRED = "expired"
    DESTROYED = "destroyed"


IN_USE = frozenset({AdmissionState.ADMITTED, AdmissionState.RELEASED})
"""The states in which a message may be read and handed out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """On which terms a message is here.

    Attributes:
        message_digest: The message.
        kind: What it is, with its version.
        state: Whether it may be used.
        routes: The desks and adapters that get it, ascending; empty: none does.
        retention_days: How long our policy keeps it after sealing; None: not limited.
        with_consent: Our policy passes it on only with its provider's consent.
        policy_digest: SHA-256 of the policy that decided, 32 bytes.
        since_ms: Since when it is in this state, in ms since the epoch.
        note: Why a person declined it, under the node's own key; empty otherwise.
    """

    message_digest: bytes
    kind: str
    state: AdmissionState
    routes: tuple[str, ...]
    retention_days: int | None
    with_consent: bool
    policy_digest: bytes
    since_ms: int
    note: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What ends a quarantine.

    Attributes:
        admission: The new state.
        receipt: What its origin is told.
        decision: What our policy said, if it was asked again.
    """

    admission: Admission
    receipt: Receipt
    decision: DecisionRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOut:
    """A content that was given to a desk.

    Attributes:
        message_digest: The message.
        desk: Which desk or adapter.
        agency: In which agency.
        purpose: What it was given for, as a word; empty when nothing was said.
        at_ms: When, in ms since the epoch.
        file_digest: SHA-256 of the file that was written, 32 bytes.
    """

    message_digest: bytes
    desk: str
    agency: str
    purpose: str
    at_ms: int
    file_digest: bytes


def admission_under(
    message_digest: bytes,
    kind: str,
    terms: Terms,
    *,
    policy_digest: bytes,
    now_ms: int,
) -> Admission:
    """Returns how a message comes in under the terms of our policy."""
    waits = terms.quarantine
    return Admission(
        message_digest=message_digest,
        kind=kind,
        state=AdmissionState.QUARANTINED if waits else AdmissionState.ADMITTED,
        routes=tuple(sorted(terms.routes)),
        retention_days=terms.retention_days,
        with_consent=terms.with_consent,
        policy_digest=policy_digest,
        since_ms=now_ms,
    )
