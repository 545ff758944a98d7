"""What a witness keeps against a log cannot be crowded out by the log itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.audit.witness import Contradiction, Evidence
from broker.infra import witness_store
from broker.infra.witness_store import WitnessStore
from tests.unit.broker.services.memory_log import MemoryLog
from tests.world import NOW_MS


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[WitnessStore]:
    opened = WitnessStore(tmp_path / "witness.sqlite3")
    yield opened
    opened.close()


def evidence(kind: Contradiction, number: int) -> Evidence:
    log = MemoryLog()
    log.add(bytes([number]))
    note = log.head().checkpoint
    return Evidence(
        contradiction=kind, seen=note, shown=note, proof=(), reason=f"{kind} {number}"
    )


def test_a_fork_is_kept_after_any_number_of_logs_that_were_set_back(
    memory: WitnessStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hub cannot use up the room with what proves little, and then cheat."""
    monkeypatch.setattr(witness_store, "MOST_EVIDENCE", 2)
    kept = [
        memory.file(evidence(Contradiction.REWIND, number), NOW_MS)
        for number in range(4)
    ]
    assert kept == [True, True, False, False]
    fork = evidence(Contradiction.FORK, 9)
    assert memory.file(fork, NOW_MS)
    assert not memory.file(fork, NOW_MS)
    found = [one.evidence.contradiction for one in memory.evidence()]
    assert found == [Contradiction.FORK, Contradiction.REWIND, Contradiction.REWIND]
    assert memory.evidence()[0].evidence == fork
