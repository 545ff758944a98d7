"""A witness cosigns what continues all it saw: forks, rewinds and drops are refused."""

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from broker.core.audit.checkpoint import read_checkpoint
from broker.core.audit.witness import (
    Contradiction,
    Evidence,
    SeenCheckpoint,
    contradiction_of,
)
from keys.framing import sha256
from tests.unit.broker.services.memory_log import MemoryLog

LEAVES = [sha256(bytes([number])) for number in range(40)]


def shown(leaves: list[bytes]) -> SeenCheckpoint:
    note = MemoryLog(leaves).head().checkpoint
    return SeenCheckpoint(checkpoint=read_checkpoint(note), note=note)


def judge(
    before: list[bytes], now: list[bytes], same_size: list[bytes] | None = None
) -> Evidence | None:
    """Judges a log that proves as well as it can what it claims."""
    proof = (
        MemoryLog(now).consistency(len(before), len(now))
        if 0 < len(before) <= len(now)
        else ()
    )
    return contradiction_of(
        shown(before) if before else None,
        None if same_size is None else shown(same_size),
        shown(now),
        proof,
    )


@given(st.integers(0, 40), st.integers(1, 40))
def test_whatever_continues_may_be_cosigned_and_whatever_shrinks_may_not(
    before: int, now: int
) -> None:
    found = judge(LEAVES[:before], LEAVES[:now])
    assert (found is None) == (before <= now)


@given(st.integers(1, 39), st.integers(1, 40), st.data())
def test_a_log_that_drops_any_entry_is_refused(
    before: int, now: int, data: st.DataObject
) -> None:
    dropped = data.draw(st.integers(0, before - 1))
    without = [leaf for at, leaf in enumerate(LEAVES) if at != dropped][:now]
    found = judge(LEAVES[:before], without)
    assert found is not None
    if now == before:
        assert found.contradiction is Contradiction.FORK


@given(
    st.lists(st.lists(st.booleans(), min_size=1, max_size=7), max_size=12),
    st.lists(st.binary(min_size=32, max_size=32), max_size=3),
)
def test_whatever_a_hub_shows_all_that_is_cosigned_is_one_log(
    logs: list[list[bool]], noise: list[bytes]
) -> None:
    """Each checkpoint comes with its best proof, and with one that is made up."""
    seen: SeenCheckpoint | None = None
    newest: list[bool] = []
    cosigned: list[list[bool]] = []
    for bits in logs:
        log = MemoryLog([LEAVES[bit] for bit in bits])
        now = shown(log.leaves)
        before = len(newest)
        best = log.consistency(before, len(bits)) if 0 < before <= len(bits) else ()
        for proof in (tuple(noise), best):
            if contradiction_of(seen, None, now, proof) is None:
                seen, newest = now, bits
                cosigned.append(bits)
                break
    for smaller, larger in pairwise(cosigned):
        assert larger[: len(smaller)] == smaller


def test_two_trees_of_one_size_are_a_fork_and_both_notes_are_the_proof() -> None:
    found = judge(LEAVES[:3], [*LEAVES[:2], LEAVES[9]])
    assert found is not None
    assert found.contradiction is Contradiction.FORK
    assert {found.seen, found.shown} == {
        shown(LEAVES[:3]).note,
        shown([*LEAVES[:2], LEAVES[9]]).note,
    }
    assert "two different trees" in found.reason


def test_a_smaller_tree_is_a_rewind() -> None:
    found = judge(LEAVES[:5], LEAVES[:3])
    assert found is not None
    assert found.contradiction is Contradiction.REWIND


def test_a_rewind_to_another_past_is_a_fork_if_that_past_was_seen() -> None:
    found = judge(LEAVES[:5], LEAVES[20:23], same_size=LEAVES[:3])
    assert found is not None
    assert found.contradiction is Contradiction.FORK
    assert found.seen == shown(LEAVES[:3]).note


@pytest.mark.parametrize("proof", [(), (bytes(32),), (b"short",)])
def test_a_larger_tree_without_a_proof_is_refused(proof: tuple[bytes, ...]) -> None:
    found = contradiction_of(shown(LEAVES[:5]), None, shown(LEAVES[:9]), proof)
    assert found is not None
    assert found.contradiction is Contradiction.REWRITTEN
    assert found.proof == proof


def test_the_same_checkpoint_again_is_no_contradiction() -> None:
    assert judge(LEAVES[:5], LEAVES[:5], same_size=LEAVES[:5]) is None
