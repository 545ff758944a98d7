"""Claims about `broker.core.codec.draft`."""

import pytest

from broker.core.codec.draft import Draft, parse_draft
from broker.core.errors import DocumentError
from broker.core.handling import IntendedUse, Restrictions

_SOUND = {"kind": "trace-request/1", "content": {"anything": 1}}


def _problems(document: object) -> list[tuple[str, str, str]]:
    with pytest.raises(DocumentError) as refused:
        parse_draft(document)
    return [(one.path, one.value, one.expected) for one in refused.value.problems]


def test_what_is_left_out_is_none_or_empty() -> None:
    assert parse_draft(_SOUND) == Draft(kind="trace-request/1", content={"anything": 1})


@pytest.mark.parametrize(
    ("case", "expires"),
    [("caseReference", "expiresIn"), ("case_reference", "expires_in")],
)
def test_both_styles_of_names_are_read(case: str, expires: str) -> None:
    draft = parse_draft(
        {
            **_SOUND,
            "handling": "TLP:AMBER H2",
            "to": ["BEL", "KEN"],
            case: "KEN-2026-0117",
            expires: "30d",
        }
    )
    assert draft.handling == "TLP:AMBER H2"
    assert draft.to == ("BEL", "KEN")
    assert draft.case_reference == "KEN-2026-0117"
    assert draft.expires_in == "30d"


@pytest.mark.parametrize(
    "names",
    [
        ("releaseTo", "noOnward", "retentionDays"),
        ("release_to", "no_onward", "retention_days"),
    ],
)
def test_restrictions_are_read_in_both_styles(names: tuple[str, str, str]) -> None:
    release_to, no_onward, retention_days = names
    stated = {
        release_to: ["customs", "Federal Police"],
        "purposes": ["analysis", "statistics"],
        "purpose": "Trends only",
        no_onward: True,
        "other": "Not for the media",
        retention_days: 365,
    }
    assert parse_draft({**_SOUND, "restrictions": stated}).restrictions == Restrictions(
        release_to=("customs", "Federal Police"),
        purposes=frozenset({IntendedUse.ANALYSIS, IntendedUse.STATISTICS}),
        purpose="Trends only",
        no_onward=True,
        other="Not for the media",
        retention_days=365,
    )


def test_restrictions_that_say_nothing_or_less_are_refused() -> None:
    assert [one[0] for one in _problems({**_SOUND, "restrictions": {}})] == [
        "restrictions"
    ]
    stated = {
        "releaseTo": [],
        "purposes": ["anything"],
        "noOnward": False,
        "no_onward": True,
        "retentionDays": 0,
        "secret": True,
    }
    paths = {path for path, _, _ in _problems({**_SOUND, "restrictions": stated})}
    assert paths == {
        "restrictions.noOnward",
        "restrictions.purposes[0]",
        "restrictions.releaseTo",
        "restrictions.retentionDays",
        "restrictions.secret",
    }


def test_every_problem_is_reported_at_once() -> None:
    assert _problems(
        {
            "kind": "trace-reqest/1",
            "handling": "AMBER",
            "to": ["BEL", "be", "BEL"],
            "recipients": [],
            "caseReference": "a b",
            "expiresIn": 30,
        }
    ) == [
        (
            "caseReference",
            '"a b"',
            "expected at most 64 characters of ASCII without spaces",
        ),
        ("content", "nothing", "expected a mapping"),
        (
            "expiresIn",
            "30",
            (
                "expected a span of minutes, hours or days, such as 36h or 30d; "
                "put it in quotes, so that it is kept as written"
            ),
        ),
        (
            "handling",
            '"AMBER"',
            (
                "'AMBER' is not understood here; expected one TLP label, Europol codes "
                "H0 to H3 and at most one PAP label, such as 'TLP:AMBER H2 PAP:RED'"
            ),
        ),
        (
            "kind",
            '"trace-reqest/1"',
            (
                "expected one of trace-request/1, trace-response/1, "
                "trace-info-request/1, trace-clarification/1, diversion-alert/1, "
                "diversion-update/1, route-intelligence/1, contact-card/1, … (41 in "
                "all); "
                "did you mean trace-request/1?"
            ),
        ),
        (
            "recipients",
            "a list",
            (
                "expected no field of this name; known are kind, handling, to, "
                "caseReference, expiresIn, restrictions, content"
            ),
        ),
        ("to", "a list", "expected each entry only once"),
        (
            "to[1]",
            '"be"',
            "expected a party code of three capital letters, such as KEN",
        ),
    ]


@pytest.mark.parametrize("document", [None, [], "kind: x", 3])
def test_a_file_that_is_no_mapping_is_refused(document: object) -> None:
    [(path, _, expected)] = _problems(document)
    assert path == ""
    assert expected == "expected a mapping with kind and content"


def test_a_field_under_both_names_is_refused() -> None:
    assert _problems({**_SOUND, "caseReference": "A", "case_reference": "B"}) == [
        ("caseReference", '"B"', "expected it once, not as case_reference")
    ]


def test_a_case_reference_with_a_newline_at_its_end_is_refused() -> None:
    [(path, value, _)] = _problems({**_SOUND, "caseReference": "KEN-1\n"})
    assert (path, value) == ("caseReference", '"KEN-1\\n"')
