"""Claims about reading weapons out of contents, and about keeping them."""

from pathlib import Path

import pytest
import yaml

from broker.core.codec.documents import encode_document
from broker.core.codec.weapon_kinds import WEAPON_KINDS, read_weapons
from broker.core.identification.matching import compare
from broker.core.identification.records import (
    Decision,
    Kept,
    ListSort,
    NotedLead,
    OwnList,
    Place,
    decode_kept,
    decode_lead,
    encode_decision,
    encode_kept,
    encode_lead,
    encode_list,
    read_list,
    with_decision,
)
from broker.core.identification.weapon import FRAME, LOT, weapons_in
from tests.unit.broker.services.weapon_world import PISTOL, item

EXAMPLES = Path(__file__).parents[5] / "examples"


def example(name: str) -> dict[str, object]:
    text = (EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8")
    content = yaml.safe_load(text)["content"]
    assert isinstance(content, dict)
    return content


def test_a_trace_request_gives_its_weapons() -> None:
    [found] = weapons_in("trace-request/1", example("trace-request"))
    assert found.kind == "trace-request"
    assert found.path == "items[0]"
    assert [(one.part, one.raw) for one in found.serials] == [
        (FRAME, "ZZQ-00417"),
        ("PART_KIND_SLIDE", "ZZQ-00417"),
    ]
    assert found.primary is not None
    assert found.primary.mask == "ZZQ-00[4A]1?"
    assert {one.kind for one in found.marks} == {"MARK_KIND_PROOF", "IMPORT_MARK"}
    assert (found.make, found.designation, found.country) == (
        "Example Works",
        "9x19",
        "BEL",
    )


def test_every_kind_that_can_describe_objects_is_looked_through() -> None:
    assert {
        "trace-request/1",
        "trace-response/1",
        "diversion-alert/1",
        "recovery-record/1",
        "stock-loss/1",
        "onward-copy/1",
    } <= set(WEAPON_KINDS)
    assert "contact-card/1" not in WEAPON_KINDS


def test_a_content_that_is_encoded_is_read_the_same() -> None:
    body = encode_document("trace-request/1", example("trace-request"))
    weapons, original = read_weapons("trace-request/1", body)
    assert weapons == weapons_in("trace-request/1", example("trace-request"))
    assert original == b""


def test_items_are_found_wherever_they_stand() -> None:
    recorded = {"results": [{"item": 0, "recorded": item()}]}
    [found] = weapons_in("trace-response/1", recorded)
    assert found.path == "results[0].recorded"


def test_parts_and_lots_bear_numbers_too() -> None:
    document = {
        "items": [
            {"itemClass": "ITEM_CLASS_PART", "part": _barrel()},
            {"itemClass": "ITEM_CLASS_AMMUNITION", "ammunition": {"lot": "ZZQ-LOT-1"}},
            {"itemClass": "ITEM_CLASS_EXPLOSIVE"},
        ]
    }
    barrel, rounds = weapons_in("trace-request/1", document)
    assert (barrel.type, barrel.model) == ("PART_KIND_BARREL", "M70")
    assert barrel.serials[0].part == "PART_KIND_BARREL"
    assert rounds.serials[0].part == LOT


def _barrel() -> dict[str, object]:
    return {"kind": "PART_KIND_BARREL", "fits": "M70", "serial": {"raw": "ZZQ-1"}}


def test_a_series_is_of_the_item_beside_it_when_there_is_one_only() -> None:
    series = [{"first": {"raw": "ZZQ-1"}, "last": {"raw": "ZZQ-9"}, "quantity": "9"}]
    _, found = weapons_in("stock-loss/1", {"items": [item()], "serialRanges": series})
    assert (found.make, found.ranges[0].quantity) == ("Example Works", 9)
    *_, several = weapons_in(
        "stock-loss/1", {"items": [item(), item()], "serialRanges": series}
    )
    assert several.make == ""


@pytest.mark.parametrize(
    "document",
    [
        {"items": "ZZQ"},
        {"items": [{"firearm": 7}]},
        {"items": [{"firearm": {"frameSerial": [], "otherSerials": {}, "marks": 1}}]},
        {"serialRanges": [{"first": "ZZQ"}]},
    ],
)
def test_what_is_of_another_shape_is_passed_over(document: dict[str, object]) -> None:
    assert all(not one.serials for one in weapons_in("x/1", document))


def test_what_was_withheld_is_not_compared() -> None:
    [found] = weapons_in("x/1", {"items": [item("[withheld]", make="[withheld]")]})
    assert (found.make, found.serials) == ("", ())


def test_an_object_is_kept_and_read_the_same() -> None:
    [found] = weapons_in("trace-request/1", example("trace-request"))
    kept = Kept(weapon=found, reference="TEST-1", original=bytes(32), tokens={"a": -7})
    assert decode_kept(encode_kept(kept)) == kept
    assert decode_kept(encode_kept(Kept(weapon=PISTOL))) == Kept(weapon=PISTOL)


def test_a_lead_is_kept_and_read_the_same() -> None:
    noted = NotedLead(
        number=3,
        lead=compare(PISTOL, PISTOL),
        asked=Place(message_digest=bytes(32), kept=Kept(weapon=PISTOL)),
        found=Place(list_name="stock", kept=Kept(weapon=PISTOL, reference="TEST-1")),
        noted_ms=7,
    )
    assert decode_lead(3, encode_lead(noted)) == noted
    decided = NotedLead(
        lead=noted.lead,
        asked=noted.asked,
        found=noted.found,
        noted_ms=7,
        decision=Decision.DISMISSED,
        by="An officer",
        decided_ms=9,
        remark="another model",
    )
    again = with_decision(noted, encode_decision(decided))
    assert (again.decision, again.by, again.decided_ms) == (
        Decision.DISMISSED,
        "An officer",
        9,
    )


def test_what_is_known_of_a_list_is_kept_and_read_the_same() -> None:
    own = OwnList(
        name="stock", sort=ListSort.STOLEN, hashed=True, entries=2, imported_ms=3
    )
    assert read_list(encode_list(own), entries=2, imported_ms=3) == own
