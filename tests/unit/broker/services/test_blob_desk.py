"""The hub's desk for sealed files, asked as parties and strangers ask."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.codec.desk_blobs import (
    BlobState,
    ChunkQuestion,
    HoldQuestion,
    PartQuestion,
    decode_answer,
    decode_state,
    encode_chunk,
    encode_drop,
    encode_has,
    encode_hold,
    encode_part,
)
from broker.core.errors import Code, RefusedError, StoreError
from broker.infra import chunk_files
from keys.framing import sha256
from keys.identity import PartyId
from tests.attached_files import sealed_file
from tests.unit.broker.services.blob_world import BlobWorld
from tests.world import BEL, DAY_MS, KEN, NOW_MS, STRANGER

FILE = sealed_file()
LATER = NOW_MS + DAY_MS
ALL = tuple(range(len(FILE.chunks)))


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[BlobWorld]:
    made = BlobWorld(tmp_path)
    yield made
    made.close()


def hold(hub: BlobWorld, party: PartyId, until_ms: int = LATER) -> BlobState:
    question = HoldQuestion(
        blob=FILE.blob, until_ms=until_ms, manifest=FILE.manifest.to_bytes()
    )
    return decode_state(hub.ask(party, encode_hold(question)))


def put(hub: BlobWorld, party: PartyId, number: int, sealed: bytes) -> BlobState:
    question = ChunkQuestion(blob=FILE.blob, number=number, sealed=sealed)
    return decode_state(hub.ask(party, encode_chunk(question)))


def get(hub: BlobWorld, party: PartyId, number: int | None) -> bytes | None:
    question = PartQuestion(blob=FILE.blob, number=number)
    return decode_answer(hub.ask(party, encode_part(question)))


def has(hub: BlobWorld, party: PartyId) -> BlobState:
    return decode_state(hub.ask(party, encode_has(FILE.blob)))


def test_what_one_party_brings_another_gets_by_its_name(hub: BlobWorld) -> None:
    assert has(hub, KEN) == BlobState()
    assert get(hub, BEL, None) is None
    assert hold(hub, KEN) == BlobState(until_ms=LATER, missing=ALL)
    for number, chunk in enumerate(FILE.chunks):
        put(hub, KEN, number, chunk)
    assert has(hub, KEN) == BlobState(until_ms=LATER, missing=())
    assert has(hub, BEL) == BlobState(until_ms=0, missing=())
    assert get(hub, BEL, None) == FILE.manifest.to_bytes()
    assert [get(hub, BEL, number) for number in ALL] == list(FILE.chunks)
    assert get(hub, BEL, len(ALL)) is None


def test_a_suspended_party_or_a_stranger_gets_no_answer(hub: BlobWorld) -> None:
    hold(hub, KEN)
    del hub.accounts[KEN]
    for party in (KEN, STRANGER):
        for ask in (
            lambda: hold(hub, party),  # noqa: B023 - called at once
            lambda: put(hub, party, 0, FILE.chunks[0]),  # noqa: B023 - called at once
            lambda: get(hub, party, 0),  # noqa: B023 - called at once
            lambda: has(hub, party),  # noqa: B023 - called at once
            lambda: hub.ask(party, encode_drop(FILE.blob)),  # noqa: B023 - called at once
        ):
            with pytest.raises(RefusedError) as refusal:
                ask()
            assert refusal.value.code is Code.UNKNOWN_PARTY


def test_another_partys_file_is_not_dropped_by_whoever_knows_its_name(
    hub: BlobWorld,
) -> None:
    hold(hub, KEN)
    state = decode_state(hub.ask(BEL, encode_drop(FILE.blob)))
    assert state == BlobState(until_ms=0, missing=ALL)
    state = decode_state(hub.ask(KEN, encode_drop(FILE.blob)))
    assert state == BlobState()


def test_a_swapped_chunk_or_a_foreign_one_is_refused(hub: BlobWorld) -> None:
    hold(hub, KEN)
    for number, sealed in ((0, FILE.chunks[1]), (0, b"x"), (900, FILE.chunks[0])):
        with pytest.raises(RefusedError) as refusal:
            put(hub, KEN, number, sealed)
        assert refusal.value.code is Code.INVALID_ATTACHMENT
    with pytest.raises(RefusedError, match="nobody asked to keep it"):
        put(hub, BEL, 0, FILE.chunks[0])
    assert has(hub, KEN).missing == ALL


def test_a_list_under_another_name_is_refused(hub: BlobWorld) -> None:
    """Otherwise whoever learns a name could put something else in its place."""
    question = HoldQuestion(
        blob=sha256(b"another"), until_ms=LATER, manifest=FILE.manifest.to_bytes()
    )
    with pytest.raises(RefusedError) as refusal:
        hub.ask(KEN, encode_hold(question))
    assert refusal.value.code is Code.INVALID_ATTACHMENT


def test_what_is_over_already_is_not_kept(hub: BlobWorld) -> None:
    with pytest.raises(RefusedError) as refusal:
        hold(hub, KEN, NOW_MS)
    assert refusal.value.code is Code.EXPIRED


def test_a_full_disk_is_said_and_harms_nothing(
    hub: BlobWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(hub, KEN)

    def full(_path: Path, _data: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(chunk_files, "write_durably", full)
    with pytest.raises(RefusedError, match="no room for files at present") as refusal:
        put(hub, KEN, 0, FILE.chunks[0])
    assert refusal.value.code is Code.QUOTA
    monkeypatch.undo()
    put(hub, KEN, 0, FILE.chunks[0])
    assert has(hub, KEN).missing == ALL[1:]


def test_a_broken_disk_is_the_operators_business(
    hub: BlobWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(hub, KEN)

    def broken(_path: Path, _data: bytes) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(chunk_files, "write_durably", broken)
    with pytest.raises(StoreError):
        put(hub, KEN, 0, FILE.chunks[0])
