"""Small images, whole in form, with what cameras and programs write into them.

What of it has to go is left to the tests.
"""

import zlib
from typing import Final

PLACE: Final = b"52.0907 N 5.1214 E"
"""Stands in every part of an image that has to go."""
SCAN: Final = b"\x12\xff\x00\x34\xff\xd0\x56\xff\x00"
"""Of a JPEG: with a stuffed byte and a restart."""


def segment(marker: int, payload: bytes) -> bytes:
    """Returns a segment of a JPEG."""
    return bytes([0xFF, marker]) + (len(payload) + 2).to_bytes(2, "big") + payload


def exif(orientation: int, order: str = "big") -> bytes:
    """Returns an Exif payload: which side is up, and a place."""
    little = order == "little"

    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, "little" if little else "big")

    entries = [
        number(0x010F, 2) + number(2, 2) + number(18, 4) + number(60, 4),
        number(0x0112, 2) + number(3, 2) + number(1, 4)
        + number(orientation, 2) + number(0, 2),
    ]  # fmt: skip
    head = b"II*\x00" if little else b"MM\x00*"
    directory = number(len(entries), 2) + b"".join(entries) + number(0, 4)
    return b"Exif\x00\x00" + head + number(8, 4) + directory + PLACE


def jpeg(orientation: int = 6, filling: int = 0) -> bytes:
    """Returns a JPEG as a telephone makes it; `filling` bytes of scan more."""
    return b"".join(
        (
            b"\xff\xd8",
            segment(0xE0, b"JFIF\x00\x01\x02\x01\x00\x48\x00\x48\x01\x01" + PLACE[:3]),
            segment(0xE1, exif(orientation)),
            segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + PLACE),
            segment(0xE2, b"ICC_PROFILE\x00\x01\x01colours"),
            segment(0xE2, b"MPF\x00" + PLACE),
            segment(0xED, b"Photoshop 3.0\x00" + PLACE),
            segment(0xEE, b"Adobe\x00\x64\x00\x00\x00\x00\x01"),
            segment(0xFE, PLACE),
            segment(0xDB, bytes(65)),
            b"\xff",  # filled up before a marker
            segment(0xC0, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00"),
            segment(0xC4, bytes(20)),
            segment(0xDA, b"\x01\x01\x00\x00\x3f\x00"),
            SCAN + b"\x77" * filling,
            segment(0xDA, b"\x01\x01\x00\x01\x3f\x00"),
            SCAN,
            b"\xff\xd9",
            PLACE,
        )
    )


def chunk(name: bytes, payload: bytes) -> bytes:
    """Returns a chunk of a PNG."""
    checksum = zlib.crc32(name + payload).to_bytes(4, "big")
    return len(payload).to_bytes(4, "big") + name + payload + checksum


def png() -> bytes:
    """Returns a PNG of one grey pixel, with remarks."""
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", b"\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00"),
            chunk(b"gAMA", b"\x00\x00\xb1\x8f"),
            chunk(b"tEXt", b"Comment\x00" + PLACE),
            chunk(b"eXIf", PLACE),
            chunk(b"tIME", b"\x07\xea\x01\x01\x00\x00\x00"),
            chunk(b"zzZz", PLACE),
            chunk(b"IDAT", zlib.compress(b"\x00\x80")),
            chunk(b"IEND", b""),
            PLACE,
        )
    )
