"""The chain of custody over several legs: put together, and never decided."""

from hypothesis import given, strategies as st

from broker.core.tracing.answers import Said, case_items, position_of
from broker.core.tracing.custody import Custody, custody_of
from tests.unit.broker.core.tracing.told import (
    SECOND,
    asked,
    pistol,
    point,
    said,
    step,
)

MADE = step("MANUFACTURED", "AUT", "2013")
SOLD = step("EXPORTED", "AUT", "2014-02-11", toCountry="KEN")
TAKEN_IN = step("IMPORTED", "KEN", "2014-03")
STOLEN = step("REPORTED_STOLEN", "KEN", "2019-06")


def _custody(*answers: Said) -> Custody:
    [item] = case_items([asked()], answers)
    return custody_of(item)


def _events(custody: Custody) -> list[str]:
    return [link.event for link in custody.chain]


def test_steps_of_several_states_stand_in_order_of_time() -> None:
    custody = _custody(said("KEN", TAKEN_IN, STOLEN, at_ms=2), said("AUT", MADE, SOLD))
    assert _events(custody) == [
        "MANUFACTURED",
        "EXPORTED",
        "IMPORTED",
        "REPORTED_STOLEN",
    ]
    assert custody.conflicts == ()


def test_a_step_without_date_stays_behind_what_it_was_told_after() -> None:
    undated = step("TRANSFERRED", "KEN")
    custody = _custody(
        said("AUT", MADE, SOLD, undated, STOLEN),
        said("KEN", TAKEN_IN, step("STOCKED", "KEN", "2020"), at_ms=2),
    )
    assert _events(custody) == [
        "MANUFACTURED",
        "EXPORTED",
        "TRANSFERRED",
        "IMPORTED",
        "REPORTED_STOLEN",
        "STOCKED",
    ]


def test_steps_that_agree_become_one_with_the_most_precise_date() -> None:
    custody = _custody(
        said("AUT", step("EXPORTED", "AUT", "2014", toCountry="KEN")),
        said("KEN", step("EXPORTED", "AUT", "2014-02-11"), at_ms=2),
    )
    [link] = custody.chain
    assert (link.date, link.to_country) == ("2014-02-11", "KEN")
    assert [one.by for one in link.sources] == ["AUT", "KEN"]


def test_the_same_event_twice_in_one_answer_is_two_steps() -> None:
    twice = step("TRANSFERRED", "KEN", "2015")
    assert _events(_custody(said("KEN", twice, twice))) == ["TRANSFERRED"] * 2


def test_two_makers_are_a_conflict_and_both_are_shown() -> None:
    custody = _custody(
        said("AUT", MADE), said("BEL", step("MANUFACTURED", "BEL", "1998"), at_ms=2)
    )
    assert len(custody.chain) == 2
    assert {one.about for one in custody.conflicts} == {"manufacture"}
    [conflict] = custody.conflicts
    assert sorted(conflict.between) == ["AUT", "BEL"]


def test_what_is_told_against_its_dates_is_a_conflict() -> None:
    custody = _custody(said("KEN", STOLEN, TAKEN_IN))
    assert [one.about for one in custody.conflicts] == ["order"]
    assert _events(custody) == ["REPORTED_STOLEN", "IMPORTED"]


def test_nothing_happens_to_a_weapon_that_was_destroyed() -> None:
    destroyed = step("DESTROYED", "KEN", "2015")
    custody = _custody(said("KEN", destroyed), said("AUT", STOLEN, at_ms=2))
    assert [one.about for one in custody.conflicts] == ["order"]


def test_two_points_of_diversion_are_shown_and_not_decided() -> None:
    custody = _custody(
        said("AUT", pointOfDiversion=point("KEN", stage="DIVERSION_STAGE_IN_TRANSIT")),
        said(
            "KEN",
            pointOfDiversion=point("SOM", stage="DIVERSION_STAGE_AT_IMPORT"),
            at_ms=2,
        ),
    )
    assert len(custody.points) == 2
    assert {one.text for one in custody.conflicts} == {
        "the stage is IN_TRANSIT, and AT_IMPORT",
        "it was diverted in KEN, and in SOM",
    }


def test_one_point_of_two_states_is_one_with_two_sources() -> None:
    same = point("KEN")
    custody = _custody(
        said("AUT", pointOfDiversion=same), said("KEN", pointOfDiversion=same, at_ms=2)
    )
    [found] = custody.points
    assert [one.by for one in found.sources] == ["AUT", "KEN"]
    assert custody.conflicts == ()


def test_two_last_holders_are_a_conflict() -> None:
    one, other = ({"name": "Example A", "country": "KEN"}, {"name": "Example B"})
    custody = _custody(
        said("AUT", lastLegalHolder=one), said("KEN", lastLegalHolder=other, at_ms=2)
    )
    assert [found.about for found in custody.conflicts] == ["holder"]
    abroad = {"description": "licensed dealer", "country": "SOM"}
    custody = _custody(
        said("AUT", lastLegalHolder=one), said("KEN", lastLegalHolder=abroad, at_ms=2)
    )
    assert "of KEN, and of SOM" in custody.conflicts[0].text


def test_another_weapon_in_the_records_is_a_conflict() -> None:
    recorded = pistol("ZZQ-99881", make="Beretta", calibre={"raw": ".40 S&W"})
    recorded["firearm"]["countryManufacture"] = "ITA"
    custody = _custody(said("AUT", MADE, recorded=recorded))
    texts = " / ".join(one.text for one in custody.conflicts)
    for word in ("Beretta", ".40 S&W", "ITA", "ZZQ-99881"):
        assert word in texts


def test_a_doubtful_number_that_fits_is_no_conflict() -> None:
    request = pistol(
        "ZZQ-00417", frameSerial={"raw": "ZZQ-00[4A]1?", "mask": "ZZQ-00[4A]1?"}
    )
    [item] = case_items(
        [asked(request)], [said("AUT", MADE, recorded=pistol("ZZQ-00417"))]
    )
    assert custody_of(item).conflicts == ()


def test_the_last_word_of_a_state_counts_and_the_earlier_is_kept() -> None:
    first, better = said("AUT", MADE), said("AUT", MADE, SOLD, at_ms=9)
    [item] = case_items([asked()], [better, first])
    assert [one.message for one in item.statements] == ["AUT-9"]
    assert [one.message for one in item.replaced] == ["AUT-1"]
    assert custody_of(item).next_countries == ("KEN",)


def test_whoever_has_answered_is_not_next() -> None:
    custody = _custody(
        said("AUT", MADE, SOLD, nextCountry="KEN"),
        said("KEN", at_ms=2, nextCountry="SOM"),
    )
    assert custody.next_countries == ("SOM",)
    assert custody.statuses == (("AUT", "PENDING"), ("KEN", "PENDING"))


def test_items_are_known_again_in_the_request_of_another_leg() -> None:
    first = asked(pistol("ZZQ-1000"), pistol("ZZQ-2000"))
    second = asked(pistol("zzq 2000"), digest=SECOND, at_ms=5)
    answer = said("KEN", STOLEN, request=SECOND, at_ms=6)
    one, two = case_items([first, second], [answer])
    assert (len(one.statements), len(two.statements)) == (0, 1)
    assert position_of(first.items, second.items[0]) == 1
    assert position_of(second.items, first.items[0]) is None


def test_items_of_one_reference_are_one_though_numbers_were_withheld() -> None:
    whole, withheld = pistol("ZZQ-1000"), pistol("ZZ******")
    whole["reference"] = withheld["reference"] = "EX-1"
    items = case_items([asked(whole), asked(withheld, digest=SECOND, at_ms=5)], [])
    assert len(items) == 1


def test_answers_to_no_request_of_the_case_and_to_no_item_are_passed_over() -> None:
    strangers = [
        said("AUT", MADE, request=b"x" * 32),
        said("AUT", MADE, item=7, at_ms=2),
    ]
    [item] = case_items([asked()], strangers)
    assert item.statements == ()


_STEPS = st.sampled_from([MADE, SOLD, TAKEN_IN, STOLEN, step("TRANSFERRED", "KEN")])
_SAID = st.lists(
    st.tuples(st.sampled_from(["AUT", "KEN", "BEL"]), st.lists(_STEPS, max_size=4)),
    max_size=5,
)


@given(told=_SAID, data=st.data())
def test_any_order_of_messages_gives_the_same_chain(
    told: list[tuple[str, list[dict[str, object]]]], data: st.DataObject
) -> None:
    answers = [said(by, *steps, at_ms=at) for at, (by, steps) in enumerate(told, 1)]
    shuffled = data.draw(st.permutations([*answers, *answers[:2]]))
    requests = [asked(), asked(digest=SECOND, at_ms=3)]
    there = case_items(requests, answers)
    here = case_items(requests[::-1], shuffled)
    assert [*map(custody_of, there)] == [*map(custody_of, here)]


def test_an_answer_of_ten_thousand_steps_is_put_together_in_time() -> None:
    """What compares each step with each would take an hour."""
    long = [step("TRANSFERRED", "KEN", str(1900 + n // 100)) for n in range(10_000)]
    assert len(_custody(said("KEN", *long)).chain) == 10_000


def test_a_request_of_thousands_of_items_is_read_in_time() -> None:
    many = [pistol(f"ZZQ-{n:05}") for n in range(500)]
    again = [asked(*many), asked(*many, digest=SECOND)]
    assert len(case_items(again, [])) == 500
