"""Padding: how much of it, what it looks like, and what the hub can show of it."""

import secrets

import pytest
from hypothesis import given, strategies as st

from broker.core.audit.padding import (
    MAX_BLOCK,
    NONCE_SIZE,
    PADDING_STAGE,
    Padding,
    check_padding,
    filling,
    padding_entries,
    padding_leaf,
)
from broker.core.errors import ProofError

counts = st.integers(0, 10_000)


@given(size=counts, count=counts, block=st.integers(1, 512), cover=st.booleans())
def test_a_padded_log_ends_at_a_multiple_of_its_block(
    size: int, count: int, block: int, *, cover: bool
) -> None:
    added = filling(size, count, block, cover=cover)
    if count or cover:
        assert (size + count + added) % block == 0
        assert count + added > 0
    assert 0 <= added <= block


@given(blocks=counts, block=st.integers(2, 512), data=st.data())
def test_one_block_is_added_whatever_there_was_of_a_block_or_less(
    blocks: int, block: int, data: st.DataObject
) -> None:
    count = data.draw(st.integers(0, block))
    assert count + filling(blocks * block, count, block, cover=True) == block


def test_without_traffic_and_cover_nothing_is_added() -> None:
    assert filling(5, 0, 8, cover=False) == 0


def test_padding_is_a_leaf_like_any_other_and_its_own_preimage_says_so() -> None:
    nonces = [secrets.token_bytes(NONCE_SIZE) for _ in range(2)]
    one, other = padding_entries(nonces, stream_sequence=0, at_ms=5)
    assert (one.stage, one.at_ms, one.stream_sequence) == (PADDING_STAGE, 5, 0)
    assert len(one.leaf_data) == 32
    assert one.leaf_hash != other.leaf_hash
    check_padding(one.receipt)


@pytest.mark.parametrize(
    "data", [b"", b"receipt", padding_leaf(bytes(31)), padding_leaf(bytes(32)) + b"x"]
)
def test_what_says_something_is_not_taken_for_padding(data: bytes) -> None:
    with pytest.raises(ProofError, match="not padding"):
        check_padding(data)


@pytest.mark.parametrize(
    ("block", "beat_ms", "strict"),
    [(0, 0, False), (MAX_BLOCK + 1, 0, False), (8, -1, False), (8, 0, True)],
)
def test_a_padding_that_cannot_be_kept_to_is_refused(
    block: int, beat_ms: int, *, strict: bool
) -> None:
    with pytest.raises(ValueError, match=r"block|beat"):
        Padding(block=block, beat_ms=beat_ms, strict=strict)
