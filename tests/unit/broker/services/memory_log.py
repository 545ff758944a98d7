"""The log in memory, by the definitions of RFC 6962: honest, or made to lie."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.entry import LogHead, receipt_leaf_hash
from broker.core.audit.merkle import inclusion_path, split_point, tree_root
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
    """

    leaves: list[bytes] = field(default_factory=list)
    key: NoteKey = LOG_KEY

    def add(self, *receipts: bytes) -> None:
        """Logs serialised receipts."""
        self.leaves.extend(receipt_leaf_hash(one) for one in receipts)

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
