"""Contents as they are handed to other systems: without the keys of attached files.

Who is handed one is left to `broker.core.handover`.
"""

from typing import Final

from broker.core.codec.documents import decode_document
from broker.core.codec.kinds import parse_kind
from broker.core.codec.walk import parts_of

_ATTACHMENT: Final = "rogatory.v1.Attachment"
_WAY_IN: Final = ("key", "blob")
"""What opens a sealed file, and what it is asked for by."""


def handed_document(kind: str, body: bytes) -> dict[str, object]:
    """Returns a content for another system; its files are told of, and stay shut.

    Args:
        kind: Kind with version.
        body: The content, serialised.

    Raises:
        RefusedError: As `decode_document`.
    """
    document = decode_document(kind, body)
    # Decoded a moment ago, so that nobody else sees it change.
    for part in list(parts_of(parse_kind(kind).descriptor, document)):
        if part.message.full_name == _ATTACHMENT and isinstance(part.fields, dict):
            for name in _WAY_IN:
                part.fields.pop(name, None)
    return document
