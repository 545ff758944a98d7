"""Claims about `broker.core.codec.documents`, one place at a time."""

import datetime as dt
from typing import Any, Final

import pytest

from broker.core.codec.documents import (
    decode_document,
    encode_document,
    warnings_for,
)
from broker.core.errors import Code, DocumentError, RefusedError
from rogatory.v1 import diversion_pb2, route_pb2, trace_pb2

_KIND: Final = "trace-info-request/1"
_QUESTION: Final = {"kind": "MISSING_KIND_MARKINGS", "question": "Which?"}
_SOUND: Final[dict[str, object]] = {"missing": [_QUESTION]}
_ALERT: Final[dict[str, object]] = {
    "title": "t",
    "urgency": "URGENCY_ROUTINE",
    "illicitBasis": ["ILLICIT_BASIS_UNMARKED"],
    "stage": "DIVERSION_STAGE_UNKNOWN",
    "methods": ["DIVERSION_METHOD_UNKNOWN"],
    "asks": [{"kind": "ASK_KIND_INFORM"}],
}


def _problems(
    document: dict[str, Any], kind: str = _KIND
) -> list[tuple[str, str, str]]:
    with pytest.raises(DocumentError) as refused:
        encode_document(kind, document)
    return [(one.path, one.value, one.expected) for one in refused.value.problems]


def _refusal(body: bytes, kind: str = _KIND) -> tuple[Code, str]:
    with pytest.raises(RefusedError) as refused:
        decode_document(kind, body)
    return refused.value.code, refused.value.detail


def _question(**fields: object) -> dict[str, object]:
    return {"missing": [{**_QUESTION, **fields}]}


def _with_leg(**fields: object) -> dict[str, object]:
    leg = {"mode": "TRANSPORT_MODE_SEA", **fields}
    return {**_ALERT, "consignment": {"legs": [leg]}}


def test_proto_names_are_read_like_json_names() -> None:
    assert encode_document(_KIND, {**_SOUND, "answer_by": "2026-04-30"}) == (
        encode_document(_KIND, {**_SOUND, "answerBy": "2026-04-30"})
    )


def test_a_field_under_both_names_is_refused() -> None:
    document = {**_SOUND, "answerBy": "2026-04-30", "answer_by": "2026-05-01"}
    assert _problems(document) == [
        ("answerBy", '"2026-05-01"', "expected it once, as answerBy or as answer_by")
    ]


def test_dates_and_bytes_may_stand_as_yaml_reads_them() -> None:
    document = {
        **_ALERT,
        "detected": dt.date(2026, 3, 9),
        "items": [{"itemClass": "ITEM_CLASS_FIREARM"}],
        "references": [{"messageDigest": bytes(32)}],
    }
    read = decode_document(
        "diversion-alert/1", encode_document("diversion-alert/1", document)
    )
    assert read["detected"] == "2026-03-09"
    assert read["references"] == [{"messageDigest": "A" * 43 + "="}]


def test_bytes_are_no_text_and_a_time_is_no_date() -> None:
    moment = dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC)
    found = _problems({**_SOUND, "answerBy": moment, "remarks": b"x"})
    assert [(path, value) for path, value, _ in found] == [
        ("answerBy", '"2026-03-09T12:00:00+00:00"'),
        ("remarks", "\"b'x'\""),
    ]


def test_a_digest_of_another_length_or_spelling_is_refused() -> None:
    for digest in ("", "AAAA", "A" * 42 + "B=", "-" * 43 + "=", "A" * 43):
        document = {**_ALERT, "references": [{"messageDigest": digest}]}
        paths = [path for path, _, _ in _problems(document, "diversion-alert/1")]
        assert "references[0].messageDigest" in paths


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "a whole number from 0 to 4294967295"),
        ("1", "a whole number from 0 to 4294967295"),
        (-1, "a whole number from 0 to 4294967295"),
        (2**32, "a whole number from 0 to 4294967295"),
        (None, "a whole number from 0 to 4294967295"),
    ],
)
def test_a_number_out_of_range_or_of_another_type_is_refused(
    value: object, expected: str
) -> None:
    [(path, _, text)] = _problems(_question(item=value))
    assert (path, text) == ("missing[0].item", f"expected {expected}")


@pytest.mark.parametrize("value", [-1, 2**64, "-2", "007", "1e3", "٣", "9" * 20, 1.5])
def test_a_64_bit_number_is_a_number_or_its_digits(value: object) -> None:
    item = {"itemClass": "ITEM_CLASS_FIREARM", "quantity": value}
    [(path, _, expected)] = _problems({**_ALERT, "items": [item]}, "diversion-alert/1")
    assert path == "items[0].quantity"
    assert expected.startswith("expected a whole number from 0")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -0.1, 10**12 + 1, True])
def test_a_weight_is_a_finite_number(value: object) -> None:
    document = {**_ALERT, "consignment": {"reference": "r", "grossWeightKg": value}}
    [(path, _, expected)] = _problems(document, "diversion-alert/1")
    assert path == "consignment.grossWeightKg"
    assert expected == "expected a number from 0 to 1000000000000"


def test_a_number_too_long_to_print_is_refused_like_any_other() -> None:
    endless = "a number of thousands of digits"
    assert _problems(_question(item=1 << 20_000))[0][1] == endless
    assert _problems({**_SOUND, "stranger": 1 << 20_000})[0][1] == endless


def test_a_truth_value_in_words_is_refused() -> None:
    calibre = {"raw": "9mm", "ambiguous": "yes"}
    item = {"itemClass": "ITEM_CLASS_FIREARM", "firearm": {"calibre": calibre}}
    assert _problems({**_ALERT, "items": [item]}, "diversion-alert/1") == [
        ("items[0].firearm.calibre.ambiguous", '"yes"', "expected true or false")
    ]


@pytest.mark.parametrize("text", ["", "a\x1b[2J", "a\x00", "\ud800", "\x85"])
def test_text_that_steers_a_terminal_or_has_no_encoding_is_refused(text: str) -> None:
    [(path, _, _)] = _problems(_question(question=text))
    assert path == "missing[0].question"


def test_text_in_any_script_is_kept_as_it_is() -> None:
    text = "Какой номер?\nكم عدد؟ 序列号"
    read: Any = decode_document(_KIND, encode_document(_KIND, _question(question=text)))
    assert read["missing"][0]["question"] == text


def test_a_serial_number_is_not_normalised_behind_the_back_of_who_read_it() -> None:
    ranges = [{"first": {"raw": "ZZQ-e\u0301"}, "last": {"raw": "ZZQ-\u00e9"}}]
    [(path, _, _)] = _problems({**_ALERT, "serialRanges": ranges}, "diversion-alert/1")
    assert path == "serialRanges[0].first.raw"


def test_a_country_with_a_newline_at_its_end_is_refused() -> None:
    affected = [{"country": "KEN\n", "role": "AFFECTED_ROLE_EXPORT"}]
    [(path, _, _)] = _problems(
        {**_with_leg(), "affected": affected}, "diversion-alert/1"
    )
    assert path == "affected[0].country"


def test_an_enumeration_by_number_is_refused() -> None:
    [(path, value, expected)] = _problems(_question(kind=3))
    assert (path, value) == ("missing[0].kind", "3")
    assert expected.startswith("expected one of MISSING_KIND_WHY_ILLICIT, ")
    assert expected.endswith("(9 in all)")


def test_not_stated_is_said_by_leaving_the_field_out() -> None:
    [(path, _, _)] = _problems(_question(kind="MISSING_KIND_UNSPECIFIED"))
    assert path == "missing[0].kind"


def test_an_entry_twice_is_refused() -> None:
    twice = ["ILLICIT_BASIS_UNMARKED"] * 2
    found = _problems({**_with_leg(), "illicitBasis": twice}, "diversion-alert/1")
    assert found == [("illicitBasis", "a list", "expected each entry only once")]


def test_an_empty_list_is_left_out_instead() -> None:
    [(path, _, expected)] = _problems({"missing": []})
    assert path == "missing"
    assert expected.endswith("leave the field out when there is nothing to say")


def test_a_name_that_is_no_text_is_an_unknown_field() -> None:
    document: Any = {**_SOUND, 7: "x"}
    [(path, value, _)] = _problems(document)
    assert (path, value) == ("7", '"x"')


def test_a_document_that_contains_itself_is_refused() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert _problems({"missing": loop}) == [
        ("missing[0]", "a list", "expected a mapping with kind, question, item")
    ]


def test_a_long_value_is_shortened_and_a_list_sorted_by_position() -> None:
    questions = [{**_QUESTION, "item": "x" * 500} for _ in range(11)]
    found = _problems({"missing": questions})
    assert [path for path, _, _ in found] == [
        f"missing[{position}].item" for position in range(11)
    ]
    assert all(len(value) == 60 for _, value, _ in found)


def test_an_alert_about_nothing_is_refused() -> None:
    assert _problems(_ALERT, "diversion-alert/1") == [
        (
            "",
            "none of them",
            "expected at least one of items, serialRanges, consignment",
        )
    ]


@pytest.mark.parametrize("value", [0, "firearm", None, ["firearm"]])
def test_an_item_that_is_no_mapping_is_refused_like_any_other_slip(
    value: object,
) -> None:
    document = {
        "legalBasis": "x",
        "illicitBasis": ["ILLICIT_BASIS_UNMARKED"],
        "intendedUse": ["INTENDED_USE_CRIMINAL_INVESTIGATION"],
        "recovery": {"kind": "RECOVERY_KIND_SEIZED", "date": "2000"},
        "cannotGuarantee": {"reason": "x"},
        "items": [value],
    }
    assert {path for path, _, _ in _problems(document, "trace-request/1")} == {
        "items[0]"
    }


def test_coordinates_on_the_equator_are_not_lost() -> None:
    document = {
        "title": "t",
        "period": {"from": "2026"},
        "items": [{"itemClass": "ITEM_CLASS_FIREARM"}],
        "waypoints": [
            {
                "place": {"point": {"latitude": 0, "longitude": 0.0}},
                "role": "WAYPOINT_ROLE_ORIGIN",
            }
        ],
        "evaluation": {
            "europol": {
                "source": "EUROPOL_SOURCE_X",
                "information": "EUROPOL_INFORMATION_4",
            }
        },
        "expiresOn": "2026-12-31",
    }
    body = encode_document("route-intelligence/1", document)
    read = decode_document("route-intelligence/1", body)
    assert read["waypoints"] == document["waypoints"]


def test_an_unknown_kind_is_refused_on_both_ways() -> None:
    for call in (
        lambda: encode_document("telex/1", {}),
        lambda: decode_document("telex/1", b""),
        lambda: warnings_for("telex/1", b""),
    ):
        with pytest.raises(RefusedError) as refused:
            call()
        assert refused.value.code is Code.UNKNOWN_KIND


def test_bytes_that_are_no_protobuf_are_refused() -> None:
    assert _refusal(b"\xff")[0] is Code.MALFORMED


def test_an_unknown_field_deep_inside_is_refused() -> None:
    hidden = b"\x0a\x0b\x08\x03\x12\x02ab\x9a\x06\x02xy"
    assert _refusal(hidden)[0] is Code.UNKNOWN_FIELD


def test_a_field_that_is_there_twice_is_refused() -> None:
    body = encode_document(_KIND, {**_SOUND, "remarks": "a"})
    assert _refusal(body + b"\x1a\x01b")[0] is Code.NOT_CANONICAL


def test_content_from_abroad_is_held_to_the_same_rules() -> None:
    message = trace_pb2.TraceRequest(legal_basis="x")
    code, detail = _refusal(message.SerializeToString(), "trace-request/1")
    assert code is Code.INVALID_CONTENT
    assert detail == "(document), illicitBasis, intendedUse"


def test_an_enumeration_value_of_the_future_is_refused() -> None:
    message = trace_pb2.TraceInfoRequest()
    message.ParseFromString(b"\x0a\x06\x08\x63\x12\x02ab")
    body = message.SerializeToString(deterministic=True)
    assert _refusal(body) == (Code.INVALID_CONTENT, "missing[0].kind")


def test_a_refusal_names_places_and_never_content() -> None:
    message = route_pb2.RouteIntelligence(title="secret\x1b")
    _, detail = _refusal(message.SerializeToString(), "route-intelligence/1")
    assert "secret" not in detail


def test_infinite_weights_from_abroad_are_refused() -> None:
    known: Any = encode_document("diversion-alert/1", _with_leg())
    message = diversion_pb2.DiversionAlert.FromString(known)
    message.consignment.gross_weight_kg = float("inf")
    body = message.SerializeToString(deterministic=True)
    assert _refusal(body, "diversion-alert/1") == (
        Code.INVALID_CONTENT,
        "consignment.grossWeightKg",
    )
