"""Claims about certificates that turn up too often: they are leads, never acts."""

import itertools
from typing import Final

import pytest

from broker.core.registers.certificates import registrations
from broker.core.registers.double_use import Lead, Sign, leads
from broker.core.registers.statement import Statement
from broker.core.registers.uses import Certificate, certificates, uses
from broker.core.registers.verifications import verifications
from keys.identity import PartyId
from tests.unit.broker.core.registers.stating import example, stated, step
from tests.world import BEL, KEN, MEX, XPO

REGISTERED: Final = stated(
    "certificate-registration", KEN, example("certificate-registration")
)


def _asked(
    by: PartyId = BEL,
    days: float = 60,
    consignment: dict[str, object] | None = None,
    **changes: object,
) -> Statement:
    """Returns a question about the certificate, with a changed consignment."""
    fields = example("verification-request", **changes)
    whole = {**fields["consignment"], **(consignment or {})}
    fields["consignment"] = {
        name: value for name, value in whole.items() if value is not None
    }
    return stated("verification-request", by, fields, days=days, to=(KEN,))


def _pistols(count: int) -> list[dict[str, object]]:
    return [{"hsCode": "9302.00", "quantity": count, "unit": "piece"}]


def _second(count: int, by: PartyId = BEL, **more: object) -> Statement:
    """Returns a question about another consignment, of so many pistols."""
    consignment = {
        "reference": "TEST-ORDER-0109",
        "legs": None,
        "goods": _pistols(count),
    }
    return _asked(by, 70, {**consignment, **more})


def _known(*statements: Statement) -> tuple[Certificate, ...]:
    return certificates(
        registrations(statements), verifications(statements), uses(statements)
    )


def _lead(*statements: Statement) -> Lead | None:
    found = leads(_known(*statements))
    assert len(found) <= 1
    return found[0] if found else None


def _signs(*statements: Statement) -> set[Sign]:
    lead = _lead(*statements)
    return set() if lead is None else {one.sign for one in lead.reasons}


def test_one_certificate_for_one_consignment_is_no_lead() -> None:
    assert _signs(REGISTERED, _asked()) == set()
    # Asked about again, and by the State of transit: still one consignment.
    again = _asked(days=65, subject="VERIFICATION_SUBJECT_DELIVERY")
    assert _signs(REGISTERED, _asked(), again) == set()


def test_two_consignments_within_what_is_covered_are_no_lead() -> None:
    part = _asked(consignment={"goods": _pistols(50)})
    assert _signs(REGISTERED, part, _second(70)) == set()


def test_more_than_is_covered_is_a_strong_lead_in_any_order() -> None:
    for statements in itertools.permutations((REGISTERED, _asked(), _second(1))):
        lead = _lead(*statements)
        assert lead is not None
        assert lead.strong
        [reason] = lead.reasons
        assert reason.sign is Sign.QUANTITY
        assert reason.text == (
            "121 weapons in 2 consignment(s), and 120 covered, as KEN registered it"
        )


def test_a_certificate_is_found_by_its_number_or_by_its_file() -> None:
    by_file = _asked(
        certificate={
            "kind": "DOCUMENT_KIND_END_USER_CERTIFICATE",
            "sha256": example("certificate-registration")["certificate"]["sha256"],
        }
    )
    by_number = _asked(
        days=61,
        certificate={
            "kind": "DOCUMENT_KIND_END_USER_CERTIFICATE",
            "number": "euc/test-0031",
        },
    )
    [one] = _known(REGISTERED, by_file, by_number)
    assert (len(one.registrations), len(one.uses)) == (1, 2)


def test_the_same_number_of_two_states_is_two_certificates() -> None:
    document = {
        "kind": "DOCUMENT_KIND_END_USER_CERTIFICATE",
        "number": "EUC-TEST-0031",
        "issuedBy": "MEX",
    }
    assert len(_known(REGISTERED, _asked(certificate=document))) == 2


def test_other_goods_than_are_covered_are_a_strong_lead() -> None:
    parts = [{"hsCode": "9305.10", "quantity": 10, "unit": "piece"}]
    assert Sign.QUANTITY in _signs(REGISTERED, _asked(consignment={"goods": parts}))
    by_weight = [{"hsCode": "9305.10", "quantity": 10, "unit": "kg"}]
    asked = _asked(consignment={"goods": by_weight})
    assert _signs(REGISTERED, asked) == set()


def test_two_destinations_or_exporters_are_strong_leads() -> None:
    signs = _signs(REGISTERED, _asked(), _second(1, MEX, exportedFrom="MEX"))
    assert {Sign.EXPORTERS, Sign.ASKERS} <= signs
    away = _second(1, destinedTo="SOM")
    assert Sign.DESTINATIONS in _signs(REGISTERED, _asked(), away)


def test_goods_that_leave_after_a_revocation_are_a_strong_lead() -> None:
    revoked = step(KEN, "REVOKE", REGISTERED, days=30)
    assert _signs(REGISTERED, revoked, _asked()) == {Sign.AFTER_END}
    later = step(KEN, "REVOKE", REGISTERED, days=100)
    assert _signs(REGISTERED, later, _asked()) == set()


def test_goods_that_leave_after_its_last_day_are_a_strong_lead() -> None:
    legs = [{"mode": "TRANSPORT_MODE_ROAD", "departure": "2027-01"}]
    lead = _lead(REGISTERED, _asked(consignment={"legs": legs}))
    assert lead is not None
    assert lead.reasons[0].text == "goods left on 2027-01-01, after its end (expired)"


def test_a_paper_that_claims_more_than_was_registered_is_a_strong_lead() -> None:
    covers = [{"itemClass": "ITEM_CLASS_FIREARM", "quantity": 1200}]
    assert _signs(REGISTERED, _asked(covers=covers)) == {Sign.STATED}


def test_more_arrivals_than_are_covered_are_a_strong_lead() -> None:
    asked = _asked(subject="VERIFICATION_SUBJECT_DELIVERY")
    fields = example("verification-response", delivered=30000)
    answer = stated("verification-response", KEN, fields, days=90, answers=asked)
    assert Sign.DELIVERED in _signs(REGISTERED, asked, answer)


def test_an_alert_counts_as_a_use_by_the_papers_of_its_consignment() -> None:
    alert = stated("diversion-alert", BEL, example("diversion-alert"), days=40)
    [use] = uses([alert])
    assert (use.paper.number, use.paper.authenticity) == ("EUC-TEST-0009", "forged")
    assert use.quantities == {"weapons": 120}
    # The parties describe an end user that nobody could name.
    assert use.end_user == ""
    document = example("certificate-registration")["certificate"]
    consignment = {**example("diversion-alert")["consignment"], "documents": [document]}
    fields = example("diversion-alert", consignment=consignment)
    same = stated("diversion-alert", XPO, fields, days=41)
    assert Sign.QUANTITY in _signs(REGISTERED, _asked(), same)


def test_items_are_counted_where_papers_count_nothing() -> None:
    consignment = {
        "reference": "TEST-7",
        "documents": [example("certificate-registration")["certificate"]],
    }
    fields = example("diversion-alert", consignment=consignment)
    [use] = uses([stated("diversion-alert", BEL, fields)])
    assert use.quantities == {"weapons": 120}


@pytest.mark.parametrize(
    ("change", "sign"),
    [
        ({"number": "EUC-TEST-0013"}, Sign.NUMBERS),
        ({"sha256": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, Sign.FILES),
    ],
)
def test_another_number_or_scan_is_a_weak_lead(
    change: dict[str, object], sign: Sign
) -> None:
    document = {**example("certificate-registration")["certificate"], **change}
    lead = _lead(REGISTERED, _asked(certificate=document))
    assert lead is not None
    assert not lead.strong
    assert [one.sign for one in lead.reasons] == [sign]


def test_end_users_are_told_apart_by_letters_alone() -> None:
    actor = example("verification-request")["endUser"]
    same = _asked(endUser={**actor, "name": "EXAMPLE border-service"})
    assert _signs(REGISTERED, same) == set()
    other = _asked(endUser={**actor, "name": "Example Trading Ltd"})
    assert _signs(REGISTERED, other) == {Sign.END_USERS}


def test_several_consignments_of_an_unknown_certificate_are_a_weak_lead() -> None:
    lead = _lead(_asked(), _second(20))
    assert lead is not None
    assert not lead.strong
    assert [one.sign for one in lead.reasons] == [Sign.CONSIGNMENTS]


def test_consignments_are_one_when_a_third_message_joins_them() -> None:
    leg = {"mode": "TRANSPORT_MODE_SEA", "billOfLading": "TEST-BL-9"}
    by_bill = _second(20, reference=None, legs=[leg])
    both = _second(20, reference="TEST-ORDER-0108", legs=[leg])
    assert _signs(_asked(), by_bill) == {Sign.CONSIGNMENTS}
    assert _signs(_asked(), by_bill, both) == set()


def test_a_container_names_a_consignment_only_with_its_voyage() -> None:
    box = {"mode": "TRANSPORT_MODE_SEA", "containers": [{"number": "CSQU3054383"}]}
    [use] = uses([_second(20, reference=None, legs=[box])])
    assert use.consignment == frozenset()
    [use] = uses([_second(20, reference=None, legs=[{**box, "voyage": "011E"}])])
    assert use.consignment == {"CSQU3054383/011E"}


def test_strong_leads_come_first() -> None:
    weak = _asked(
        days=50,
        certificate={
            "kind": "DOCUMENT_KIND_END_USER_CERTIFICATE",
            "number": "EUC-TEST-1",
            "issuedBy": "XPO",
        },
    )
    others = _asked(
        MEX,
        days=51,
        certificate={
            "kind": "DOCUMENT_KIND_END_USER_CERTIFICATE",
            "number": "EUC-TEST-1",
            "issuedBy": "XPO",
        },
    )
    found = leads(_known(weak, others, REGISTERED, _asked(), _second(1)))
    assert [one.strong for one in found] == [True, False]


def test_a_consignment_is_read_once_however_many_papers_an_alert_lists() -> None:
    """One message could otherwise take minutes, and all of the memory."""
    whole = example("diversion-alert")["consignment"]
    document = {"kind": "DOCUMENT_KIND_END_USER_CERTIFICATE", "issuedBy": "KEN"}
    papers = [{**document, "number": f"ZZQ-{number}"} for number in range(3)]
    fields = example(
        "diversion-alert", consignment={**whole, "documents": [*papers, papers[0]]}
    )
    found = uses([stated("diversion-alert", BEL, fields)])
    assert [one.paper.number for one in found] == ["ZZQ-0", "ZZQ-1", "ZZQ-2"]
    assert len({id(one.consignment) for one in found}) == 1
