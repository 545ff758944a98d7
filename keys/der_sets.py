"""Puts the certificates of a time-stamp into the order that DER asks for (X.690, 11.6).

OpenSSL, and authorities that run it, send them in the order of the chain; our parser
takes DER only. No signature covers that order (RFC 5652, 5.4).
"""

from collections.abc import Iterator, Sequence
from typing import Final

_SHORT: Final = 0x80  # lengths below are one byte
_MAX_LENGTH_SIZE: Final = 4  # bytes
_CERTIFICATES: Final = 0xA0  # [0] in SignedData (RFC 5652, 5.1)
# Element by element, from the outside: TimeStampResp.timeStampToken (the token),
# ContentInfo.content, its SignedData, and what stands in that.
_WAY: Final = (1, 1, 0)


def with_sorted_certificates(response: bytes) -> bytes:
    """Returns a TimeStampResp with its certificates in order; else it is unchanged.

    So is a refusal, which has no token.

    Raises:
        ValueError: It is not one.
    """
    begin, end = _content(response, 0)
    for number in _WAY:
        parts = [*_elements(response, begin, end)]
        if number >= len(parts):
            return response
        begin, end = _content(response, parts[number][0])
    for at, behind in _elements(response, begin, end):
        if response[at] == _CERTIFICATES:
            first, last = _content(response, at)
            found = [response[a:b] for a, b in _elements(response, first, last)]
            return _spliced(response, first, sorted(found), behind)
    return response


def _spliced(data: bytes, at: int, parts: Sequence[bytes], behind: int) -> bytes:
    return data[:at] + b"".join(parts) + data[behind:]


def _elements(data: bytes, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yields where each element between two places begins and ends."""
    at = begin
    while at < end:
        behind = _content(data, at)[1]
        if behind > end:
            raise ValueError("an element that is longer than what holds it")
        yield at, behind
        at = behind


def _content(data: bytes, at: int) -> tuple[int, int]:
    """Returns where the content of the element at a place begins and ends."""
    if at + 2 > len(data):
        raise ValueError("an element that is cut off")
    length, begin = data[at + 1], at + 2
    if length >= _SHORT:
        size = length - _SHORT
        if not 0 < size <= _MAX_LENGTH_SIZE:
            raise ValueError("an element of indefinite or absurd length")
        length = int.from_bytes(data[begin : begin + size], "big")
        begin += size
    if begin + length > len(data):
        raise ValueError("an element that is cut off")
    return begin, begin + length
