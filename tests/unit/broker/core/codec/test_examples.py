"""Claims about the files in examples/: each is sound, or wrong as its comments say."""

from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from broker.core.codec.documents import (
    decode_document,
    encode_document,
    warnings_for,
)
from broker.core.codec.draft import Draft, parse_draft
from broker.core.codec.kinds import parse_kind
from broker.core.codec.walk import parts_of
from broker.core.errors import DocumentError

_FOLDER: Final = Path(__file__).parents[5] / "examples"
_SOUND: Final = sorted(path.name for path in _FOLDER.glob("*.yaml"))
_INVALID: Final = sorted(path.name for path in (_FOLDER / "invalid").glob("*.yaml"))


def _draft(name: str) -> Draft:
    return parse_draft(yaml.safe_load((_FOLDER / name).read_text(encoding="utf-8")))


def _problems(name: str) -> list[tuple[str, str, str]]:
    draft = _draft(f"invalid/{name}")
    with pytest.raises(DocumentError) as refused:
        encode_document(draft.kind, draft.content)
    return [(one.path, one.value, one.expected) for one in refused.value.problems]


def _decoded(name: str) -> dict[str, Any]:
    draft = _draft(name)
    return decode_document(draft.kind, encode_document(draft.kind, draft.content))


def test_every_example_is_listed_in_the_readme() -> None:
    readme = (_FOLDER / "README.md").read_text(encoding="utf-8")
    for name in [*_SOUND, *(f"invalid/{one}" for one in _INVALID)]:
        assert f"`{name}`" in readme


@pytest.mark.parametrize("name", _SOUND)
def test_every_sound_example_is_taken_without_a_warning(name: str) -> None:
    draft = _draft(name)
    body = encode_document(draft.kind, draft.content)
    assert decode_document(draft.kind, body)
    assert warnings_for(draft.kind, body) == []


@pytest.mark.parametrize(
    ("name", "kind", "handling", "to"),
    [
        ("trace-request", "trace-request/1", "TLP:AMBER", ("BEL",)),
        ("trace-response", "trace-response/1", "TLP:AMBER H2", ("KEN",)),
        ("diversion-alert", "diversion-alert/1", "TLP:AMBER", ("KEN", "MEX", "XPO")),
        ("route-intelligence", "route-intelligence/1", "TLP:AMBER", ("XPO",)),
        ("contact-card", "contact-card/1", "TLP:AMBER", ("BEL", "MEX", "XPO")),
        ("permission-request", "permission-request/1", "TLP:AMBER", ("BEL",)),
        ("permission-grant", "permission-grant/1", "TLP:AMBER", ("KEN",)),
        ("onward-copy", "onward-copy/1", "TLP:AMBER H2", ("MEX",)),
        (
            "refused-route-intelligence",
            "route-intelligence/1",
            "TLP:RED",
            ("XPO", "BEL"),
        ),
    ],
)
def test_examples_go_where_their_comments_say(
    name: str, kind: str, handling: str, to: tuple[str, ...]
) -> None:
    draft = _draft(f"{name}.yaml")
    assert (draft.kind, draft.handling, draft.to) == (kind, handling, to)


@pytest.mark.parametrize("name", [*_SOUND, *(f"invalid/{one}" for one in _INVALID)])
def test_no_example_can_collide_with_a_real_weapon(name: str) -> None:
    draft = _draft(name)
    for part in parts_of(parse_kind(draft.kind).descriptor, dict(draft.content)):
        raw = part.fields.get("raw")
        if part.message.name == "Serial" and isinstance(raw, str):
            assert raw.startswith("ZZQ-")


def test_a_date_that_yaml_reads_by_itself_is_kept_as_text() -> None:
    request = _decoded("trace-request.yaml")
    assert request["recovery"]["date"] == "2026-03-09"
    assert request["answerBy"] == "2026-04-30"


def test_a_serial_alone_is_rejected_with_all_that_is_missing() -> None:
    assert [(path, value) for path, value, _ in _problems("serial-alone.yaml")] == [
        ("", "none of them"),
        ("illicitBasis", "nothing"),
        ("intendedUse", "nothing"),
        ("items[0].firearm.calibre", "nothing"),
        ("items[0].firearm.type", "nothing"),
        ("legalBasis", "nothing"),
        ("recovery", "nothing"),
    ]


def test_a_serial_alone_is_told_why_it_is_not_enough() -> None:
    expected = {path: text for path, _, text in _problems("serial-alone.yaml")}
    assert expected[""] == "expected one of undertaking, cannotGuarantee"
    assert expected["items[0].firearm.type"] == (
        "expected the type of weapon: a serial number alone identifies nothing"
    )
    assert expected["legalBasis"] == "expected text"
    assert expected["recovery"] == (
        "expected a mapping with kind, date, place, circumstances, authority, "
        "linkedCrime"
    )


def test_every_slip_is_found_where_it_stands() -> None:
    assert _problems("slips.yaml") == [
        (
            "",
            "undertaking and cannotGuarantee",
            "expected only one of undertaking, cannotGuarantee",
        ),
        (
            "illicitBasis[0]",
            '"NATIONAL_LAW"',
            (
                "expected one of ILLICIT_BASIS_NATIONAL_LAW, "
                "ILLICIT_BASIS_UNSC_EMBARGO, ILLICIT_BASIS_UNMARKED, "
                "ILLICIT_BASIS_UNLICENSED_MANUFACTURE, "
                "ILLICIT_BASIS_UNAUTHORISED_TRANSFER; "
                "did you mean ILLICIT_BASIS_NATIONAL_LAW?"
            ),
        ),
        (
            "items[0].firearm.caliber",
            "a mapping",
            "expected no field of this name; did you mean calibre?",
        ),
        (
            "items[0].firearm.calibre",
            "nothing",
            "expected the calibre: a serial number alone identifies nothing",
        ),
        (
            "items[0].firearm.frameSerial.raw",
            "7836",
            (
                "expected text on one line in Unicode normalisation form C; put it in "
                "quotes, so that it is kept as written"
            ),
        ),
        (
            "recovery.date",
            '"2026-02-30"',
            "expected a date as text: '2026', '2026-03' or '2026-03-09'",
        ),
        (
            "recovery.place.country",
            '"KE"',
            "expected three capital letters (ISO 3166-1 alpha-3), such as KEN",
        ),
        (
            "recovery.place.locode",
            '"KE MBA"',
            "expected a UN/LOCODE without a space, such as BEANR",
        ),
        (
            "recovery.place.point.latitude",
            "397.2",
            "expected degrees from -90 to 90",
        ),
    ]


def test_a_refusal_without_reasons_is_rejected() -> None:
    assert _problems("refusal-without-reasons.yaml") == [
        (
            "limitation",
            "nothing",
            "expected LIMITATION_MEASURE_REFUSE with its grounds and reasons",
        )
    ]
