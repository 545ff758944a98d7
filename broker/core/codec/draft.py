"""The outer layer of a file that an officer writes: kind, handling, recipients.

The content inside is left to `broker.core.codec.documents`; reading YAML, to the
command line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from broker.core.codec.draft_restrictions import (
    NAMES,
    RESTRICTIONS_SCHEMA,
    restrictions_of,
)
from broker.core.codec.kinds import CONTENT_KINDS
from broker.core.codec.problems import (
    Form,
    in_order,
    schema_problems,
    shown,
)
from broker.core.errors import DocumentError, DocumentProblem, HandlingError
from broker.core.handling import Handling, Restrictions

_CASE_REFERENCE_LENGTH = 64  # characters

_NAMES: Final = {"case_reference": "caseReference", "expires_in": "expiresIn"}

_FORM: Final = Form(
    {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "title": "a mapping with kind and content",
        "additionalProperties": False,
        "required": ["kind", "content"],
        "properties": {
            "kind": {"enum": list(CONTENT_KINDS)},
            "handling": {
                "type": "string",
                "title": "a handling label as text, such as 'TLP:AMBER'",
            },
            "to": {
                "type": "array",
                "minItems": 1,
                "uniqueItems": True,
                "items": {
                    "type": "string",
                    "pattern": "^[A-Z]{3}$",
                    "title": "a party code of three capital letters, such as KEN",
                },
            },
            "caseReference": {
                "type": "string",
                "minLength": 1,
                "maxLength": _CASE_REFERENCE_LENGTH,
                "pattern": "^[!-~]+$",
                "title": f"at most {_CASE_REFERENCE_LENGTH} characters of ASCII "
                "without spaces",
            },
            "expiresIn": {
                "type": "string",
                "pattern": "^[1-9][0-9]{0,4}[mhd]$",
                "title": "a span of minutes, hours or days, such as 36h or 30d",
            },
            "restrictions": RESTRICTIONS_SCHEMA,
            "content": {"type": "object", "title": "a mapping"},
        },
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A file, read but not yet encoded.

    Args:
        kind: Kind with version: "trace-request/1".
        content: Fields of the content, as they were read.
        handling: Label such as "TLP:AMBER H2"; None when the file has none.
        to: Party codes in the order of the file; empty when the file has none.
        case_reference: Pseudonymous reference of the case, or None.
        expires_in: Span such as "30d" after which it is no longer delivered, or None.
        restrictions: What the recipients are bound to besides the label.
    """

    kind: str
    content: Mapping[str, object]
    handling: str | None = None
    to: tuple[str, ...] = ()
    case_reference: str | None = None
    expires_in: str | None = None
    restrictions: Restrictions = field(default_factory=Restrictions)


def parse_draft(document: object) -> Draft:
    """Reads the outer layer of a document.

    Args:
        document: A file as YAML or JSON gives it. `case_reference` and `expires_in`
            may be written in either style of names, and so may restrictions.

    Raises:
        DocumentError: With a problem for each place that does not fit. The content
            is only required to be a mapping.
    """
    problems: list[DocumentProblem] = []
    fields = _with_known_names(document, _NAMES, problems)
    if isinstance(fields, dict) and "restrictions" in fields:
        fields["restrictions"] = _with_known_names(
            fields["restrictions"], NAMES, problems, "restrictions."
        )
    problems.extend(schema_problems(_FORM, fields))
    problems.extend(_handling_problems(fields))
    if problems or not isinstance(fields, dict):
        raise DocumentError(in_order(problems))
    return Draft(
        kind=fields["kind"],
        content=fields["content"],
        handling=fields.get("handling"),
        to=tuple(fields.get("to", ())),
        case_reference=fields.get("caseReference"),
        expires_in=fields.get("expiresIn"),
        restrictions=restrictions_of(fields.get("restrictions", {})),
    )


def _with_known_names(
    document: object,
    names: Mapping[str, str],
    problems: list[DocumentProblem],
    path: str = "",
) -> object:
    if not isinstance(document, Mapping):
        return document
    fields: dict[str, object] = {}
    for name, value in document.items():
        known = names.get(name, str(name))
        if known in fields:
            problems.append(
                DocumentProblem(
                    path + known, shown(value), f"expected it once, not as {name}"
                )
            )
        fields[known] = value
    return fields


def _handling_problems(fields: object) -> list[DocumentProblem]:
    label = fields.get("handling") if isinstance(fields, dict) else None
    if not isinstance(label, str):
        return []
    try:
        Handling.parse(label)
    except HandlingError as error:
        return [DocumentProblem("handling", shown(label), str(error))]
    return []
