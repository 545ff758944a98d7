"""The tree is that of RFC 6962, whichever way it is computed."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given, strategies as st

from broker.core.audit.merkle import (
    EMPTY_ROOT,
    inclusion_path,
    leaf_hash,
    node_hash,
    perfect_root,
    split_point,
    tree_root,
    tree_with_paths,
)
from broker.core.errors import ProofError

# The leaves and roots that implementations of certificate transparency share.
REFERENCE_LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
REFERENCE_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def rfc_root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, word for word, over leaf hashes."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split_point(len(leaves))
    return sha256(b"\x01" + rfc_root(leaves[:k]) + rfc_root(leaves[k:])).digest()


def rfc_path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 6962, 2.1.1, word for word, over leaf hashes."""
    if len(leaves) == 1:
        return []
    k = split_point(len(leaves))
    if m < k:
        return [*rfc_path(m, leaves[:k]), rfc_root(leaves[k:])]
    return [*rfc_path(m - k, leaves[k:]), rfc_root(leaves[:k])]


def numbered(size: int) -> list[bytes]:
    return [leaf_hash(number.to_bytes(4, "big")) for number in range(size)]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_the_reference(size: int) -> None:
    leaves = [leaf_hash(bytes.fromhex(leaf)) for leaf in REFERENCE_LEAVES[:size]]
    assert tree_root(leaves).hex() == REFERENCE_ROOTS[size]
    assert tree_with_paths(leaves)[0].hex() == REFERENCE_ROOTS[size]


@pytest.mark.parametrize("size", range(1, 71))
def test_roots_and_paths_are_those_of_the_recursive_definition(size: int) -> None:
    leaves = numbered(size)
    root, paths = tree_with_paths(leaves)
    assert root == tree_root(leaves) == rfc_root(leaves)
    for index in range(size):
        expected = tuple(rfc_path(index, leaves))
        assert paths[index] == expected
        assert inclusion_path(leaves, index) == expected


@given(st.integers(71, 700), st.integers(0, 10**9))
def test_large_trees_follow_the_recursive_definition(size: int, pick: int) -> None:
    leaves = numbered(size)
    index = pick % size
    assert tree_root(leaves) == rfc_root(leaves)
    assert inclusion_path(leaves, index) == tuple(rfc_path(index, leaves))


def test_a_tree_without_leaves_has_no_paths() -> None:
    assert tree_with_paths([]) == (EMPTY_ROOT, [])


@pytest.mark.parametrize(("size", "index"), [(0, 0), (3, 3), (3, -1)])
def test_a_leaf_that_is_not_there_has_no_path(size: int, index: int) -> None:
    with pytest.raises(ProofError):
        inclusion_path(numbered(size), index)


@pytest.mark.parametrize("height", range(9))
def test_a_perfect_root_is_the_root_of_a_perfect_tree(height: int) -> None:
    leaves = numbered(1 << height)
    assert perfect_root(b"".join(leaves)) == rfc_root(leaves)


@pytest.mark.parametrize(("size", "middle"), [(2, 1), (3, 2), (4, 2), (5, 4), (9, 8)])
def test_a_tree_splits_below_its_size(size: int, middle: int) -> None:
    assert split_point(size) == middle


def test_a_node_cannot_be_passed_off_as_a_leaf() -> None:
    left, right = numbered(2)
    assert leaf_hash(left + right) != node_hash(left, right)
