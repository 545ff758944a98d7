"""What a node keeps for its adapters, as it lies in the store: under the node's key.

Where it lies, and when it goes, is left to the stores.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.values import Proposal, Submission
from keys.framing import frame
from keys.sealing import protect, unprotect

_LETTER: Final = b"adapter-letter/1"
_PROPOSAL: Final = b"adapter-proposal/1"
_EMISSION: Final = b"adapter-emission/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterContent:
    """What is in a dead letter.

    Attributes:
        reason: Why it is one, for a person.
        key: What came in is called by this where it came from; empty otherwise.
        data: What was refused, as it came or as it would have been given.
        media_type: Of that; empty where it is not known.
        source: Where it came from; empty for what was to be given.
    """

    reason: str
    key: str = ""
    data: bytes = field(default=b"", repr=False)
    media_type: str = ""
    source: str = ""


def protect_letter(
    store_key: bytes, adapter: str, key: str, content: LetterContent
) -> bytes:
    """Returns the content of a dead letter, for the store."""
    fields = {
        "reason": content.reason,
        "key": content.key,
        "data": base64.b64encode(content.data).decode("ascii"),
        "media_type": content.media_type,
        "source": content.source,
    }
    return _protect(store_key, fields, _LETTER, adapter, key)


def open_letter(
    store_key: bytes, adapter: str, key: str, kept: bytes
) -> LetterContent | None:
    """Returns what `protect_letter` was given; None when it was destroyed.

    Raises:
        ContentError: It was protected under another key.
    """
    fields = _unprotect(store_key, kept, _LETTER, adapter, key)
    if fields is None:
        return None
    return LetterContent(
        reason=fields["reason"],
        key=fields["key"],
        data=base64.b64decode(fields["data"]),
        media_type=fields["media_type"],
        source=fields["source"],
    )


def protect_proposal(store_key: bytes, proposal_id: str, proposal: Proposal) -> bytes:
    """Returns a proposal, for the store."""
    one = proposal.submission
    fields = {
        "title": proposal.title,
        "reasons": list(proposal.reasons),
        "key": one.key,
        "kind": one.kind,
        "content": one.content,
        "handling": one.handling,
        "to": list(one.to),
        "case_reference": one.case_reference,
        "in_reply_to": one.in_reply_to.hex(),
        "based_on": [digest.hex() for digest in one.based_on],
    }
    return _protect(store_key, fields, _PROPOSAL, proposal_id)


def open_proposal(store_key: bytes, proposal_id: str, kept: bytes) -> Proposal | None:
    """Returns what `protect_proposal` was given; None when it was destroyed.

    Raises:
        ContentError: It was protected under another key.
    """
    fields = _unprotect(store_key, kept, _PROPOSAL, proposal_id)
    if fields is None:
        return None
    return Proposal(
        submission=Submission(
            key=fields["key"],
            kind=fields["kind"],
            content=fields["content"],
            handling=fields["handling"],
            to=tuple(fields["to"]),
            case_reference=fields["case_reference"],
            in_reply_to=bytes.fromhex(fields["in_reply_to"]),
            based_on=tuple(bytes.fromhex(one) for one in fields["based_on"]),
        ),
        title=fields["title"],
        reasons=tuple(fields["reasons"]),
    )


def protect_target(
    store_key: bytes, adapter: str, message_digest: bytes, target: str
) -> bytes:
    """Returns to what something was given, for the store."""
    context = frame(_EMISSION, adapter.encode(), message_digest)
    return protect(store_key, target.encode(), context=context)


def open_target(
    store_key: bytes, adapter: str, message_digest: bytes, kept: bytes
) -> str:
    """Returns what `protect_target` was given; empty when it was destroyed.

    Raises:
        ContentError: It was protected under another key.
    """
    if not kept:
        return ""
    context = frame(_EMISSION, adapter.encode(), message_digest)
    return unprotect(store_key, kept, context=context).decode()


def _protect(
    store_key: bytes, fields: Mapping[str, object], label: bytes, *names: str
) -> bytes:
    context = frame(label, *(name.encode() for name in names))
    data = json.dumps(fields, ensure_ascii=False).encode()
    return protect(store_key, data, context=context)


def _unprotect(
    store_key: bytes, kept: bytes, label: bytes, *names: str
) -> dict[str, Any] | None:
    if not kept:
        return None
    context = frame(label, *(name.encode() for name in names))
    fields: dict[str, Any] = json.loads(unprotect(store_key, kept, context=context))
    return fields
