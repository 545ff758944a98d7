"""A broken promise of inclusion as a value: what it takes to show it to anybody.

Whether it shows one is left to `broker.core.broken_promises`, its bytes to the codec.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from broker.core.audit.entry import receipt_leaf_hash
from broker.core.audit.merkle import leaf_hash
from broker.core.audit.snapshot import SnapshotStatement
from broker.core.errors import ProofError


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterReceipt:
    """A receipt of the hub that is in the log: the log went on after it was made.

    Attributes:
        receipt: Exactly as it was signed.
        proof: Binds it to the hub's signature.
        index: Its place in the log.
    """

    receipt: bytes
    proof: bytes
    index: int

    @property
    def leaf_hash(self) -> bytes:
        """RFC 6962 hash of its leaf, 32 bytes."""
        return receipt_leaf_hash(self.receipt)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterSnapshot:
    """A statement about a snapshot that is in the log: it went on after that.

    Attributes:
        statement: What the log says, which is the data of its leaf.
        index: Its place in the log.
    """

    statement: bytes
    index: int

    @property
    def leaf_hash(self) -> bytes:
        """RFC 6962 hash of its leaf, 32 bytes."""
        return leaf_hash(self.statement)

    @property
    def at_ms(self) -> int:
        """When the hub signed that snapshot, in ms since the epoch.

        Raises:
            ProofError: It is no such statement.
        """
        return SnapshotStatement.from_bytes(self.statement).signed_at_ms


Later = LaterReceipt | LaterSnapshot
"""An entry that shows how far in time the log had come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryFiles:
    """The directory that names the hub's keys, the log's and the witnesses.

    Attributes:
        version: Of its snapshot.
        files: What a hub serves, by path: roots, snapshot, targets, federation.
    """

    version: int
    files: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseProof:
    """What shows that a promise of inclusion was broken, but for the log's leaves.

    Attributes:
        receipt: The ACCEPTED that promised, exactly as it was signed.
        proof: Binds it to the hub's signature.
        checkpoint: The signed note of the log that lacks it, with whatever
            cosignatures it carries.
        later: An entry of that log which the hub made after the promise had run out;
            None where the witnesses' times are to show it.
        directory: Whom to believe.
    """

    receipt: bytes
    proof: bytes
    checkpoint: str
    later: Later | None
    directory: DirectoryFiles


def checked_leaves(
    leaves: Iterable[bytes], *, absent: bytes, present: Later | None
) -> Iterator[bytes]:
    """Hands leaf hashes on, as long as one is not among them and another in its place.

    Args:
        leaves: All leaf hashes of a log, in order.
        absent: The one that must not be there, 32 bytes.
        present: What has to be in its place; None: nothing has to.

    Raises:
        ProofError: It is otherwise.
    """
    found = present is None
    for index, leaf in enumerate(leaves):
        if leaf == absent:
            raise ProofError(
                f"the receipt is in the log, at entry {index}: no promise "
                "is shown to be broken"
            )
        if present is not None and index == present.index:
            found = leaf == present.leaf_hash
        yield leaf
    if not found:
        raise ProofError("what is said to be in the log as well is not in its place")
