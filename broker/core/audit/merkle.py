"""The Merkle tree of RFC 6962: its hashes, and roots and paths over leaves in memory.

Checking a proof is left to `proof`, trees larger than memory to `tiles`.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from broker.core.errors import ProofError

HASH_SIZE: Final = 32  # bytes
EMPTY_ROOT: Final = sha256(b"").digest()
"""The root of a tree without leaves (RFC 6962, 2.1)."""


def leaf_hash(data: bytes) -> bytes:
    """Returns the hash of a leaf that holds `data`, 32 bytes (RFC 6962, 2.1)."""
    # The prefixes 0 and 1 keep a node from being passed off as a leaf.
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Returns the hash of an inner node, 32 bytes (RFC 6962, 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def perfect_root(hashes: bytes) -> bytes:
    """Returns the root over 2**k hashes, k >= 0, given one after the other.

    The same as folding with `node_hash`, on flat bytes because it is the inner loop
    of every log operation.
    """
    while len(hashes) > HASH_SIZE:
        hashes = b"".join(
            [
                sha256(b"\x01" + hashes[at : at + 2 * HASH_SIZE]).digest()
                for at in range(0, len(hashes), 2 * HASH_SIZE)
            ]
        )
    return hashes


def split_point(size: int) -> int:
    """Returns the largest power of two smaller than `size`, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def tree_root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Returns the root over `leaf_hashes`, 32 bytes (RFC 6962, 2.1)."""
    if not leaf_hashes:
        return EMPTY_ROOT
    return _levels(leaf_hashes)[-1][0]


def inclusion_path(leaf_hashes: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Returns the path of leaf `index`, from the leaf upwards (RFC 6962, 2.1.1).

    Raises:
        ProofError: There is no such leaf.
    """
    if not 0 <= index < len(leaf_hashes):
        raise ProofError(f"there is no leaf {index} in a tree of {len(leaf_hashes)}")
    return _path(_levels(leaf_hashes), index)


def tree_with_paths(
    leaf_hashes: Sequence[bytes],
) -> tuple[bytes, list[tuple[bytes, ...]]]:
    """Returns the root and the inclusion path of every leaf, in one pass.

    Costs one hash a leaf: for signing many small statements with one signature.
    """
    if not leaf_hashes:
        return EMPTY_ROOT, []
    levels = _levels(leaf_hashes)
    return levels[-1][0], [_path(levels, index) for index in range(len(leaf_hashes))]


def _levels(leaf_hashes: Sequence[bytes]) -> list[Sequence[bytes]]:
    """Returns all levels of the tree, leaves first, the root alone in the last.

    A last node without a sibling moves up unchanged, which is the same tree as the
    recursive definition of the RFC.
    """
    level = leaf_hashes
    levels = [level]
    while len(level) > 1:
        above = [
            node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)
        ]
        if len(level) % 2:
            above.append(level[-1])
        level = above
        levels.append(level)
    return levels


def _path(levels: Sequence[Sequence[bytes]], index: int) -> tuple[bytes, ...]:
    """Collects the sibling on each level, where there is one."""
    path = []
    for level in levels:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        index >>= 1
    return tuple(path)
