"""The tiles of a tree say the same as the tree."""

from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from broker.core.audit.growth import EMPTY_EDGE, TreeEdge, grow
from broker.core.audit.merkle import EMPTY_ROOT, inclusion_path, tree_root
from broker.core.audit.proof import verify_consistency, verify_inclusion
from broker.core.audit.tiles import (
    TILE_SIZE,
    TileName,
    TileReader,
    full_tiles,
    tile_width,
)
from broker.core.errors import ProofError

LEAVES = [sha256(number.to_bytes(4, "big")).digest() for number in range(70_000)]


class StoredTree:
    """A log's tiles in memory, as a mirror would hold them."""

    def __init__(self, *sizes: int) -> None:
        self.tiles: dict[str, bytes] = {}
        self.edge = EMPTY_EDGE
        for size in sizes:
            self.grow_to(size)

    def grow_to(self, size: int) -> None:
        growth = grow(self.edge, LEAVES[self.edge.size : size])
        self.edge = growth.edge
        for name, content in growth.tiles:
            assert name.path not in self.tiles, "a full tile never changes"
            self.tiles[name.path] = content
        for level, content in enumerate(self.edge.partial):
            if content:
                index = (size >> (8 * level)) // 256
                name = TileName(level=level, index=index, width=len(content) // 32)
                self.tiles[name.path] = content

    def reader(self) -> TileReader:
        return TileReader(self.tiles.__getitem__, self.edge.size)


@pytest.fixture(scope="module")
def large() -> StoredTree:
    return StoredTree(1, 255, 256, 257, 1000, 40_000, 65_535, 65_536, 66_000, 70_000)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (TileName(level=0, index=0), "tile/0/000"),
        (TileName(level=0, index=0, width=1), "tile/0/000.p/1"),
        (TileName(level=1, index=999, width=255), "tile/1/999.p/255"),
        (TileName(level=2, index=1000), "tile/2/x001/000"),
        (TileName(level=63, index=1_234_067), "tile/63/x001/x234/067"),
        (TileName(level="entries", index=7, width=44), "tile/entries/007.p/44"),
    ],
)
def test_paths_are_those_of_the_specification(name: TileName, path: str) -> None:
    assert name.path == path
    assert TileName.parse(path) == name


@given(
    st.integers(0, 63) | st.just("entries"),
    st.integers(0, 10**18 - 1),
    st.integers(1, 256),
)
def test_every_tile_has_one_path(level: int, index: int, width: int) -> None:
    name = TileName(level=level, index=index, width=width)
    assert TileName.parse(name.path) == name


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/data/000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000\n",
        "tile/0/\u0660\u0660\u0660",
        "/tile/0/000",
        "tile//000",
        "tile/0/../../log.sqlite3",
        "tile/0/000/../000",
        "tile/0/000.p/8/..",
        "tile/0/" + "x001/" * 6 + "000",
    ],
)
def test_a_path_that_no_tile_has_is_refused(path: str) -> None:
    with pytest.raises(ProofError, match="not the path of a tile"):
        TileName.parse(path)


def test_a_tree_of_seventy_thousand_has_the_tiles_of_the_specification() -> None:
    full = [name.path for name in full_tiles(70_000)]
    assert full == [*(f"tile/0/{n:03d}" for n in range(273)), "tile/1/000"]
    widths = [tile_width(0, 273, 70_000), tile_width(1, 1, 70_000)]
    assert widths == [112, 17]
    assert tile_width(2, 0, 70_000) == 1
    assert tile_width(3, 0, 70_000) == 0


def test_growing_writes_every_full_tile_once(large: StoredTree) -> None:
    full = {name.path for name in full_tiles(70_000)}
    assert full == {path for path in large.tiles if ".p/" not in path}
    assert all(len(large.tiles[path]) == TILE_SIZE for path in full)


@pytest.mark.parametrize("size", [*range(300), 511, 512, 513, 1024, 65_535, 65_537])
def test_the_edge_knows_the_root(size: int) -> None:
    edge = grow(EMPTY_EDGE, LEAVES[:size]).edge
    assert edge.root() == tree_root(LEAVES[:size])
    assert TreeEdge.from_bytes(size, edge.to_bytes()) == edge


@given(st.lists(st.integers(0, 1500), max_size=8))
def test_the_steps_of_growth_do_not_matter(sizes: list[int]) -> None:
    edge = EMPTY_EDGE
    tiles: list[tuple[TileName, bytes]] = []
    for start, end in pairwise([0, *sorted(sizes)]):
        growth = grow(edge, LEAVES[start:end])
        edge = growth.edge
        tiles += growth.tiles
    at_once = grow(EMPTY_EDGE, LEAVES[: edge.size])
    assert edge == at_once.edge
    assert dict(tiles) == dict(at_once.tiles)


@pytest.mark.parametrize("change", [-32, -1, 1, 32])
def test_an_edge_of_another_length_is_refused(change: int) -> None:
    with pytest.raises(ProofError, match="not the edge"):
        TreeEdge.from_bytes(70_000, bytes((112 + 17 + 1) * 32 + change))


@pytest.mark.parametrize("size", range(1, 71))
def test_paths_from_tiles_are_those_of_the_tree(size: int) -> None:
    reader = StoredTree(size).reader()
    for index in range(size):
        assert reader.inclusion(index, size) == inclusion_path(LEAVES[:size], index)


@given(st.integers(1, 70_000), st.integers(0, 69_999), st.integers(1, 70_000))
def test_proofs_of_a_large_tree_hold(n: int, index: int, m: int) -> None:
    reader = LARGE.reader()
    m, n, index = min(m, n), max(m, n), index % n
    root = reader.root(n)
    verify_inclusion(LEAVES[index], index, n, reader.inclusion(index, n), root)
    verify_consistency(m, n, reader.root(m), root, reader.consistency(m, n))


LARGE = StoredTree(70_000)


@pytest.mark.parametrize("size", [0, 1, 256, 257, 65_536, 65_537, 70_000])
def test_roots_of_every_earlier_size_can_be_had(large: StoredTree, size: int) -> None:
    expected = tree_root(LEAVES[:size]) if size else EMPTY_ROOT
    assert large.reader().root(size) == expected


def test_nothing_needs_proof_between_equal_trees_or_from_the_empty_one() -> None:
    reader = LARGE.reader()
    assert reader.consistency(0, 500) == ()
    assert reader.consistency(500, 500) == ()


def test_a_tree_that_the_log_has_not_reached_has_no_proofs() -> None:
    reader = StoredTree(300).reader()
    for refused in (
        lambda: reader.root(301),
        lambda: reader.root(-1),
        lambda: reader.inclusion(300, 300),
        lambda: reader.inclusion(-1, 300),
        lambda: reader.inclusion(0, 301),
        lambda: reader.consistency(300, 299),
        lambda: reader.consistency(1, 301),
        lambda: reader.consistency(-1, 300),
    ):
        with pytest.raises(ProofError):
            refused()


def test_a_cut_tile_is_refused() -> None:
    tree = StoredTree(300)
    tree.tiles["tile/0/000"] = tree.tiles["tile/0/000"][:-32]
    with pytest.raises(ProofError, match="does not hold 256 hashes"):
        tree.reader().inclusion(3, 300)


def test_a_changed_tile_makes_proofs_that_do_not_hold() -> None:
    tree = StoredTree(300)
    reader = tree.reader()
    root = reader.root(300)
    tree.tiles["tile/0/000"] = bytes(32) + tree.tiles["tile/0/000"][32:]
    with pytest.raises(ProofError):
        verify_inclusion(LEAVES[1], 1, 300, tree.reader().inclusion(1, 300), root)


def test_a_proof_reads_few_tiles() -> None:
    asked: list[str] = []

    def get(path: str) -> bytes:
        asked.append(path)
        return LARGE.tiles[path]

    TileReader(get, 70_000).inclusion(12_345, 70_000)
    assert len(asked) == len(set(asked)) <= 6
