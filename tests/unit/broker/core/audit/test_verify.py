"""A log is recomputed in full, and every deviation is found."""

from collections.abc import Iterator
from hashlib import sha256

import pytest

from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.growth import EMPTY_EDGE, grow
from broker.core.audit.merkle import EMPTY_ROOT, tree_root
from broker.core.audit.tiles import TileName
from broker.core.audit.verify import CHUNK, verify_log
from broker.core.errors import ProofError

LEAVES = [sha256(number.to_bytes(4, "big")).digest() for number in range(9000)]


def checkpoint_of(size: int) -> Checkpoint:
    root = tree_root(LEAVES[:size]) if size else EMPTY_ROOT
    return Checkpoint(origin="hub.example/log", size=size, root=root)


@pytest.fixture
def tiles() -> dict[str, bytes]:
    growth = grow(EMPTY_EDGE, LEAVES)
    stored = {name.path: content for name, content in growth.tiles}
    stored[TileName(level=0, index=35, width=40).path] = growth.edge.partial[0]
    stored[TileName(level=1, index=0, width=35).path] = growth.edge.partial[1]
    return stored


@pytest.mark.parametrize("size", [0, 1, 255, 256, CHUNK, CHUNK + 1, 9000])
def test_a_log_that_holds_is_read_to_its_end(size: int) -> None:
    steps = list(verify_log(LEAVES[:size], checkpoint_of(size)))
    assert steps == sorted(steps)
    assert steps[-1:] == ([size] if size else [])


def test_tiles_that_hold_are_all_compared(tiles: dict[str, bytes]) -> None:
    asked: list[str] = []

    def tile(path: str) -> bytes:
        asked.append(path)
        return tiles[path]

    assert list(verify_log(LEAVES, checkpoint_of(9000), tile))[-1] == 9000
    assert sorted(asked) == sorted(tiles)


def test_a_log_that_ends_with_a_full_tile_is_compared(tiles: dict[str, bytes]) -> None:
    tiles["tile/1/000.p/1"] = tiles["tile/1/000.p/35"][:32]
    steps = verify_log(LEAVES[:256], checkpoint_of(256), tiles.__getitem__)
    assert list(steps) == [256]


def test_the_leaves_are_not_all_held_in_memory() -> None:
    taken = 0

    def leaves() -> Iterator[bytes]:
        nonlocal taken
        for leaf in LEAVES:
            taken += 1
            yield leaf

    assert next(verify_log(leaves(), checkpoint_of(9000))) == CHUNK
    assert taken == CHUNK


@pytest.mark.parametrize("index", [0, 255, 4096, 8999])
def test_a_changed_leaf_is_found(index: int) -> None:
    changed = [*LEAVES[:index], bytes(32), *LEAVES[index + 1 :]]
    with pytest.raises(ProofError, match="do not make the root"):
        list(verify_log(changed, checkpoint_of(9000)))


def test_swapped_leaves_are_found() -> None:
    swapped = [LEAVES[1], LEAVES[0], *LEAVES[2:]]
    with pytest.raises(ProofError, match="do not make the root"):
        list(verify_log(swapped, checkpoint_of(9000)))


@pytest.mark.parametrize("size", [0, 8999])
def test_a_removed_leaf_is_found(size: int) -> None:
    with pytest.raises(ProofError, match="it has"):
        list(verify_log(LEAVES[:size], checkpoint_of(9000)))


def test_an_added_leaf_is_found() -> None:
    with pytest.raises(ProofError, match="more than"):
        list(verify_log(LEAVES, checkpoint_of(8999)))


def test_a_leaf_of_another_length_is_found() -> None:
    with pytest.raises(ProofError, match="32 bytes"):
        list(verify_log([LEAVES[0] + LEAVES[1]], checkpoint_of(2)))


def test_each_corrupted_tile_is_found_by_name(tiles: dict[str, bytes]) -> None:
    for path, content in tiles.items():
        damaged = {**tiles, path: content[:-1] + bytes([content[-1] ^ 1])}
        with pytest.raises(ProofError, match=path.replace(".", r"\.")):
            list(verify_log(LEAVES, checkpoint_of(9000), damaged.__getitem__))
