"""The desk hands out tiles of trees that were signed, and nothing else."""

from collections.abc import Iterator

import pytest

from broker.core.audit.checkpoint import open_checkpoint
from broker.core.audit.tiles import TileName, TileReader, tile_width
from broker.core.audit.verify import verify_log
from broker.core.codec.desk_tiles import NO_TILE, encode_tile_question
from broker.core.errors import RefusedError
from broker.infra.log_store import LogStore
from broker.services.tile_desk import TileDesk
from tests.unit.broker.infra.sample_log import KEY, ORIGIN, append, root_of


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LogStore]:
    folder = tmp_path_factory.mktemp("desk") / "log"
    with LogStore.open(folder, origin=ORIGIN) as store:
        append(store, 1, 600)
        yield store


def asked(log: LogStore | None, path: str, size: int) -> bytes:
    return TileDesk(lambda: log).answer("ACCOUNT", encode_tile_question(path, size))


@pytest.mark.parametrize("size", [1, 255, 256, 257, 600])
def test_a_party_recomputes_the_log_from_the_desk_at_any_size_it_reached(
    log: LogStore, size: int
) -> None:
    def tile(path: str) -> bytes:
        return asked(log, path, size)

    assert TileReader(tile, size).root(size) == root_of(size)


def test_a_whole_verification_runs_on_what_the_desk_gives(log: LogStore) -> None:
    checkpoint = open_checkpoint(log.head().checkpoint, KEY.verifier)

    def leaves() -> Iterator[bytes]:
        for index in range(3):
            width = tile_width(0, index, checkpoint.size)
            path = TileName(level=0, index=index, width=width).path
            tile = asked(log, path, checkpoint.size)
            yield from (tile[at : at + 32] for at in range(0, len(tile), 32))

    done = verify_log(leaves(), checkpoint, lambda path: asked(log, path, 600))
    assert list(done)[-1] == 600


def test_a_tile_of_a_tree_that_was_not_signed_is_not_handed_out(log: LogStore) -> None:
    assert asked(log, "tile/0/002.p/88", 600) != NO_TILE
    assert asked(log, "tile/0/002.p/89", 601) == NO_TILE
    assert asked(log, "tile/0/000", 601) == NO_TILE
    assert asked(None, "tile/0/000", 600) == NO_TILE


def test_a_log_that_cannot_be_read_has_no_tile(
    log: LogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "tile", lambda _: log.entry(600))
    assert asked(log, "tile/0/000", 600) == NO_TILE


def test_another_question_is_refused(log: LogStore) -> None:
    with pytest.raises(RefusedError):
        TileDesk(lambda: log).answer("ACCOUNT", b'{"ask": "tile"}')
