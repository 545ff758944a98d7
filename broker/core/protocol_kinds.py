"""Kinds that keep the exchange itself in order: no policy decides about them.

They say nothing but numbers, digests and words of closed lists, and each is good only
for what its recipient finds to be true of a message between the two. What they consist
of is left to the codecs.
"""

from typing import Final

HEARTBEAT: Final = "heartbeat/1"
RESEND_REQUEST: Final = "resend-request/1"
RESEND: Final = "resend/1"
RECALL: Final = "recall/1"
CORRECTION: Final = "correction/1"
ATTESTATION: Final = "attestation/1"
OVERDUE_NOTICE: Final = "overdue-notice/1"

PROTOCOL_KINDS: Final = frozenset(
    {
        HEARTBEAT,
        RESEND_REQUEST,
        RESEND,
        RECALL,
        CORRECTION,
        ATTESTATION,
        OVERDUE_NOTICE,
    }
)
"""All of them, with their versions."""

UPKEEP_KINDS: Final = frozenset({HEARTBEAT, RESEND_REQUEST, RESEND})
"""Those that nodes send by themselves to keep their links; lists leave them out."""

PROTOCOL_RULE: Final = "protocol"
"""What decisions about them name in the place of a rule of a policy."""
