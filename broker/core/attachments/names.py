"""Names of files that come from abroad: what they may be, and what is made of them.

Where files are written is left to `broker.infra.attachment_files`.
"""

import re
import unicodedata
from typing import Final

from broker.core.attachments.media import ENDINGS

NAME_MAX_SIZE: Final = 120
"""Bytes of a name that is written; file systems take 255, others must fit beside it."""

_UNNAMED: Final = "attachment"
_UNSAFE: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\[\]]')
# What reorders a line makes "gpj.exe" look like "exe.jpg".
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_DEVICES: Final = re.compile(
    r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|\Z)", re.IGNORECASE
)


def is_plain_name(name: str) -> bool:
    """Tells whether a name is that of a file alone, without a folder."""
    return (
        name.strip(" .") != ""
        and not any(sign in name for sign in "/\\")
        and all(unicodedata.category(sign) not in _INVISIBLE for sign in name)
    )


def safe_name(name: str, media_type: str) -> str:
    """Returns the name under which a file is written, whatever it was called abroad.

    It has no folder, is not hidden, means no device and no option of a program, shows
    in the order in which it is written, and ends as files of its media type do: nothing
    that was called a photograph is started when somebody opens it.

    Args:
        name: As the message gives it.
        media_type: As the message gives it.
    """
    composed = unicodedata.normalize("NFC", name)
    seen = "".join(
        " " if unicodedata.category(sign) == "Zs" else sign
        for sign in composed
        if unicodedata.category(sign) not in _INVISIBLE
    )
    plain = _UNSAFE.sub("_", seen).strip(" ._")
    endings = ENDINGS.get(media_type, (".bin",))
    stem, dot, last = plain.rpartition(".")
    ending = f".{last.lower()}" if dot else ""
    if ending in endings:
        plain = stem
    else:
        ending = endings[0]
    plain = plain.strip(" ._").lstrip(" ._-")
    plain = _cut(plain or _UNNAMED, NAME_MAX_SIZE - len(ending))
    if _DEVICES.match(plain):
        plain = f"_{plain}"
    return plain + ending


def beside(name: str, sha256: bytes) -> str:
    """Returns another name for a file whose own is taken by a different one."""
    stem, dot, ending = name.rpartition(".")
    return f"{stem}-{sha256.hex()[:8]}{dot}{ending}"


def _cut(text: str, size: int) -> str:
    return text.encode()[:size].decode(errors="ignore")
