"""What a node keeps of weapons, lists and leads is found by tokens, and goes whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.identification.rows import LeadRow, ListRow, NewRow
from broker.core.model import FIRST_LINK
from broker.core.recalls.taken_back import Destroyed
from broker.core.records import Alarm
from broker.infra.node_store import NodeStore
from tests import world
from tests.unit.broker.infra.stored_messages import arrival, opened
from tests.world import KEN, NOW_MS

MESSAGE = world.sealed(case_reference="A")
DIGEST = MESSAGE.message_digest
KINDS = (world.KIND,)
BEGINNING = (0, b"")
ALARM = Alarm(at_ms=NOW_MS, topic="match", text="look at it")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    made = NodeStore(tmp_path / "node.sqlite3")
    made.store_delivered([arrival(MESSAGE)])
    made.settle([opened(MESSAGE, FIRST_LINK)])
    yield made
    made.close()


def row(position: int, *tokens: int) -> NewRow:
    return NewRow(position=position, tokens=tokens, protected=b"sealed")


def lead(pair: bytes = b"pair", other: bytes = b"other") -> LeadRow:
    return LeadRow(pair=pair, message_digest=DIGEST, other=other, protected=b"sealed")


def destroy(store: NodeStore) -> None:
    store.erase_batch(
        [Destroyed(message_digest=DIGEST, at_ms=NOW_MS, rule="record", cause=bytes(32))]
    )


def test_a_content_is_looked_through_once(store: NodeStore) -> None:
    assert store.unread_weapons(KINDS, BEGINNING, 9) == [(NOW_MS, DIGEST)]
    assert store.unread_weapons(("other/1",), BEGINNING, 9) == []
    store.store_weapons(DIGEST, [row(0, 7, -8), row(1, 7)])
    store.store_weapons(DIGEST, [row(0, 9)])
    assert store.unread_weapons(KINDS, BEGINNING, 9) == []
    assert [one.position for one in store.weapons_of(DIGEST)] == [0, 1]
    assert len(store.unmatched_weapons(9)) == 2


def test_rows_are_found_by_the_first_of_their_tokens(store: NodeStore) -> None:
    store.store_weapons(DIGEST, [row(0, 7, -8), row(1, 7)])
    first, second = (one.number for one in store.weapons_of(DIGEST))
    assert store.weapons_with([[-8], [7]], 9) == {first: -8, second: 7}
    assert store.weapons_with([[1, 2]], 9) == {}
    assert len(store.weapons_with([[7], [-8]], 1)) == 1
    assert [one.owner for one in store.kept_weapons([first, second])] == [DIGEST] * 2


def test_what_is_destroyed_is_not_found_and_not_kept_again(store: NodeStore) -> None:
    store.store_weapons(DIGEST, [row(0, 7)])
    [number] = store.note_leads([], [lead()], ALARM)
    destroy(store)
    assert store.weapons_of(DIGEST) == []
    assert store.weapons_with([[7]], 9) == {}
    assert store.find_lead(number) is None
    assert store.note_leads([], [lead()], ALARM) == []
    [alarm] = store.sounded_alarms()
    assert alarm.settled == "what it was about is gone"


def test_a_content_that_is_destroyed_meanwhile_is_not_looked_through(
    store: NodeStore,
) -> None:
    destroy(store)
    store.store_weapons(DIGEST, [row(0, 7)])
    assert store.weapons_of(DIGEST) == []


def test_a_pair_is_noted_once_and_what_was_compared_with_it(store: NodeStore) -> None:
    store.store_weapons(DIGEST, [row(0, 7)])
    [kept] = store.unmatched_weapons(9)
    [number] = store.note_leads([kept.number], [lead(), lead()], ALARM)
    assert store.unmatched_weapons(9) == []
    assert store.note_leads([], [lead()], ALARM) == []
    assert store.count_open_alarms() == 1
    assert [one.number for one in store.leads()] == [number]
    assert store.leads(b"x" * 32) == []


def test_an_alarm_is_settled_with_the_last_of_its_leads(store: NodeStore) -> None:
    numbers = store.note_leads([], [lead(b"a"), lead(b"b")], ALARM)
    assert store.decide_lead(numbers[0], b"decided", NOW_MS)
    assert store.count_open_alarms() == 1
    assert store.decide_lead(numbers[1], b"decided", NOW_MS)
    assert store.count_open_alarms() == 0
    assert not store.decide_lead(99, b"decided", NOW_MS)
    assert store.note_leads([], [lead(b"c")], None) != []
    assert store.count_alarms() == 1


def test_a_list_is_not_found_before_it_is_in_use(store: NodeStore) -> None:
    list_id = store.begin_weapon_list(NOW_MS)
    store.write_weapon_list(list_id, [row(0, 7), row(1, 8)])
    found = store.weapons_with([[7, 8]], 9)
    assert list(store.kept_weapons(found)) == []
    assert store.weapon_lists() == []
    used = ListRow(
        list_id=list_id, name_token=5, imported_ms=NOW_MS, entries=2, protected=b"s"
    )
    assert store.use_weapon_list(used) is None
    assert [one.is_listed for one in store.kept_weapons(found)] == [True, True]
    assert store.weapon_lists() == [used]


def test_the_head_of_a_message_names_the_first_of_its_exchange(
    store: NodeStore,
) -> None:
    head = store.weapon_head(DIGEST)
    assert head is not None
    assert (head.root, head.origin, head.case_reference) == (DIGEST, KEN, "A")
    answer = world.sealed(in_reply_to=DIGEST, created_ms=NOW_MS + 1)
    store.store_delivered([arrival(answer)])
    replied = store.weapon_head(answer.message_digest)
    assert replied is not None
    assert replied.root == DIGEST
    assert store.weapon_head(b"x" * 32) is None
