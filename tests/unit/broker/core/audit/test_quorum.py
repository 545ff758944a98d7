"""A checkpoint counts when enough distinct witnesses of the directory cosigned it."""

from dataclasses import replace

import pytest

from broker.core.audit.quorum import CosignedBy, check_quorum, cosigned_by
from broker.core.errors import ProofError
from keys.notes import Note
from tests.unit.broker.services.memory_log import MemoryLog
from tests.witnesses import NAMES, cosigned, federation, witness_key
from tests.world import NOW_MS

NOTE = MemoryLog([bytes(32)] * 3).head().checkpoint
TIME_S = NOW_MS // 1000
W1, W2, W3 = NAMES


def test_as_many_as_are_asked_for_are_enough() -> None:
    found = check_quorum(cosigned(NOTE, W2, W1), federation(quorum=2))
    assert found == (
        CosignedBy(name=W1, time_s=TIME_S),
        CosignedBy(name=W2, time_s=TIME_S),
    )


def test_without_a_quorum_a_checkpoint_counts_by_itself() -> None:
    assert check_quorum(NOTE, federation()) == ()
    assert check_quorum(NOTE, federation(())) == ()


@pytest.mark.parametrize("names", [(), (W1,)])
def test_too_few_are_not_enough(names: tuple[str, ...]) -> None:
    with pytest.raises(ProofError, match="the stewards ask for 2"):
        check_quorum(cosigned(NOTE, *names), federation(quorum=2))


def test_one_witness_that_signs_twice_is_one_witness() -> None:
    twice = cosigned(cosigned(NOTE, W1), W1, time_s=TIME_S + 5)
    with pytest.raises(ProofError, match="1 witnesses"):
        check_quorum(twice, federation(quorum=2))
    (found,) = cosigned_by(twice, federation())
    assert found.time_s == TIME_S + 5


def test_a_witness_that_stewards_have_not_named_does_not_count() -> None:
    known = federation((W1, W2), quorum=2)
    with pytest.raises(ProofError, match="1 witnesses"):
        check_quorum(cosigned(NOTE, W1, W3), known)


def test_a_cosignature_of_another_checkpoint_spoils_the_note() -> None:
    other = MemoryLog([bytes(32)] * 4).head().checkpoint
    stolen = Note.parse(cosigned(other, W1)).signatures[1]
    with pytest.raises(ProofError, match="does not verify"):
        check_quorum(NOTE + stolen.line, federation())


def test_a_key_that_was_replaced_does_not_count() -> None:
    old = federation((W1,), quorum=1)
    renamed = replace(old.witnesses[0], key=witness_key(W2).verifier.key)
    with pytest.raises(ProofError, match="0 witnesses"):
        check_quorum(cosigned(NOTE, W1), replace(old, witnesses=(renamed,)))


def test_what_is_no_note_is_refused() -> None:
    with pytest.raises(ProofError, match="do not hold"):
        check_quorum("not a note", federation())
