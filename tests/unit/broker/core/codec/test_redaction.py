"""Claims about `broker.core.codec.redaction`, case by case."""

import base64
from typing import Any, Final

import pytest

from broker.core.codec.documents import decode_document, encode_document
from broker.core.codec.redaction import redact
from broker.core.errors import Code, RefusedError
from broker.core.fields import TREATED, FieldClass, Treatment
from tests.unit.broker.core.codec.canaries import full

_DIGEST: Final = base64.b64encode(bytes(32)).decode()
_BROKER: Final = {"kind": "ACTOR_KIND_PERSON", "role": "ACTOR_ROLE_BROKER"}
_PISTOL: Final = {
    "type": "FIREARM_TYPE_PISTOL",
    "calibre": {"raw": "9x19"},
    "frameSerial": {"raw": "ZZQ-00417", "mask": "ZZQ-0041?", "readBy": "Laboratory"},
}
_REQUEST: Final[dict[str, Any]] = {
    "illicitBasis": ["ILLICIT_BASIS_NATIONAL_LAW"],
    "legalBasis": "The law in force",
    "recovery": {
        "kind": "RECOVERY_KIND_FOUND",
        "date": "2026-03-09",
        "place": {"country": "KEN", "adminArea": "Mombasa", "locode": "KEMBA"},
    },
    "items": [{"itemClass": "ITEM_CLASS_FIREARM", "firearm": _PISTOL}],
    "intendedUse": ["INTENDED_USE_ANALYSIS"],
    "cannotGuarantee": {"reason": "Open proceedings"},
}
_ROUTE: Final[dict[str, Any]] = {
    "title": "Parcels",
    "period": {"from": "2025"},
    "items": [{"itemClass": "ITEM_CLASS_PART"}],
    "waypoints": [
        {"place": {"locode": "KEMBA"}, "role": "WAYPOINT_ROLE_ORIGIN"},
        {"place": {"country": "MEX"}, "role": "WAYPOINT_ROLE_DESTINATION"},
    ],
    "evaluation": {
        "admiralty": {
            "source": "ADMIRALTY_SOURCE_B",
            "information": "ADMIRALTY_INFORMATION_2",
        }
    },
    "expiresOn": "2027-01-01",
}


def _after(
    kind: str, document: dict[str, Any], **treatments: str
) -> tuple[dict[str, Any], list[str]]:
    """Redacts a document; returns what is left, and the words of what is withheld."""
    plan = {
        FieldClass[name.upper()]: Treatment[how.upper()]
        for name, how in treatments.items()
    }
    redacted = redact(kind, encode_document(kind, document), plan)
    withheld = [one.word for one in sorted(redacted.withheld)]
    return decode_document(kind, redacted.body), withheld


def test_a_text_that_must_be_there_is_said_to_be_withheld() -> None:
    left, withheld = _after("trace-request/1", _REQUEST, free_text="drop")
    assert left["legalBasis"] == "[withheld]"
    assert left["cannotGuarantee"] == {"reason": "[withheld]"}
    assert withheld == ["free-text"]


def test_a_text_that_may_be_missing_is_missing() -> None:
    request = _REQUEST | {"question": "Who bought it?"}
    assert "question" not in _after("trace-request/1", request, free_text="drop")[0]
    blurred, _ = _after("trace-request/1", request, free_text="blur")
    assert blurred["question"] == "[withheld]"


def test_a_blurred_serial_is_still_one_without_its_mask() -> None:
    left, withheld = _after("trace-request/1", _REQUEST, full_serial="blur")
    [item] = left["items"]
    assert item["firearm"]["frameSerial"] == {
        "raw": "ZZQ-*****",
        "readBy": "Laboratory",
    }
    assert withheld == ["full-serial"]


def test_a_place_keeps_country_and_area() -> None:
    for how in ("blur", "drop"):
        left, _ = _after("trace-request/1", _REQUEST, exact_location=how)
        assert left["recovery"]["place"] == {"country": "KEN", "adminArea": "Mombasa"}


def test_a_place_known_by_its_locode_only_is_blurred_to_its_country() -> None:
    left, _ = _after("route-intelligence/1", _ROUTE, exact_location="blur")
    assert left["waypoints"][0]["place"] == {"country": "KEN"}


def test_a_message_that_can_no_longer_say_what_it_must_goes_as_a_whole() -> None:
    left, _ = _after("route-intelligence/1", _ROUTE, exact_location="drop")
    assert [one["role"] for one in left["waypoints"]] == ["WAYPOINT_ROLE_DESTINATION"]


def test_what_a_document_cannot_do_without_is_not_withheld_from_it() -> None:
    route = _ROUTE | {"waypoints": _ROUTE["waypoints"][:1]}
    with pytest.raises(RefusedError) as refused:
        _after("route-intelligence/1", route, exact_location="drop")
    assert refused.value.code is Code.REDACTION
    assert refused.value.detail == "waypoints"


def test_an_item_known_by_its_marks_only_cannot_be_asked_about_without_them() -> None:
    marked = {
        "type": "FIREARM_TYPE_PISTOL",
        "calibre": {"raw": "9x19"},
        "marks": [{"kind": "MARK_KIND_RACK", "text": "ZZQ-17"}],
    }
    request = _REQUEST | {"items": [{**_REQUEST["items"][0], "firearm": marked}]}
    with pytest.raises(RefusedError) as refused:
        _after("trace-request/1", request, full_serial="drop")
    # Answers name items by their position: none of them goes alone.
    assert refused.value.detail == "items[0]"
    copy = {
        "provider": "KEN",
        "messageDigest": _DIGEST,
        "handling": {"tlp": "TLP_AMBER"},
        "traceRequest": request,
    }
    with pytest.raises(RefusedError) as refused:
        _after("onward-copy/1", copy, full_serial="drop")
    assert refused.value.detail == "traceRequest.items[0]"
    left, _ = _after("trace-request/1", request, full_serial="blur")
    [mark] = left["items"][0]["firearm"]["marks"]
    assert mark["text"] == "ZZQ***"


def test_rules_across_fields_hold_for_what_is_left() -> None:
    result = {
        "item": 0,
        "status": "TRACING_STATUS_TRACED",
        "lastLegalHolder": {**_BROKER, "name": "Example Person"},
    }
    pending = {"item": 1, "status": "TRACING_STATUS_PENDING"}
    response = {"outcome": "TRACE_OUTCOME_ANSWERED", "results": [result, pending]}
    left, withheld = _after("trace-response/1", response, personal="drop")
    # Traced, yet nothing found: that would be no answer.
    assert left["results"] == [pending]
    assert withheld == ["personal"]
    left, _ = _after("trace-response/1", response, personal="blur")
    assert left["results"][0]["lastLegalHolder"] == {**_BROKER, "name": "[withheld]"}


def test_a_correction_tells_nothing_once_free_text_goes() -> None:
    update = {
        "kind": "UPDATE_KIND_CORRECT",
        "sequence": 1,
        "reason": "A slip",
        "corrections": [{"field": "parties[0].name", "was": "One", "is": "Two"}],
    }
    left, _ = _after("diversion-update/1", update, free_text="drop")
    assert left["corrections"] == [{"field": "[withheld]"}]


def test_money_keeps_its_size_or_goes() -> None:
    goods = {"hsCode": "9302.00", "value": {"amount": "53800.00", "currency": "EUR"}}
    alert = {
        "title": "Title",
        "urgency": "URGENCY_ROUTINE",
        "illicitBasis": ["ILLICIT_BASIS_NATIONAL_LAW"],
        "stage": "DIVERSION_STAGE_UNKNOWN",
        "methods": ["DIVERSION_METHOD_UNKNOWN"],
        "consignment": {"goods": [goods]},
        "asks": [{"kind": "ASK_KIND_INFORM"}],
    }
    left, _ = _after("diversion-alert/1", alert, financial="blur")
    assert left["consignment"]["goods"][0]["value"]["amount"] == "50000"
    left, _ = _after("diversion-alert/1", alert, financial="drop")
    assert left["consignment"]["goods"] == [{"hsCode": "9302.00"}]


def test_what_is_passed_on_is_redacted_and_what_binds_it_is_not() -> None:
    handling = {"tlp": "TLP_AMBER", "restrictions": {"purpose": "Lead only"}}
    copy = {
        "provider": "KEN",
        "messageDigest": _DIGEST,
        "handling": handling,
        "traceRequest": _REQUEST,
    }
    plan = dict.fromkeys((one.name.lower() for one in TREATED), "drop")
    left, withheld = _after("onward-copy/1", copy, **plan)
    assert left["handling"] == handling
    assert left["traceRequest"]["items"][0]["firearm"]["frameSerial"] == {
        "raw": "[withheld]"
    }
    assert withheld == ["exact-location", "source", "full-serial", "free-text"]


def test_nothing_is_withheld_where_nothing_is() -> None:
    left, withheld = _after("trace-request/1", _REQUEST, photograph="drop")
    assert left == decode_document(
        "trace-request/1", encode_document("trace-request/1", _REQUEST)
    )
    assert withheld == []


def test_what_two_classes_share_goes_with_either() -> None:
    address = {"country": "KEN", "name": "Example Road 1"}
    alert = full("diversion-alert/1", "ZZ").document
    alert["parties"] = [{**_BROKER, "name": "Example Person", "address": address}]
    for plan in ({"personal": "blur"}, {"exact_location": "drop"}):
        left, withheld = _after("diversion-alert/1", alert, **plan)
        assert left["parties"][0]["address"] == {"country": "KEN"}
        assert withheld[:2] == ["personal", "exact-location"]


def test_an_empty_message_is_as_telling_as_it_was() -> None:
    item = {"itemClass": "ITEM_CLASS_FIREARM", "firearm": {}}
    described = {**item, "firearm": {"features": "A scratch"}}
    route = _ROUTE | {"items": [item, described]}
    left, _ = _after("route-intelligence/1", route, free_text="drop")
    assert left["items"] == [item, {"itemClass": "ITEM_CLASS_FIREARM"}]


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("telex/1", b"", Code.UNKNOWN_KIND),
        ("trace-request/1", b"\xff", Code.MALFORMED),
        ("trace-info-request/1", b"\xa2\x06\x01x", Code.UNKNOWN_FIELD),
    ],
)
def test_what_cannot_be_read_is_not_redacted(
    kind: str, body: bytes, code: Code
) -> None:
    with pytest.raises(RefusedError) as refused:
        redact(kind, body, {})
    assert refused.value.code is code
