"""All leaves out of tiles: a lie in any tile is found, a damaged cache does no harm."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.growth import EMPTY_EDGE, TreeEdge, grow
from broker.core.audit.merkle import EMPTY_ROOT, HASH_SIZE
from broker.core.audit.tiles import TileName
from broker.core.codec.desk_tiles import decode_tile_question, encode_tile_question
from broker.core.errors import ProofError
from broker.infra import tile_cache
from broker.infra.tile_cache import TileFiles
from broker.services.tile_walk import TileWalk
from keys.framing import sha256

SIZES = (1, 2, 255, 256, 257, 512, 1000, 65_536)


def leaves(count: int) -> Iterator[bytes]:
    return (sha256(number.to_bytes(4, "big")) for number in range(count))


@dataclass(slots=True)
class Tiles:
    """A log's tiles, some of them wrong; and what was asked of it."""

    edge: TreeEdge
    full: dict[str, bytes]
    wrong: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, size: int) -> "Tiles":
        """Makes the tiles of a log."""
        growth = grow(EMPTY_EDGE, leaves(size))
        full = {name.path: content for name, content in growth.tiles}
        return cls(edge=growth.edge, full=full)

    @property
    def checkpoint(self) -> Checkpoint:
        """What such a log signs."""
        root = self.edge.root() if self.edge.size else EMPTY_ROOT
        return Checkpoint(origin="log.example", size=self.edge.size, root=root)

    async def ask(self, path: str, size: int) -> bytes:
        """Answers for a tile, over the wire as far as the question goes."""
        name, _ = decode_tile_question(encode_tile_question(path, size))
        self.asked.append(path)
        if path in self.wrong:
            return self.wrong[path]
        if path in self.full:
            return self.full[path]
        assert isinstance(name.level, int)
        return self.edge.partial[name.level]


@pytest.fixture(scope="module")
def large() -> Tiles:
    return Tiles.of(66_000)


async def walked(tiles: Tiles, folder: Path) -> list[bytes]:
    walk = TileWalk(tiles.ask, TileFiles(folder))
    return [
        content[at : at + HASH_SIZE]
        async for content in walk.tiles(tiles.checkpoint)
        for at in range(0, len(content), HASH_SIZE)
    ]


@pytest.mark.parametrize("size", SIZES)
async def test_a_log_of_any_size_is_read_whole_and_in_order(
    size: int, tmp_path: Path
) -> None:
    assert await walked(Tiles.of(size), tmp_path) == [*leaves(size)]


async def test_an_empty_log_has_no_leaves(tmp_path: Path) -> None:
    tiles = Tiles(edge=EMPTY_EDGE, full={})
    assert await walked(tiles, tmp_path) == []


async def test_what_was_read_once_is_not_asked_for_again(
    large: Tiles, tmp_path: Path
) -> None:
    large.asked.clear()
    await walked(large, tmp_path)
    first, again = len(large.asked), len(large.asked)
    assert first > 257
    large.asked.clear()
    assert await walked(large, tmp_path) == [*leaves(66_000)]
    again = len(large.asked)
    assert again == 3  # the edge, which is never kept
    # Damaged by whatever it was: fetched again, and only it.
    kept = tmp_path / TileName(level=0, index=77).path
    kept.write_bytes(bytes(8192))
    (tmp_path / TileName(level=0, index=78).path).unlink()
    large.asked.clear()
    assert await walked(large, tmp_path) == [*leaves(66_000)]
    assert len(large.asked) == 5
    assert kept.read_bytes() != bytes(8192)


@pytest.mark.parametrize(
    "path", ["tile/0/000", "tile/0/256", "tile/1/000", "tile/0/128"]
)
async def test_a_changed_tile_is_found_and_not_kept(
    path: str, large: Tiles, tmp_path: Path
) -> None:
    honest = large.full[path]
    lying = Tiles(
        edge=large.edge, full=large.full, wrong={path: honest[:-1] + bytes([1])}
    )
    with pytest.raises(ProofError, match="is not the tile that its log has signed"):
        await walked(lying, tmp_path)
    assert not (tmp_path / path).exists()


@pytest.mark.parametrize(
    "path", ["tile/0/257.p/208", "tile/1/001.p/1", "tile/2/000.p/1"]
)
async def test_a_changed_edge_is_found(path: str, large: Tiles, tmp_path: Path) -> None:
    for wrong in (b"", b"x" * 32 * int(path.rpartition("/")[2])):
        lying = Tiles(edge=large.edge, full=large.full, wrong={path: wrong})
        with pytest.raises(ProofError, match="at the edge"):
            await walked(lying, tmp_path)


async def test_a_hub_that_withholds_a_tile_is_found(
    large: Tiles, tmp_path: Path
) -> None:
    lying = Tiles(edge=large.edge, full=large.full, wrong={"tile/0/005": b""})
    with pytest.raises(ProofError):
        await walked(lying, tmp_path)


async def test_a_hub_cannot_fill_the_disk_with_a_log_of_its_making(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log is computed all the same: what is not kept is fetched again."""
    tiles = Tiles.of(1000)
    monkeypatch.setattr(tile_cache, "LEAST_FREE", 1 << 62)
    for _ in range(2):
        walk = TileWalk(tiles.ask, TileFiles(tmp_path))
        read = [tile async for tile in walk.tiles(tiles.checkpoint)]
        assert b"".join(read) == b"".join(leaves(1000))
    assert files_in(tmp_path) == []
    assert tiles.asked.count("tile/0/000") == 2


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
