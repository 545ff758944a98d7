"""Certificates and specimen signatures: who registered them, and what they are worth.

Whether one was used twice is left to `broker.core.registers.uses`.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from broker.core.registers.spans import Span, day_of
from broker.core.registers.statement import (
    STEP,
    Fields,
    Statement,
    digest_in,
    folded,
    inner,
    listed,
    number,
    plain,
    roots,
    text,
)

REGISTRATION: Final = "certificate-registration"


class Standing(StrEnum):
    """What a registration is worth on a day."""

    IN_FORCE = "in-force"
    NOT_YET = "not-yet"
    EXPIRED = "expired"
    REPLACED = "replaced"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"


_ENDINGS: Final[Mapping[str, Standing]] = {
    "CASE_ACT_REVOKE": Standing.REVOKED,
    "CASE_ACT_WITHDRAW": Standing.WITHDRAWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What identifies a document.

    Attributes:
        kind: "end-user-certificate".
        number: As it stands on the document; may be empty.
        issued_by: Country; may be empty.
        date: Of issue, as far as it is known; may be empty.
        sha256: Of the file that holds it; may be empty.
        authenticity: What the statement says of it; may be empty.
    """

    kind: str
    number: str
    issued_by: str
    date: str
    sha256: bytes
    authenticity: str

    def is_called(self, name: str) -> bool:
        """Tells whether a number means this one, whatever spaces and hyphens it has."""
        return bool(folded(name)) and folded(name) == folded(self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What a certificate covers: so many pieces, or rounds, of a class."""

    item_class: str
    quantity: int
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """Who may sign, when, and by which specimen.

    Attributes:
        office: That the signature stands for.
        name: May be empty.
        specimen_sha256: Of the file that holds the specimen.
        span: When it may sign.
    """

    office: str
    name: str
    specimen_sha256: bytes
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a registration ended: the step by which its registrant said so."""

    standing: Standing
    statement: Statement
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One registration.

    Attributes:
        statement: By which it was made.
        issued_by: Country whose authority issued the certificate, or signs.
        paper: The certificate; None for a specimen alone.
        span: When it is valid.
        end_user: Whom it names, or empty.
        covers: What it covers; empty when that is not said.
        signatory: The specimen; None for a certificate alone.
        ending: Of itself, or of the registration that it says anew.
        replaced: Whether its registrant has said the same anew.
    """

    statement: Statement
    issued_by: str
    paper: Paper | None
    span: Span
    end_user: str
    covers: tuple[Covered, ...]
    signatory: Signatory | None
    ending: Ending | None = None
    replaced: bool = False

    @property
    def authoritative(self) -> bool:
        """Whether the State that issued it says so itself, and to us."""
        return self.statement.by == self.issued_by and not self.statement.via

    def standing(self, day: dt.date) -> Standing:
        """Returns what it is worth on a day."""
        if self.ending is not None:
            return self.ending.standing
        if self.replaced:
            return Standing.REPLACED
        if self.span.before(day):
            return Standing.EXPIRED
        return Standing.NOT_YET if self.span.after(day) else Standing.IN_FORCE

    def may_sign(self, day: dt.date) -> bool:
        """Tells whether its signatory may sign on a day.

        What was signed before a revocation stays signed; what was withdrawn never was.
        """
        if self.signatory is None or self.replaced:
            return False
        if self.ending is not None and self.ending.standing is Standing.WITHDRAWN:
            return False
        return self.signatory.span.holds(day) and not self.ended_by(day)

    def ended_by(self, day: dt.date) -> bool:
        """Tells whether it was ended on a day, or before."""
        return self.ending is not None and day_of(self.ending.statement.at_ms) <= day


def paper_in(fields: Fields) -> Paper:
    """Returns what a `DocumentReference` identifies."""
    return Paper(
        kind=plain(text(fields, "kind"), "DOCUMENT_KIND_"),
        number=text(fields, "number"),
        issued_by=text(fields, "issuedBy"),
        date=text(fields, "date"),
        sha256=digest_in(fields, "sha256"),
        authenticity=plain(text(fields, "authenticity"), "DOCUMENT_AUTHENTICITY_"),
    )


def covered_in(fields: Fields) -> tuple[Covered, ...]:
    """Returns what a message says that a certificate covers."""
    return tuple(
        Covered(
            item_class=plain(text(one, "itemClass"), "ITEM_CLASS_"),
            quantity=number(one, "quantity"),
            description=text(one, "description"),
        )
        for one in listed(fields, "covers")
    )


def actor_name(fields: Fields, name: str) -> str:
    """Returns what an actor within is called, or how it is described."""
    actor = inner(fields, name)
    return text(actor, "name") or text(actor, "description")


def registrations(statements: Collection[Statement]) -> tuple[Registration, ...]:
    """Returns every registration, oldest first, whatever order statements come in.

    Args:
        statements: Registrations, and steps about them; others are passed over.
    """
    relevant = [one for one in statements if one.kind in {REGISTRATION, STEP}]
    root_of = roots(relevant, REGISTRATION)
    chains: dict[tuple[bytes, str], list[Registration]] = defaultdict(list)
    for one in sorted(relevant, key=lambda one: one.order):
        if one.kind == REGISTRATION:
            # Only who registered it says it anew, or ends it.
            chains[root_of[one.digest], one.by].append(_registration(one))
    endings = _endings(relevant, root_of)
    found = [
        replace(one, ending=endings.get(key), replaced=one is not chain[-1])
        for key, chain in chains.items()
        for one in chain
    ]
    found.sort(key=lambda one: one.statement.order)
    return tuple(_without_repeated(found))


def _registration(statement: Statement) -> Registration:
    fields = statement.fields
    paper = inner(fields, "certificate")
    signatory = inner(fields, "signatory")
    issued_by = text(fields, "issuedBy")
    named = paper_in({"issuedBy": issued_by, **paper}) if paper else None
    return Registration(
        statement=statement,
        issued_by=issued_by,
        paper=named,
        span=Span.of(inner(fields, "validity")),
        end_user=actor_name(fields, "endUser"),
        covers=covered_in(fields),
        signatory=_signatory(signatory) if signatory else None,
    )


def _signatory(fields: Fields) -> Signatory:
    return Signatory(
        office=text(fields, "office"),
        name=text(fields, "name"),
        specimen_sha256=digest_in(fields, "specimenSha256"),
        span=Span.of(inner(fields, "validity")),
    )


def _endings(
    statements: Iterable[Statement], root_of: Mapping[bytes, bytes]
) -> dict[tuple[bytes, str], Ending]:
    """Returns the first ending of each chain by the one who made it."""
    endings: dict[tuple[bytes, str], Ending] = {}
    for one in sorted(statements, key=lambda one: one.order):
        standing = _ENDINGS.get(text(one.fields, "act"))
        if one.kind == STEP and standing is not None:
            ending = Ending(
                standing=standing, statement=one, reason=text(one.fields, "text")
            )
            endings.setdefault((root_of[one.digest], one.by), ending)
    return endings


def _without_repeated(found: Sequence[Registration]) -> list[Registration]:
    """Marks what its registrant has registered once more, not in reply to the first."""
    newest: dict[tuple[object, ...], Registration] = {}
    for one in found:
        if one.ending is None and not one.replaced:
            newest[_identity(one)] = one
    return [
        replace(one, replaced=True)
        if one.ending is None and not one.replaced and newest[_identity(one)] is not one
        else one
        for one in found
    ]


def _identity(one: Registration) -> tuple[object, ...]:
    """Returns what a registration is about: the same again stands for the same."""
    paper, signatory = one.paper, one.signatory
    return (
        one.statement.by,
        # What somebody passes on replaces nothing that its author has said to us.
        one.statement.via,
        one.issued_by,
        None if paper is None else (paper.kind, folded(paper.number), paper.sha256),
        None if signatory is None else (signatory.office, signatory.specimen_sha256),
    )
