"""The table of precision and recall in the documentation is what the code does."""

from pathlib import Path

import pytest

from benchmarks.matching_corpus import NOISES, corpus, strangers
from benchmarks.matching_evaluation import Result, evaluate, table

PAGE = Path(__file__).parents[2] / "docs" / "identification.md"
SURE = {
    "as recorded",
    "spaces, points, small letters",
    "letter O for 0",
    "I or L for 1",
    "look-alikes 5/S 8/B 2/Z 6/G 0/Q",
    "typed in Cyrillic",
    "typed in Greek",
    "Cyrillic, transliterated by sound",
    "letter between digits lost or other",
}


@pytest.fixture(scope="module")
def results() -> list[Result]:
    return evaluate(250, 8)


def test_a_small_corpus_gives_what_the_table_says(results: list[Result]) -> None:
    recall = {one.name: one.recall for one in results}
    for name in SURE:
        assert recall[name] == 1.0, name
    for name in ("one sign missing", "one digit added", "two digits exchanged"):
        assert recall[name] > 0.8, name
    assert recall["one digit is another"] == 0.0, "that would be every neighbour"
    assert results[-1].leads == 0
    precise = {one.name: one.precision for one in results if one.name in SURE}
    assert all(one is not None and one > 0.7 for one in precise.values()), precise


def test_every_sort_of_noise_stands_in_the_documentation(
    results: list[Result],
) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for line in table(results).splitlines():
        assert f"{line.split(' | ')[0]} |" in page or "---" in line
    assert len(results) == len(NOISES) + 1


def test_the_corpus_is_the_same_every_time_and_of_no_real_weapon() -> None:
    records = corpus(200)
    assert records == corpus(200)
    assert all(one.weapon.serials[0].raw.startswith("ZZQ") for one in records)
    known = {one.weapon.serials[0].raw for one in records}
    assert not known & {one.serials[0].raw for one in strangers(50, records)}
