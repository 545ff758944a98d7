"""What speaks against a certificate, and how notices of re-export are shown."""

import datetime as dt
from typing import Final

import pytest

from broker.app.registers import CertificateRegister
from broker.cli.certificate_reexports import _row
from broker.cli.certificate_words import (
    certificate_row,
    findings_against,
    show_certificate,
)
from broker.core.registers.certificates import registrations
from broker.core.registers.double_use import leads
from broker.core.registers.reexports import reexports
from broker.core.registers.statement import Statement
from broker.core.registers.uses import certificates, uses
from broker.core.registers.verifications import verifications
from tests.unit.broker.core.registers.stating import example, stated, step
from tests.world import BEL, KEN

DAY: Final = dt.date(2026, 5, 1)
REGISTERED: Final = stated(
    "certificate-registration", KEN, example("certificate-registration")
)
ASKED: Final = stated(
    "verification-request", BEL, example("verification-request"), days=60, to=(KEN,)
)
NOTICE: Final = stated("reexport-notification", KEN, example("reexport-notification"))


def _register(*statements: Statement) -> CertificateRegister:
    registered = registrations(statements)
    known = certificates(registered, verifications(statements), uses(statements))
    return CertificateRegister(
        registrations=registered, certificates=known, leads=leads(known)
    )


def _against(*statements: Statement, day: dt.date = DAY) -> tuple[str, ...]:
    register = _register(*statements)
    return findings_against(register, register.certificates, day)


def _answered(finding: str, **changes: object) -> Statement:
    fields = example(
        "verification-response",
        finding=f"VERIFICATION_FINDING_{finding}",
        certificate=None,
        **changes,
    )
    return stated("verification-response", KEN, fields, days=61, answers=ASKED)


def test_nothing_speaks_against_what_its_issuer_has_registered() -> None:
    assert _against(REGISTERED, ASKED, _answered("CONFIRMED")) == ()
    assert _against(REGISTERED, ASKED, _answered("UNDER_EXAMINATION")) == ()


def test_a_certificate_that_its_issuer_has_not_registered_is_doubtful() -> None:
    [said] = _against(ASKED)
    assert said == "the issuing State has not registered it with us"


def test_an_expired_certificate_is_not_in_force() -> None:
    [said] = _against(REGISTERED, day=dt.date(2027, 1, 1))
    assert said == "by its issuer's own registration it is expired on 2027-01-01"


def test_what_was_found_and_what_messages_call_it_speaks_against_it() -> None:
    certificate = {
        **example("verification-request")["certificate"],
        "authenticity": "DOCUMENT_AUTHENTICITY_SUSPECTED",
    }
    fields = example("verification-request", certificate=certificate)
    asked = stated("verification-request", BEL, fields, days=62, to=(KEN,))
    assert _against(REGISTERED, ASKED, _answered("FORGED"), asked) == (
        "KEN has found: forged",
        "a message calls it suspected",
    )


def test_a_revocation_is_shown_with_its_reason_and_what_is_unnamed_by_its_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    certificate = {
        "kind": "DOCUMENT_KIND_END_USER_CERTIFICATE",
        "sha256": example("certificate-registration")["certificate"]["sha256"],
    }
    fields = example("certificate-registration", certificate=certificate, endUser=None)
    unnamed = stated("certificate-registration", KEN, fields)
    revoked = step(KEN, "REVOKE", unnamed, days=9, text="Stolen forms")
    [one] = _register(unnamed, revoked).certificates
    show_certificate(one, None, DAY)
    out = capsys.readouterr().out
    assert "file deadbeefdeadbeef" in out
    assert "revoked; 2026-02-02 to 2026-12-31; 120 firearm" in out
    assert "Stolen forms" in out
    row = certificate_row(one, None, DAY)
    assert (row[2], row[3], row[-1]) == ("revoked", "", "")


def test_the_end_user_is_the_one_that_any_message_names() -> None:
    [one] = _register(ASKED).certificates
    assert certificate_row(one, None, DAY)[2:4] == (
        "not registered",
        "Example Border Service",
    )


def test_a_notice_says_what_became_of_its_conditions() -> None:
    conditions = stated(
        "reexport-response", BEL, example("reexport-response"), days=2, answers=NOTICE
    )
    accepted = step(KEN, "ACCEPT", conditions, days=3)
    withdrawn = step(KEN, "WITHDRAW", NOTICE, days=4)
    [one] = reexports([NOTICE, conditions, accepted, withdrawn])
    assert _row(one, DAY)[7] == "BEL: conditions, conditions accepted, withdrawn"
