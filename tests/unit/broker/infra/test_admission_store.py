"""On which terms messages are here, and to whom they were given."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.admitted import (
    Admission,
    AdmissionState,
    HandedOut,
    Settlement,
    admission_under,
)
from broker.core.model import FIRST_LINK, Stage
from broker.core.policy.decision import Terms
from broker.core.records import InboxState
from broker.infra.node_store import NodeStore
from tests import world
from tests.unit.broker.infra.stored_messages import arrival, opened
from tests.world import NOW_MS

WAITING = admission_under(
    b"m" * 32,
    world.KIND,
    Terms(quarantine=True, routes=frozenset({"police"}), with_consent=True),
    policy_digest=b"p" * 32,
    now_ms=NOW_MS,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    made = NodeStore(tmp_path / "node.sqlite3")
    yield made
    made.close()


def held(store: NodeStore, since_ms: int = NOW_MS) -> Settlement:
    """Has a message wait; returns what would release it."""
    message = world.sealed()
    store.store_delivered([arrival(message)])
    admission = replace(
        WAITING, message_digest=message.message_digest, since_ms=since_ms
    )
    store.settle(
        [
            replace(
                opened(message, FIRST_LINK),
                receipt=None,
                admission=admission,
            )
        ]
    )
    released = replace(admission, state=AdmissionState.RELEASED, since_ms=NOW_MS + 5)
    return Settlement(
        admission=released, receipt=world.receipt(message, Stage.OPENED, at_ms=NOW_MS)
    )


def test_what_waits_comes_back_as_it_went_the_oldest_first(store: NodeStore) -> None:
    later, sooner = held(store, since_ms=NOW_MS + 1), held(store)
    found = store.quarantined()
    assert [one.message_digest for one in found] == [
        sooner.admission.message_digest,
        later.admission.message_digest,
    ]
    assert found[0] == replace(WAITING, message_digest=sooner.admission.message_digest)
    assert store.quarantined(1) == found[:1]
    assert store.unopened(9) == []
    assert store.admitted_of_kind(world.KIND) == []


def test_a_quarantine_ends_once(store: NodeStore) -> None:
    settlement = held(store)
    declined = Settlement(
        admission=replace(settlement.admission, state=AdmissionState.DECLINED),
        receipt=replace(settlement.receipt, stage=Stage.REFUSED, code="declined"),
    )
    assert store.end_quarantine(settlement)
    assert not store.end_quarantine(declined)
    digest = settlement.admission.message_digest
    assert store.admission(digest) == settlement.admission
    found = store.find_received(digest)
    assert found is not None
    assert (found.state, found.opened_ms) == (InboxState.OPENED, NOW_MS)
    assert store.admitted_of_kind(world.KIND) == [settlement.admission]


def test_a_message_that_was_opened_before_terms_were_kept_has_none(
    store: NodeStore,
) -> None:
    message = world.sealed()
    store.store_delivered([arrival(message)])
    store.settle([opened(message, FIRST_LINK)])
    assert store.admission(message.message_digest) is None
    assert store.inbox(9, "police") == []
    assert len(store.inbox(9)) == 1


def test_who_was_given_what_comes_back_in_order(store: NodeStore) -> None:
    given = HandedOut(
        message_digest=b"m" * 32,
        desk="customs",
        agency="Customs",
        purpose="analysis",
        at_ms=NOW_MS,
        file_digest=b"f" * 32,
    )
    again = replace(given, desk="police", purpose="", at_ms=NOW_MS - 1)
    for one in (given, again):
        store.note_handed_out(one)
    assert store.handed_out(b"m" * 32) == [given, again]
    assert store.handed_out(bytes(32)) == []


def test_terms_survive_a_restart(store: NodeStore, tmp_path: Path) -> None:
    digest = held(store).admission.message_digest
    expected: Admission | None = store.admission(digest)
    store.close()
    again = NodeStore(tmp_path / "node.sqlite3")
    assert again.admission(digest) == expected
    again.close()
