"""JPEG images without metadata (ITU-T T.81, annex B; JFIF; Exif).

Other formats are left to their own modules.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from broker.core.attachments.orientation import only_orientation
from broker.core.errors import Code, RefusedError

_SOI: Final = 0xD8
_EOI: Final = 0xD9
_SOS: Final = 0xDA
_COM: Final = 0xFE
_APPS: Final = range(0xE0, 0xF0)
_APP0: Final = 0xE0
_APP1: Final = 0xE1
_APP2: Final = 0xE2
_APP14: Final = 0xEE
# Frames, tables, restart intervals, scans: what makes the picture.
_PICTURE: Final = frozenset(range(0xC0, 0xD0)) | frozenset(range(0xDA, 0xE0))
_IN_SCAN: Final = frozenset({0x00, *range(0xD0, 0xD8)})  # stuffing and restarts
_JFIF: Final = b"JFIF\x00"
_JFIF_SIZE: Final = 14  # bytes up to a thumbnail


@dataclass(frozen=True, slots=True, kw_only=True)
class _Segment:
    """A marker and what belongs to it.

    Attributes:
        marker: Its second byte.
        payload: What stands in it, without its length.
        scan: What follows it up to the next marker; only after a start of scan.
    """

    marker: int
    payload: bytes
    scan: bytes = b""

    def to_bytes(self) -> bytes:
        length = (len(self.payload) + 2).to_bytes(2, "big")
        return bytes([0xFF, self.marker]) + length + self.payload + self.scan


def stripped_jpeg(data: bytes) -> bytes:
    """Returns a JPEG with nothing but what makes the picture.

    Kept of what surrounds it: density of pixels, colour profile, and which side is
    up. Places, times, makers, numbers of cameras, comments, small previews (which show
    what was cut out of a picture) and whatever follows the end are left out.

    Args:
        data: The file.

    Raises:
        RefusedError: INVALID_ATTACHMENT: not a whole JPEG.
    """
    kept = [bytes([0xFF, _SOI])]
    scanned = False
    for segment in _segments(data):
        scanned = scanned or segment.marker == _SOS
        found = _kept(segment)
        if found is not None:
            kept.append(found.to_bytes())
    if not scanned:
        raise _broken("there is no picture in it")
    return b"".join((*kept, bytes([0xFF, _EOI])))


def _kept(segment: _Segment) -> _Segment | None:
    """Returns what stays of a segment; None if nothing does."""
    marker, payload = segment.marker, segment.payload
    if marker in _PICTURE:
        return segment
    if marker == _APP0 and payload.startswith(_JFIF):
        # No columns and no rows of a preview.
        head = payload[: _JFIF_SIZE - 2].ljust(_JFIF_SIZE - 2, b"\x00")
        return _Segment(marker=marker, payload=head + b"\x00\x00")
    if marker == _APP1:
        side_up = only_orientation(payload)
        return _Segment(marker=marker, payload=side_up) if side_up else None
    colours = (marker == _APP2 and payload.startswith(b"ICC_PROFILE\x00")) or (
        marker == _APP14 and payload.startswith(b"Adobe")
    )
    if colours:
        return segment
    if marker in _APPS or marker == _COM:
        return None
    raise _broken(f"a part that is not known (FF{marker:02X})")


def _segments(data: bytes) -> Iterator[_Segment]:
    """Yields what stands between start and end of the image.

    Raises:
        RefusedError: INVALID_ATTACHMENT.
    """
    if data[:2] != bytes([0xFF, _SOI]):
        raise _broken("it does not begin as a JPEG does")
    at = 2
    while True:
        at, marker = _marker(data, at)
        if marker == _EOI:
            return
        end = at + int.from_bytes(data[at : at + 2], "big")
        if end < at + 2 or end > len(data):
            raise _broken("it is cut off")
        payload = data[at + 2 : end]
        at = _end_of_scan(data, end) if marker == _SOS else end
        yield _Segment(marker=marker, payload=payload, scan=data[end:at])


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """Returns where a marker ends, and which it is; it may be filled up before."""
    if data[at : at + 1] != b"\xff":
        raise _broken("a part does not end where it says")
    while data[at : at + 1] == b"\xff":
        at += 1
    if at >= len(data):
        raise _broken("it is cut off")
    return at + 1, data[at]


def _end_of_scan(data: bytes, at: int) -> int:
    """Returns where the next marker begins that is none of the scan's own."""
    while (at := data.find(b"\xff", at)) >= 0:
        following = data[at + 1 : at + 2]
        if not following:
            break
        if following[0] in _IN_SCAN:
            at += 2
        elif following == b"\xff":
            at += 1
        else:
            return at
    raise _broken("it is cut off")


def _broken(why: str) -> RefusedError:
    return RefusedError(Code.INVALID_ATTACHMENT, f"not a whole JPEG: {why}")
