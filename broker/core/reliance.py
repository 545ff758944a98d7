"""Whether a message that was received can still be relied on, after a revocation.

Pure: what was revoked and two times in; a doubt out. What comes under a revoked key
later on is refused by the flows.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from broker.core.records import InboxMessage
from broker.core.status import iso_time
from keys.directory.model import DirectoryView, RevocationReason
from keys.identity import KeyId, PartyId

REVOCATIONS_FACT: Final = "revocations"
"""Under which a node remembers every revocation that a directory has shown it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """A signing key that its party has revoked.

    Attributes:
        since_ms: From when on nothing that it signed counts, in ms since the epoch.
        reason: Why, where the party said so.
    """

    party: PartyId
    since_ms: int
    reason: RevocationReason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Why a message is not to be relied on without asking.

    Attributes:
        since_ms: From when on the key does not count, in ms since the epoch.
        dated_before: Whether the message says that it was sealed before, and came
            after: whoever has stolen a key can write any time.
    """

    since_ms: int
    dated_before: bool

    @property
    def text(self) -> str:
        """What to say about the message."""
        since = iso_time(self.since_ms)
        if self.dated_before:
            return (
                f"signed with a key revoked since {since}, and received after that: "
                "ask the origin by another channel whether they sent it"
            )
        return f"signed with a key revoked since {since}: do not rely on it"


def doubt_under(
    revocation: Revocation, created_ms: int, received_ms: int
) -> Doubt | None:
    """Returns what speaks against a message under a revoked key; None for nothing.

    Args:
        revocation: Of the key that signed it.
        created_ms: When it was sealed, as it says itself.
        received_ms: When it came, by our own clock.
    """
    since_ms = revocation.since_ms
    if created_ms >= since_ms:
        return Doubt(since_ms=since_ms, dated_before=False)
    stolen = revocation.reason in (None, RevocationReason.KEY_COMPROMISE)
    if received_ms >= since_ms and stolen:
        return Doubt(since_ms=since_ms, dated_before=True)
    return None


def doubt_about(
    known: Mapping[KeyId, Revocation], message: InboxMessage
) -> Doubt | None:
    """Returns what speaks against a received message; None for nothing.

    Args:
        known: Every revocation that we have heard of.
        message: As it is stored.
    """
    header = message.header
    revocation = known.get(header.signer_key_id)
    if revocation is None or revocation.party != header.origin:
        return None
    return doubt_under(revocation, header.created_ms, message.received_ms)


def revocations(view: DirectoryView) -> dict[KeyId, Revocation]:
    """Returns every revoked signing key of every party in the directory."""
    return {
        key.key_id: Revocation(
            party=party, since_ms=key.revoked_at_ms, reason=key.revocation_reason
        )
        for party, entry in view.parties.items()
        for key in entry.record.signing_keys
        if key.revoked_at_ms is not None
    }


def write_revocations(known: Mapping[KeyId, Revocation]) -> bytes:
    """Returns what `read_revocations` reads."""
    return json.dumps(
        {
            key_id.hex(): [one.party, one.since_ms, one.reason]
            for key_id, one in known.items()
        }
    ).encode()


def read_revocations(data: bytes | None) -> dict[KeyId, Revocation]:
    """Reads what a node remembers; nothing where it remembers nothing."""
    return {
        KeyId(bytes.fromhex(name)): Revocation(
            party=PartyId(party),
            since_ms=since_ms,
            reason=None if reason is None else RevocationReason(reason),
        )
        for name, (party, since_ms, reason) in json.loads(data or b"{}").items()
    }
