"""Sealed files at the hub: who has them kept, how much, until when, and the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.attachments.limits import ATTACHMENT_LIMITS
from broker.core.attachments.manifest import manifest_of
from broker.core.errors import Code, RefusedError, StoreFullError
from broker.infra.blob_store import BlobLimits, BlobStore
from keys.attachments import TAG_SIZE
from keys.framing import sha256
from tests.attached_files import SealedFile, sealed_file
from tests.world import BEL, DAY_MS, KEN, NOW_MS

FILE, OTHER = sealed_file(), sealed_file("other.txt")
SIZE = FILE.manifest.size
LATER = NOW_MS + DAY_MS
ROOM = BlobLimits(free_min_size=0, file_least_size=0, chunk_least_size=0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[BlobStore]:
    opened = BlobStore(tmp_path / "attachments", ROOM)
    yield opened
    opened.close()


def limited(tmp_path: Path, limits: BlobLimits) -> BlobStore:
    return BlobStore(tmp_path / "limited", limits)


def put_all(store: BlobStore, file: SealedFile = FILE) -> None:
    store.hold(KEN, file.manifest, LATER, NOW_MS)
    for number, chunk in enumerate(file.chunks):
        store.put(KEN, file.blob, number, chunk)


def test_what_is_brought_is_handed_out(store: BlobStore) -> None:
    put_all(store)
    assert store.missing(FILE.blob) == ()
    assert store.manifest(FILE.blob) == FILE.manifest.to_bytes()
    assert store.chunk(FILE.blob, 0) == FILE.chunks[0]
    assert store.manifest(OTHER.blob) is None
    assert store.chunk(OTHER.blob, 0) is None


def test_another_partys_file_cannot_be_dropped(store: BlobStore) -> None:
    put_all(store)
    store.drop(BEL, FILE.blob)
    assert store.missing(FILE.blob) == ()
    assert store.held_until(KEN, FILE.blob) == LATER
    store.drop(KEN, FILE.blob)
    assert store.missing(FILE.blob) is None


def test_a_file_stays_as_long_as_anybody_has_it_kept(store: BlobStore) -> None:
    put_all(store)
    store.hold(BEL, FILE.manifest, LATER, NOW_MS)
    store.drop(KEN, FILE.blob)
    assert store.missing(FILE.blob) == ()
    store.drop(BEL, FILE.blob)
    assert store.manifest(FILE.blob) is None


def test_nobody_fills_in_a_file_that_is_not_kept_for_them(store: BlobStore) -> None:
    store.hold(KEN, FILE.manifest, LATER, NOW_MS)
    with pytest.raises(RefusedError) as refusal:
        store.put(BEL, FILE.blob, 0, FILE.chunks[0])
    assert refusal.value.code is Code.INVALID_ATTACHMENT
    with pytest.raises(RefusedError):
        store.put(KEN, FILE.blob, 0, FILE.chunks[1])
    assert 0 in (store.missing(FILE.blob) or ())


def test_a_party_gets_its_room_and_no_more(tmp_path: Path) -> None:
    store = limited(
        tmp_path,
        BlobLimits(
            party_max_size=SIZE, free_min_size=0, file_least_size=0, chunk_least_size=0
        ),
    )
    put_all(store)
    with pytest.raises(RefusedError) as refusal:
        store.hold(KEN, OTHER.manifest, LATER, NOW_MS)
    assert refusal.value.code is Code.QUOTA
    # What it has already, it may go on with; and others have room of their own.
    store.hold(KEN, FILE.manifest, LATER + 1, NOW_MS)
    store.hold(BEL, OTHER.manifest, LATER, NOW_MS)
    store.drop(KEN, FILE.blob)
    store.hold(KEN, OTHER.manifest, LATER, NOW_MS)
    store.close()


def test_all_parties_together_get_the_room_of_the_hub(tmp_path: Path) -> None:
    store = limited(
        tmp_path,
        BlobLimits(
            all_max_size=SIZE, free_min_size=0, file_least_size=0, chunk_least_size=0
        ),
    )
    put_all(store)
    # The same file takes no room twice.
    store.hold(BEL, FILE.manifest, LATER, NOW_MS)
    with pytest.raises(RefusedError, match="anybody"):
        store.hold(BEL, OTHER.manifest, LATER, NOW_MS)
    store.close()


def test_many_small_files_do_not_fill_the_disk_with_folders(tmp_path: Path) -> None:
    least = 10 * SIZE
    limits = BlobLimits(
        party_max_size=least,
        free_min_size=0,
        file_least_size=least,
        chunk_least_size=0,
    )
    store = limited(tmp_path, limits)
    put_all(store)
    with pytest.raises(RefusedError) as refusal:
        store.hold(KEN, OTHER.manifest, LATER, NOW_MS)
    assert refusal.value.code is Code.QUOTA
    store.close()


def test_an_oversized_file_is_refused(tmp_path: Path) -> None:
    store = limited(
        tmp_path,
        BlobLimits(
            file_max_size=SIZE - 1,
            free_min_size=0,
            file_least_size=0,
            chunk_least_size=0,
        ),
    )
    with pytest.raises(RefusedError) as refusal:
        store.hold(KEN, FILE.manifest, LATER, NOW_MS)
    assert refusal.value.code is Code.OVERSIZE
    store.close()


def test_the_disk_is_left_to_what_matters_more(tmp_path: Path) -> None:
    store = limited(tmp_path, BlobLimits(free_min_size=2**60))
    with pytest.raises(StoreFullError):
        store.hold(KEN, FILE.manifest, LATER, NOW_MS)
    assert store.held_until(KEN, FILE.blob) == 0
    store.close()
    store = limited(tmp_path, ROOM)
    store.hold(KEN, FILE.manifest, LATER, NOW_MS)
    store.close()
    store = limited(tmp_path, BlobLimits(free_min_size=2**60))
    with pytest.raises(StoreFullError):
        store.put(KEN, FILE.blob, 0, FILE.chunks[0])
    store.close()


def test_nothing_is_kept_for_ever(store: BlobStore) -> None:
    until_ms = store.hold(KEN, FILE.manifest, NOW_MS * 2, NOW_MS)
    assert until_ms == NOW_MS + ATTACHMENT_LIMITS.hold_max_ms
    # Asked for again with an earlier time, it is not shortened.
    assert store.hold(KEN, FILE.manifest, LATER, NOW_MS) == until_ms
    assert store.collect(until_ms - 1) == 0
    assert store.collect(until_ms) == 1
    assert store.missing(FILE.blob) is None


def test_what_a_crash_left_is_collected(store: BlobStore, tmp_path: Path) -> None:
    put_all(store)
    folder = tmp_path / "attachments" / "files"
    (folder / FILE.blob.hex()).rename(folder / OTHER.blob.hex())
    assert store.collect(NOW_MS) == 1
    # The keeping is known, the file is not: it is brought again.
    assert store.missing(FILE.blob) is None
    put_all(store)
    assert store.missing(FILE.blob) == ()


def test_who_takes_how_much_room_is_told(store: BlobStore) -> None:
    put_all(store)
    store.hold(BEL, FILE.manifest, LATER, NOW_MS)
    store.hold(BEL, OTHER.manifest, LATER, NOW_MS)
    assert list(store.held()) == [
        (BEL, 2, SIZE + OTHER.manifest.size),
        (KEN, 1, SIZE),
    ]


def test_a_file_of_a_thousand_tiny_chunks_counts_for_what_it_takes(
    tmp_path: Path,
) -> None:
    """Quotas by bytes alone would let one party use up every file of the disk."""
    count = ATTACHMENT_LIMITS.chunks_max
    digests = [sha256(number.to_bytes(4, "big")) for number in range(count)]
    tiny = manifest_of([TAG_SIZE + 1] * count, digests)
    limits = BlobLimits(
        party_max_size=count * BlobLimits().chunk_least_size, free_min_size=0
    )
    store = limited(tmp_path, limits)
    store.hold(KEN, tiny, LATER, NOW_MS)
    with pytest.raises(RefusedError) as refusal:
        store.hold(KEN, FILE.manifest, LATER, NOW_MS)
    assert refusal.value.code is Code.QUOTA
    assert [*store.held()] == [(KEN, 1, limits.party_max_size)]
    store.close()
