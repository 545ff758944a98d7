"""Checks inclusion and consistency proofs (RFC 9162, 2.1.3.2 and 2.1.4.2).

Making proofs is left to `merkle` and `tiles`, trusting a root to `checkpoint`.
"""

from collections.abc import Sequence

from broker.core.audit.merkle import EMPTY_ROOT, HASH_SIZE, node_hash
from broker.core.errors import ProofError


def verify_inclusion(
    leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Checks that leaf `index` of the tree with `size` leaves and `root` is this one.

    Args:
        leaf_hash: Hash of the leaf, 32 bytes.
        index: Position of the leaf, from 0.
        size: Number of leaves.
        path: Siblings from the leaf upwards, 32 bytes each.
        root: The root to be met, 32 bytes.

    Raises:
        ProofError: It is not proven.
    """
    _check_hashes(root)
    if root_from_path(leaf_hash, index, size, path) != root:
        raise ProofError("the inclusion path does not lead to the root")


def root_from_path(
    leaf_hash: bytes, index: int, size: int, path: Sequence[bytes]
) -> bytes:
    """Returns the root that an inclusion path leads to, 32 bytes.

    It proves nothing until that root is known to be right; arguments are those of
    `verify_inclusion`.

    Raises:
        ProofError: It is not a path in a tree of that size.
    """
    _check_hashes(leaf_hash, *path)
    if not 0 <= index < size:
        raise ProofError(f"there is no leaf {index} in a tree of {size}")
    # The names are those of the RFC: fn and sn number the node and the last node of
    # the level reached so far.
    fn, sn, computed = index, size - 1, leaf_hash
    for sibling in path:
        if sn == 0:
            raise ProofError("the inclusion path is longer than the tree is high")
        if fn & 1 or fn == sn:
            computed = node_hash(sibling, computed)
            fn, sn = _skip_lone_levels(fn, sn)
        else:
            computed = node_hash(computed, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise ProofError("the inclusion path ends below the root")
    return computed


def verify_consistency(
    m: int, n: int, root_m: bytes, root_n: bytes, path: Sequence[bytes]
) -> None:
    """Checks that the tree with `m` leaves is the beginning of the one with `n`.

    Args:
        m: Number of leaves of the older tree.
        n: Number of leaves of the newer tree.
        root_m: Root of the older tree, 32 bytes.
        root_n: Root of the newer tree, 32 bytes.
        path: The consistency path, 32 bytes each.

    Raises:
        ProofError: It is not proven.
    """
    _check_hashes(root_m, root_n, *path)
    if not 0 <= m <= n:
        raise ProofError(f"a log of {n} leaves cannot continue one of {m}")
    if m in {0, n}:
        _verify_trivial(m, n, root_m, root_n, path)
        return
    if not path:
        raise ProofError("the consistency path is empty")
    # A perfect older tree is itself a node of the newer one: the path leaves it out.
    nodes = [root_m, *path] if m & (m - 1) == 0 else path
    older, newer = _fold(m, n, nodes)
    if older != root_m:
        raise ProofError("the consistency path does not lead to the older root")
    if newer != root_n:
        raise ProofError("the consistency path does not lead to the newer root")


def _fold(m: int, n: int, nodes: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Returns the roots of both trees that the nodes of a consistency path make."""
    fn, sn = m - 1, n - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    older = newer = nodes[0]
    for node in nodes[1:]:
        if sn == 0:
            raise ProofError("the consistency path is longer than the tree is high")
        if fn & 1 or fn == sn:
            older, newer = node_hash(node, older), node_hash(node, newer)
            fn, sn = _skip_lone_levels(fn, sn)
        else:
            newer = node_hash(newer, node)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise ProofError("the consistency path ends below the root")
    return older, newer


def _verify_trivial(
    m: int, n: int, root_m: bytes, root_n: bytes, path: Sequence[bytes]
) -> None:
    """Checks the cases that need no path: the empty tree, and the same tree."""
    if path:
        raise ProofError("a consistency path where none is needed")
    if (m == 0 and root_m != EMPTY_ROOT) or (m == n and root_m != root_n):
        raise ProofError(f"two different roots for a tree of {m}")


def _skip_lone_levels(fn: int, sn: int) -> tuple[int, int]:
    """Climbs over the levels where the node is last and alone: no sibling there."""
    while not fn & 1 and fn:
        fn, sn = fn >> 1, sn >> 1
    return fn, sn


def _check_hashes(*hashes: bytes) -> None:
    """Refuses anything that is not a hash: a longer one could hide two nodes."""
    if any(len(value) != HASH_SIZE for value in hashes):
        raise ProofError(f"a hash in a proof is not {HASH_SIZE} bytes long")
