"""Reading one report: its period, its places, its grade."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from broker.core.codec.documents import (
    encode_document,
    read_document,
    warnings_for,
)
from broker.core.codec.draft import parse_draft
from broker.core.codec.kinds import parse_kind
from broker.core.errors import RefusedError
from broker.core.routes.grades import Grade, contradictory
from broker.core.routes.periods import Span
from broker.core.routes.report import read_report
from tests.unit.broker.core.routes.route_world import (
    TOLD_ON,
    bearing,
    document,
    grade,
    place,
    report,
)

TOLD = dt.date.fromisoformat(TOLD_ON)
EXAMPLES = Path(__file__).parents[5] / "examples"
EXAMPLE = EXAMPLES / "route-intelligence.yaml"
ROUTES = sorted((EXAMPLES / "routes").glob("*.yaml"))


@pytest.mark.parametrize("path", ROUTES, ids=lambda path: path.stem)
def test_the_example_routes_are_sound_and_made_up(path: Path) -> None:
    draft = parse_draft(yaml.safe_load(path.read_text("utf-8")))
    body = encode_document(draft.kind, draft.content)
    assert warnings_for(draft.kind, body) == []
    found = read_report(read_document(parse_kind(draft.kind), body), bearing())
    assert len(found.path) >= 3
    names = (stop.spot.name for stop in found.stops if stop.spot.name)
    assert all(name.startswith("Example ") for name in names)


def test_the_example_is_read_as_it_is_written() -> None:
    draft = parse_draft(yaml.safe_load(EXAMPLE.read_text("utf-8")))
    kind = parse_kind(draft.kind)
    told = read_document(kind, encode_document(draft.kind, draft.content))
    found = read_report(told, bearing())
    assert found.title.startswith("Pistol parts")
    assert found.path == ("MEX",)  # a website lies nowhere
    assert found.modes == {"post", "road"}
    assert found.concealment == {"disassembly", "false-declaration"}
    assert found.classes == {"part"}
    assert (found.trend, found.volume) == ("rising", (40, 150))
    assert str(found.grade) == "admiralty B3"
    assert found.span == Span(first=dt.date(2025, 11, 1), last=TOLD, ongoing=True)
    assert [stop.spot.uncertainty_km for stop in found.stops] == [0, 50, 0]


@pytest.mark.parametrize(
    ("start", "end", "first", "last", "ongoing"),
    [
        ("2026", "2026", "2026-01-01", "2026-12-31", False),
        ("2024-02", "2024-02", "2024-02-01", "2024-02-29", False),
        ("2026-03-09", "", "2026-03-09", TOLD_ON, True),
        ("", "2026-05", "2026-05-01", "2026-05-31", False),
        ("", "", TOLD_ON, TOLD_ON, True),
        ("2028", "", "2028-01-01", "2028-01-01", True),  # a date in the future
    ],
)
def test_a_date_known_to_the_month_is_the_whole_month(
    start: str, end: str, first: str, last: str, *, ongoing: bool
) -> None:
    span = Span.of(start, end, TOLD)
    assert (span.first.isoformat(), span.last.isoformat()) == (first, last)
    assert span.ongoing is ongoing


@pytest.mark.parametrize("text", ["2026-13", "20260", "abcd", "2026-02-30"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="is no date"):
        Span.of(text, "", TOLD)


def test_gaps_count_the_days_between() -> None:
    march, april = (
        Span.of("2026-03", "2026-03", TOLD),
        Span.of("2026-04", "2026-04", TOLD),
    )
    june = Span.of("2026-06", "2026-06", TOLD)
    assert march.gap_days(april) == april.gap_days(march) == 0
    assert april.gap_days(june) == june.gap_days(april) == 31
    assert not march.covers(april)
    assert march.covers(Span.of("2026", "2026", TOLD))


def test_a_report_without_grade_or_dates_is_still_a_report() -> None:
    told: dict[str, Any] = document(["KEN"])
    del told["evaluation"], told["expiresOn"]
    found = read_report(told, bearing())
    assert found.grade is None
    assert not found.expired(dt.date.max)


def test_a_position_on_the_high_seas_is_part_of_the_path() -> None:
    found = report(1, ["KEN", place("", at=(50.0, -5.0)), "SOM"])
    assert found.path == ("KEN", "", "SOM")


def test_grades_contradict_one_another_within_one_scheme_only() -> None:
    good, bad = Grade.of(grade("A", 1)), Grade.of(grade("F", 5))
    europol = Grade.of(
        {
            "europol": {
                "source": "EUROPOL_SOURCE_A",
                "information": "EUROPOL_INFORMATION_4",
            }
        }
    )
    assert good
    assert bad
    assert europol
    assert str(europol) == "europol A4"
    assert contradictory([bad, good, good]) == ((good, bad),)
    assert contradictory([good, europol]) == ()
    middling = Grade.of(grade("A", 3))
    assert middling
    assert contradictory([good, middling]) == ()
    assert Grade.of({}) is None
    assert Grade.of("withheld") is None
