"""PNG images without metadata (W3C PNG, third edition).

Other formats are left to their own modules.
"""

import zlib
from typing import Final

from broker.core.errors import Code, RefusedError

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_NEEDED: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
# What the image looks like, frames of a moving one included. Texts, times, EXIF and
# what anybody else has invented are not among them.
_LOOKS: Final = frozenset(
    {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD", b"pHYs"}
    | {b"acTL", b"fcTL", b"fdAT"}
)
_ANCILLARY: Final = 0x20  # a small first letter: an image can be shown without it


def stripped_png(data: bytes) -> bytes:
    """Returns a PNG with nothing but what makes the picture.

    Args:
        data: The file.

    Raises:
        RefusedError: INVALID_ATTACHMENT: not a whole PNG.
    """
    if not data.startswith(_SIGNATURE):
        raise _broken("it does not begin as a PNG does")
    kept, at, name = [_SIGNATURE], len(_SIGNATURE), b""
    while name != b"IEND":
        length = int.from_bytes(data[at : at + 4], "big")
        end = at + 12 + length
        if len(data) < end:
            raise _broken("it is cut off")
        name, whole = data[at + 4 : at + 8], data[at:end]
        if zlib.crc32(whole[4:-4]) != int.from_bytes(whole[-4:], "big"):
            raise _broken("a checksum does not hold")
        if (at == len(_SIGNATURE)) != (name == b"IHDR"):
            raise _broken("its header does not stand at its beginning")
        if name in _NEEDED or name in _LOOKS:
            kept.append(whole)
        elif not name[0] & _ANCILLARY:
            raise _broken("it cannot be shown without a part that is not known")
        at = end
    # What follows the end is shown by nobody, and left out.
    return b"".join(kept)


def _broken(why: str) -> RefusedError:
    return RefusedError(Code.INVALID_ATTACHMENT, f"not a whole PNG: {why}")
