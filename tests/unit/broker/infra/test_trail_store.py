"""A node's trail: who stated what, in the order it became known, a page at a time."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.model import Link, Receipt, Stage
from broker.core.outgoing import Denial
from broker.core.protocol_kinds import HEARTBEAT
from broker.core.records import Alarm, Withholding
from broker.core.trails.report import Overdue
from broker.core.trails.trail import Role, TrailFilter, TrailLine
from broker.infra.node_store import NodeStore
from tests import world
from tests.unit.broker.infra.stored_messages import arrival, line, opened, send
from tests.world import BEL, KEN, KIND, MEX, NOW_MS, XPO

_DAY_MS = 86_400_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    made = NodeStore(tmp_path / "node.sqlite3")
    yield made
    made.close()


def _stages(lines: list[TrailLine]) -> list[tuple[str, str]]:
    return [(one.stage, one.by) for one in lines]


def _denial(digest: bytes = b"w" * 32) -> Denial:
    return Denial(
        withholding=Withholding(
            digest=digest,
            kind=KIND,
            recipients=(MEX, XPO),
            code="export-policy",
            detail="no rule",
            at_ms=NOW_MS,
        ),
        receipt=Receipt(
            stage=Stage.WITHHELD,
            message_digest=digest,
            by=KEN,
            to=KEN,
            at_ms=NOW_MS,
            nonce=bytes(16),
            code="export-policy",
        ),
        decisions=(),
    )


def test_what_others_state_about_a_sent_message_is_listed(store: NodeStore) -> None:
    message = send(store)
    said = [
        world.receipt(message, Stage.ACCEPTED, "HUB"),
        world.receipt(message, Stage.DELIVERED),
        world.receipt(message, Stage.REFUSED, code="import-policy"),
    ]
    store.store_receipts([line(one) for one in said])
    lines = store.trail(TrailFilter())
    assert _stages(lines) == [
        ("ACCEPTED", "HUB"),
        ("DELIVERED", "BEL"),
        ("REFUSED", "BEL"),
    ]
    assert [one.cursor for one in lines] == [1, 2, 3]
    assert {one.message_digest for one in lines} == {message.message_digest}
    assert {one.kind for one in lines} == {KIND}
    assert lines[-1].code == "import-policy"
    assert store.trail_end() == 3
    assert store.lines_about(message.message_digest) == lines


def test_what_this_node_states_is_listed_before_it_is_signed(store: NodeStore) -> None:
    message = world.sealed(case_reference="C-1")
    store.store_delivered([arrival(message)])
    store.settle([opened(message, Link(sequence=1, previous=bytes(32)))])
    lines = store.trail(TrailFilter())
    assert _stages(lines) == [("DELIVERED", "BEL"), ("OPENED", "BEL")]
    head = store.head(message.message_digest)
    assert head is not None
    assert (head.role, head.origin, head.parties) == (Role.RECEIVED, KEN, (BEL,))
    assert store.heads_of_case("C-1") == [head]
    assert store.heads_of_case("") == []


def test_a_receipt_that_comes_again_is_listed_once(store: NodeStore) -> None:
    message = send(store)
    said = world.receipt(message, Stage.DELIVERED)
    other = replace(said, at_ms=said.at_ms + 1, nonce=b"other" + bytes(11))
    for one in (said, said, other):
        store.store_receipts([line(one)])
    [listed] = store.trail(TrailFilter())
    assert listed.at_ms == said.at_ms


def test_a_denial_is_listed_for_all_whom_it_concerns(store: NodeStore) -> None:
    store.store_withheld(_denial())
    for party in (MEX, XPO, KEN):
        [listed] = store.trail(TrailFilter(party=party))
        assert (listed.stage, listed.code, listed.kind) == (
            "WITHHELD",
            "export-policy",
            KIND,
        )
    assert store.trail(TrailFilter(party=BEL)) == []
    assert store.withheld_like("77" * 4) == [b"w" * 32]
    assert store.withheld_like("78" * 4) == []


def test_each_condition_leaves_out_what_does_not_fit(store: NodeStore) -> None:
    message = send(store, (BEL, MEX))
    store.store_withheld(_denial())
    said = [
        world.receipt(message, Stage.ACCEPTED, "HUB", at_ms=NOW_MS + 5),
        world.receipt(message, Stage.REFUSED, at_ms=NOW_MS + 9, code="quota"),
        world.receipt(message, Stage.DELIVERED, MEX, at_ms=NOW_MS + 7),
    ]
    store.store_receipts([line(one) for one in said])
    for wanted, cursors in (
        (TrailFilter(everything=True), [1, 2, 3, 4]),
        (TrailFilter(stage="REFUSED"), [3]),
        (TrailFilter(stage="SNAPSHOT"), []),
        (TrailFilter(code="quota"), [3]),
        (TrailFilter(code="declined"), []),
        (TrailFilter(kind=KIND), [1, 2, 3, 4]),
        (TrailFilter(kind="trace-request/1"), []),
        (TrailFilter(case_reference="C-1"), []),
        (TrailFilter(party=BEL), [2, 3, 4]),
        (TrailFilter(party="HUB"), [2]),
        (TrailFilter(since_ms=NOW_MS + 7), [3, 4]),
        (TrailFilter(until_ms=NOW_MS + 7), [1, 2]),
        (TrailFilter(after=2), [3, 4]),
        (TrailFilter(before=3), [1, 2]),
        (TrailFilter(limit=2), [3, 4]),
        (TrailFilter(after=0, limit=2), [1, 2]),
        (TrailFilter(before=4, limit=2), [2, 3]),
    ):
        assert [one.cursor for one in store.trail(wanted)] == cursors, wanted


def test_a_party_is_not_found_in_the_code_of_another(store: NodeStore) -> None:
    send(store, (BEL, MEX))
    store.store_withheld(_denial())
    for party in ("EX", "X", " ", "", "%"):
        assert store.trail(TrailFilter(party=party)) == []


def test_heartbeats_are_left_out_unless_asked_for(store: NodeStore) -> None:
    beat = world.sealed(kind=HEARTBEAT)
    store.store_delivered([arrival(beat)])
    assert store.trail(TrailFilter()) == []
    for wanted in (TrailFilter(everything=True), TrailFilter(kind=HEARTBEAT)):
        assert len(store.trail(wanted)) == 1


def test_replies_to_a_message_are_found(store: NodeStore) -> None:
    message = send(store)
    reply = world.sealed(BEL, (KEN,), in_reply_to=message.message_digest)
    store.store_delivered([arrival(reply)])
    [found] = store.replies_to(message.message_digest)
    assert found.message_digest == reply.message_digest
    assert store.replies_to(b"") == []


def test_a_message_of_before_the_trail_is_entered_into_it_once(
    store: NodeStore,
) -> None:
    sent = send(store)
    store.store_receipts([line(world.receipt(sent, Stage.ACCEPTED, "HUB"))])
    store.store_withheld(replace(_denial(), decisions=()))
    for message, code in ((world.sealed(MEX), ""), (world.sealed(XPO), "cannot-open")):
        store.store_delivered([arrival(message)])
        store.settle([opened(message, Link(sequence=1, previous=bytes(32)), code)])
    store.store_delivered([arrival(world.sealed(MEX))])
    everything = TrailFilter(everything=True)
    before = {(one.stage, one.code, one.kind) for one in store.trail(everything)}
    with store._database.write() as db:
        db.execute("DELETE FROM trail")
        db.execute("DELETE FROM message_heads")
    for _ in range(2):
        store.complete_trail(BEL)
        lines = store.trail(everything)
        assert {(one.stage, one.code, one.kind) for one in lines} == before
        # An entry for each: five messages and one withholding, three of them settled.
        assert len(lines) == 7
        assert [one.at_ms for one in lines] == sorted(one.at_ms for one in lines)


def test_reading_page_by_page_shows_everything_once(store: NodeStore) -> None:
    for _ in range(25):
        message = send(store)
        store.store_receipts([line(world.receipt(message, Stage.ACCEPTED, "HUB"))])
    whole = store.trail(TrailFilter(limit=1000))
    forward: list[TrailLine] = []
    while page := store.trail(
        TrailFilter(after=forward[-1].cursor if forward else 0, limit=7)
    ):
        forward += page
    assert forward == whole
    backward: list[TrailLine] = []
    while page := store.trail(
        TrailFilter(before=backward[0].cursor if backward else None, limit=7)
    ):
        backward = page + backward
    assert backward == whole


def test_a_hundred_thousand_lines_are_listed_in_well_under_a_second(
    store: NodeStore,
) -> None:
    with store._database.write() as db:
        db.execute(
            "WITH RECURSIVE up (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM up"
            " WHERE n < 24999) INSERT INTO message_heads SELECT"
            " CAST(printf('%032d', n) AS BLOB), 'sent', iif(n % 100,"
            " 'trace-request/1', 'route-intelligence/1'), 'KEN', ' BEL ',"
            " 'C-' || (n / 5), x'', n * 1000 FROM up"
        )
        db.execute(
            "INSERT INTO trail (at_ms, stage, stated_by, stated_to, message_digest,"
            " code) SELECT created_ms + stage, stage, iif(stage = 1, 'HUB', 'BEL'),"
            " 'KEN', message_digest, iif(stage = 4 AND created_ms % 500000 = 0,"
            " 'quota', '') FROM message_heads, (SELECT 1 AS stage UNION ALL SELECT 2"
            " UNION ALL SELECT 3 UNION ALL SELECT 4)"
        )
    assert store.trail_end() == 100_000
    for wanted, found in (
        (TrailFilter(), 100),
        (TrailFilter(after=50_000), 100),
        (TrailFilter(kind="route-intelligence/1"), 100),
        (TrailFilter(kind="contact-card/1"), 0),
        (TrailFilter(case_reference="C-7"), 20),
        (TrailFilter(code="quota"), 50),
        (TrailFilter(party="MEX"), 0),
        (TrailFilter(since_ms=24_000_000), 100),
    ):
        begun = time.perf_counter()
        assert len(store.trail(wanted)) == found
        assert time.perf_counter() - begun < 0.8, wanted


def test_records_hold_what_was_sealed_in_a_time_and_all_that_was_said(
    store: NodeStore,
) -> None:
    message = send(store)
    store.store_withheld(_denial())
    said = world.receipt(message, Stage.DELIVERED, at_ms=NOW_MS + 40 * _DAY_MS)
    store.store_receipts([line(said)])
    [item] = store.waiting(1)
    store.mark_submitted([item.sequence], NOW_MS + 3)
    records = {
        one.head.role: one for one in store.records_between(NOW_MS, NOW_MS + _DAY_MS)
    }
    assert records.keys() == {Role.SENT, Role.WITHHELD}
    sent = records[Role.SENT]
    assert (sent.submitted_ms, sent.counted_ms) == (NOW_MS + 3, NOW_MS)
    assert [one.stage for one in sent.lines] == ["DELIVERED"]
    assert list(store.records_between(NOW_MS + 1, NOW_MS + _DAY_MS)) == []
    assert list(store.records_between(0, NOW_MS)) == []
    [denied] = store.refusals_between(NOW_MS, NOW_MS + 1)
    assert denied.stage == "WITHHELD"
    assert list(store.refusals_between(NOW_MS + 1, NOW_MS + _DAY_MS)) == []


def test_what_is_missing_is_overdue_until_it_is_settled(store: NodeStore) -> None:
    message = send(store)
    alarm = Alarm(at_ms=NOW_MS, topic="receipt", text="about many")
    store.raise_alarm(alarm)
    with store._database.write() as db:
        db.executemany(
            "INSERT INTO receipt_findings VALUES (?, ?, ?, ?, 'opened', 'BEL', ?, ?, 1,"
            " 1, ?)",
            [
                ("a", message.message_digest, "missing", 0, 3, NOW_MS + 2, None),
                ("b", message.message_digest, "missing", 1, 6, NOW_MS + 1, None),
                ("c", message.message_digest, "missing", 0, 2, NOW_MS, NOW_MS),
                ("d", message.message_digest, "late", 0, 1, NOW_MS, None),
            ],
        )
    late = Overdue(
        message_digest=message.message_digest,
        kind=KIND,
        party=BEL,
        missing="OPENED",
        due_ms=NOW_MS + 2,
    )
    ours = replace(late, party=KEN, missing="ACKNOWLEDGED", due_ms=NOW_MS + 1)
    assert store.overdue(KEN) == [ours, late]
    store.raise_alarm(replace(alarm, text="about message 0123-4567"))
    named = store.alarms_about(["0123-4567", "no such"])
    assert [one.text for one in named] == ["about message 0123-4567"]
    assert store.alarms_about(["about many"]) == []
