"""Claims about what `warnings_for` finds: it warns, and blocks nothing."""

from typing import Final

from broker.core.codec.documents import encode_document, warnings_for

_ALERT: Final[dict[str, object]] = {
    "title": "t",
    "urgency": "URGENCY_ROUTINE",
    "illicitBasis": ["ILLICIT_BASIS_UNMARKED"],
    "stage": "DIVERSION_STAGE_UNKNOWN",
    "methods": ["DIVERSION_METHOD_UNKNOWN"],
    "asks": [{"kind": "ASK_KIND_INFORM"}],
}


def _with_leg(**fields: object) -> dict[str, object]:
    leg = {"mode": "TRANSPORT_MODE_SEA", **fields}
    return {**_ALERT, "consignment": {"legs": [leg]}}


def _warned(**fields: object) -> list[tuple[str, str]]:
    body = encode_document("diversion-alert/1", _with_leg(**fields))
    warnings = warnings_for("diversion-alert/1", body)
    return [(one.path, one.expected) for one in warnings]


def test_numbers_whose_check_digit_holds_raise_no_warning() -> None:
    container = {"number": "CSQU3054383"}
    assert (
        _warned(imo="9074729", airWaybill="020-12345675", containers=[container]) == []
    )


def test_a_wrong_check_digit_warns_and_does_not_block() -> None:
    place = "consignment.legs[0]"
    container = {"number": "CSQU3054384"}
    found = _warned(imo="9074720", airWaybill="020-12345670", containers=[container])
    assert found == [
        (f"{place}.airWaybill", "expected the check digit 5"),
        (f"{place}.containers[0].number", "expected the check digit 3"),
        (f"{place}.imo", "expected the check digit 9"),
    ]


def test_a_number_of_another_form_warns_and_does_not_block() -> None:
    assert _warned(imo="unreadable") == [
        ("consignment.legs[0].imo", "expected an IMO number such as 9074729")
    ]
