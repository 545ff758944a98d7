"""The log in memory, by the definitions of RFC 6962: honest, or made to lie."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.entry import (
    LoggedEntry,
    LogHead,
    receipt_leaf_hash,
    snapshot_entry,
)
from broker.core.audit.merkle import inclusion_path, split_point, tree_root
from broker.core.audit.snapshot import SnapshotStatement
from keys.notes import NoteKey
from tests.world import LOG_KEY


def consistency(leaves: Sequence[bytes], m: int) -> tuple[bytes, ...]:
    """Returns PROOF(m, D[n]) of RFC 6962, section 2.1.2."""
    return _subproof(m, leaves, whole=True)


def _subproof(m: int, leaves: Sequence[bytes], *, whole: bool) -> tuple[bytes, ...]:
    if m == len(leaves):
        return () if whole else (tree_root(leaves),)
    k = split_point(len(leaves))
    if m <= k:
        return (*_subproof(m, leaves[:k], whole=whole), tree_root(leaves[k:]))
    return (*_subproof(m - k, leaves[k:], whole=False), tree_root(leaves[:k]))


@dataclass(slots=True)
class MemoryLog:
    """What `HubDesk` reads.

    Attributes:
        leaves: Leaf hashes.
        key: What signs the checkpoint.
        snapshots: What was said about snapshots of the directory, and where.
    """

    leaves: list[bytes] = field(default_factory=list)
    key: NoteKey = LOG_KEY
    snapshots: list[tuple[int, SnapshotStatement]] = field(default_factory=list)

    def add(self, *receipts: bytes) -> None:
        """Logs serialised receipts."""
        self.leaves.extend(receipt_leaf_hash(one) for one in receipts)

    def add_snapshot(self, statement: SnapshotStatement) -> None:
        """Logs a statement about a snapshot."""
        self.snapshots.append((len(self.leaves), statement))
        self.leaves.append(snapshot_entry(statement, 0).leaf_hash)

    def snapshots_of(self, version: int) -> list[LoggedEntry]:
        """Returns the statements about one version of the directory."""
        return [
            LoggedEntry(
                index=index,
                leaf_hash=self.leaves[index],
                entry=snapshot_entry(statement, index),
            )
            for index, statement in self.snapshots
            if statement.version == version
        ]

    def snapshots_like(self, digest: bytes) -> list[LoggedEntry]:
        """Returns the statements about the version that this digest stands for."""
        versions = [one.version for _, one in self.snapshots if one.digest == digest]
        return self.snapshots_of(min(versions, default=0))

    def snapshots_at(self, at_ms: int) -> list[LoggedEntry]:
        """Returns the statements about the newest version that was signed by then."""
        signed = [one.version for _, one in self.snapshots if one.signed_at_ms <= at_ms]
        return self.snapshots_of(max(signed, default=0))

    def head(self) -> LogHead:
        """Returns how far the log has come."""
        root = tree_root(self.leaves)
        size = len(self.leaves)
        body = Checkpoint(origin=self.key.verifier.name, size=size, root=root).body()
        note = self.key.sign_note(body)
        return LogHead(size=size, root=root, last_sequence=size, checkpoint=note)

    def find(self, leaf_hash: bytes) -> int | None:
        """Returns where a leaf is."""
        return self.leaves.index(leaf_hash) if leaf_hash in self.leaves else None

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Returns the path of a leaf in the tree of `size` leaves."""
        return inclusion_path(self.leaves[:size], index)

    def consistency(self, m: int, n: int) -> tuple[bytes, ...]:
        """Returns the proof that the first `m` of `n` leaves are the same."""
        return consistency(self.leaves[:n], m)
