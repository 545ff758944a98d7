"""Claims about comparing weapons: agreement of numbers, facts, scores and reasons."""

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from broker.core.identification.fingerprint import fingerprint, is_unique
from broker.core.identification.matching import NO_LEAD, Verdict, compare, part_words
from broker.core.identification.weapon import LOT, ReadSerial, SerialSpan, Weapon
from tests.unit.broker.services.weapon_world import PISTOL, weapon

SERIALS = st.text(st.sampled_from("ZQAO0158-?"), min_size=1, max_size=10)


def level(a: Weapon, b: Weapon) -> str:
    reasons = compare(a, b).reasons
    return reasons[0].level if reasons else ""


@pytest.mark.parametrize(
    ("raw", "mask", "expected"),
    [
        ("zzq 00417", "", "k0"),
        ("ZZQ-OO4I7", "", "k1"),
        ("ZZQ-00417", "ZZQ-00[4A]17", "k0"),
        ("ZZQ-004J17", "", "k3"),
        ("22Q-00417", "", "look-alike"),
        ("ZZQ-0041?", "", "possible"),
        ("ZZQ-0417", "", "near"),
        ("ZZQ-004177", "", "near"),
        ("ZZQ-00471", "", "near"),
        ("ZZQ-00418", "", "other-sign"),
        ("????0417", "", "possible"),
        ("?00417", "", "k4"),
        ("ZZQ-99999", "", ""),
    ],
)
def test_numbers_meet_by_the_strongest_key(raw: str, mask: str, expected: str) -> None:
    assert level(PISTOL, weapon(raw, mask)) == expected
    assert level(weapon(raw, mask), PISTOL) == expected


def test_cyrillic_meets_by_shape_and_by_sound() -> None:
    shape, sound = "ZZQ\u0410\u0412\u0421-123", "ZZQAVS-123"
    assert level(weapon(shape), weapon("ZZQABC-123")) == "k1"
    assert level(weapon(shape), weapon(sound)) == "k2"


def test_stronger_keys_score_higher_when_all_else_is_equal() -> None:
    readings = ("ZZQ-00417", "ZZQ-OO4I7", "22Q-00417", "ZZQ-0417", "ZZQ-00418")
    scores = [compare(PISTOL, weapon(raw)).score for raw in readings]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 0.9
    assert scores[-1] < 0.5


def test_a_number_alone_is_a_weak_lead() -> None:
    bare = Weapon(kind="x", path="", serials=PISTOL.serials)
    lead = compare(PISTOL, bare)
    assert 0.5 < lead.score < 0.65
    assert {one.verdict for one in lead.reasons[1:]} == {Verdict.UNKNOWN}


@pytest.mark.parametrize(
    ("changes", "what", "verdict"),
    [
        ({"make": "Glock"}, "make", Verdict.DIFFERS),
        ({"make": "Glock", "importer": "Example Works"}, "make", Verdict.COMPATIBLE),
        ({"model": "17"}, "model", Verdict.COMPATIBLE),
        ({"model": "Other"}, "model", Verdict.DIFFERS),
        ({"calibre": "9x19"}, "calibre", Verdict.AGREES),
        ({"calibre": "9mm"}, "calibre", Verdict.COMPATIBLE),
        ({"calibre": "7.62x39"}, "calibre", Verdict.DIFFERS),
        ({"calibre": "nonsense"}, "calibre", Verdict.UNKNOWN),
        ({"type": "FIREARM_TYPE_BLANK_FIRING"}, "type", Verdict.COMPATIBLE),
        ({"type": "FIREARM_TYPE_SHOTGUN"}, "type", Verdict.DIFFERS),
        ({"type": "FIREARM_TYPE_UNKNOWN"}, "type", Verdict.UNKNOWN),
    ],
)
def test_facts_agree_fit_or_differ(
    changes: dict[str, str], what: str, verdict: Verdict
) -> None:
    lead = compare(PISTOL, replace(PISTOL, **changes))  # type: ignore[arg-type]
    found = {one.what: one.verdict for one in lead.reasons}
    assert found[what] is verdict


def test_countries_and_years_are_compared_with_history() -> None:
    soviet = weapon(country="SUN", year=1985)
    lead = compare(soviet, weapon(country="RUS", year=1986))
    found = {one.what: one.verdict for one in lead.reasons}
    assert found["country"] is Verdict.COMPATIBLE
    assert found["year"] is Verdict.COMPATIBLE
    lead = compare(soviet, weapon(country="KEN", year=2001))
    found = {one.what: one.verdict for one in lead.reasons}
    assert found["country"] is Verdict.DIFFERS
    assert found["year"] is Verdict.DIFFERS


def test_what_differs_lowers_the_score_and_rules_nothing_out() -> None:
    same, other = compare(PISTOL, PISTOL), compare(PISTOL, weapon(make="Glock"))
    assert 0 < other.score < same.score


def test_a_slide_may_bear_the_number_of_another_frame() -> None:
    slide = ReadSerial(part="PART_KIND_SLIDE", raw="ZZQ-00417")
    lead = compare(PISTOL, replace(PISTOL, serials=(slide,)))
    assert "different parts: frame or receiver and slide" in lead.reasons[0].text
    assert lead.score < compare(PISTOL, PISTOL).score


def test_the_lot_of_ammunition_never_meets_a_weapon() -> None:
    lot = ReadSerial(part=LOT, raw="ZZQ-00417")
    assert compare(PISTOL, replace(PISTOL, serials=(lot,))) == NO_LEAD
    assert part_words(LOT) == "lot"
    assert part_words("") == "unknown part"


def test_series_are_compared_with_numbers_and_with_series() -> None:
    series = replace(
        PISTOL, serials=(), ranges=(SerialSpan(first="ZZQ-00400", last="ZZQ-00500"),)
    )
    later = replace(series, ranges=(SerialSpan(first="ZZQ-450", last="ZZQ-900"),))
    assert level(PISTOL, series) == "range"
    assert level(series, PISTOL) == "range"
    assert "in common" in compare(series, later).reasons[0].text
    assert compare(weapon("ZZQ-00399"), series) == NO_LEAD
    whole, part = compare(weapon("ZZQ-0049?"), series), weapon("ZZQ-0050?")
    assert whole.score == compare(PISTOL, series).score
    assert 0.5 < compare(part, series).score < whole.score
    assert "as far as it could be" in compare(part, series).reasons[0].text


def test_a_series_of_digits_only_says_less() -> None:
    series = Weapon(kind="x", path="", ranges=(SerialSpan(first="400", last="500"),))
    prefixed = Weapon(
        kind="x", path="", ranges=(SerialSpan(first="ZZQ400", last="ZZQ500"),)
    )
    bare, number = compare(weapon("417"), series), compare(weapon("ZZQ417"), prefixed)
    assert bare.score < 0.5 < number.score


def test_readings_in_part_count_by_what_could_be_read() -> None:
    scores = [
        compare(PISTOL, weapon(raw)).score
        for raw in ("ZZQ-0041?", "ZZQ-004??", "ZZQ-00???")
    ]
    assert scores == sorted(scores, reverse=True)


@settings(max_examples=50)
@given(SERIALS, SERIALS)
def test_the_order_of_two_weapons_does_not_matter(a: str, b: str) -> None:
    one, other = weapon(a), weapon(b, make="Glock")
    assert compare(one, other).score == compare(other, one).score
    assert 0 <= compare(one, other).score < 1


@settings(max_examples=50)
@given(SERIALS)
def test_a_number_that_was_read_meets_itself(raw: str) -> None:
    lead = compare(weapon(raw), weapon(raw))
    assert lead == NO_LEAD or lead.score > 0.2


def test_one_weapon_has_one_fingerprint_however_it_is_written() -> None:
    other = weapon("zzq 00417", make="EXAMPLE WORKS Ltd", calibre="9x19", model="17")
    assert fingerprint(PISTOL) == fingerprint(other)
    assert len(fingerprint(PISTOL)) == 32
    for changed in (weapon("ZZQ-00418"), weapon(make="Glock"), weapon(calibre="9x18")):
        assert fingerprint(PISTOL) != fingerprint(changed)


def test_a_fingerprint_without_a_certain_number_stands_for_no_weapon() -> None:
    assert is_unique(PISTOL)
    assert not is_unique(weapon("ZZQ-0041?"))
    assert not is_unique(replace(PISTOL, serials=()))
