"""Blocks give back the entries that went into them, or say that they cannot."""

import pytest
from hypothesis import given, strategies as st

from broker.core.audit.blocks import Block, pack_block
from broker.core.audit.entry import LogEntry, leaf_hashes
from broker.core.errors import ProofError

numbers = st.integers(-(1 << 63), (1 << 63) - 1)
entries = st.builds(
    LogEntry,
    receipt=st.binary(max_size=300),
    signed_header=st.binary(max_size=70_000),
    stage=st.text(max_size=20),
    message_digest=st.binary(max_size=40),
    by=st.text(max_size=5),
    to=st.text(max_size=5),
    code=st.text(max_size=20),
    at_ms=numbers,
    proof=st.binary(max_size=300),
    stream_sequence=numbers,
    logged_by_ms=numbers,
)


@given(first=st.integers(0, 1 << 60), packed=st.lists(entries, min_size=1, max_size=9))
def test_entries_come_back_as_they_went_in(first: int, packed: list[LogEntry]) -> None:
    leaves = [bytes([number]) * 32 for number in range(len(packed))]
    block = Block(first, len(packed), pack_block(leaves, packed))
    found = list(block.entries(0, 1 << 62))
    assert [one.entry for one in found] == packed
    assert [one.leaf_hash for one in found] == leaves
    assert [one.index for one in found] == [first + at for at in range(len(packed))]
    assert first in block
    assert first + len(packed) not in block
    assert [one.index for one in block.entries(first + 1, first + 3)] == [
        first + at for at in range(1, min(3, len(packed)))
    ]


def entry(**changes: object) -> LogEntry:
    fields: dict[str, object] = {
        "receipt": b"receipt",
        "signed_header": b"header",
        "stage": "ACCEPTED",
        "message_digest": bytes(32),
        "by": "HUB",
        "to": "KEN",
        "code": "",
        "at_ms": 1,
        "proof": b"proof",
        "stream_sequence": 1,
    }
    return LogEntry(**{**fields, **changes})  # type: ignore[arg-type]  # by name


def test_a_cut_block_is_noticed() -> None:
    packed = [entry(), entry()]
    data = pack_block(leaf_hashes(packed), packed)
    with pytest.raises(ProofError, match="entry 8"):
        Block(7, 2, data[:-1]).entry(8)
    with pytest.raises(ProofError, match="entry 7"):
        Block(7, 2, data[:70]).entry(7)


def test_text_that_is_none_is_noticed() -> None:
    data = pack_block([bytes(32)], [entry()]).replace(b"ACCEPTED", b"\xff" * 8)
    with pytest.raises(ProofError, match="entry 0"):
        Block(0, 1, data).entry(0)


@pytest.mark.parametrize(
    "changes",
    [{"at_ms": 1 << 63}, {"stage": "x" * 65_536}, {"stream_sequence": -(2**64)}],
)
def test_an_entry_that_cannot_be_stored_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ProofError, match="cannot be stored"):
        pack_block([bytes(32)], [entry(**changes)])
