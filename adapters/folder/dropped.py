"""A document that was dropped into a folder: read strictly, with its handling in it.

It is written as for `rogatory send`, as JSON. Taking files is left to the adapter.
"""

import json
from typing import Final

from adapters.errors import RejectedError
from adapters.values import Received, Submission
from broker.core.codec.documents import encode_document
from broker.core.codec.draft import Draft, parse_draft
from broker.core.errors import DocumentError, RefusedError
from broker.core.handling import Restrictions

_MAX_PROBLEMS: Final = 20


def submission_of(received: Received) -> Submission:
    """Returns what a file asks to be sent.

    Raises:
        RejectedError: No JSON, no document of its kind, or one that does not say how
            to handle it; the reason names places, and no values.
    """
    draft = _draft(received)
    if draft.handling is None:
        raise _rejected("no-handling", "handling: expected a label such as TLP:AMBER")
    if draft.restrictions != Restrictions() or draft.expires_in is not None:
        # Leaving them out would loosen what the author wrote.
        raise _rejected(
            "not-here",
            "restrictions and expires_in cannot be given in a dropped file; send it "
            "with: rogatory send",
        )
    return Submission(
        key=received.key,
        kind=draft.kind,
        content=draft.content,
        handling=draft.handling,
        to=draft.to,
        case_reference=draft.case_reference or "",
    )


def _where(error: Exception) -> str:
    """Says where it stops being JSON, and repeats nothing of it."""
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}, column {error.colno}"
    return type(error).__name__


def _draft(received: Received) -> Draft:
    try:
        document = json.loads(
            received.data.decode("utf-8-sig"), object_pairs_hook=_once
        )
        draft = parse_draft(document)
        encode_document(draft.kind, draft.content)
    except (ValueError, RecursionError) as error:
        # Also a number of thousands of digits, which JSON does not forbid.
        raise _rejected(
            "no-json",
            "it is no JSON, which a document in a folder has to be (YAML is not): "
            f"{_where(error)}",
        ) from error
    except DocumentError as error:
        places = [
            f"{one.path or '(document)'}: {one.expected}" for one in error.problems
        ]
        text = "\n".join(places[:_MAX_PROBLEMS])
        raise _rejected("invalid-content", text) from error
    except RefusedError as error:
        raise _rejected(error.code.value, error.detail) from error
    return draft


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _rejected("no-json", "a name stands twice in one place")
    return fields


def _rejected(code: str, reason: str) -> RejectedError:
    return RejectedError(reason, code=code)
