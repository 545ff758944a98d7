"""Decisions are kept in the order they were made, and read a page at a time."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.decisions import DecisionRecord, Direction, Verdict
from broker.core.errors import StoreFullError
from broker.core.fields import FieldClass, Treatment
from broker.infra.node_store import NodeStore
from tests.unit.broker.infra.stored_messages import fill_disk
from tests.world import BEL, MEX, NOW_MS

ONE = DecisionRecord(
    at_ms=NOW_MS,
    direction=Direction.EXPORT,
    subject=bytes(32),
    kind="trace-request/1",
    party=BEL,
    verdict=Verdict.REDACT,
    code="",
    rule_ids=("a", "b"),
    reasons=("accord d'État", ""),
    near_misses=("rule c: kind not in x",),
    fields=((FieldClass.SOURCE, Treatment.BLUR),),
    policy_digest=b"p" * 32,
    protected=b"sealed",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    opened = NodeStore(tmp_path / "node.sqlite3")
    yield opened
    opened.close()


def test_a_decision_is_read_as_it_was_stored(store: NodeStore) -> None:
    store.store_decisions([ONE])
    assert store.decisions_about(ONE.subject) == [ONE]
    assert store.decisions_about(b"another") == []


def test_decisions_are_paged_in_their_order(store: NodeStore) -> None:
    made = [
        replace(ONE, at_ms=NOW_MS + number, party=party)
        for number, party in enumerate((BEL, MEX, BEL, MEX))
    ]
    store.store_decisions(made)
    assert store.count_decisions(NOW_MS + 1) == 3
    first = store.decisions_since(NOW_MS + 1, limit=2)
    rest = store.decisions_since(NOW_MS + 1, first[-1][0], 2)
    assert [one for _, one in (*first, *rest)] == made[1:]
    assert store.decisions_since(NOW_MS + 1, rest[-1][0], 2) == []


def test_a_full_disk_keeps_none_of_them(store: NodeStore) -> None:
    fill_disk(store)
    large = replace(ONE, protected=bytes(100_000))
    with pytest.raises(StoreFullError):
        store.store_decisions([ONE, large])
    assert store.count_decisions(0) == 0
