"""What is of the wrong shape reads as absent, and crashes nothing."""

from broker.core.linting.section import Section


def test_a_number_of_thousands_of_digits_is_none() -> None:
    section = Section.of({"year": "9" * 5000, "count": "12", "odd": "-1"})
    assert section.number("year") is None
    assert section.number("count") == 12
    assert section.number("odd") is None
