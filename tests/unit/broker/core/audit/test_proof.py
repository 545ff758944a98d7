"""Proofs that hold are accepted; each way of bending one is refused."""

from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from broker.core.audit.merkle import (
    EMPTY_ROOT,
    leaf_hash,
    node_hash,
    split_point,
    tree_root,
    tree_with_paths,
)
from broker.core.audit.proof import verify_consistency, verify_inclusion
from broker.core.errors import ProofError

LEAVES = [leaf_hash(bytes([number])) for number in range(130)]
ROOTS = [tree_root(LEAVES[:size]) for size in range(131)]
SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 33, 64, 70, 130]


def consistency_path(m: int, n: int) -> tuple[bytes, ...]:
    """PROOF of RFC 9162, 2.1.4.1, word for word."""

    def subproof(m: int, start: int, end: int, *, whole: bool) -> list[bytes]:
        if m == end - start:
            return [] if whole else [tree_root(LEAVES[start:end])]
        k = split_point(end - start)
        if m <= k:
            inner = subproof(m, start, start + k, whole=whole)
            return [*inner, tree_root(LEAVES[start + k : end])]
        inner = subproof(m - k, start + k, end, whole=False)
        return [*inner, tree_root(LEAVES[start : start + k])]

    return tuple(subproof(m, 0, n, whole=True))


@pytest.mark.parametrize("size", range(1, 71))
def test_every_leaf_is_proven_to_be_where_it_is_and_nowhere_else(size: int) -> None:
    root, paths = tree_with_paths(LEAVES[:size])
    for index in range(size):
        verify_inclusion(LEAVES[index], index, size, paths[index], root)
        with pytest.raises(ProofError):
            verify_inclusion(
                LEAVES[index],
                (index + 1) % size,
                size + (size == 1),
                paths[index],
                root,
            )


@pytest.mark.parametrize("n", range(71))
def test_every_tree_is_proven_to_continue_every_older_one(n: int) -> None:
    for m in range(n + 1):
        path = consistency_path(m, n) if 0 < m < n else ()
        verify_consistency(m, n, ROOTS[m], ROOTS[n], path)


Bend = Callable[[tuple[bytes, ...]], tuple[bytes, ...]]

BENT_PATHS = {
    "removed first": lambda path: path[1:],
    "removed last": lambda path: path[:-1],
    "preceding garbage": lambda path: (bytes(32), *path),
    "trailing garbage": lambda path: (*path, bytes(32)),
    "doubled": lambda path: path * 2,
    "reversed": lambda path: path[::-1],
    "a flipped bit": lambda path: (bytes([path[0][0] ^ 8]) + path[0][1:], *path[1:]),
    "an empty hash": lambda path: (b"", *path[1:]),
    "a short hash": lambda path: (path[0][:31], *path[1:]),
    "two hashes as one": lambda path: (b"".join(path[:2]), *path[2:]),
}


@pytest.mark.parametrize("bend", BENT_PATHS.values(), ids=BENT_PATHS.keys())
@pytest.mark.parametrize("size", SIZES[3:])
def test_a_bent_inclusion_path_is_refused(size: int, bend: Bend) -> None:
    root, paths = tree_with_paths(LEAVES[:size])
    for index in {0, size // 2, size - 1}:
        if len(paths[index]) < 2 or bend(paths[index]) == paths[index]:
            continue
        with pytest.raises(ProofError):
            verify_inclusion(LEAVES[index], index, size, bend(paths[index]), root)


@pytest.mark.parametrize("bend", BENT_PATHS.values(), ids=BENT_PATHS.keys())
@pytest.mark.parametrize("n", SIZES[3:])
def test_a_bent_consistency_path_is_refused(n: int, bend: Bend) -> None:
    for m in {1, 2, n // 2, n - 1}:
        path = consistency_path(m, n)
        if len(path) < 2 or bend(path) == path:
            continue
        with pytest.raises(ProofError):
            verify_consistency(m, n, ROOTS[m], ROOTS[n], bend(path))


def test_a_swapped_leaf_is_refused() -> None:
    root, paths = tree_with_paths(LEAVES[:9])
    with pytest.raises(ProofError, match="does not lead to the root"):
        verify_inclusion(LEAVES[4], 3, 9, paths[3], root)


def test_an_inner_node_passed_off_as_a_leaf_is_refused() -> None:
    root, paths = tree_with_paths(LEAVES[:8])
    node = node_hash(LEAVES[0], LEAVES[1])
    with pytest.raises(ProofError, match="below the root"):
        verify_inclusion(node, 0, 8, paths[0][1:], root)


def test_a_smaller_tree_passed_off_under_the_same_root_is_refused() -> None:
    root, paths = tree_with_paths(LEAVES[:8])
    with pytest.raises(ProofError, match="longer than the tree"):
        verify_inclusion(LEAVES[0], 0, 4, paths[0], root)
    with pytest.raises(ProofError, match="below the root"):
        verify_inclusion(LEAVES[0], 0, 16, paths[0], root)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 3), (3, 3), (4, 3), (0, -1)])
def test_a_leaf_outside_the_tree_is_refused(index: int, size: int) -> None:
    with pytest.raises(ProofError, match="there is no leaf"):
        verify_inclusion(LEAVES[0], index, size, (), LEAVES[0])


def test_another_root_is_refused() -> None:
    _, paths = tree_with_paths(LEAVES[:5])
    with pytest.raises(ProofError):
        verify_inclusion(LEAVES[2], 2, 5, paths[2], ROOTS[6])


def test_a_rewritten_past_is_refused() -> None:
    rewritten = [leaf_hash(b"forged"), *LEAVES[1:7]]
    with pytest.raises(ProofError, match="older root"):
        verify_consistency(7, 9, tree_root(rewritten), ROOTS[9], consistency_path(7, 9))


def test_a_forked_log_is_refused() -> None:
    forked = tree_root([*LEAVES[:8], leaf_hash(b"forged")])
    with pytest.raises(ProofError, match="newer root"):
        verify_consistency(7, 9, ROOTS[7], forked, consistency_path(7, 9))


def test_a_rolled_back_log_is_refused() -> None:
    with pytest.raises(ProofError, match="cannot continue"):
        verify_consistency(9, 7, ROOTS[9], ROOTS[7], consistency_path(7, 9))
    with pytest.raises(ProofError, match="cannot continue"):
        verify_consistency(-1, 7, ROOTS[1], ROOTS[7], ())


def test_two_roots_for_one_size_are_refused() -> None:
    with pytest.raises(ProofError, match="two different roots"):
        verify_consistency(7, 7, ROOTS[7], ROOTS[6], ())
    with pytest.raises(ProofError, match="two different roots"):
        verify_consistency(0, 7, ROOTS[1], ROOTS[7], ())


@pytest.mark.parametrize("m", [0, 7])
def test_a_path_where_none_is_needed_is_refused(m: int) -> None:
    with pytest.raises(ProofError, match="none is needed"):
        verify_consistency(m, 7, ROOTS[m], ROOTS[7], (ROOTS[3],))


def test_a_missing_consistency_path_is_refused() -> None:
    for m in (3, 4):
        with pytest.raises(ProofError, match="is empty"):
            verify_consistency(m, 7, ROOTS[m], ROOTS[7], ())


def test_the_empty_tree_needs_its_own_root() -> None:
    verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, ())
    with pytest.raises(ProofError):
        verify_consistency(0, 0, EMPTY_ROOT, ROOTS[1], ())


@given(
    st.integers(-1, 140),
    st.integers(-1, 140),
    st.lists(st.binary(min_size=31, max_size=33), max_size=9),
)
def test_random_proofs_are_refused_and_nothing_else_is_raised(
    m: int, n: int, path: list[bytes]
) -> None:
    with pytest.raises(ProofError):
        verify_inclusion(bytes(32), m, n, path, b"\x01" * 32)
    with pytest.raises(ProofError):
        verify_consistency(m, n, b"\x02" * 32, b"\x01" * 32, path)
