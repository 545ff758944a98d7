"""What a content tells a lifecycle is read from it, kept, and read again the same."""

import pytest
from hypothesis import given, strategies as st

from broker.core.cases.events import Told, Urgency
from broker.core.codec.case_events import (
    decode_told,
    encode_told,
    event_names,
    receipt_event,
    told_by,
)
from broker.core.codec.documents import encode_document
from broker.core.codec.kinds import KINDS
from broker.core.errors import Code, RefusedError
from broker.core.model import Stage
from tests.case_world import EXAMPLES, example, step
from tests.world import KIND, body


@given(
    st.builds(
        Told,
        event=st.text(),
        urgency=st.sampled_from(Urgency),
        acknowledge_on=st.text(),
        due_on=st.text(),
        review_on=st.text(),
        words=st.lists(st.text()).map(tuple),
    )
)
def test_what_is_kept_is_read_again_the_same(told: Told) -> None:
    assert decode_told(encode_told(told)) == told


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        encode_told(Told(event="x")).replace(b'"urgency": 1', b'"urgency": 9'),
        encode_told(Told(event="x")).replace(b'"words": []', b'"words": 1'),
    ],
)
def test_what_is_kept_and_was_changed_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        decode_told(data)
    assert refused.value.code is Code.MALFORMED


@pytest.mark.parametrize(
    "kind",
    [kind for kind in KINDS if (EXAMPLES / f"{kind.partition('/')[0]}.yaml").is_file()],
)
def test_what_an_example_tells_is_an_event_that_there_is(kind: str) -> None:
    told = told_by(kind, example(kind.partition("/")[0]))
    assert told.event in event_names()
    assert told.event.partition(":")[0] == kind.partition("/")[0]


def test_a_step_is_named_by_its_act_and_names_its_day() -> None:
    told = told_by("case-step/1", step("start", byWhen="2031-05-04"))
    assert (told.event, told.due_on) == ("case-step:start", "2031-05-04")


def test_a_request_tells_by_when_it_wants_an_answer() -> None:
    told = told_by("trace-request/1", example("trace-request"))
    assert (told.event, told.due_on) == ("trace-request", "2026-04-30")
    assert told.urgency is Urgency.ROUTINE


def test_an_alert_tells_how_urgent_it_is() -> None:
    told = told_by("diversion-alert/1", example("diversion-alert"))
    assert told.urgency is Urgency.IMMEDIATE


def test_a_notice_tells_which_clock_which_number_and_which_office() -> None:
    content: dict[str, object] = {
        "clock": "answer",
        "state": "submitted",
        "dueMs": 1,
        "sequence": 2,
    }
    kind = "overdue-notice/1"
    assert told_by(kind, encode_document(kind, content)).words == ("answer", "2")
    content |= {"escalated": True, "office": "Duty desk"}
    escalated = told_by(kind, encode_document(kind, content))
    assert escalated.words == ("answer", "2", "Duty desk")


def test_a_refusal_by_an_authority_is_not_one_by_a_node() -> None:
    assert receipt_event(Stage.REFUSED, "import-policy") == "receipt:refused"
    assert receipt_event(Stage.REFUSED, "declined") == "receipt:declined"
    assert receipt_event(Stage.ACKNOWLEDGED) == "receipt:acknowledged"


def test_names_are_listed_once_each_in_order() -> None:
    names = event_names()
    assert list(names) == sorted(set(names))
    assert {"trace-response:delayed", "case-step:revoke", "trace-request"} <= set(names)
    assert "receipt:declined" in names


def test_what_is_no_kind_tells_nothing() -> None:
    assert told_by(KIND, body()).event == "trace-info-request"
    with pytest.raises(RefusedError):
        told_by("no-kind/1", b"")
