"""Certificates of a time-stamp in the order of DER, whatever order they came in."""

import pytest

from keys.der_sets import with_sorted_certificates


def element(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    return bytes([tag, 0x82]) + size.to_bytes(2, "big") + content


ONE, TWO, LONG = element(4, b"1"), element(4, b"2"), element(4, bytes(300))
STATUS = element(0x30, element(2, b"\0"))


def response(*certificates: bytes) -> bytes:
    held = [element(0xA0, *certificates)] if certificates else []
    signed = element(0x30, element(2, b"\3"), element(0x31), *held, element(0x31))
    content = element(0xA0, signed)
    return element(0x30, STATUS, element(0x30, element(6, b"\x2a"), content))


def test_certificates_are_sorted_and_nothing_else_is_touched() -> None:
    assert with_sorted_certificates(response(TWO, ONE)) == response(ONE, TWO)
    assert with_sorted_certificates(response(LONG, TWO, ONE)) == response(
        ONE, TWO, LONG
    )
    assert with_sorted_certificates(response(ONE, TWO)) == response(ONE, TWO)
    for other in (response(), element(0x30, STATUS), STATUS):
        assert with_sorted_certificates(other) == other
    assert with_sorted_certificates(response(TWO, ONE) + b"x")[-1:] == b"x"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x05\x00",
        b"\x30\x80\x00\x00",
        b"\x30\x85\x00\x00\x00\x00\x01\x00",
        response(ONE)[:-1],
        element(0x30, STATUS, b"\x30\x7f"),
        element(0x30, element(0x30, b"\x04\x09"), element(0x30, b"\x04\x09\x01")),
    ],
)
def test_what_is_no_response_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="element"):
        with_sorted_certificates(data)
