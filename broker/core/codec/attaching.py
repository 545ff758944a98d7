"""Which contents can name files beside them, and which files a content names.

What is said of each file is left to `broker.core.attachments.attached`.
"""

from functools import cache

from broker.core.attachments.attached import (
    ATTACHMENTS,
    Attached,
    attached_in,
    with_attached,
)
from broker.core.codec.documents import encode_document, read_document
from broker.core.codec.kinds import KINDS, parse_kind
from broker.core.codec.permission import read_copy
from broker.core.onward import ONWARD_KIND


@cache
def attaching_kinds() -> tuple[str, ...]:
    """Returns the kinds, with version, whose contents can name files.

    What passes another content on is one of them.
    """
    named = (one.text for one in KINDS.values() if takes_attachments(one.text))
    return (*named, ONWARD_KIND)


def takes_attachments(kind: str) -> bool:
    """Tells whether contents of a kind name files themselves.

    Raises:
        RefusedError: UNKNOWN_KIND.
    """
    return ATTACHMENTS in parse_kind(kind).descriptor.fields_by_name


def files_of(kind: str, body: bytes) -> tuple[Attached, ...]:
    """Returns the files that a content names, that of others which it passes on too.

    Args:
        kind: With version.
        body: A content that `decode_document` has taken.

    Raises:
        RefusedError: The content cannot be read.
    """
    if kind == ONWARD_KIND:
        copy = read_copy(body)
        kind, body = copy.kind, copy.body
    return attached_in(read_document(parse_kind(kind), body))


def with_files(kind: str, body: bytes, files: tuple[Attached, ...]) -> bytes:
    """Returns a content that names some files more.

    Raises:
        DocumentError: It does not fit its kind with them.
        RefusedError: The content cannot be read.
    """
    document = read_document(parse_kind(kind), body)
    return encode_document(kind, with_attached(document, files))
