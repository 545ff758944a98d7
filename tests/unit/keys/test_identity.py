"""Party codes have one form, and a key identifier stands for the whole key."""

import pytest

from keys.errors import PartyCodeError
from keys.identity import HUB, PartyId, encryption_key_id, signing_key_id


@pytest.mark.parametrize("code", ["KEN", "XPO", "UNO", "ZZZ"])
def test_three_capital_letters_are_a_party_code(code: str) -> None:
    assert PartyId(code) == code


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("", id="nothing"),
        pytest.param("KE", id="two letters"),
        pytest.param("KENY", id="four letters"),
        pytest.param("ken", id="small letters"),
        pytest.param("K3N", id="a digit"),
        pytest.param("KEN\n", id="a line end behind it"),
        pytest.param("\u041a\u0415N", id="letters that look alike"),
        pytest.param("\uff2b\uff25\uff2e", id="wide letters"),
        pytest.param(HUB, id="the name of the hub"),
    ],
)
def test_posing_as_a_party_by_a_code_of_another_form_is_refused(code: str) -> None:
    with pytest.raises(PartyCodeError, match="not a party code"):
        PartyId(code)


def test_a_key_of_one_use_is_not_one_of_another() -> None:
    raw = b"the same bytes"
    assert signing_key_id(raw) != encryption_key_id(raw)
    assert len(signing_key_id(raw)) == len(encryption_key_id(raw)) == 32
