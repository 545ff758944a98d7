"""Which side of a photograph is up: the one thing of Exif that is kept.

Without it, most photographs that a telephone took would lie on their side. Everything
else of Exif (CIPA DC-008) is left out.
"""

from typing import Final, Literal

_EXIF: Final = b"Exif\x00\x00"
_ORDERS: Final[dict[bytes, Literal["little", "big"]]] = {
    b"II*\x00": "little",
    b"MM\x00*": "big",
}
_ORIENTATION: Final = 0x0112
_SHORT: Final = 3
_ENTRY_SIZE: Final = 12  # bytes
_ENTRIES_MAX: Final = 512
_TURNED: Final = range(2, 9)  # 1 is as it is stored


def only_orientation(payload: bytes) -> bytes:
    """Returns an Exif segment that says which side is up, and nothing else.

    Args:
        payload: Of an APP1 segment, whatever it is.

    Returns:
        Empty where it does not say so, or that the image is as it is stored.
    """
    tiff = payload[len(_EXIF) :]
    order = _ORDERS.get(tiff[:4])
    if not payload.startswith(_EXIF) or order is None:
        return b""
    at = int.from_bytes(tiff[4:8], order)
    count = int.from_bytes(tiff[at : at + 2], order)
    for number in range(min(count, _ENTRIES_MAX)):
        start = at + 2 + number * _ENTRY_SIZE
        entry = tiff[start : start + _ENTRY_SIZE]
        if int.from_bytes(entry[:2], order) == _ORIENTATION:
            value = int.from_bytes(entry[8:10], order)
            kind = int.from_bytes(entry[2:4], order)
            return _saying(value) if kind == _SHORT and value in _TURNED else b""
    return b""


def _saying(value: int) -> bytes:
    """Returns the segment: one directory with one entry, and none after it."""

    def number(found: int, size: int) -> bytes:
        return found.to_bytes(size, "big")

    entry = number(_ORIENTATION, 2) + number(_SHORT, 2) + number(1, 4)
    entry += number(value, 2) + number(0, 2)
    directory = number(1, 2) + entry + number(0, 4)
    return _EXIF + b"MM\x00*" + number(8, 4) + directory
