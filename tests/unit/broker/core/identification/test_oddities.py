"""Claims about what looks wrong in a serial number."""

import pytest
from hypothesis import given, settings, strategies as st

from broker.core.identification.oddities import OddityKind, oddities


def kinds(raw: str) -> set[OddityKind]:
    return {one.kind for one in oddities(raw)}


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("Z\u0410Q-123", OddityKind.MIXED_SCRIPTS),
        ("ZZQ-0O417", OddityKind.CONFUSABLE),
        ("ZZQ-0041S", OddityKind.CONFUSABLE),
        ("ZZQ", OddityKind.SHAPE),
        ("7", OddityKind.SHAPE),
        ("1" * 9, OddityKind.SHAPE),
        ("ZZQ-" + "1234567890" * 3, OddityKind.SHAPE),
        ("1994", OddityKind.YEAR),
        ("9mm Luger", OddityKind.CALIBRE),
        ("7.62x39", OddityKind.CALIBRE),
        ("Pat. No. 123456", OddityKind.PATENT),
        ("US 4,123,456", OddityKind.PATENT),
        ("KEN 2014", OddityKind.IMPORT_MARK),
        ("Made in 77", OddityKind.IMPORT_MARK),
        ("Mod. 85", OddityKind.MODEL),
        ("ZZQ-*****", OddityKind.WITHHELD),
        ("[withheld]", OddityKind.WITHHELD),
    ],
)
def test_what_is_no_serial_number_is_noticed(raw: str, kind: OddityKind) -> None:
    assert kind in kinds(raw)


@pytest.mark.parametrize("raw", ["ZZQ-00417", "ZZQ123456", "123456", "ZZQ-12A"])
def test_what_is_one_is_left_alone(raw: str) -> None:
    assert oddities(raw) == ()


def test_what_may_have_been_meant_is_said() -> None:
    [one] = oddities("ZZQ-0O417")
    assert one.instead == "ZZQ00417"
    assert "[O0]" in one.advice


@settings(max_examples=50)
@given(st.text(max_size=40))
def test_nothing_that_anybody_types_breaks_it(raw: str) -> None:
    assert isinstance(oddities(raw), tuple)


def test_a_number_without_end_takes_no_time_and_is_noticed() -> None:
    assert kinds("1O" * 50_000) == {OddityKind.SHAPE}
