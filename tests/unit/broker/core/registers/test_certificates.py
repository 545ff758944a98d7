"""Claims about registrations and verifications of certificates."""

import datetime as dt
import itertools
from dataclasses import replace
from typing import Final

import pytest

from broker.core.registers.certificates import Standing, registrations
from broker.core.registers.statement import Statement
from broker.core.registers.verifications import verifications
from tests.unit.broker.core.registers.stating import example, stated, step
from tests.world import BEL, KEN, MEX

DAY: Final = dt.date(2026, 5, 1)
REGISTERED: Final = stated(
    "certificate-registration", KEN, example("certificate-registration")
)
ASKED: Final = stated(
    "verification-request", BEL, example("verification-request"), days=60, to=(KEN,)
)


def _standings(*statements: Statement, day: dt.date = DAY) -> list[Standing]:
    return [one.standing(day) for one in registrations(statements)]


def test_a_certificate_is_in_force_from_its_first_day_to_its_last() -> None:
    for day, standing in (
        (dt.date(2026, 2, 1), Standing.NOT_YET),
        (dt.date(2026, 2, 2), Standing.IN_FORCE),
        (dt.date(2026, 12, 31), Standing.IN_FORCE),
        (dt.date(2027, 1, 1), Standing.EXPIRED),
    ):
        assert _standings(REGISTERED, day=day) == [standing]


def test_it_says_what_it_covers_and_who_may_sign() -> None:
    [one] = registrations([REGISTERED])
    assert one.authoritative
    assert one.end_user == "Example Border Service"
    assert [(each.item_class, each.quantity) for each in one.covers] == [
        ("firearm", 120),
        ("ammunition", 24000),
    ]
    assert one.paper is not None
    assert one.paper.is_called("euc test 0031")
    assert not one.paper.is_called("")
    assert not one.may_sign(dt.date(2025, 6, 30))
    assert one.may_sign(dt.date(2025, 7, 1))
    assert not one.may_sign(dt.date(2027, 7, 1))


def test_what_others_register_for_a_state_is_not_its_own_word() -> None:
    [by_others] = registrations([replace(REGISTERED, by=MEX)])
    [passed_on] = registrations([replace(REGISTERED, via=BEL)])
    assert not by_others.authoritative
    assert not passed_on.authoritative


def test_a_revocation_ends_it_and_every_wording_of_it() -> None:
    anew = stated(
        "certificate-registration",
        KEN,
        example("certificate-registration", remarks="Said anew"),
        days=5,
        answers=REGISTERED,
    )
    revoked = step(KEN, "REVOKE", anew, days=30, text="Signature withdrawn")
    assert _standings(REGISTERED, anew) == [Standing.REPLACED, Standing.IN_FORCE]
    for statements in itertools.permutations((REGISTERED, anew, revoked)):
        found = registrations(statements)
        assert [one.standing(DAY) for one in found] == [Standing.REVOKED] * 2
        assert [one.ending.reason for one in found if one.ending] == [
            "Signature withdrawn"
        ] * 2


def test_nobody_but_the_registrant_can_revoke_a_certificate() -> None:
    forged = step(MEX, "REVOKE", REGISTERED, days=30)
    assert _standings(REGISTERED, forged) == [Standing.IN_FORCE]


def test_the_first_ending_counts() -> None:
    revoked = step(KEN, "REVOKE", REGISTERED, days=30)
    withdrawn = step(KEN, "WITHDRAW", REGISTERED, days=40)
    assert _standings(withdrawn, revoked, REGISTERED) == [Standing.REVOKED]


def test_what_was_signed_before_a_revocation_stays_signed() -> None:
    revoked = step(KEN, "REVOKE", REGISTERED, days=30)
    [one] = registrations([REGISTERED, revoked])
    assert one.may_sign(dt.date(2026, 3, 3))
    assert not one.may_sign(dt.date(2026, 3, 4))
    withdrawn = step(KEN, "WITHDRAW", REGISTERED, days=30)
    [one] = registrations([REGISTERED, withdrawn])
    assert not one.may_sign(dt.date(2026, 3, 3))


def test_the_same_registered_again_stands_for_the_same() -> None:
    again = stated(
        "certificate-registration", KEN, example("certificate-registration"), days=9
    )
    assert _standings(again, REGISTERED) == [Standing.REPLACED, Standing.IN_FORCE]
    [old, _] = registrations([again, REGISTERED])
    assert not old.may_sign(DAY)


def test_whoever_passes_on_a_forged_copy_replaces_nothing() -> None:
    copy = stated(
        "certificate-registration",
        KEN,
        example("certificate-registration"),
        days=9,
        via=BEL,
    )
    found = registrations([copy, REGISTERED])
    assert [(one.authoritative, one.replaced) for one in found] == [
        (True, False),
        (False, False),
    ]


def test_a_specimen_alone_is_no_certificate() -> None:
    fields = example(
        "certificate-registration", certificate=None, endUser=None, covers=None
    )
    alone = stated("certificate-registration", KEN, fields)
    [one] = registrations([alone])
    assert one.paper is None
    assert one.signatory is not None


def _answer(finding: str, **changes: object) -> dict[str, object]:
    fields = example("verification-response", certificate=None, **changes)
    return {**fields, "finding": f"VERIFICATION_FINDING_{finding}"}


def test_the_last_finding_counts_and_a_pending_one_only_alone() -> None:
    pending = stated(
        "verification-response",
        KEN,
        _answer("UNDER_EXAMINATION"),
        days=61,
        answers=ASKED,
        to=(BEL,),
    )
    forged = stated(
        "verification-response", KEN, _answer("FORGED"), days=62, answers=ASKED
    )
    later = stated(
        "verification-response",
        KEN,
        _answer("UNDER_EXAMINATION"),
        days=63,
        answers=forged,
    )
    [only] = verifications([ASKED, pending])
    assert [one.finding for one in only.findings] == ["under-examination"]
    for statements in itertools.permutations((ASKED, pending, forged, later)):
        [found] = verifications(statements)
        assert (found.subject, found.paper.number) == ("certificate", "EUC TEST 0031")
        assert [one.finding for one in found.findings] == ["forged"]
        assert found.findings[0].of_the_issuer


@pytest.mark.parametrize("answers", [ASKED, None])
def test_a_stranger_cannot_answer_for_the_state_that_was_asked(
    answers: Statement | None,
) -> None:
    fields = _answer("CONFIRMED")
    strange = stated("verification-response", MEX, fields, days=61, answers=answers)
    [found] = verifications([ASKED, strange])
    assert found.findings == ()


def test_what_is_asked_anew_is_one_verification() -> None:
    fields = example("verification-request", question="And the quantity?")
    anew = stated(
        "verification-request", BEL, fields, days=70, answers=ASKED, to=(KEN,)
    )
    answer = stated(
        "verification-response", KEN, _answer("CONFIRMED"), days=71, answers=anew
    )
    [found] = verifications([answer, anew, ASKED])
    assert found.request == ASKED
    assert [one.finding for one in found.findings] == ["confirmed"]
