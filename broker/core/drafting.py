"""From a document as a person or a system wrote it to one that can be sent.

Reading it is left to `broker.core.codec.draft`, what policies make of it to the flows.
"""

from typing import Final

from broker.core.codec.draft import Draft
from broker.core.errors import ConfigurationError, DocumentError, DocumentProblem
from broker.core.handling import Handling
from broker.core.outgoing import OutgoingDocument
from keys.identity import PartyId

_SPANS_MS: Final = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}


def outgoing(
    draft: Draft, body: bytes, *, in_reply_to: bytes = b""
) -> OutgoingDocument:
    """Returns what is to be sent.

    Args:
        draft: What was written.
        body: Its content, serialised.
        in_reply_to: Digest of the message that it answers, or empty.

    Raises:
        DocumentError: It does not say to whom, or how to handle it.
        HandlingError: Not a handling label.
        ConfigurationError: Not a span of time.
    """
    problems = []
    if draft.handling is None:
        problems.append(
            DocumentProblem("handling", "nothing", "expected a label such as TLP:AMBER")
        )
    if not draft.to:
        problems.append(DocumentProblem("to", "nobody", "expected codes such as BEL"))
    if problems or draft.handling is None:
        raise DocumentError(problems)
    span = draft.expires_in
    return OutgoingDocument(
        kind=draft.kind,
        body=body,
        recipients=tuple(PartyId(party) for party in draft.to),
        handling=Handling.parse(draft.handling, draft.restrictions),
        case_reference=draft.case_reference or "",
        in_reply_to=in_reply_to,
        lifetime_ms=None if span is None else span_ms(span),
    )


def span_ms(text: str) -> int:
    """Reads a span such as 36h or 30d; returns milliseconds.

    Raises:
        ConfigurationError: Not such a span.
    """
    number, unit = text[:-1], text[-1:]
    if unit not in _SPANS_MS or not number.isdecimal() or int(number) == 0:
        raise ConfigurationError(f"{text!r} is no span of time such as 30m, 36h or 30d")
    return int(number) * _SPANS_MS[unit]
