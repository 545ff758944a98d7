"""Words and forms for families of sets say which sets they are, and no others."""

from itertools import combinations

import pytest
from hypothesis import given, settings, strategies as st

from broker.core.policy.boxes import Box, inside, joined, widened
from broker.core.policy.families import family_json, family_words

Family = frozenset[frozenset[str]]
EVERY: Family = frozenset(
    frozenset(some) for size in range(5) for some in combinations("abcd", size)
)


def family(*sets: str) -> Family:
    return frozenset(map(frozenset, sets))


def words(some: Family) -> str:
    return family_words(some, EVERY - some, "items", str)


@pytest.mark.parametrize(
    ("some", "said"),
    [
        (family(""), "items: none"),
        (family("", "a", "b", "ab"), "items: none but a and b"),
        (family("a", "b", "ab"), "items: only a or b"),
        (frozenset(one for one in EVERY if "a" in one), "items: a, maybe others"),
        (
            frozenset(one for one in EVERY if one & {"a", "b"}),
            "items: a or b, maybe others",
        ),
        (family("abcd"), "items: a, b, c and d"),
        (family("ab"), "items: only a and b"),
        (family("a", "ab"), "items: a, maybe b"),
        (family("", "ab"), "items: none; or only a and b"),
        (family("a", "cd"), "items: only a; or only c and d"),
    ],
)
def test_a_family_is_said_in_few_words(some: Family, said: str) -> None:
    assert words(some) == said


def test_what_takes_too_many_words_is_counted_and_listed_in_json() -> None:
    odd = frozenset(one for one in EVERY if len(one) % 2)
    assert words(odd) == "items: 8 of 16 combinations, listed in the JSON form"
    assert len(family_json(odd, EVERY - odd, str)) == 8


@given(st.frozensets(st.sampled_from(sorted(EVERY, key=sorted)), min_size=1))
def test_the_json_form_means_exactly_the_family(some: Family) -> None:
    forms = family_json(some, EVERY - some, str)
    assert some == {
        one
        for one in EVERY
        if any(
            one >= set(form.get("all_of", []))
            and one <= set(form["none_but"])
            and ("some_of" not in form or one & set(form["some_of"]))
            for form in forms
        )
    }


WHOLE: Box = (7, 7, 3)
points = st.frozensets(
    st.tuples(
        st.sampled_from([1, 2, 4]), st.sampled_from([1, 2, 4]), st.sampled_from([1, 2])
    ),
    min_size=1,
)


@settings(max_examples=60)
@given(points, st.integers(0, 1))
def test_joined_and_widened_boxes_hold_exactly_the_same_points(
    some: frozenset[Box], held: int
) -> None:
    found = widened(joined(some), WHOLE, held)
    for x in (1, 2, 4):
        for y in (1, 2, 4):
            for z in (1, 2):
                assert inside((x, y, z), found) == ((x, y, z) in some)
