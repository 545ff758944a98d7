"""STIX 2.1 made of example deliveries, as OASIS's validator and library read it."""

import json
from dataclasses import replace
from typing import Any

import pytest
import stix2
from stix2validator import ValidationOptions, validate_instance

from adapters.reading import REPORTED
from adapters.stix.mapping import map_delivery
from adapters.stix.revoking import Revocation, revoked_objects
from broker.core.handling import Handling, Restrictions
from tests.adapter_world import example_delivery, example_document
from tests.world import KEN, MEX

_NAMED = "is not a valid UUIDv4 ID"
"""Names (UUID version 5) are what makes the same delivery the same objects; the
specification recommends random ones for all but observables."""
_EMPTIED = "region contains a value not in the region-ov vocabulary"
"""An emptied location has to be somewhere; it is in the region "withdrawn"."""
_BUNDLE = "bundle--5d0092c5-5f74-4287-9642-33f4c354e56d"
STRICT = Handling.parse("TLP:AMBER+STRICT H2 PAP:RED", Restrictions(no_onward=True))


def objects(kind: str, **fields: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - fields of a delivery
    return list(map_delivery(example_delivery(kind, **fields), KEN).objects)


def only(made: list[dict[str, Any]], type_: str) -> dict[str, Any]:
    [found] = [one for one in made if one["type"] == type_]
    return found


def problems(made: list[dict[str, Any]]) -> tuple[list[str], set[str]]:
    bundle = {"type": "bundle", "id": _BUNDLE, "objects": made}
    result = validate_instance(bundle, ValidationOptions(version="2.1"))
    return [str(one) for one in result.errors], {str(one) for one in result.warnings}


@pytest.mark.parametrize(
    "kind", ["diversion-alert", "trace-response", "route-intelligence", "actor-profile"]
)
def test_revoked_objects_are_valid_and_say_nothing(kind: str) -> None:
    delivery = example_delivery(kind)
    made = map_delivery(delivery, KEN).made
    revoked = revoked_objects(
        Revocation(
            party=KEN,
            digest=delivery.message_digest,
            ids=tuple(str(one["id"]) for one in made if "modified" in one),
            handling=delivery.handling,
            created_ms=delivery.created_ms,
            at_ms=delivery.created_ms + 60_000,
            replacement=bytes(32),
        )
    )
    errors, warnings = problems(revoked)
    assert errors == []
    unexpected = {one for one in warnings if _NAMED not in one and _EMPTIED not in one}
    assert unexpected == set()
    assert len(revoked) == len([one for one in made if "modified" in one])
    assert all(one["revoked"] for one in revoked)
    assert all(str(one["modified"]) > str(one["created"]) for one in revoked)
    told = str(revoked)
    assert "Example" not in told
    assert "ZZQ" not in told


def test_the_same_delivery_gives_the_same_objects() -> None:
    assert objects("diversion-alert") == objects("diversion-alert")


def test_another_party_makes_objects_of_its_own_but_sees_the_same_firearm() -> None:
    delivery = example_delivery("trace-request")
    ours = list(map_delivery(delivery, KEN).objects)
    theirs = list(map_delivery(delivery, MEX).objects)
    assert only(ours, "report")["id"] != only(theirs, "report")["id"]
    assert only(ours, "firearm")["id"] == only(theirs, "firearm")["id"]


def test_one_serial_in_two_messages_is_one_firearm() -> None:
    one = only(objects("trace-request", number=1), "firearm")
    other = only(objects("trace-request", number=2), "firearm")
    assert one["id"] == other["id"]


def test_weapons_without_any_mark_are_not_one_weapon() -> None:
    item = {
        "itemClass": "ITEM_CLASS_FIREARM",
        "firearm": {"type": "FIREARM_TYPE_PISTOL"},
    }
    document = example_document("stock-loss", items=[item, item])
    made = objects("stock-loss", document=document)
    found = {one["id"] for one in made if one["type"] == "firearm"}
    assert len(found) == 2


def test_everything_that_tells_content_bears_its_handling() -> None:
    mapped = map_delivery(example_delivery("diversion-alert", handling=STRICT), KEN)
    names = {
        "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
        only(
            [one for one in mapped.frame if one.get("definition_type") == "statement"],
            "marking-definition",
        )["id"],
    }
    told = json.loads(json.dumps(mapped.made))
    assert all(set(one["object_marking_refs"]) == names for one in told)


def test_what_stix_has_no_marking_for_is_said_in_words() -> None:
    made = objects("diversion-alert", handling=STRICT)
    [statement] = [one for one in made if one.get("definition_type") == "statement"]
    text = statement["definition"]["statement"]
    assert "H2 PAP:RED" in text
    assert "not to be passed on" in text


def test_any_consumer_can_read_all_of_it_in_the_note() -> None:
    note = only(objects("trace-request"), "note")
    assert "ZZQ-00417" in note["content"]
    assert "To whom was it first exported" in note["content"]
    assert note["content"].startswith("Handling: TLP:AMBER")


def test_keys_of_attached_files_do_not_leave() -> None:
    attachment = {
        "kind": "ATTACHMENT_KIND_MARK",
        "name": "mark.jpg",
        "mediaType": "image/jpeg",
        "size": "10",
        "sha256": "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
        "blob": "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJB=",
        "key": "a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2U=",
        "chunkSize": 65_536,
    }
    delivery = example_delivery("trace-request")
    document = {**delivery.document, "attachments": [attachment]}
    told = str(map_delivery(replace(delivery, document=document), KEN).objects)
    assert "mark.jpg" in told
    assert str(attachment["key"]) not in told
    assert str(attachment["blob"]) not in told


def test_a_doubted_message_says_so() -> None:
    made = objects("stock-loss", warning="its origin's key was used elsewhere")
    assert "rogatory:doubted" in only(made, "report")["labels"]
    assert "used elsewhere" in only(made, "note")["content"]


def test_confidence_is_of_the_admiralty_scale_alone() -> None:
    admiralty = only(objects("route-intelligence"), "report")
    assert admiralty["confidence"] == 50
    europol = {
        "europol": {
            "source": "EUROPOL_SOURCE_A",
            "information": "EUROPOL_INFORMATION_1",
        }
    }
    document = example_document("route-intelligence", evaluation=europol)
    assert "confidence" not in only(
        objects("route-intelligence", document=document), "report"
    )


def test_an_answer_refers_to_the_report_it_answers() -> None:
    alert = example_delivery("diversion-alert")
    update = example_delivery("diversion-update", in_reply_to=alert.message_digest)
    first = only(list(map_delivery(alert, KEN).objects), "report")
    links = [
        one
        for one in map_delivery(update, KEN).made
        if one["type"] == "relationship" and one["target_ref"] == first["id"]
    ]
    assert len(links) == 1


def test_the_reference_library_reads_it() -> None:
    bundle = {"type": "bundle", "id": _BUNDLE, "objects": objects("diversion-alert")}
    parsed = stix2.parse(bundle, allow_custom=True)
    assert {"report", "note", "incident", "firearm"} <= {
        one["type"] for one in parsed.objects
    }


@pytest.mark.parametrize("kind", sorted(REPORTED))
def test_a_consumer_that_knows_nothing_of_us_reads_all_but_what_was_observed(
    kind: str,
) -> None:
    ours = {"firearm", "firearm-part", "ammunition", "observed-data"}
    read = [
        stix2.parse(one, allow_custom=False)
        for one in objects(kind, handling=STRICT)
        if one["type"] not in ours
    ]
    assert {"report", "note"} <= {one["type"] for one in read}
