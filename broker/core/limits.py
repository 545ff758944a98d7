"""Every bound of the exchange, each with its unit."""

from dataclasses import dataclass
from typing import Final

TIME_MS_MAX: Final = 9_999_999_999_999
"""The last time that anything can bear, in ms since the epoch: 13 digits, 2286.

Every store can count so far, and every calendar.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a message may be at most. The same for every party of a federation."""

    envelope_max_size: int = 900_000  # bytes; below the bus's 1 MiB payload
    recipients_max: int = 250  # parties
    receipts_max: int = 512  # receipts in one bundle
    case_reference_max: int = 64  # characters
    lifetime_max_ms: int = 366 * 86_400_000  # from sealing to expiry
    clock_skew_ms: int = 300_000  # how far ahead a sealing time may be
    default_lifetime_ms: int = 30 * 86_400_000  # when the sender names none
    inclusion_promise_ms: int = 3_600_000  # from acceptance to the log
    batch_outputs_max: int = 900  # bus messages in one atomic batch (server: 1000)
    batch_audit_max_size: int = 960_000  # bytes of audit entries in one atomic batch
