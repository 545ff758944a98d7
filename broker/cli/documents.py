"""`rogatory schema`, and what other commands make of a document file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.cli.output import print_json
from broker.core.codec.contacts_schema import CONTACTS_SCHEMA
from broker.core.codec.documents import encode_document, warnings_for
from broker.core.codec.draft import parse_draft
from broker.core.codec.embargoes import EMBARGOES_SCHEMA
from broker.core.codec.kinds import KINDS
from broker.core.codec.schema import json_schema
from broker.core.errors import ConfigurationError, DocumentProblem
from broker.core.handling import Handling
from broker.core.outgoing import OutgoingDocument
from broker.core.policy.schema import POLICY_SCHEMA
from broker.infra.document_files import load_file
from keys.identity import PartyId

_FILES: Final = {
    "contacts": CONTACTS_SCHEMA,
    "embargoes": EMBARGOES_SCHEMA,
    "policy": POLICY_SCHEMA,
}
_SPANS_MS: Final = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocument:
    """A document file, ready to be sent.

    Attributes:
        warnings: What looks wrong in it and does not stop it.
    """

    document: OutgoingDocument
    warnings: tuple[DocumentProblem, ...]


def read_document(
    path: Path,
    *,
    to: str | None,
    handling: str | None,
    case_reference: str | None,
    expires_in: str | None,
    in_reply_to: bytes = b"",
) -> ReadDocument:
    """Reads and encodes a document file; options win over what the file says.

    Raises:
        DocumentError: It does not fit its kind.
        HandlingError: Not a handling label.
        ConfigurationError: Neither file nor options say to whom, or how to handle it.
    """
    draft = parse_draft(load_file(path))
    body = encode_document(draft.kind, draft.content)
    label = handling or draft.handling
    parties = to.replace(" ", "").split(",") if to else list(draft.to)
    span = expires_in or draft.expires_in
    if label is None:
        raise ConfigurationError("how may it be handled? Give --handling TLP:AMBER, …")
    if not parties:
        raise ConfigurationError("to whom? Give --to BEL or --to BEL,MEX")
    document = OutgoingDocument(
        kind=draft.kind,
        body=body,
        recipients=tuple(PartyId(party) for party in parties),
        handling=Handling.parse(label, draft.restrictions),
        case_reference=case_reference or draft.case_reference or "",
        in_reply_to=in_reply_to,
        lifetime_ms=None if span is None else span_ms(span),
    )
    return ReadDocument(
        document=document, warnings=tuple(warnings_for(draft.kind, body))
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


def schema(
    kind: Annotated[
        str | None,
        typer.Argument(help="Such as trace-request/1, or policy; a list if absent."),
    ] = None,
) -> None:
    """Prints the JSON Schema of a kind of content or of a file, or what there is."""
    if kind is None:
        print_json({"kinds": list(KINDS), "files": list(_FILES)})
        return
    if kind in _FILES:
        print_json(_FILES[kind])
        return
    full = kind if "/" in kind else f"{kind}/1"
    print_json(json_schema(full))
