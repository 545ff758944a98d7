"""Certificates as programs read them: what `--json` prints.

Words for people are left to `broker.cli.certificate_words`.
"""

import datetime as dt

from broker.cli.certificate_words import distinct_papers, own_registration
from broker.cli.register_options import source_fields
from broker.core.registers.certificates import Paper, Registration
from broker.core.registers.double_use import Lead
from broker.core.registers.uses import Certificate, Use
from broker.core.registers.verifications import Verification


def certificate_fields(
    one: Certificate, lead: Lead | None, day: dt.date
) -> dict[str, object]:
    """Returns all that is known of a certificate, as programs read it."""
    own = own_registration(one)
    return {
        "papers": [_paper_fields(paper) for paper in distinct_papers(one)],
        "standing": None if own is None else own.standing(day).value,
        "registrations": [
            _registration_fields(each, day) for each in one.registrations
        ],
        "verifications": [_verification_fields(each) for each in one.verifications],
        "uses": [_use_fields(use) for use in one.uses],
        "leads": []
        if lead is None
        else [
            {"sign": each.sign.value, "strong": each.strong, "text": each.text}
            for each in lead.reasons
        ],
    }


def signatory_fields(one: Registration, day: dt.date) -> dict[str, object]:
    """Returns who may sign, as programs read it."""
    fields = _registration_fields(one, day)
    return {**fields, "may_sign": one.may_sign(day)}


def _paper_fields(paper: Paper) -> dict[str, object]:
    return {
        "kind": paper.kind,
        "number": paper.number or None,
        "issued_by": paper.issued_by or None,
        "date": paper.date or None,
        "sha256": paper.sha256.hex() or None,
        "authenticity": paper.authenticity or None,
    }


def _registration_fields(one: Registration, day: dt.date) -> dict[str, object]:
    ending, signatory = one.ending, one.signatory
    return {
        **source_fields(one.statement),
        "issued_by": one.issued_by,
        "authoritative": one.authoritative,
        "standing": one.standing(day).value,
        "valid": str(one.span) or None,
        "end_user": one.end_user or None,
        "covers": [
            {"item_class": line.item_class, "quantity": line.quantity}
            for line in one.covers
        ],
        "signatory": None
        if signatory is None
        else {
            "office": signatory.office,
            "name": signatory.name or None,
            "specimen_sha256": signatory.specimen_sha256.hex(),
            "valid": str(signatory.span),
        },
        "ended": None
        if ending is None
        else {
            **source_fields(ending.statement),
            "how": ending.standing.value,
            "reason": ending.reason or None,
        },
    }


def _verification_fields(one: Verification) -> dict[str, object]:
    return {
        **source_fields(one.request),
        "asked": [str(party) for party in one.request.to],
        "subject": one.subject,
        "findings": [
            {
                **source_fields(found.statement),
                "finding": found.finding,
                "of_the_issuer": found.of_the_issuer,
                "delivered": found.delivered or None,
                "date": found.date or None,
                "authority": found.authority or None,
                "detail": found.detail or None,
            }
            for found in one.findings
        ],
    }


def _use_fields(use: Use) -> dict[str, object]:
    return {
        **source_fields(use.statement),
        "kind": use.statement.kind,
        "consignment": sorted(use.consignment),
        "exported_from": use.exported_from or None,
        "destined_to": use.destined_to or None,
        "end_user": use.end_user or None,
        "departure": use.departure or None,
        "quantities": dict(use.quantities),
    }
