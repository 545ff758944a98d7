"""Verifications: who asked whom whether a certificate is as stated, and what was found.

Which certificate is meant is left to `broker.core.registers.uses`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from broker.core.registers.certificates import Paper, paper_in
from broker.core.registers.statement import (
    Statement,
    inner,
    matters,
    number,
    plain,
    text,
    wordings,
)

REQUEST: Final = "verification-request"
RESPONSE: Final = "verification-response"

_PENDING: Final = "under-examination"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What somebody has found.

    Attributes:
        statement: By which it was said.
        finding: "confirmed".
        detail: In words; may be empty.
        delivered: How many arrived; 0 when that is not said.
        date: Of what is confirmed; may be empty.
        authority: Office that answers; may be empty.
        of_the_issuer: Whether the State that issued the document says so, and to us.
    """

    statement: Statement
    finding: str
    detail: str
    delivered: int
    date: str
    authority: str
    of_the_issuer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """One request with what came of it.

    Attributes:
        request: The request.
        subject: "certificate", "delivery" or "end-use".
        paper: The document that it is about.
        findings: The last one of each party that was asked; under examination only
            as long as there is no other.
    """

    request: Statement
    subject: str
    paper: Paper
    findings: tuple[Finding, ...]


def verifications(statements: Collection[Statement]) -> tuple[Verification, ...]:
    """Returns every verification, oldest first, whatever order statements come in.

    Args:
        statements: Requests, responses, and steps between them; others are passed
            over.
    """
    return tuple(_verification(matter) for matter in matters(statements, REQUEST))


def _verification(matter: list[Statement]) -> Verification:
    request, *_ = requests = wordings(matter, REQUEST)
    asked = {party for one in requests for party in one.to}
    paper = paper_in(inner(requests[-1].fields, "certificate"))
    last: dict[str, Finding] = {}
    for said in matter:
        if said.kind != RESPONSE or said.by not in asked:
            continue  # nobody asked them
        found = _finding(said, paper)
        if found.finding != _PENDING or said.by not in last:
            last[said.by] = found
    return Verification(
        request=request,
        subject=plain(text(request.fields, "subject"), "VERIFICATION_SUBJECT_"),
        paper=paper,
        findings=tuple(last[party] for party in sorted(last)),
    )


def _finding(said: Statement, paper: Paper) -> Finding:
    fields = said.fields
    return Finding(
        statement=said,
        finding=plain(text(fields, "finding"), "VERIFICATION_FINDING_"),
        detail=text(fields, "detail"),
        delivered=number(fields, "delivered"),
        date=text(fields, "date"),
        authority=text(fields, "authority"),
        of_the_issuer=said.by == paper.issued_by and not said.via,
    )
