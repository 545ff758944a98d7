"""The file that evidence travels in: a zip of which every byte is determined.

Any tool unpacks it. What its members mean is left to `manifest` and `layout`.
"""

import re
import struct
import zlib
from collections.abc import Mapping
from typing import Final

from broker.core.errors import ProofError

MIMETYPE: Final = b"application/vnd.rogatory.evidence+zip"
"""Content of the first member, readable at a fixed place (as in OASIS ODF)."""
MIMETYPE_NAME: Final = "mimetype"
MAX_SIZE: Final = 256 << 20  # bytes of a whole file
MAX_MEMBERS: Final = 60_000  # below what a zip can count without its extension

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_MAX_NAME: Final = 200  # characters

# APPNOTE.TXT 6.3: 4.3.7, 4.3.12 and 4.3.16. Members are stored, never compressed: what
# a compressor writes differs between its versions, and nothing can unpack to more than
# the file's own size.
_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")
_LOCAL_MARK: Final = b"PK\x03\x04"
_CENTRAL_MARK: Final = b"PK\x01\x02"
_END_MARK: Final = b"PK\x05\x06"
_VERSION: Final = 20  # 2.0, the least that knows folders
_DAY_ONE: Final = 0x21  # 1980-01-01, the first that a zip can name


def write_container(members: Mapping[str, bytes]) -> bytes:
    """Returns the file that holds `members`; the same bytes for the same members.

    Args:
        members: Contents by name. "mimetype" is added, and comes first; the others
            follow in the order of their names.

    Raises:
        ProofError: A name is none that every system can unpack, or they are too many
            or too large.
    """
    if len(members) >= MAX_MEMBERS:
        raise ProofError(f"{len(members)} members are more than {MAX_MEMBERS}")
    local, central, at = list[bytes](), list[bytes](), 0
    named = [(MIMETYPE_NAME, MIMETYPE), *sorted(members.items())]
    for name, data in named:
        _check_name(name, is_first=at == 0)
        about = (zlib.crc32(data), len(data), len(data), len(name))
        head = _LOCAL.pack(_LOCAL_MARK, _VERSION, 0, 0, 0, _DAY_ONE, *about, 0)
        entry = (_CENTRAL_MARK, _VERSION, _VERSION, 0, 0, 0, _DAY_ONE, *about)
        local += (head, name.encode(), data)
        central += (_CENTRAL.pack(*entry, 0, 0, 0, 0, 0, at), name.encode())
        at += len(head) + len(name) + len(data)
        if at > MAX_SIZE:
            raise ProofError(f"evidence of more than {MAX_SIZE} bytes")
    listed = b"".join(central)
    count = len(named)
    end = _END.pack(_END_MARK, 0, 0, count, count, len(listed), at, 0)
    return b"".join((*local, listed, end))


def read_container(data: bytes) -> dict[str, bytes]:
    """Returns the members of a file, without "mimetype".

    There is one file for given members, and no other is taken: whatever is hidden
    before, between or behind them, or said twice, is refused by that.

    Raises:
        ProofError: Not such a file, to the last byte.
    """
    if len(data) > MAX_SIZE:
        raise ProofError(f"evidence of more than {MAX_SIZE} bytes")
    members: dict[str, bytes] = {}
    at = 0
    while data[at : at + len(_LOCAL_MARK)] == _LOCAL_MARK:
        name, content, at = _member(data, at)
        if name in members:
            raise ProofError(f"{name} is in the file twice")
        members[name] = content
        if len(members) > MAX_MEMBERS:
            raise ProofError(f"more than {MAX_MEMBERS} members")
    if members.pop(MIMETYPE_NAME, None) != MIMETYPE:
        raise ProofError("not a file of evidence")
    if write_container(members) != data:
        raise ProofError("the file is not in the one form that evidence has")
    return members


def _member(data: bytes, at: int) -> tuple[str, bytes, int]:
    """Returns the member that begins at a place: name, content, and where it ends."""
    begin = at + _LOCAL.size
    if begin > len(data):
        raise ProofError("the file is cut off")
    fields = _LOCAL.unpack_from(data, at)
    checksum, size, name_size = fields[6], fields[8], fields[9]
    raw = data[begin : begin + name_size]
    try:
        name = raw.decode("ascii")
    except UnicodeDecodeError:
        raise ProofError("a member's name is not plain text") from None
    end = begin + name_size + size
    if end > len(data):
        raise ProofError(f"the file is cut off in {name[:_MAX_NAME]!a}")
    content = data[begin + name_size : end]
    if zlib.crc32(content) != checksum:
        raise ProofError(f"{name[:_MAX_NAME]!a} was changed, or damaged")
    return name, content, end


def _check_name(name: str, *, is_first: bool) -> None:
    """Refuses names that lead out of a folder, or that systems read differently."""
    taken = name == MIMETYPE_NAME and not is_first
    if taken or len(name) > _MAX_NAME or not _NAME.fullmatch(name):
        raise ProofError(f"{name[:_MAX_NAME]!a} cannot be the name of a member")
