"""What sort of file something is, by its first bytes and its name.

What is taken out of images is left to `broker.core.attachments.images`.
"""

from typing import Final

JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
UNKNOWN: Final = "application/octet-stream"
HEAD_SIZE: Final = 16
"""Bytes of a file by which its sort is told."""

ENDINGS: Final[dict[str, tuple[str, ...]]] = {
    JPEG: (".jpg", ".jpeg", ".jpe"),
    PNG: (".png",),
    "image/gif": (".gif",),
    "image/bmp": (".bmp",),
    "image/tiff": (".tif", ".tiff"),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    "image/avif": (".avif",),
    "image/jp2": (".jp2", ".j2k"),
    "image/jxl": (".jxl",),
    "image/vnd.adobe.photoshop": (".psd",),
    "image/x-raw": (
        *(".dng", ".cr2", ".cr3", ".nef", ".nrw", ".arw", ".orf", ".rw2"),
        *(".raf", ".pef", ".srw", ".raw"),
    ),
    "application/pdf": (".pdf",),
    "text/plain": (".txt",),
    "text/csv": (".csv",),
    "application/json": (".json",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (
        ".docx",
    ),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    UNKNOWN: (".bin",),
}
"""How files of a media type are called; the first is the usual one.

No program is among them, and nothing that is opened as a page.
"""

_MAGIC: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"GIF8", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavi", "image/avif"),
    (4, b"ftyphe", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypcrx ", "image/x-raw"),
    (4, b"JXL ", "image/jxl"),
    (0, b"\xff\x0a", "image/jxl"),
    (0, b"8BPS", "image/vnd.adobe.photoshop"),
    (0, b"FUJIFILM", "image/x-raw"),
    (4, b"ftypmsf1", "image/heic"),
    (4, b"jP  ", "image/jp2"),
    (0, b"%PDF-", "application/pdf"),
)


def media_type(name: str, head: bytes) -> str:
    """Returns the media type of a file.

    What its bytes say counts; its name where they say nothing.

    Args:
        name: Of the file.
        head: Its first `HEAD_SIZE` bytes, or all of it.
    """
    by_name = _by_name(name)
    if by_name == "image/x-raw":
        return by_name  # most of them begin as a TIFF does
    for at, sign, found in _MAGIC:
        if head[at : at + len(sign)] == sign and (sign != b"BM" or by_name == found):
            return found
    # A file that is called an image and is none that is known may be one still.
    return by_name


def is_image(found: str) -> bool:
    """Tells whether a media type is that of an image."""
    return found.startswith("image/")


def _by_name(name: str) -> str:
    ending = "." + name.rpartition(".")[2].lower() if "." in name else ""
    return next((one for one, known in ENDINGS.items() if ending in known), UNKNOWN)
