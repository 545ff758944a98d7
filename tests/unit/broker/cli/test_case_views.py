"""What a timeline says of what counted, of what did not, and of who is late."""

from dataclasses import replace

from broker.cli.case_views import (
    case_fields,
    duty_sentence,
    effects_in,
    event_fields,
    event_row,
    list_rows,
)
from broker.core.cases.case import Case, build
from broker.core.cases.clocks import DAY_MS, CaseClocks
from broker.core.cases.duties import Notice, duties_of
from broker.core.cases.events import BY_HUB, CaseEvent, Told
from broker.core.cases.registry import BY_OPENING
from tests.unit.broker.core.cases.test_case import message
from tests.world import BEL, KEN, MEX, NOW_MS

OPENING = replace(message(0, "trace-request"), delivered_ms={BEL: NOW_MS})


def case_of(*events: CaseEvent) -> Case:
    return build("A", (OPENING, *events), BY_OPENING, KEN)


def places(case: Case, event: CaseEvent) -> list[str]:
    effects = event_fields(event, effects_in(case))["effects"]
    assert isinstance(effects, list)
    return [str(one["place"]) for one in effects]


def test_what_counted_and_what_did_not_are_told_apart() -> None:
    start = message(1, "case-step:start", BEL, (KEN,), OPENING)
    wrong = message(2, "case-step:withdraw", BEL, (KEN,), OPENING)
    note = message(3, "case-step:update", BEL, (KEN,), OPENING)
    stray = message(4, "contact-card", MEX, (KEN,))
    case = case_of(start, wrong, note, stray)
    assert places(case, OPENING) == ["opens"]
    assert places(case, start) == ["moves"]
    assert places(case, wrong) == ["out of place"]
    assert places(case, note) == ["noted"]
    assert places(case, stray) == ["in no matter"]
    assert event_row(start, effects_in(case))[4] == "KEN-BEL: in-progress"
    assert event_row(wrong, effects_in(case))[4] == "out of place"


def test_what_the_hub_refused_is_said_to_be_refused_by_the_hub() -> None:
    told = Told(event="receipt:refused", words=("export-policy", BY_HUB))
    refusal = replace(message(1, "x", BEL, (KEN,), OPENING), told=told, name="")
    case = case_of(refusal)
    assert (
        event_row(refusal, effects_in(case))[3] == "refused by the hub (export-policy)"
    )
    assert case.legs[0].void
    fields = case_fields(case, (), KEN, NOW_MS)
    assert fields["closed"]
    legs = fields["legs"]
    assert isinstance(legs, list)
    assert [leg["possible"] for leg in legs] == [[]]


def test_what_was_sent_and_never_taken_in_is_said_so() -> None:
    start = message(1, "case-step:start", BEL, (KEN,), OPENING)
    refusal = message(2, "receipt:refused", KEN, (BEL,), start)
    case = case_of(start, refusal)
    assert places(case, start) == ["never taken in"]


def test_what_was_taken_back_or_destroyed_says_so_and_nothing_else() -> None:
    start = message(1, "case-step", BEL, (KEN,), OPENING)
    for changes, word in (
        ({"taken_back": True}, "taken back"),
        ({"gone": True}, "destroyed"),
    ):
        event = replace(start, **changes)  # type: ignore[arg-type]
        assert places(case_of(event), event) == [word]


def test_words_of_closed_lists_are_read_as_words() -> None:
    told = Told(event="trace-response:refused", words=("GROUND_NATIONAL_SECURITY", ""))
    answer = replace(message(1, "x", BEL, (KEN,), OPENING), told=told)
    row = event_row(answer, effects_in(case_of(answer)))
    assert row[3] == "trace-response:refused (ground-national-security)"


def test_who_is_late_is_said_to_be_late_and_how_often_it_was_told() -> None:
    duty, *_ = duties_of(case_of(), CaseClocks())
    assert duty_sentence(duty, NOW_MS).startswith("BEL: an acknowledgement, until ")
    late_ms = NOW_MS + 4 * DAY_MS
    told = Notice(by=KEN, at_ms=late_ms, sequence=1)
    late = duty_sentence(replace(duty, notices=(told,)), late_ms)
    assert "OVERDUE since " in late
    assert late.endswith("told 1 times")


def test_no_clock_runs_before_it_came() -> None:
    waiting = build("A", [replace(OPENING, delivered_ms={})], BY_OPENING, KEN)
    duty, *_ = duties_of(waiting, CaseClocks())
    assert duty_sentence(duty, NOW_MS).endswith("once it has come there")


def test_each_party_has_a_row_with_what_it_owes() -> None:
    both = replace(OPENING, to=(BEL, MEX), delivered_ms={BEL: NOW_MS})
    case = build("A", [both], BY_OPENING, KEN)
    rows = list(list_rows(case, list(duties_of(case, CaseClocks())), NOW_MS))
    assert [row[3] for row in rows] == [BEL, MEX]
    assert "MEX" not in rows[0][6]
    assert rows[1][6].startswith("MEX: an acknowledgement, once it has come there")


def test_a_case_of_ten_thousand_messages_is_shown_in_time() -> None:
    """What looks for each message among all others would take half a minute."""
    many = [
        message(number, "case-step:update", BEL, (KEN,), OPENING)
        for number in range(1, 10_001)
    ]
    case = case_of(*many)
    effects = effects_in(case)
    rows = [event_row(event, effects) for event in case.events]
    assert {row[4] for row in rows[1:]} == {"noted"}
