"""Certificates, their standing and the signs of double use, as commands print them."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from broker.app.registers import CertificateRegister
from broker.cli.output import note, say_item
from broker.cli.register_options import message_of, said_by
from broker.core.registers.certificates import Paper, Registration, Standing
from broker.core.registers.double_use import Lead
from broker.core.registers.uses import Certificate, Use
from broker.core.registers.verifications import Finding

LIST_COLUMNS: Final = (
    "number", "issued by", "standing", "end user", "covers", "last finding", "used",
    "signs",
)  # fmt: skip
SIGNATORY_COLUMNS: Final = (
    "office", "name", "may sign", "on that day", "specimen", "registered by", "message",
)  # fmt: skip
_SPECIMEN: Final = 16  # hexadecimal digits that a table shows
_SOUND: Final = frozenset({"confirmed"})
_SPEAKING: Final = frozenset({"under-examination"})
UNREGISTERED: Final = "not registered"


def certificate_row(
    one: Certificate, lead: Lead | None, day: dt.date
) -> tuple[str, ...]:
    """Returns the line of a list; the columns are `LIST_COLUMNS`."""
    own = own_registration(one)
    covering = one.covering
    return (
        _number(one),
        ", ".join(sorted({paper.issued_by for paper in one.papers} - {""})),
        UNREGISTERED if own is None else own.standing(day).value,
        _end_user(one),
        "" if covering is None else _covers(covering),
        ", ".join(f"{found.statement.by}: {found.finding}" for found in _last(one)),
        str(len(one.uses)),
        "" if lead is None else ", ".join(reason.sign for reason in lead.reasons),
    )


def show_certificate(one: Certificate, lead: Lead | None, day: dt.date) -> None:
    """Prints all that is known of a certificate for a person."""
    say_item("certificate  ", _number(one))
    for paper in distinct_papers(one):
        say_item("  paper      ", _paper_words(paper))
    for each in one.registrations:
        words = [each.standing(day).value, str(each.span), each.end_user, _covers(each)]
        if each.ending is not None and each.ending.reason:
            words.append(each.ending.reason)
        how = "" if each.authoritative else " (not by its issuer)"
        said = "; ".join(filter(None, words))
        lead_in = f"registered by {said_by(each.statement)}{how}"
        say_item("  ", f"{lead_in}: {said} [{message_of(each.statement)}]")
    for verification in one.verifications:
        asked = verification.request
        to = ", ".join(asked.to)
        say_item(
            "  ",
            f"{said_by(asked)} asked {to} about the {verification.subject} "
            f"[{message_of(asked)}]",
        )
        for found in verification.findings:
            say_item("    ", _finding_words(found))
    for use in one.uses:
        say_item("  ", _use_words(use))
    for reason in () if lead is None else lead.reasons:
        weight = "lead" if reason.strong else "weak lead"
        note(f"{weight}: {reason.text}")


def findings_against(
    register: CertificateRegister, found: Sequence[Certificate], day: dt.date
) -> tuple[str, ...]:
    """Returns what speaks against a certificate, each as a sentence without full stop.

    Args:
        register: The register.
        found: What was found under the number or file.
        day: On which it is looked at.
    """
    if not found:
        return ("nothing is known of it here; that proves nothing",)
    return tuple(text for one in found for text in _against(register, one, day))


def _against(
    register: CertificateRegister, one: Certificate, day: dt.date
) -> Iterator[str]:
    own = own_registration(one)
    if own is None:
        yield "the issuing State has not registered it with us"
    elif (standing := own.standing(day)) is not Standing.IN_FORCE:
        yield f"by its issuer's own registration it is {standing} on {day}"
    for found in _last(one):
        if found.finding not in _SOUND | _SPEAKING:
            yield f"{found.statement.by} has found: {found.finding}"
    for paper in distinct_papers(one):
        if paper.authenticity and paper.authenticity != "confirmed":
            yield f"a message calls it {paper.authenticity}"
    for lead in register.leads:
        if lead.certificate is one:
            yield from (reason.text for reason in lead.reasons if reason.strong)


def signatories_of(
    register: CertificateRegister, country: str, specimen: bytes | None
) -> list[Registration]:
    """Returns the specimens that are registered for a State, oldest first.

    Args:
        register: The register.
        country: Whose.
        specimen: Only those with a file of this SHA-256; all if None.
    """
    return [
        one
        for one in register.registrations
        if one.signatory is not None
        and one.issued_by == country
        and not one.replaced
        and specimen in {None, one.signatory.specimen_sha256}
    ]


def signatory_rows(
    found: Sequence[Registration], day: dt.date
) -> list[tuple[str, ...]]:
    """Returns the lines of a list; the columns are `SIGNATORY_COLUMNS`."""
    return [
        (
            one.signatory.office,
            one.signatory.name,
            str(one.signatory.span),
            "yes" if one.may_sign(day) else "no",
            one.signatory.specimen_sha256.hex()[:_SPECIMEN],
            said_by(one.statement),
            message_of(one.statement),
        )
        for one in found
        if one.signatory is not None
    ]


def own_registration(one: Certificate) -> Registration | None:
    """Returns the issuing State's own registration, the last one."""
    own = [each for each in one.registrations if each.authoritative]
    standing = [each for each in own if not each.replaced]
    return next(reversed(standing or own), None)


def _last(one: Certificate) -> list[Finding]:
    """Returns the last finding of each State."""
    found = [
        each for verification in one.verifications for each in verification.findings
    ]
    found.sort(key=lambda each: each.statement.order)
    return list({each.statement.by: each for each in found}.values())


def distinct_papers(one: Certificate) -> list[Paper]:
    """Returns what identifies a certificate, each wording once."""
    return list(dict.fromkeys(one.papers))


def _number(one: Certificate) -> str:
    numbers = dict.fromkeys(paper.number for paper in one.papers if paper.number)
    files = (paper.sha256.hex()[:_SPECIMEN] for paper in one.papers if paper.sha256)
    return ", ".join(numbers) or f"file {next(files, '')}"


def _end_user(one: Certificate) -> str:
    named = [each.end_user for each in one.registrations if each.end_user]
    named += [use.end_user for use in one.uses if use.end_user]
    return named[0] if named else ""


def _covers(one: Registration) -> str:
    return ", ".join(f"{line.quantity} {line.item_class}" for line in one.covers)


def _paper_words(paper: Paper) -> str:
    words = [paper.kind, paper.number, paper.issued_by, paper.date, paper.authenticity]
    if paper.sha256:
        words.append(f"sha256 {paper.sha256.hex()}")
    return ", ".join(filter(None, words))


def _finding_words(found: Finding) -> str:
    own = "" if found.of_the_issuer else " (not its issuer)"
    arrived = f"{found.delivered} arrived" if found.delivered else ""
    words = (found.finding, arrived, found.date, found.authority, found.detail)
    said = "; ".join(filter(None, words))
    return f"{said_by(found.statement)}{own}: {said} [{message_of(found.statement)}]"


def _use_words(use: Use) -> str:
    goods = ", ".join(f"{count} {group}" for group, count in use.quantities.items())
    way = " to ".join(filter(None, (use.exported_from, use.destined_to)))
    words = ", ".join(filter(None, (goods, way, " / ".join(sorted(use.consignment)))))
    what = f"{use.statement.kind} of {said_by(use.statement)}"
    return f"used in {what}: {words or 'no goods named'} [{message_of(use.statement)}]"
