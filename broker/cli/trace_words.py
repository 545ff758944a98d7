"""What the commands about traces share: options, words of closed lists, drafts.

What is in a draft is left to `broker.core.tracing.drafts`.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
import yaml

from broker.cli.handling_words import restriction_fields
from broker.cli.output import note, print_json
from broker.core.errors import ConfigurationError
from broker.core.handling import Handling
from keys.private_files import write_private

CaseArgument = Annotated[
    str,
    typer.Argument(
        help="Reference of the case; or id or digest of any message in it, or the "
        "beginning of either."
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="File for the draft; printed when absent."),
]
AuthorityOption = Annotated[
    str, typer.Option(help="The office that says so; name no person.")
]

_RESTRICTIONS: Final = {
    # As commands show them: as files have them.
    "release_to": "releaseTo",
    "purposes": "purposes",
    "purpose": "purpose",
    "no_onward": "noOnward",
    "other": "other",
    "retention_days": "retentionDays",
}


class Outcome(StrEnum):
    """What sort of answer it is."""

    ANSWERED = "answered"
    ANSWERED_RESTRICTED = "restricted"
    NO_RECORD = "no-record"
    DELAYED = "delayed"
    REFUSED = "refused"


class LimitGround(StrEnum):
    """On which of the four grounds an answer is delayed, restricted or refused."""

    CRIMINAL_INVESTIGATION = "criminal-investigation"
    CONFIDENTIALITY_LAW = "confidentiality-law"
    NO_GUARANTEE = "no-guarantee"
    NATIONAL_SECURITY = "national-security"


class Basis(StrEnum):
    """Why a trace ends."""

    POINT_OF_DIVERSION = "point-of-diversion"
    LAST_LEGAL_RECORD = "last-legal-record"
    ESTABLISHED_OTHER = "established-other"
    NOT_TRACEABLE = "not-traceable"
    NO_ANSWER = "no-answer"


class Status(StrEnum):
    """What an item counts as in the statistics."""

    TRACED = "traced"
    ESTABLISHED_OTHER = "established-other"
    PENDING = "pending"
    INSUFFICIENT_INFO = "insufficient-info"
    NOT_ATTEMPTED = "not-attempted"
    NOT_TRACEABLE = "not-traceable"


def draft_of(
    kind: str,
    to: Sequence[str],
    handling: Handling,
    case_reference: str,
    content: Mapping[str, object],
) -> dict[str, object]:
    """Returns a document as `rogatory send` takes it.

    Args:
        kind: With version.
        to: Recipients.
        handling: With its restrictions.
        case_reference: Or empty.
        content: By JSON names.
    """
    draft: dict[str, object] = {
        "kind": kind,
        "handling": str(handling),
        "to": [str(party) for party in to],
    }
    bounds = {
        _RESTRICTIONS[name]: value
        for name, value in (restriction_fields(handling) or {}).items()
        if value
    }
    if bounds:
        draft["restrictions"] = bounds
    if case_reference:
        draft["caseReference"] = case_reference
    draft["content"] = dict(content)
    return draft


def put_draft(
    draft: Mapping[str, object],
    out: Path | None,
    advice: Sequence[str],
    *,
    as_json: bool,
) -> None:
    """Writes or prints a draft, and says what to do with it.

    Args:
        draft: As `draft_of` makes it.
        out: Where to; None prints it.
        advice: Lines that say how to go on; they stand above the draft as comments.
        as_json: Print one JSON document.

    Raises:
        ConfigurationError: The file is there already.
    """
    lead = "".join(f"# {line}\n" for line in advice)
    body = yaml.safe_dump(
        dict(draft), sort_keys=False, allow_unicode=True, width=88, indent=2
    )
    if out is not None:
        if out.exists():
            raise ConfigurationError(f"{out} is there already; name another file")
        write_private(out, (lead + body).encode())
    if as_json:
        made = None if out is None else str(out)
        print_json({"file": made, "draft": dict(draft), "advice": list(advice)})
        return
    if out is None:
        print(lead + body, end="")
        return
    note(f"{out} is made.")
    for line in advice:
        note(line)


def put_drafts(
    drafts: Mapping[str, Mapping[str, object]],
    out: Path | None,
    replies: Mapping[str, str],
    *,
    as_json: bool,
) -> None:
    """Writes several drafts into a folder, or prints them.

    Args:
        drafts: By party.
        out: The folder, made when it is not there; None prints them.
        replies: By party: id of the message that its draft answers.
        as_json: Print one JSON document.

    Raises:
        ConfigurationError: A file is there already, or the folder cannot be made.
    """
    if as_json and out is None:
        print_json({"drafts": {party: dict(one) for party, one in drafts.items()}})
        return
    if out is None:
        texts = (
            yaml.safe_dump(dict(one), sort_keys=False, allow_unicode=True, width=88)
            for one in drafts.values()
        )
        print("---\n".join(texts), end="")
        note("Nothing was sent.")
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"cannot make {out}: {error.strerror}") from error
    files = {party: out / f"closing-{party}.yaml" for party in drafts}
    for file in files.values():
        if file.exists():
            raise ConfigurationError(f"{file} is there already; name another folder")
    for party, draft in drafts.items():
        text = yaml.safe_dump(
            dict(draft), sort_keys=False, allow_unicode=True, width=88
        )
        write_private(files[party], text.encode())
        note(f"Then: rogatory send {files[party]} --reply-to {replies[party]}")
    if as_json:
        print_json({"files": {party: str(file) for party, file in files.items()}})
