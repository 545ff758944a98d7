"""Claims about `broker.core.codec.plain`."""

import pytest

from broker.core.codec.plain import plain_fields, plain_lines, plain_parts
from broker.core.errors import RefusedError
from tests.adapter_world import example_document


def test_names_are_those_of_the_definition_and_values_are_words() -> None:
    fields = plain_fields("stock-loss/1", example_document("stock-loss"))
    assert fields["kind"] == "stolen"
    assert fields["inventory_on"] == "2026-03-31"
    [item] = plain_parts("stock-loss/1", example_document("stock-loss"), "Item")
    assert fields["items"] == [item.fields]
    assert item.fields["item_class"] == "firearm"
    assert "assault-rifle" in str(item.fields["firearm"])


def test_parts_are_found_wherever_they_stand_with_their_place() -> None:
    document = example_document("trace-request")
    found = plain_parts("trace-request/1", document, "Serial")
    assert [one.path for one in found] == [
        "items[0].firearm.frameSerial",
        "items[0].firearm.otherSerials[0].serial",
    ]
    assert {one.fields["raw"] for one in found} == {"ZZQ-00417"}


def test_lines_are_indented_by_what_they_stand_in() -> None:
    lines = [*plain_lines("stock-loss/1", example_document("stock-loss"))]
    assert "Kind: stolen" in lines
    assert "Place:" in lines
    assert "  Country: KEN" in lines


def test_of_several_each_has_a_number() -> None:
    lines = [*plain_lines("diversion-alert/1", example_document("diversion-alert"))]
    assert {"Asks 1:", "Asks 2:", "Asks 3:"} <= set(lines)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(RefusedError):
        plain_fields("no-such-thing/1", {})
