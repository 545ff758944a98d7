"""Rows about seizures name nobody, bind, and go when the record goes."""

import csv
from pathlib import Path
from typing import Any

import pytest

from adapters.declarations.cen import COLUMNS, cen_csv, cen_rows
from adapters.declarations.cen_folder import CenFolder
from adapters.errors import SystemAwayError
from broker.core.handling import Handling
from tests.adapter_world import example_delivery, example_document

_AMBER = Handling.parse("TLP:AMBER H2")


def _rows(**changes: object) -> list[dict[str, str]]:
    content = example_document("recovery-record", **changes)
    data = cen_csv(cen_rows(content, "cen-1", _AMBER))
    return list(csv.DictReader(data.decode().splitlines()))


def test_there_is_a_row_for_each_item() -> None:
    first, second = _rows()
    assert tuple(first) == COLUMNS
    assert first == {
        "handling": "TLP:AMBER H2",
        "record": "cen-1",
        "date": "2026-04-21",
        "country": "KEN",
        "administrative_area": "Mombasa",
        "locode": "",
        "event": "SEIZED",
        "ground": "CRIMINAL",
        "commodity": "FIREARM",
        "type": "PISTOL",
        "make": "Example Works",
        "model": "Model 17",
        "calibre": "9x19",
        "quantity": "1",
        "unit": "piece",
        "marking": "INTACT",
        "linked_crime": "ORGANISED_CRIME",
    }
    assert second["type"] == "REVOLVER"


def test_nothing_in_a_row_names_a_person_a_weapon_or_an_authority() -> None:
    shown = str(_rows())
    for word in (
        "ZZQ",
        "01044",
        "EXHIBIT",
        "Customs service",
        "lorry",
        "MALE",
        "SUSPECT",
    ):
        assert word not in shown


def test_rounds_and_parts_have_their_own_words() -> None:
    items: list[dict[str, object]] = [
        {
            "item": {
                "itemClass": "ITEM_CLASS_AMMUNITION",
                "quantity": 500,
                "ammunition": {"calibre": {"raw": "9x19"}, "lot": "SECRET-LOT"},
            },
        },
        {
            "item": {
                "itemClass": "ITEM_CLASS_PART",
                "part": {"kind": "PART_KIND_BARREL"},
            }
        },
    ]
    answers = dict.fromkeys(("marked", "recorded", "traced"), "CHECK_ANSWER_NOT_YET")
    items = [{**one, **answers} for one in items]
    rounds, part = _rows(items=items)
    assert (rounds["quantity"], rounds["unit"]) == ("500", "round")
    assert (part["type"], part["quantity"]) == ("BARREL", "")
    assert "SECRET-LOT" not in str(rounds)


@pytest.mark.parametrize("make", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\uff1d1"])
def test_a_cell_is_no_formula(make: str) -> None:
    content: dict[str, Any] = example_document("recovery-record")
    content["items"][0]["item"]["firearm"]["make"] = make
    [first, _] = cen_rows(content, "cen-1", _AMBER)
    data = cen_csv([first]).decode()
    assert f',"\'{make}",' in data


def test_a_semicolon_begins_no_cell_where_commas_separate_decimals() -> None:
    content: dict[str, Any] = example_document("recovery-record")
    content["items"][0]["item"]["firearm"]["make"] = "x;=1+1"
    [first, _] = cen_rows(content, "cen-1", _AMBER)
    assert ',"x;=1+1",' in cen_csv([first]).decode()


def test_a_record_is_a_file_that_is_the_same_when_it_comes_again(
    tmp_path: Path,
) -> None:
    folder = CenFolder(tmp_path)
    delivery = example_delivery("recovery-record", handling="TLP:AMBER H2")
    emission = folder.write(delivery)
    assert folder.write(delivery) == emission
    [file] = tmp_path.iterdir()
    assert emission.target == f"file {file.name}"
    assert emission.handling == delivery.handling
    assert delivery.message_id not in file.read_text()
    folder.destroy(delivery.message_digest)
    folder.destroy(delivery.message_digest)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone_is_away(tmp_path: Path) -> None:
    folder = CenFolder(tmp_path / "none")
    delivery = example_delivery("recovery-record")
    with pytest.raises(SystemAwayError):
        folder.write(delivery)
    with pytest.raises(SystemAwayError):
        folder.destroy(delivery.message_digest)
