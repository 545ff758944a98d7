"""A trace response in the register's words: each answer about its own firearm."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from adapters.interpol.replies import answers_in
from adapters.values import Delivery
from tests.adapter_world import example_delivery


def _result(item: int, raw: str) -> Mapping[str, object]:
    return {
        "item": item,
        "status": "TRACING_STATUS_PENDING",
        "recorded": {
            "itemClass": "ITEM_CLASS_FIREARM",
            "firearm": {"make": "Example Works", "frameSerial": {"raw": raw}},
        },
    }


def _response(*results: Mapping[str, object], outcome: str = "ANSWERED") -> Delivery:
    document = {"outcome": f"TRACE_OUTCOME_{outcome}", "results": list(results)}
    return replace(example_delivery("trace-response"), document=document)


def test_each_answer_describes_the_firearm_of_its_own_result() -> None:
    response = _response(_result(2, "ZZQ-2"), _result(0, "ZZQ-0"), _result(1, "?"))
    described = {
        item: answer.firearm and answer.firearm.serial_number
        for item, answer in answers_in(response, "IP BRUSSELS", (0, 1, 2))
    }
    assert described == {0: "ZZQ-0", 1: None, 2: "ZZQ-2"}


def test_what_a_response_says_nothing_of_is_not_answered() -> None:
    response = _response(_result(1, "ZZQ-1"))
    assert [item for item, _ in answers_in(response, "IP BRUSSELS", (0, 1))] == [1]


@pytest.mark.parametrize("outcome", ["NO_RECORD", "REFUSED", "DELAYED"])
def test_what_is_said_of_all_is_said_of_each(outcome: str) -> None:
    response = _response(outcome=outcome)
    assert [item for item, _ in answers_in(response, "IP BRUSSELS", (0, 1))] == [0, 1]
