"""What makes a corridor, and what has no part in it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from benchmarks.routes import reports as many_reports
from broker.core.handling import IntendedUse, Restrictions, Tlp
from broker.core.routes.alike import Sketch, compatible
from broker.core.routes.corridor import Corridor
from broker.core.routes.fusion import Fusion, LeftOut, fuse
from broker.core.routes.nearby import Neighbourhood
from broker.core.routes.places import NOWHERE
from broker.core.routes.report import RouteReport
from keys.framing import sha256
from tests.unit.broker.core.routes.route_world import bearing, grade, place, report
from tests.world import BEL, KEN, MEX

TODAY = dt.date(2027, 1, 20)
SABHA, AGADEZ = (14.4, 27.0), (8.0, 17.0)
FAR = (20.0, 24.0)
EXACT = (place("LBY", at=SABHA), place("NER", at=AGADEZ))
OTHER = (place("LBY", at=FAR), place("NER", at=AGADEZ))
CORPUS = many_reports(60, ways=10)


def fused(
    reports: Sequence[RouteReport],
    level: Tlp = Tlp.RED,
    **changes: Any,  # noqa: ANN401 - arguments of `fuse`
) -> Fusion:
    return fuse(reports, level=level, today=TODAY, **changes)


def only(reports: Sequence[RouteReport], level: Tlp = Tlp.RED) -> Corridor:
    [corridor] = fused(reports, level).corridors
    return corridor


def reasons(found: Fusion) -> list[LeftOut]:
    return [why for _, why in found.left_out]


def test_reports_of_one_way_are_one_corridor_with_its_support() -> None:
    corridor = only(
        [
            report(1, EXACT, provider=BEL, evaluation=grade("A", 1), modes=["ROAD"]),
            report(2, EXACT, provider=KEN, evaluation=grade("C", 5)),
            report(3, ("LBY", "NER"), provider=BEL, items=["FIREARM", "PART"]),
        ]
    )
    assert (corridor.support, corridor.origins) == (3, (BEL, KEN))
    assert corridor.path == ("LBY", "NER")
    assert corridor.classes == ("firearm", "part")
    assert corridor.modes == {"road": 1}
    assert [str(one) for one in corridor.grades] == [
        "admiralty A1",
        "admiralty B2",
        "admiralty C5",
    ]
    assert len(corridor.conflicts) == 2
    assert corridor.expires_on == dt.date(2027, 12, 31)


@pytest.mark.parametrize(
    ("places", "changes"),
    [
        (("NER", "LBY"), {}),  # the other direction
        (("LBY", "NER", "MLI"), {}),
        (("LBY", "NER"), {"items": ["AMMUNITION"]}),
        (("LBY", "NER"), {"modes": ["AIR"]}),
        (OTHER, {}),
        (("LBY", "NER"), {"period": {"from": "2025-01", "to": "2025-02"}}),
    ],
)
def test_what_differs_in_what_both_tell_is_another_corridor(
    places: Any,  # noqa: ANN401 - of a report
    changes: dict[str, Any],
) -> None:
    first = report(1, EXACT, modes=["ROAD"])
    assert len(fused([first, report(2, places, **changes)]).corridors) == 2


def test_a_gap_is_bridged_by_a_report_in_between() -> None:
    spans = (("2026-01", "2026-02"), ("2026-05", "2026-06"), ("2026-10", "2026-11"))
    made = [
        report(number, EXACT, period={"from": start, "to": end})
        for number, (start, end) in enumerate(spans)
    ]
    assert only(made).support == 3
    assert len(fused([made[0], made[2]]).corridors) == 2


def test_a_vague_report_joins_the_one_corridor_it_fits_and_none_of_two() -> None:
    vague = report(3, ("LBY", "NER"), provider=KEN)
    assert only([report(1, EXACT), vague]).support == 2
    found = fused([report(1, EXACT), report(2, OTHER), vague, report(4)]).corridors
    assert sorted((one.general, one.support) for one in found) == [
        (False, 1),
        (False, 1),
        (True, 2),
    ]


def test_a_vague_report_joins_the_corridor_of_its_own_time() -> None:
    old = report(1, EXACT, period={"from": "2024-01", "to": "2024-02"})
    vague = report(3, ("LBY", "NER"), provider=KEN)
    found = fused([old, report(2, OTHER), vague]).corridors
    assert [(one.support, one.general) for one in found] == [(2, False), (1, False)]
    assert found[1].leader == old
    longest = report(4, OTHER, period={"from": "2026-03", "to": "2026-11"})
    assert only([longest, vague, report(5, ("LBY", "NER"))]).support == 3
    alone = fused([old, vague]).corridors
    assert [one.support for one in alone] == [1, 1]


def test_copies_of_one_report_count_once_and_the_original_counts() -> None:
    original = report(1, EXACT, provider=KEN)
    copy = replace(
        original,
        bearing=bearing(2, KEN, root=original.bearing.root, at_ms=0),
    )
    again = replace(copy, bearing=replace(copy.bearing, message=sha256(b"again")))
    found = fused([copy, again, original])
    assert [one.reports for one in found.corridors] == [(original,)]
    assert reasons(found) == [LeftOut.REPEATED] * 2


def test_nothing_above_the_level_shows_in_a_corridor() -> None:
    made = [
        report(1, EXACT, handling="TLP:AMBER", modes=["AIR"], provider=MEX),
        report(2, ("LBY", "NER"), handling="TLP:GREEN", provider=KEN),
    ]
    green = fused(made, Tlp.GREEN)
    assert green.corridors == fused(made[1:], Tlp.GREEN).corridors
    assert green.corridors[0].handling.tlp is Tlp.GREEN
    assert reasons(green) == [LeftOut.LEVEL]
    assert only(made, Tlp.AMBER).handling.tlp is Tlp.AMBER


@given(st.sampled_from(list(Tlp)), st.permutations(CORPUS[:30]))
@settings(max_examples=25, deadline=None)
def test_no_level_depends_on_what_is_above_it_nor_on_the_order(
    level: Tlp, shuffled: list[RouteReport]
) -> None:
    below = [one for one in CORPUS[:30] if one.bearing.handling.tlp <= level]
    found = fused(shuffled, level)
    assert found.corridors == fused(below, level).corridors
    for corridor in found.corridors:
        labels = {one.bearing.handling.tlp for one in corridor.reports}
        assert corridor.handling.tlp == max(labels) <= level
        assert corridor.leader in corridor.reports


@given(st.lists(st.sampled_from(CORPUS), max_size=40))
@settings(max_examples=25, deadline=None)
def test_every_report_is_counted_once_or_left_out_for_a_reason(
    made: list[RouteReport],
) -> None:
    found = fused(made)
    counted = [one for corridor in found.corridors for one in corridor.reports]
    assert len(counted) == len({one.bearing.root for one in counted})
    assert len(counted) + len(found.left_out) == len(made)


def test_what_has_expired_counts_only_when_asked_for() -> None:
    old = report(1, EXACT, expiresOn="2027-01-19")
    today = report(2, EXACT, expiresOn="2027-01-20")
    found = fused([old, today])
    assert (only([old, today]).support, reasons(found)) == (1, [LeftOut.EXPIRED])
    assert fused([old, today], with_expired=True).corridors[0].support == 2


def test_what_may_not_be_analysed_is_left_out_unless_it_is_our_own() -> None:
    court = Restrictions(purposes=frozenset({IntendedUse.JUDICIAL_PROCEEDINGS}))
    assert reasons(fused([report(1, bound=court)])) == [LeftOut.PURPOSE]
    assert only([report(1, bound=court, own=True)]).support == 1
    analysis = Restrictions(purposes=frozenset({IntendedUse.ANALYSIS}))
    assert only([report(1, bound=analysis)]).support == 1


def test_what_binds_to_different_agencies_stays_apart() -> None:
    police = Restrictions(release_to=("police",))
    customs = Restrictions(release_to=("customs",))
    made = [
        report(1, EXACT, bound=police),
        report(2, bound=customs),
        report(3, bound=Restrictions(no_onward=True)),
    ]
    found = fused(made).corridors
    assert sorted(one.support for one in found) == [1, 2]
    by_support = {one.support: one.handling.restrictions for one in found}
    assert by_support[2].release_to == ("police",)
    assert by_support[2].no_onward
    customs_only = next(one for one in found if one.support == 1)
    assert customs_only.leader == made[1]  # and nothing of the other's exact places


def test_a_report_of_no_place_at_all_is_no_corridor() -> None:
    found = fused([report(1, [{"name": "A website"}])])
    assert (found.corridors, reasons(found)) == ((), [LeftOut.NOWHERE])


def test_a_corridor_tells_what_was_told_without_adding_it_up() -> None:
    corridor = only(
        [
            report(1, volume={"low": "5", "high": "10"}, trend="TREND_RISING"),
            report(2, volume={"high": "100"}, trend="TREND_FALLING"),
            report(3, concealment=["CONCEALMENT_RIP_ON"]),
        ]
    )
    assert corridor.volumes == ((0, 100), (5, 10))
    assert corridor.trends == {"falling": 1, "rising": 1}
    assert corridor.concealment == {"rip-on": 1}
    assert corridor.title == "LBY > NER"
    assert len(corridor.name) == 8


@given(st.lists(st.sampled_from(CORPUS), min_size=1, max_size=30))
@settings(max_examples=25, deadline=None)
def test_nothing_compatible_is_missed_among_the_neighbours(
    made: list[RouteReport],
) -> None:
    sketches = [replace(Sketch.of(one), path=("X",) * 3) for one in made]
    sketches = [one for one in sketches if len(one.places) == 3]
    filed = Neighbourhood(NOWHERE)
    for sketch in sketches:
        filed.add(sketch)
    for sketch in sketches:
        fitting = {
            number
            for number, one in enumerate(sketches)
            if compatible(one, sketch, NOWHERE)
        }
        assert fitting <= set(filed.near(sketch))
