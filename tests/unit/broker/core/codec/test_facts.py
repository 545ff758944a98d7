"""Claims about `broker.core.codec.facts`."""

import datetime as dt
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from broker.core.codec.documents import encode_document
from broker.core.codec.draft import parse_draft
from broker.core.codec.facts import facts_of
from broker.core.codec.kinds import KINDS
from broker.core.errors import Code, RefusedError
from broker.core.fields import TREATED, FieldClass
from broker.core.handling import IntendedUse
from broker.core.policy.facts import AdmiraltySource, EuropolSource, Facts, ItemClass
from rogatory.v1 import (
    consignment_pb2,
    diversion_pb2,
    evaluation_pb2,
    firearm_pb2,
    item_pb2,
    marking_pb2,
    place_pb2,
    route_pb2,
    trace_pb2,
    trace_response_pb2,
)
from tests.unit.broker.core.codec.canaries import Seeded, full, partial

_EXAMPLES: Final = Path(__file__).parents[5] / "examples"
_ALERT: Final = "diversion-alert/1"
_ROUTE: Final = "route-intelligence/1"


def _example(name: str) -> Facts:
    path = _EXAMPLES / f"{name}.yaml"
    draft = parse_draft(yaml.safe_load(path.read_text(encoding="utf-8")))
    return facts_of(draft.kind, encode_document(draft.kind, draft.content))


def _alert(**fields: Any) -> Facts:  # noqa: ANN401 - fields of a message
    return facts_of(_ALERT, diversion_pb2.DiversionAlert(**fields).SerializeToString())


def _route(**fields: Any) -> Facts:  # noqa: ANN401 - fields of a message
    message = route_pb2.RouteIntelligence(**fields)
    return facts_of(_ROUTE, message.SerializeToString(deterministic=True))


def test_what_a_trace_request_is_about() -> None:
    assert _example("trace-request") == Facts(
        items=frozenset({ItemClass.FIREARM}),
        purposes=frozenset(
            {IntendedUse.CRIMINAL_INVESTIGATION, IntendedUse.POINT_OF_DIVERSION}
        ),
        recovered_in=frozenset({"KEN"}),
        manufactured_in=frozenset({"BEL"}),
        involved=frozenset({"BEL", "KEN"}),
        dated=dt.date(2026, 3, 9),
        classes=frozenset(
            {
                FieldClass.EXACT_LOCATION,
                FieldClass.SOURCE,
                FieldClass.FULL_SERIAL,
                FieldClass.PHOTOGRAPH,
                FieldClass.FREE_TEXT,
            }
        ),
    )


def test_what_the_other_examples_are_about() -> None:
    response = _example("trace-response")
    assert response.manufactured_in == {"BEL"}
    assert response.dated == dt.date(2019, 5, 1)
    alert = _example("diversion-alert")
    assert alert.items == {ItemClass.FIREARM}
    assert alert.involved == {"ARE", "BEL", "KEN", "MEX"}
    route = _example("route-intelligence")
    assert route.items == {ItemClass.PART}
    assert route.admiralty is AdmiraltySource.B
    assert route.dated == dt.date(2025, 11, 1)
    assert _example("contact-card").classes == {
        FieldClass.PERSONAL,
        FieldClass.FREE_TEXT,
    }
    copy = _example("onward-copy")
    assert copy.items == {ItemClass.FIREARM}
    assert copy.recovered_in == {"KEN"}
    assert _example("permission-request").purposes == {IntendedUse.POINT_OF_DIVERSION}
    assert _example("permission-grant").involved == {"MEX"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_content_can_be_read_and_nothing_in_it_is_overlooked(kind: str) -> None:
    for variant in range(7):
        seeded = full(kind, "ZZ", variant)
        facts = facts_of(kind, seeded.body)
        told = {one for canary in seeded.canaries for one in canary.told}
        assert told <= facts.classes <= {*TREATED}
        assert "KEN" not in seeded.body.decode("latin-1") or "KEN" in facts.involved


@pytest.mark.parametrize("kind", KINDS)
def test_any_content_has_facts(kind: str) -> None:
    @settings(
        max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    @given(partial(kind))
    def claim(seeded: Seeded) -> None:
        facts = facts_of(kind, seeded.body)
        assert FieldClass.PLAIN not in facts.classes
        assert facts.recovered_in <= facts.involved
        assert facts.manufactured_in <= facts.involved

    claim()


@pytest.mark.parametrize(
    ("detail", "classes"),
    [
        ({"firearm": {}}, {ItemClass.EXPLOSIVE, ItemClass.FIREARM}),
        ({"ammunition": {}}, {ItemClass.EXPLOSIVE, ItemClass.AMMUNITION}),
        ({"part": {}}, {ItemClass.EXPLOSIVE, ItemClass.PART}),
        ({}, {ItemClass.EXPLOSIVE}),
    ],
)
def test_a_class_cannot_hide_what_is_described(
    detail: dict[str, Any], classes: set[ItemClass]
) -> None:
    item = item_pb2.Item(item_class=item_pb2.ITEM_CLASS_EXPLOSIVE, **detail)
    assert _alert(items=[item]).items == classes


def test_a_light_weapon_cannot_pass_for_a_pistol() -> None:
    item = item_pb2.Item(
        item_class=item_pb2.ITEM_CLASS_FIREARM,
        firearm={"type": firearm_pb2.FIREARM_TYPE_MANPADS},
    )
    assert _alert(items=[item]).items == {ItemClass.FIREARM, ItemClass.LIGHT_WEAPON}


@pytest.mark.parametrize(
    ("item_class", "detail"),
    [
        (item_pb2.ITEM_CLASS_LIGHT_WEAPON, {"firearm": {}}),
        (item_pb2.ITEM_CLASS_CONVERTIBLE, {"firearm": {}}),
        (
            item_pb2.ITEM_CLASS_ACCESSORY,
            {"part": {"kind": marking_pb2.PART_KIND_SUPPRESSOR}},
        ),
        (
            item_pb2.ITEM_CLASS_PART,
            {"part": {"kind": marking_pb2.PART_KIND_MAGAZINE}},
        ),
    ],
)
def test_a_description_that_agrees_adds_no_class(
    item_class: item_pb2.ItemClass, detail: dict[str, Any]
) -> None:
    item = item_pb2.Item(item_class=item_class, **detail)
    assert _alert(items=[item]).items == {ItemClass(int(item_class))}


@pytest.mark.parametrize(
    ("code", "classes"),
    [
        ("9301.90", {ItemClass.FIREARM, ItemClass.LIGHT_WEAPON}),
        ("9302.00", {ItemClass.FIREARM}),
        ("930390", {ItemClass.FIREARM}),
        ("9305.10", {ItemClass.PART}),
        ("9306.30.10", {ItemClass.AMMUNITION}),
        ("3601", {ItemClass.EXPLOSIVE}),
        ("3603.10", {ItemClass.EXPLOSIVE}),
        ("8485.20", {ItemClass.TECHNOLOGY}),
        ("9304.00", set()),
        ("9503.00", set()),
    ],
)
def test_goods_are_what_customs_says(code: str, classes: set[ItemClass]) -> None:
    goods = [consignment_pb2.GoodsLine(hs_code=code)]
    assert _alert(consignment={"goods": goods}).items == classes


def test_a_series_of_serial_numbers_is_of_firearms() -> None:
    assert _alert(serial_ranges=[{"quantity": 2}]).items == {ItemClass.FIREARM}


@pytest.mark.parametrize(
    ("evaluation", "admiralty", "europol"),
    [
        (
            {"admiralty": {"source": evaluation_pb2.ADMIRALTY_SOURCE_F}},
            AdmiraltySource.F,
            None,
        ),
        (
            {"europol": {"source": evaluation_pb2.EUROPOL_SOURCE_X}},
            None,
            EuropolSource.X,
        ),
    ],
)
def test_a_source_that_cannot_be_judged_is_not_taken_for_a_good_one(
    evaluation: dict[str, Any],
    admiralty: AdmiraltySource | None,
    europol: EuropolSource | None,
) -> None:
    facts = _route(evaluation=evaluation)
    assert (facts.admiralty, facts.europol) == (admiralty, europol)


def test_a_locode_tells_its_country() -> None:
    recovery = {"place": place_pb2.Place(locode="KEMBA")}
    request = trace_pb2.TraceRequest(recovery=recovery)
    facts = facts_of("trace-request/1", request.SerializeToString())
    assert facts.recovered_in == facts.involved == {"KEN"}
    adrift = _alert(place={"locode": "XZOOO"})
    assert adrift.involved == frozenset()


@pytest.mark.parametrize(
    ("resolution", "countries"),
    [
        ({"outcome": diversion_pb2.RESOLUTION_OUTCOME_RECOVERED}, {"MEX"}),
        ({"outcome": diversion_pb2.RESOLUTION_OUTCOME_PARTLY_RECOVERED}, {"MEX"}),
        ({"outcome": diversion_pb2.RESOLUTION_OUTCOME_UNFOUNDED}, set()),
        ({"recovered": 3}, {"MEX"}),
    ],
)
def test_a_matter_that_ended_with_items_recovered_says_where(
    resolution: dict[str, Any], countries: set[str]
) -> None:
    update = diversion_pb2.DiversionUpdate(
        resolution={**resolution, "place": place_pb2.Place(country="MEX")}
    )
    facts = facts_of("diversion-update/1", update.SerializeToString())
    assert facts.recovered_in == countries
    assert facts.involved == {"MEX"}


def test_where_something_was_diverted_is_not_where_it_was_recovered() -> None:
    assert _alert(place={"country": "MEX"}).recovered_in == frozenset()


def test_where_items_were_made_is_said_in_three_ways() -> None:
    step = trace_response_pb2.CustodyStep(
        event=trace_response_pb2.CUSTODY_EVENT_MANUFACTURED, country="BEL"
    )
    left = trace_response_pb2.CustodyStep(
        event=trace_response_pb2.CUSTODY_EVENT_EXPORTED, country="ITA"
    )
    response = trace_response_pb2.TraceResponse(
        results=[{"chain": [step, left], "recorded": {"ammunition": {}}}]
    )
    response.results[0].recorded.ammunition.country_manufacture = "SUN"
    facts = facts_of("trace-response/1", response.SerializeToString())
    assert facts.manufactured_in == {"BEL", "SUN"}
    made = {"country": "FIN", "role": diversion_pb2.AFFECTED_ROLE_MANUFACTURE}
    sold = {"country": "USA", "role": diversion_pb2.AFFECTED_ROLE_EXPORT}
    assert _alert(affected=[made, sold]).manufactured_in == {"FIN"}


def test_the_breach_of_an_embargo_is_seen() -> None:
    national, embargo = 1, 2
    assert _alert(illicit_basis=[national, embargo]).embargo
    assert not _alert(illicit_basis=[national]).embargo


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ({"from": "2025", "to": "2026"}, dt.date(2025, 1, 1)),
        ({"to": "2026-03"}, dt.date(2026, 3, 1)),
        ({"from": "2026-03-09"}, dt.date(2026, 3, 9)),
    ],
)
def test_a_date_goes_back_to_its_first_day(
    period: dict[str, str], day: dt.date
) -> None:
    assert _route(period=place_pb2.Period(**period)).dated == day


def test_of_several_dates_the_oldest_counts() -> None:
    copy = _alert(detected="2026-03-17")
    assert copy.dated == dt.date(2026, 3, 17)
    assert _alert().dated is None
    assert _example("onward-copy").dated == dt.date(2026, 3, 9)


@pytest.mark.parametrize(
    "alert",
    [
        {"items": [{"item_class": 99}]},
        {"detected": "yesterday"},
        {"detected": "2026-02-30"},
    ],
)
def test_what_nobody_knows_does_not_pass_for_something_harmless(
    alert: dict[str, Any],
) -> None:
    with pytest.raises(RefusedError) as refused:
        _alert(**alert)
    assert refused.value.code is Code.INVALID_CONTENT
