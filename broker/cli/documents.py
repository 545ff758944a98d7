"""`rogatory schema`, and what other commands make of a document file."""

from dataclasses import dataclass, replace
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
from broker.core.drafting import outgoing
from broker.core.errors import ConfigurationError, DocumentProblem
from broker.core.outgoing import OutgoingDocument
from broker.core.policy.schema import POLICY_SCHEMA
from broker.infra.document_files import load_file

_FILES: Final = {
    "contacts": CONTACTS_SCHEMA,
    "embargoes": EMBARGOES_SCHEMA,
    "policy": POLICY_SCHEMA,
}


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
    draft = replace(
        draft,
        handling=label,
        to=tuple(parties),
        case_reference=case_reference or draft.case_reference,
        expires_in=span,
    )
    document = outgoing(draft, body, in_reply_to=in_reply_to)
    return ReadDocument(
        document=document, warnings=tuple(warnings_for(draft.kind, body))
    )


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
