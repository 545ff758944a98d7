"""The day after which a content must be reviewed or destroyed, as it says itself.

What is done then is left to `broker.core.recalls.retention` and to lists.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from broker.core.codec.documents import read_document
from broker.core.codec.kinds import KINDS, parse_kind

_FIELD: Final = "expiresOn"

EXPIRING_KINDS: Final = frozenset(
    kind.text
    for kind in KINDS.values()
    if _FIELD in kind.descriptor.fields_by_camelcase_name
)
"""Kinds, with version, whose contents name such a day."""


def expiry_of(kind: str, body: bytes) -> dt.date | None:
    """Returns the last day on which a content may be used as it is.

    Args:
        kind: With version.
        body: A content that `encode_document` made or `decode_document` took.

    Returns:
        The day (UTC); None if the kind names none.

    Raises:
        RefusedError: UNKNOWN_KIND, or the code of malformed bytes.
    """
    if kind not in EXPIRING_KINDS:
        return None
    return expiry_in(read_document(parse_kind(kind), body))


def expiry_in(document: Mapping[str, object]) -> dt.date | None:
    """Returns the same for a content that is read already.

    Args:
        document: Protobuf's JSON mapping of it.
    """
    text = document.get(_FIELD)
    return dt.date.fromisoformat(text) if isinstance(text, str) else None
