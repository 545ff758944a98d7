"""Which snapshot of the directory was in force at a time, by the log's own words.

What it says is left to `keys.directory.history`, asking to whoever is given.
"""

from collections.abc import Awaitable, Callable, Sequence

from broker.core.audit.snapshot import ProvenSnapshot
from broker.core.codec.desk import (
    SnapshotAt,
    SnapshotLike,
    SnapshotName,
    SnapshotOfVersion,
)
from broker.core.errors import ProofError
from keys.errors import DirectoryForkError, SnapshotNotLoggedError

AskSnapshot = Callable[[SnapshotName], Awaitable[Sequence[ProvenSnapshot]]]
"""Returns what the log is proven to say about one version of the directory.

Raises:
    BusError: The hub cannot be asked.
    ProofError: The log contradicts itself.
"""


async def snapshot_at(ask: AskSnapshot, at_ms: int, newest: int) -> ProvenSnapshot:
    """Returns the newest snapshot that was signed by `at_ms`.

    That none newer is kept back is proven by the one after it, which was signed later;
    or, for the last, by there being none after it that anybody has seen.

    Args:
        ask: Asks the log.
        at_ms: The time, in ms since the epoch.
        newest: The highest version that is known to have been published.

    Raises:
        BusError: The hub cannot be asked.
        ProofError: The log contradicts itself, or keeps a snapshot back.
        SnapshotNotLoggedError: None was published by then.
        DirectoryForkError: There are two of that version.
    """
    proven = await ask(SnapshotAt(at_ms=at_ms))
    if not proven:
        raise SnapshotNotLoggedError("no directory had been published by then")
    found = _only(proven)
    version = found.statement.version
    after = await ask(SnapshotOfVersion(version=version + 1))
    if not after and version < newest:
        raise ProofError(
            f"the hub's log keeps version {version + 1} of the directory back, though "
            f"there is a version {newest}"
        )
    if after and _only(after).statement.signed_at_ms <= at_ms:
        raise ProofError(
            f"version {version + 1} of the directory was signed by then, and the hub "
            f"shows version {version}"
        )
    return found


async def snapshot_of_message(ask: AskSnapshot, digest: bytes) -> ProvenSnapshot:
    """Returns the snapshot that a message names as the one it was sealed under.

    Args:
        ask: Asks the log.
        digest: From the message's header, 32 bytes.

    Raises:
        BusError: The hub cannot be asked.
        ProofError: The log contradicts itself.
        SnapshotNotLoggedError: The log holds no such snapshot.
        DirectoryForkError: It holds another of that version, too.
    """
    proven = await ask(SnapshotLike(digest=digest))
    if not proven:
        raise SnapshotNotLoggedError(f"snapshot {digest.hex()} is not in the log")
    return _only(proven)


def _only(proven: Sequence[ProvenSnapshot]) -> ProvenSnapshot:
    others = [o for o in proven if o.statement.digest != proven[0].statement.digest]
    if others:
        raise DirectoryForkError(
            f"the log holds two snapshots of version {proven[0].statement.version}: "
            f"entries {proven[0].index} and {others[0].index}"
        )
    return proven[0]
