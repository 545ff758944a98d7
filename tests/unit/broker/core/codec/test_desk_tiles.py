"""Questions for tiles: one form, and never for a tile that no such tree has."""

import json

import pytest
from hypothesis import given, strategies as st

from broker.core.audit.tiles import TileName
from broker.core.codec.desk import asked_for
from broker.core.codec.desk_tiles import (
    TILE_DESK,
    decode_tile_question,
    encode_tile_question,
)
from broker.core.errors import Code, RefusedError


@given(size=st.integers(1, 1 << 40), data=st.data())
def test_a_question_for_a_leaf_tile_is_read_back(
    size: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, (size - 1) // 256))
    width = data.draw(st.integers(1, min(256, size - index * 256)))
    name = TileName(level=0, index=index, width=width)
    question = encode_tile_question(name.path, size)
    assert asked_for(question) == TILE_DESK
    assert decode_tile_question(question) == (name, size)


def test_entry_bundles_can_be_asked_for() -> None:
    name, size = decode_tile_question(encode_tile_question("tile/entries/000.p/3", 3))
    assert (name.level, name.width, size) == ("entries", 3, 3)


@pytest.mark.parametrize(
    "question",
    [
        b"",
        b"[]",
        b"{" * 300,
        b'{"ask": "tile"}',
        b'{"ask": "tile", "path": "tile/0/000.p/1", "size": true}',
        b'{"ask": "tile", "path": "tile/0/000.p/1", "size": 0}',
        b'{"ask": "tile", "path": "tile/0/000.p/1", "size": 9223372036854775808}',
        b'{"ask": "tile", "path": "tile/0/000.p/1", "size": 1, "more": 1}',
        b'{"ask": "file", "path": "tile/0/000.p/1", "size": 1}',
        encode_tile_question("tile/0/000.p/2", 1),
        encode_tile_question("tile/0/001", 256),
        encode_tile_question("tile/1/000.p/1", 255),
        encode_tile_question("tile/entries/000", 255),
        encode_tile_question("../../hub.keys", 1),
        json.dumps({"ask": "tile", "path": "x" * 600, "size": 1}).encode(),
    ],
)
def test_another_question_is_refused(question: bytes) -> None:
    with pytest.raises(RefusedError) as caught:
        decode_tile_question(question)
    assert caught.value.code is Code.MALFORMED
