"""Whether two messages are of one matter: then it is no news what is in both.

What they say is left to the modules beside this one.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the header of a message says, as far as it tells matters apart.

    Attributes:
        message_digest: Of its signed header.
        root: The first message of those that answer one another, by digest.
        case_reference: Of its case; may be empty.
        kind: With version.
        origin: Who sent it.
        created_ms: When it was sealed, in ms since the epoch.
    """

    message_digest: bytes
    root: bytes
    case_reference: str
    kind: str
    origin: str
    created_ms: int


def is_one_matter(
    a: Head, b: Head, *, a_original: bytes = b"", b_original: bytes = b""
) -> bool:
    """Tells whether two messages are of one case, exchange, document or original.

    Args:
        a: One message.
        b: The other.
        a_original: The message that `a` is a copy of; empty when it is none.
        b_original: Likewise of `b`.
    """
    if a.root == b.root or (a.case_reference and a.case_reference == b.case_reference):
        return True
    # Policies make one document several messages, sealed at one time.
    if (a.origin, a.kind, a.created_ms) == (b.origin, b.kind, b.created_ms):
        return True
    sources = {a_original or a.message_digest} & {b_original or b.message_digest}
    return bool(sources)
