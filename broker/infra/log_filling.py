"""Puts padding among entries, at places that nobody can guess.

How much of it there has to be is left to `broker.core.audit.padding`.
"""

import secrets
from collections.abc import Sequence

from broker.core.audit.entry import LogEntry
from broker.core.audit.padding import NONCE_SIZE, padding_entries


def with_padding(entries: Sequence[LogEntry], count: int, at_ms: int) -> list[LogEntry]:
    """Returns the entries in their order, with padding in between.

    Who holds a receipt knows where in the log it is: were the padding always last, it
    would tell how much others said at the same time.

    Args:
        entries: What stands for something.
        count: How many leaves of padding.
        at_ms: When they are made, milliseconds since the epoch.
    """
    if not count:
        return list(entries)
    whole = len(entries) + count
    filled = set(secrets.SystemRandom().sample(range(whole), count))
    nonces = [secrets.token_bytes(NONCE_SIZE) for _ in range(count)]
    padding = iter(padding_entries(nonces, stream_sequence=0, at_ms=at_ms))
    rest = iter(entries)
    return [next(padding if at in filled else rest) for at in range(whole)]
