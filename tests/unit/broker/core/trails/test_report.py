"""A month in numbers: what is counted, for whom, and how long it took."""

from dataclasses import replace

from hypothesis import given, strategies as st

from broker.core.protocol_kinds import HEARTBEAT
from broker.core.trails.months import Month
from broker.core.trails.report import (
    UNTOLD,
    Counts,
    MessageRecord,
    MonthReport,
    Overdue,
    Reader,
    month_report,
    percentile,
)
from broker.core.trails.trail import MessageHead, Role, TrailLine

NOVEMBER = Month(year=2026, month=11)
T = NOVEMBER.since_ms
_KEN = Reader(name="KEN")
_HUB = Reader(name="HUB", of_all=True)


def _record(
    *stated: tuple[str, str, int],
    role: Role = Role.SENT,
    kind: str = "trace-request/1",
    at_ms: int = T,
    submitted_ms: int | None = None,
) -> MessageRecord:
    received = role is Role.RECEIVED
    origin = "BEL" if received else "KEN"
    parties = ("KEN",) if received else ("BEL", "MEX")
    head = MessageHead(
        message_digest=b"m" * 32,
        role=role,
        kind=kind,
        origin=origin,
        parties=parties,
        created_ms=at_ms,
    )
    lines = tuple(
        TrailLine(
            cursor=number,
            at_ms=ms,
            stage=stage,
            by=by,
            to=origin,
            message_digest=head.message_digest,
        )
        for number, (stage, by, ms) in enumerate(stated, start=1)
    )
    return MessageRecord(
        head=head, counted_ms=at_ms, submitted_ms=submitted_ms, lines=lines
    )


def _report(*records: MessageRecord, reader: Reader = _KEN) -> MonthReport:
    return month_report(NOVEMBER, reader, T, messages=records, refusals=(), overdue=())


def test_messages_are_counted_by_kind_party_and_day() -> None:
    made = _report(
        _record(),
        _record(("REFUSED", "BEL", T + 9), at_ms=T + 86_400_000),
        _record(role=Role.RECEIVED, kind="trace-response/1"),
        _record(role=Role.WITHHELD),
    )
    assert made.total == Counts(sent=2, received=1, withheld=1, refused=1)
    assert dict(made.by_kind) == {
        "trace-request/1": Counts(sent=2, withheld=1, refused=1),
        "trace-response/1": Counts(received=1),
    }
    assert dict(made.by_party) == {
        "BEL": Counts(sent=2, received=1, withheld=1, refused=1),
        "MEX": Counts(sent=2, withheld=1, refused=1),
    }
    assert len(made.by_day) == 30
    assert made.by_day[0][1] == Counts(sent=1, received=1, withheld=1)
    assert made.by_day[1][1] == Counts(sent=1, refused=1)
    assert made.by_day[2][1] == Counts()


def test_a_hub_counts_for_each_party_what_it_sent_and_what_was_for_it() -> None:
    made = _report(_record(), reader=_HUB)
    assert made.total == Counts(sent=1)
    assert dict(made.by_party) == {
        "KEN": Counts(sent=1),
        "BEL": Counts(received=1),
        "MEX": Counts(received=1),
    }


def test_what_nodes_send_to_keep_their_links_is_counted_apart() -> None:
    made = _report(_record(kind=HEARTBEAT), _record(kind=HEARTBEAT))
    assert (made.upkeep, made.total, made.by_kind) == (2, Counts(), ())


def test_a_kind_that_the_reader_cannot_know_is_said_not_to_be_told() -> None:
    made = _report(_record(role=Role.WITHHELD, kind=""), reader=_HUB)
    assert made.by_kind == ((UNTOLD, Counts(withheld=1)),)


def test_each_step_is_measured_for_each_recipient() -> None:
    made = _report(
        _record(
            ("ACCEPTED", "HUB", T + 100),
            ("DELIVERED", "BEL", T + 150),
            ("DELIVERED", "MEX", T + 400),
            ("OPENED", "BEL", T + 160),
            ("ACKNOWLEDGED", "BEL", T + 9_160),
            ("ACTED", "BEL", T + 10_160),
            submitted_ms=T + 20,
        )
    )
    took = {one.span: (one.count, one.p50_ms, one.most_ms) for one in made.latencies}
    assert took == {
        "submitted to accepted": (1, 80, 80),
        "accepted to delivered": (2, 50, 300),
        "delivered to opened": (1, 10, 10),
        "opened to acknowledged": (1, 9_000, 9_000),
        "acknowledged to acted": (1, 1_000, 1_000),
    }
    assert [one.span for one in made.latencies] == list(took)


def test_steps_of_our_own_are_measured_apart_from_those_of_others() -> None:
    received = _record(
        ("DELIVERED", "KEN", T), ("OPENED", "KEN", T + 7), role=Role.RECEIVED
    )
    made = _report(received, _record(("ACCEPTED", "HUB", T + 5)))
    assert [one.span for one in made.latencies] == [
        "sealed to accepted",
        "here: delivered to opened",
    ]


def test_clocks_that_disagree_give_no_time_below_zero() -> None:
    made = _report(_record(("ACCEPTED", "HUB", T + 500), ("DELIVERED", "BEL", T + 400)))
    assert made.latencies[-1].most_ms == 0


def test_refusals_are_counted_by_code_and_author_the_most_first() -> None:
    line = TrailLine(
        cursor=1, at_ms=T, stage="REFUSED", by="MEX", to="KEN", message_digest=b""
    )
    lines = [
        replace(line, code=code, by=by)
        for code, by in (("quota", "HUB"), ("expired", "BEL"), ("expired", "BEL"))
    ]
    made = month_report(
        NOVEMBER, _KEN, T, messages=(), refusals=[*lines, line], overdue=()
    )
    assert made.refusals == (("expired", "BEL", 2), ("quota", "HUB", 1))


def test_the_longest_overdue_comes_first() -> None:
    late = Overdue(
        message_digest=b"m", kind="k/1", party="BEL", missing="OPENED", due_ms=T - 9
    )
    later = replace(late, due_ms=T - 90)
    made = month_report(
        NOVEMBER, _KEN, T, messages=(), refusals=(), overdue=[late, later]
    )
    assert made.overdue == (later, late)


@given(
    st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=300),
    st.integers(min_value=1, max_value=100),
)
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(
    values: list[int], percent: int
) -> None:
    found = percentile(sorted(values), percent)
    assert found in values
    assert 100 * sum(one <= found for one in values) >= percent * len(values)
    below = [one for one in values if one < found]
    assert 100 * len(below) < percent * len(values)


@given(
    st.lists(
        st.tuples(st.sampled_from([Role.SENT, Role.RECEIVED]), st.integers(0, 29)),
        max_size=40,
    )
)
def test_days_and_kinds_and_the_total_agree(rows: list[tuple[Role, int]]) -> None:
    records = [_record(role=role, at_ms=T + day * 86_400_000) for role, day in rows]
    made = _report(*records)
    assert sum((one for _, one in made.by_day), Counts()) == made.total
    assert sum((one for _, one in made.by_kind), Counts()) == made.total
    assert made.total.sent + made.total.received == len(rows)
