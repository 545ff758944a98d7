"""Goods meet what is looked for by enough facts, and by nothing less."""

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from adapters.customs.watchlist import Criteria, Entry
from adapters.declarations.consignment import Consignment, Container, Journey, Line
from adapters.declarations.evidence import Fact, decisive, score
from adapters.declarations.screening import Bounds, Screen
from broker.core.country_codes import country_of_locode
from tests.declaration_world import NOW_MS, consignment, entry, filing, listed, series

_BOUNDS = Bounds()
_SEA = Journey(imo="9074729", loading="BEANR", between=("AEJEA",), discharge="KEMBA")


def _facts(looked_for: Entry, declared: Consignment) -> set[Fact]:
    """Returns in what a consignment meets an entry; nothing when it does not."""
    found = Screen(listed(looked_for)).screen(filing(declared), NOW_MS, _BOUNDS)
    return set(found.meetings[0].facts) if found.meetings else set()


@pytest.mark.parametrize(
    ("criteria", "declared", "fact"),
    [
        (
            {"containers": {"CSQU3054383"}},
            consignment(containers=(Container(number="CSQU3054383"),)),
            Fact.CONTAINER,
        ),
        (
            {"serials": {series("ZZQ-01001", "ZZQ-01120")}},
            consignment(Line(number=1, serials=("zzq 01044",))),
            Fact.SERIAL,
        ),
        (
            {"serials": {series("ZZQ-01001", "ZZQ-01120")}},
            consignment(Line(number=1, marks=("CASE", "ZZQ-01044"))),
            Fact.MARK,
        ),
    ],
)
def test_one_strong_fact_is_a_meeting(
    criteria: dict[str, object], declared: Consignment, fact: Fact
) -> None:
    assert fact in _facts(entry(**criteria), declared)


@pytest.mark.parametrize(
    "criteria",
    [
        {"goods": {"9302"}},
        {"places": {"KEMBA"}},
        {"routes": {("BEL", "KEN")}},
        {"vessels": {"9074729"}},
        {"parties": {"aa"}},
        {"goods": {"9302"}, "places": {"KEMBA"}, "routes": {("BEL", "KEN")}},
        {"vessels": {"9074729"}, "places": {"KEMBA"}, "routes": {("BEL", "KEN")}},
        {"vessels": {"9074729"}, "goods": {"9302"}},
    ],
)
def test_a_branch_of_lawful_trade_is_no_meeting(criteria: dict[str, object]) -> None:
    declared = consignment(journey=_SEA, parties=frozenset({"aa"}))
    assert _facts(entry(**criteria), declared) == set()


@pytest.mark.parametrize(
    "criteria",
    [
        {"parties": {"aa"}, "goods": {"9302"}},
        {"parties": {"aa"}, "vessels": {"9074729"}},
        {"vessels": {"9074729"}, "goods": {"9302"}, "routes": {("BEL", "KEN")}},
    ],
)
def test_several_weak_facts_together_are_a_meeting(criteria: dict[str, object]) -> None:
    declared = consignment(journey=_SEA, parties=frozenset({"aa"}))
    assert len(_facts(entry(**criteria), declared)) >= 2


def test_a_place_of_transhipment_and_a_part_of_the_way_count() -> None:
    declared = consignment(
        journey=_SEA, parties=frozenset({"aa"}), exported_from="", destined_to=""
    )
    looked_for = entry(
        parties={"aa"}, places={"AEJEA"}, routes={("ARE", "KEN")}, goods={"9302"}
    )
    assert {Fact.PLACE, Fact.ROUTE} <= _facts(looked_for, declared)
    backwards = replace(
        looked_for,
        criteria=replace(looked_for.criteria, routes=frozenset({("KEN", "ARE")})),
    )
    assert Fact.ROUTE not in _facts(backwards, declared)


@pytest.mark.parametrize(
    ("looked_for", "declared"), [("930200", "93020000"), ("930200", "9302")]
)
def test_a_code_of_goods_meets_a_longer_and_a_shorter_one(
    looked_for: str, declared: str
) -> None:
    goods = consignment(Line(number=1, hs=declared), parties=frozenset({"aa"}))
    assert Fact.GOODS in _facts(entry(goods={looked_for}, parties={"aa"}), goods)
    other = consignment(Line(number=1, hs="930300"), parties=frozenset({"aa"}))
    assert _facts(entry(goods={looked_for}, parties={"aa"}), other) == set()


def test_a_line_in_another_container_of_the_bill_is_not_the_one() -> None:
    declared = consignment(
        Line(number=1, containers=("TEMU1234565",)),
        Line(number=2, containers=("CSQU3054383",)),
        containers=(Container(number="CSQU3054383"), Container(number="TEMU1234565")),
    )
    found = Screen(listed(entry(containers={"CSQU3054383"}))).screen(
        filing(declared), NOW_MS, _BOUNDS
    )
    [meeting] = found.meetings
    assert [line.number for line in meeting.lines] == [2]
    assert meeting.line_count == 1


def test_a_bill_without_a_line_of_goods_is_screened() -> None:
    declared = consignment(containers=(Container(number="CSQU3054383"),))
    declared = replace(declared, lines=())
    found = Screen(listed(entry(containers={"CSQU3054383"}))).screen(
        filing(declared), NOW_MS, _BOUNDS
    )
    assert [(one.lines, one.line_count) for one in found.meetings] == [((), 0)]


def test_an_entry_that_is_over_is_not_looked_for() -> None:
    declared = consignment(containers=(Container(number="CSQU3054383"),))
    over = entry(containers={"CSQU3054383"}, until_ms=NOW_MS)
    assert _facts(over, declared) == set()


def test_numbers_without_letters_in_marks_are_in_no_series() -> None:
    looked_for = entry(serials={series("1000", "2000")})
    assert _facts(looked_for, consignment(Line(number=1, marks=("1500",)))) == set()
    declared = consignment(Line(number=1, serials=("1500",)))
    assert Fact.SERIAL in _facts(looked_for, declared)


def test_a_number_that_was_read_in_part_is_in_no_series() -> None:
    looked_for = entry(serials={series("ZZQ-01001", "ZZQ-01120")})
    declared = consignment(Line(number=1, serials=("ZZQ-01?44",)))
    assert _facts(looked_for, declared) == set()


def test_series_that_overlap_are_all_found_and_end_where_they_end() -> None:
    entries = listed(
        entry("W-1", serials={series("AB-10", "AB-30")}),
        entry("W-2", serials={series("AB-20", "AB-40"), series("AB-25", "AB-26")}),
    )
    screen = Screen(entries)
    for number, expected in (
        (9, ""),
        (10, "1"),
        (25, "12"),
        (30, "12"),
        (31, "2"),
        (41, ""),
    ):
        declared = filing(consignment(Line(number=1, serials=(f"AB-{number}",))))
        found = screen.screen(declared, NOW_MS, _BOUNDS)
        assert {one.entry.entry_id[2:] for one in found.meetings} == set(expected)


def test_more_meetings_than_anybody_reads_are_counted_and_the_strongest_shown() -> None:
    weak = [entry(f"W-{at}", parties={"aa"}, goods={"9302"}) for at in range(30)]
    strong = entry("W-strong", containers={"CSQU3054383"})
    declared = consignment(
        containers=(Container(number="CSQU3054383"),), parties=frozenset({"aa"})
    )
    found = Screen(listed(*weak, strong)).screen(
        filing(declared), NOW_MS, Bounds(meetings_max=5)
    )
    assert len(found.meetings) == 5
    assert found.more == 26
    assert found.meetings[0].entry.entry_id == "W-strong"


def test_lines_that_are_shown_are_bounded_and_the_rest_is_counted() -> None:
    lines = [Line(number=at, hs="930200") for at in range(1, 80)]
    declared = consignment(*lines, containers=(Container(number="CSQU3054383"),))
    found = Screen(listed(entry(containers={"CSQU3054383"}))).screen(
        filing(declared), NOW_MS, Bounds(lines_max=10)
    )
    [meeting] = found.meetings
    assert [line.number for line in meeting.lines] == list(range(1, 11))
    assert meeting.line_count == 79


def test_what_decides_is_what_reaches_the_threshold_and_nothing_less() -> None:
    for facts in decisive(0.6):
        assert score(facts) >= 0.6
        assert all(score(facts - {one}) < 0.6 for one in facts)


_BOXES = ("CSQU3054383", "TEMU1234565")
_some = {
    "goods": st.frozensets(st.sampled_from(("9302", "930200", "6309"))),
    "places": st.frozensets(st.sampled_from(("KEMBA", "BEANR", "AEJEA"))),
    "containers": st.frozensets(st.sampled_from(_BOXES)),
    "vessels": st.frozensets(st.sampled_from(("9074729", "1234567"))),
    "parties": st.frozensets(st.sampled_from(("aa", "bb"))),
    "routes": st.frozensets(st.sampled_from((("BEL", "KEN"), ("KEN", "BEL")))),
}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.builds(Criteria, **_some), min_size=1, max_size=6),
    st.lists(
        st.builds(
            Consignment,
            reference=st.just("TEST"),
            journey=st.builds(
                Journey,
                imo=st.sampled_from(("", "9074729")),
                loading=st.sampled_from(("", "BEANR")),
                discharge=st.sampled_from(("KEMBA", "AEJEA")),
            ),
            containers=st.sampled_from(_BOXES).map(
                lambda one: (Container(number=one),)
            ),
            parties=st.frozensets(st.sampled_from(("aa", "bb"))),
            lines=st.lists(
                st.builds(
                    Line,
                    number=st.just(1),
                    hs=st.sampled_from(("", "93020000", "9302")),
                ),
                max_size=2,
            ).map(tuple),
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_the_index_finds_what_comparing_each_with_each_finds(
    criteria: list[Criteria], consignments: list[Consignment]
) -> None:
    entries = [
        replace(entry(f"W-{at}"), criteria=one) for at, one in enumerate(criteria)
    ]
    found = Screen(listed(*entries)).screen(filing(*consignments), NOW_MS, _BOUNDS)
    expected = sorted(
        (at, one.entry_id, best)
        for at, declared in enumerate(consignments)
        for one in entries
        if (best := _slowly(one.criteria, declared)) >= _BOUNDS.threshold
    )
    places = {id(one): at for at, one in enumerate(consignments)}
    assert expected == sorted(
        (places[id(one.consignment)], one.entry.entry_id, one.score)
        for one in found.meetings
    )


def _slowly(criteria: Criteria, declared: Consignment) -> float:
    """Returns what one comparison comes to, as plainly as it can be written."""
    journey = declared.journey
    lands = [country_of_locode(one) for one in journey.places]
    told = {
        Fact.CONTAINER: any(
            one.number in criteria.containers for one in declared.containers
        ),
        Fact.VESSEL: journey.imo in criteria.vessels,
        Fact.PARTY: bool(declared.parties & criteria.parties),
        Fact.PLACE: any(one in criteria.places for one in journey.places),
        Fact.ROUTE: any(
            (lands[a], lands[b]) in criteria.routes
            for a in range(len(lands))
            for b in range(a + 1, len(lands))
        ),
    }
    shared = {fact for fact, agrees in told.items() if agrees}
    best = score(shared)
    for line in declared.lines:
        goods = line.hs and any(
            line.hs.startswith(one) or one.startswith(line.hs) for one in criteria.goods
        )
        best = max(best, score(shared | {Fact.GOODS} if goods else shared))
    return best
