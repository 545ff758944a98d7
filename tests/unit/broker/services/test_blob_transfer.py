"""Files on their way: gone on with after a break, and never taken unless whole."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.codec.desk_blobs import BlobState, encode_answer, encode_state
from broker.core.errors import (
    BusUnavailableError,
    Code,
    RefusedError,
    StoreError,
)
from broker.infra.blob_store import BlobLimits
from tests.attached_files import sealed_file
from tests.unit.broker.services.blob_world import BlobWorld
from tests.world import BEL, DAY_MS, KEN, NOW_MS

FILE = sealed_file(size=5000)
COUNT = len(FILE.chunks)
LATER = NOW_MS + DAY_MS


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[BlobWorld]:
    made = BlobWorld(tmp_path)
    yield made
    made.close()


async def brought(hub: BlobWorld) -> None:
    hub.has(KEN, FILE)
    assert await hub.transfer(KEN).bring(FILE.blob, LATER) == LATER
    hub.asked.clear()


async def test_a_file_goes_from_one_node_to_another(hub: BlobWorld) -> None:
    await brought(hub)
    told: list[tuple[int, int]] = []
    await hub.transfer(BEL).fetch(FILE.said, lambda *done: told.append(done))
    files = hub.files(BEL)
    assert files.missing(FILE.blob) == ()
    assert told[0] == (0, FILE.manifest.size)
    assert told[-1] == (FILE.manifest.size, FILE.manifest.size)
    assert told == sorted(told)
    hub.asked.clear()
    await hub.transfer(BEL).fetch(FILE.said)
    assert hub.asked == []  # it is here


async def test_sending_is_gone_on_with_after_a_break(hub: BlobWorld) -> None:
    hub.has(KEN, FILE)

    def breaks(_question: bytes, answer: bytes) -> bytes:
        if len(hub.asked) > COUNT // 2:
            raise BusUnavailableError("cut off")
        return answer

    hub.meddle = breaks
    with pytest.raises(BusUnavailableError):
        await hub.transfer(KEN).bring(FILE.blob, LATER)
    missing = hub.store.missing(FILE.blob)
    assert missing
    assert len(missing) < COUNT
    hub.asked.clear()
    hub.meddle = lambda _, answer: answer
    await hub.transfer(KEN).bring(FILE.blob, LATER)
    assert hub.store.missing(FILE.blob) == ()
    # What had arrived was not sent again.
    assert hub.asked.count("blob-put") == 1 + len(missing)


async def test_fetching_is_gone_on_with_after_a_break(hub: BlobWorld) -> None:
    await brought(hub)

    def breaks(_question: bytes, answer: bytes) -> bytes:
        if len(hub.asked) > COUNT // 2:
            raise BusUnavailableError("cut off")
        return answer

    hub.meddle = breaks
    with pytest.raises(BusUnavailableError):
        await hub.transfer(BEL).fetch(FILE.said)
    missing = hub.files(BEL).missing(FILE.blob)
    assert missing
    hub.asked.clear()
    hub.meddle = lambda _, answer: answer
    await hub.transfer(BEL).fetch(FILE.said)
    # What a thread was writing at the break may have arrived meanwhile.
    assert 0 < len(hub.asked) <= len(missing)
    assert hub.files(BEL).missing(FILE.blob) == ()


async def test_a_question_that_nobody_answers_is_put_again(hub: BlobWorld) -> None:
    await brought(hub)
    hub.fails = 2
    await hub.transfer(BEL).fetch(FILE.said)
    assert hub.files(BEL).missing(FILE.blob) == ()
    hub.fails = 99
    with pytest.raises(BusUnavailableError):
        await hub.transfer(BEL).state(FILE.blob)
    assert hub.fails == 96


async def test_a_hub_that_swaps_chunks_is_noticed(hub: BlobWorld) -> None:
    await brought(hub)

    def swap(question: bytes, answer: bytes) -> bytes:
        return encode_answer(FILE.chunks[1]) if b'"number": 0' in question else answer

    hub.meddle = swap
    with pytest.raises(RefusedError) as refusal:
        await hub.transfer(BEL).fetch(FILE.said)
    assert refusal.value.code is Code.INVALID_ATTACHMENT
    assert 0 in (hub.files(BEL).missing(FILE.blob) or ())


async def test_a_small_claim_with_gigabytes_behind_it_is_not_fetched(
    hub: BlobWorld,
) -> None:
    """As with an archive that unpacks for ever: sizes are compared first."""
    await brought(hub)
    small = replace(FILE.said, size=10)
    with pytest.raises(RefusedError, match="has not the size it says"):
        await hub.transfer(BEL).fetch(small)
    assert hub.asked == ["blob-get"]
    assert list(hub.files(BEL).blobs()) == []
    huge = replace(FILE.said, size=2**62)
    with pytest.raises(RefusedError):
        await hub.transfer(BEL).fetch(huge)
    assert hub.asked == ["blob-get"]


async def test_what_the_hub_has_no_more_is_said(hub: BlobWorld) -> None:
    await brought(hub)
    await hub.transfer(KEN).drop(FILE.blob)
    with pytest.raises(RefusedError, match="not any more"):
        await hub.transfer(BEL).fetch(FILE.said)


async def test_a_refusal_of_the_hub_is_one_of_the_file(hub: BlobWorld) -> None:
    hub.has(KEN, FILE)
    del hub.accounts[KEN]
    with pytest.raises(RefusedError, match="takes part"):
        await hub.transfer(KEN).bring(FILE.blob, LATER)


async def test_no_room_at_the_hub_is_said(tmp_path: Path) -> None:
    hub = BlobWorld(tmp_path, BlobLimits(party_max_size=10, free_min_size=0))
    hub.has(KEN, FILE)
    with pytest.raises(RefusedError, match="quota"):
        await hub.transfer(KEN).bring(FILE.blob, LATER)
    hub.close()


async def test_a_hub_that_only_says_that_it_kept_a_file_is_not_believed(
    hub: BlobWorld,
) -> None:
    hub.has(KEN, FILE)
    kept = encode_state(BlobState(until_ms=LATER, missing=()))
    # It says so in answer to the list, and has nothing when asked.
    hub.meddle = lambda q, a: kept if b'"number": -1' in q else a
    with pytest.raises(RefusedError, match="has not kept it"):
        await hub.transfer(KEN).bring(FILE.blob, LATER)


async def test_what_is_not_here_is_not_brought(hub: BlobWorld) -> None:
    with pytest.raises(StoreError, match="not here any more"):
        await hub.transfer(KEN).bring(FILE.blob, LATER)
    hub.files(KEN).begin(FILE.blob, FILE.manifest.to_bytes())
    with pytest.raises(StoreError, match="not here whole"):
        await hub.transfer(KEN).bring(FILE.blob, LATER)
