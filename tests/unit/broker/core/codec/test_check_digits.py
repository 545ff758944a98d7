"""Claims about `broker.core.codec.check_digits`."""

import pytest

from broker.core.codec.check_digits import (
    air_waybill_check_digit,
    container_check_digit,
    imo_check_digit,
)


@pytest.mark.parametrize("number", ["CSQU3054383", "CSQU 305438 3", "TGHU759933-0"])
def test_a_container_number_ends_in_its_check_digit(number: str) -> None:
    assert container_check_digit(number) == int(number[-1])


def test_a_container_remainder_of_ten_is_written_as_zero() -> None:
    # Z counts 38, Q 28, U 32: 38 + 2*38 + 4*28 + 8*32 + 512*2 = 1506 = 136*11 + 10.
    assert container_check_digit("ZZQU0000020") == 0


@pytest.mark.parametrize("number", ["9074729", "IMO 9074729"])
def test_an_imo_number_ends_in_its_check_digit(number: str) -> None:
    assert imo_check_digit(number) == 9


@pytest.mark.parametrize("number", ["020-12345675", "02012345675", "020 1234 5675"])
def test_an_air_waybill_ends_in_the_remainder_by_seven(number: str) -> None:
    assert air_waybill_check_digit(number) == 5


@pytest.mark.parametrize("number", ["", "CSQU305438", "CSQX3054383", "csqu3054383"])
def test_what_is_no_container_number_has_no_check_digit(number: str) -> None:
    assert container_check_digit(number) is None


@pytest.mark.parametrize("number", ["", "907472", "90747290", "٩٠٧٤٧٢٩"])
def test_what_is_no_imo_number_has_no_check_digit(number: str) -> None:
    assert imo_check_digit(number) is None


@pytest.mark.parametrize("number", ["", "1234567", "020-1234567X"])
def test_what_is_no_air_waybill_has_no_check_digit(number: str) -> None:
    assert air_waybill_check_digit(number) is None
