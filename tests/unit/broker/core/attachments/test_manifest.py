"""The list of chunks: one encoding, sizes that agree, and nothing larger than said."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from broker.core.attachments.limits import ATTACHMENT_LIMITS
from broker.core.attachments.manifest import (
    MANIFEST_MAX_SIZE,
    Manifest,
    check_fits,
    chunk_count,
    filled_up,
    manifest_of,
)
from broker.core.errors import Code, RefusedError
from keys.attachments import TAG_SIZE
from keys.framing import sha256


def digests(count: int) -> tuple[bytes, ...]:
    return tuple(sha256(bytes([one % 256, one // 256])) for one in range(count))


def of_file(size: int, chunk_size: int) -> Manifest:
    whole, count = filled_up(size), chunk_count(size, chunk_size)
    sizes = [min(chunk_size, whole - at * chunk_size) + TAG_SIZE for at in range(count)]
    return manifest_of(sizes, digests(count))


@given(st.integers(1, 100_000), st.integers(300, 5_000))
def test_every_file_has_a_manifest_that_reads_back_and_fits(
    size: int, chunk_size: int
) -> None:
    manifest = of_file(size, chunk_size)
    again = Manifest.named(manifest.blob, manifest.to_bytes())
    assert again == manifest
    check_fits(again, size, chunk_size)
    sizes = [again.size_of(one) for one in range(len(again.digests))]
    assert sum(sizes) == again.size
    assert [again.is_last(one) for one in range(len(sizes))].count(True) == 1


@given(st.integers(1, 60 * 1024**2))
def test_little_is_added_and_sizes_are_hidden(size: int) -> None:
    assert size <= filled_up(size) <= max(256, size * 9 // 8)


def refused(manifest: Manifest, size: int, chunk_size: int) -> None:
    with pytest.raises(RefusedError) as refusal:
        check_fits(manifest, size, chunk_size)
    assert refusal.value.code is Code.INVALID_ATTACHMENT


def test_a_blob_that_is_larger_than_its_message_says_is_not_fetched() -> None:
    """A small claim in the message, and gigabytes at the hub."""
    refused(of_file(1_000_000, 1000), 10, 1000)
    refused(of_file(1_000_000, 1000), 1_000_000, 1001)
    refused(of_file(10, 1000), 1_000_000, 1000)


@pytest.mark.parametrize(
    "changes",
    [
        {"size": 0},
        {"size": 2**63},
        {"chunk_size": 0},
        {"chunk_size": TAG_SIZE},
        {"chunk_size": ATTACHMENT_LIMITS.chunk_max_size + 1},
        {"digests": ()},
        {"digests": digests(ATTACHMENT_LIMITS.chunks_max + 1)},
        {"size": 200 + TAG_SIZE},  # the last chunk would be nothing but a tag
    ],
)
def test_claims_that_do_not_agree_are_refused(changes: dict[str, Any]) -> None:
    fields: dict[str, Any] = {
        "size": 250,
        "chunk_size": 100,
        "digests": digests(3),
        **changes,
    }
    with pytest.raises(RefusedError) as refusal:
        Manifest(**fields)
    assert refusal.value.code is Code.INVALID_ATTACHMENT


def test_a_list_of_another_file_is_refused() -> None:
    manifest = of_file(1000, 500)
    with pytest.raises(RefusedError, match="another"):
        Manifest.named(sha256(b"another"), manifest.to_bytes())


def test_a_list_that_is_cut_off_or_endless_is_refused() -> None:
    data = of_file(1000, 500).to_bytes()
    for wrong in (b"", data[:-1], data + bytes(MANIFEST_MAX_SIZE)):
        with pytest.raises(RefusedError):
            Manifest.from_bytes(wrong)


def test_a_chunk_is_taken_in_its_own_place_only() -> None:
    chunks = [b"a" * 100, b"b" * 100, b"c" * 50]
    manifest = manifest_of([100, 100, 50], list(map(sha256, chunks)))
    for number, chunk in enumerate(chunks):
        manifest.check_chunk(number, chunk)
    for number, chunk in ((0, chunks[1]), (2, chunks[2] + b"x"), (3, b""), (-1, b"")):
        with pytest.raises(RefusedError):
            manifest.check_chunk(number, chunk)
