"""Claims about the words that weapons are kept under and asked for by."""

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from broker.core.identification.agreement import Level
from broker.core.identification.hashed import compare_tokens, tokens_of
from broker.core.identification.index_terms import asked_terms, kept_terms
from broker.core.identification.matching import NO_LEAD, compare
from broker.core.identification.matters import Head, is_one_matter
from broker.core.identification.ranges import (
    blocks_around,
    coarse_blocks,
    cover,
    parts_of,
    series_of,
)
from broker.core.identification.weapon import LOT, ReadSerial, SerialSpan, Weapon
from tests.unit.broker.services.weapon_world import PISTOL, weapon

COUNTS = st.integers(0, 10**9)
SERIALS = st.text(st.sampled_from("ZQAO0158-"), min_size=1, max_size=8)


def met(asked: Weapon, kept: Weapon) -> set[Level]:
    words = kept_terms(kept)
    return {level for term, level in asked_terms(asked).items() if term in words}


def span(first: str, last: str) -> Weapon:
    return replace(PISTOL, serials=(), ranges=(SerialSpan(first=first, last=last),))


@pytest.mark.parametrize(
    ("raw", "mask", "level"),
    [
        ("zzq 00417", "", Level.EXACT),
        ("ZZQ-OO4I7", "", Level.SHAPE),
        ("ZZQ-004J17", "", Level.EMBEDDED),
        ("22Q-00417", "", Level.LOOK_ALIKE),
        ("ZZQ-0041?", "", Level.POSSIBLE),
        ("ZZQ-0417", "", Level.NEAR),
        ("ZZQ-004177", "", Level.NEAR),
        ("ZZQ-00471", "", Level.NEAR),
        ("ZZQ-00418", "", Level.OTHER_SIGN),
        ("???-?0417", "", Level.TAIL),
    ],
)
def test_the_index_finds_what_the_comparison_would(
    raw: str, mask: str, level: Level
) -> None:
    assert level in met(weapon(raw, mask), PISTOL)
    assert met(PISTOL, weapon(raw, mask))


@settings(max_examples=60)
@given(SERIALS, SERIALS)
def test_whatever_agrees_is_found_by_the_index(a: str, b: str) -> None:
    one, other = weapon(a), weapon(b)
    lead = compare(one, other)
    if lead != NO_LEAD and lead.score >= 0.5:
        assert met(one, other)
        assert met(other, one)


def test_two_readings_in_part_find_one_another() -> None:
    assert Level.POSSIBLE in met(weapon("ZZQ-0041?"), weapon("ZZQ-0041?"))
    assert Level.POSSIBLE in met(weapon("ZZQ-0041?"), weapon("ZZQ-004?7"))


def test_lots_and_weapons_are_kept_apart() -> None:
    lot = replace(PISTOL, serials=(ReadSerial(part=LOT, raw="ZZQ-00417"),))
    assert not met(lot, PISTOL)
    assert met(lot, lot)


def test_a_damaged_mark_is_found_by_its_last_digits_though_none_is_marked() -> None:
    damaged = weapon("400417", condition="MARKING_CONDITION_PARTIAL")
    assert Level.TAIL in met(damaged, PISTOL)
    assert Level.TAIL in met(PISTOL, damaged)


def test_numbers_find_series_and_series_numbers_and_each_other() -> None:
    assert Level.RANGE in met(PISTOL, span("ZZQ-00400", "ZZQ-00500"))
    assert Level.RANGE in met(span("ZZQ-00400", "ZZQ-00500"), PISTOL)
    assert Level.RANGE in met(span("ZZQ-1", "ZZQ-100"), span("ZZQ-90", "ZZQ-9000"))
    assert Level.RANGE in met(span("ZZQ-90", "ZZQ-9000"), span("ZZQ-100", "ZZQ-200"))
    assert Level.RANGE in met(weapon("ZZQ-0041?"), span("ZZQ-00400", "ZZQ-00500"))
    assert Level.RANGE in met(span("ZZQ-00400", "ZZQ-00500"), weapon("ZZQ-0041?"))
    assert not met(PISTOL, span("ZZQ-00500", "ZZQ-00600"))


@given(COUNTS, st.integers(0, 10**6), COUNTS)
def test_blocks_cover_a_series_and_nothing_else(
    first: int, length: int, count: int
) -> None:
    series = series_of(SerialSpan(first=f"ZZQ{first}", last=f"ZZQ{first + length}"))
    assert series is not None
    assert series.count == length + 1
    blocks = set(cover(series))
    inside = bool(blocks & set(blocks_around(count)))
    assert inside == (first <= count <= first + length)
    assert len(blocks) <= 2 * 34
    coarse = set(coarse_blocks(series))
    assert coarse & set(blocks_around(first))
    assert coarse & set(blocks_around(first + length))


@pytest.mark.parametrize(
    ("first", "last"),
    [("ZZQ-9", "ZZQ-1"), ("ZZQ-1", "ZZR-9"), ("ZZQ", "ZZQ"), ("ZZQ-1?", "ZZQ-19")],
)
def test_ends_that_do_not_fit_make_no_series(first: str, last: str) -> None:
    assert series_of(SerialSpan(first=first, last=last)) is None
    assert not asked_terms(span(first, last))
    assert not kept_terms(span(first, last))


def test_a_series_that_no_factory_made_is_not_looked_up() -> None:
    series = series_of(SerialSpan(first="ZZQ-1", last="ZZQ-99999999999"))
    assert series is not None
    assert cover(series) == []
    assert coarse_blocks(series) == []


def test_a_number_has_its_count_at_the_end() -> None:
    assert parts_of("ZZQ-12-0034A") == ("ZZQ12", 34, "A") or parts_of(
        "ZZQ12-0034A"
    ) == (
        "ZZQ",
        120034,
        "A",
    )
    assert parts_of("ZZQ") is None


def test_tokens_agree_differ_or_are_not_known() -> None:
    def token(what: str, value: str) -> int:
        return hash((what, value))

    lead = compare_tokens(
        tokens_of(PISTOL, token),
        tokens_of(weapon(make="Glock", calibre="9x19", model=""), token),
        Level.EXACT,
    )
    found = {one.what: one.verdict.value for one in lead.reasons}
    assert found["make"] == "differs"
    assert found["calibre"] == "agrees"
    assert found["model"] == "unknown"
    bare = Weapon(kind="x", path="")
    assert tokens_of(bare, token)


def head(number: int, **changes: object) -> Head:
    digest = bytes([number]) * 32
    fields: dict[str, object] = {
        "message_digest": digest,
        "root": digest,
        "case_reference": "",
        "kind": "trace-request/1",
        "origin": "KEN",
        "created_ms": number,
    }
    return Head(**{**fields, **changes})  # type: ignore[arg-type]


def test_messages_of_one_matter_are_told_apart_from_others() -> None:
    a, b = head(1), head(2)
    assert not is_one_matter(a, b)
    assert is_one_matter(a, head(2, root=a.root))
    assert is_one_matter(head(1, case_reference="C"), head(2, case_reference="C"))
    assert is_one_matter(a, head(2, created_ms=1))
    assert is_one_matter(a, b, b_original=a.message_digest)
    assert is_one_matter(a, b, a_original=b"x", b_original=b"x")
