"""Claims about `broker.core.contacts`."""

import datetime as dt
from dataclasses import replace

import pytest

from broker.core.contacts import (
    Contacts,
    Person,
    attestation,
    attested_or_joined_ms,
    is_organisation,
    remarks,
)
from keys.directory.model import Contact, Office, OfficeRole
from keys.identity import PartyId
from tests.world import DAY_MS, KEN, NOW_MS, entry

TODAY = dt.date(2026, 11, 22)
COMPLETE = Contacts(
    party=KEN,
    point_of_contact=Contact(office="Focal point", email="x@y.zz", languages=("en",)),
    offices=(
        Office(role=OfficeRole.TRACING_AUTHORITY, name="Bureau", email="b@y.zz"),
        Office(role=OfficeRole.INTERPOL_NCB, name="INTERPOL NCB Nairobi"),
        Office(role=OfficeRole.TECHNICAL_LIAISON, name="Laboratory"),
        Office(role=OfficeRole.LICENSING, name="Board"),
        Office(role=OfficeRole.DUTY_DESK, name="Desk", round_the_clock=True),
    ),
    marking_practices="Annex 2",
)


def said(contacts: Contacts) -> list[str]:
    return list(remarks(contacts, TODAY))


def test_complete_contacts_raise_no_doubt() -> None:
    assert said(COMPLETE) == []


def test_what_is_recommended_and_missing_is_named() -> None:
    bare = Contacts(party=KEN, point_of_contact=Contact(office="Focal point"))
    assert said(bare) == [
        "no competent authority for tracing is named (ITI 31)",
        "no INTERPOL National Central Bureau is named (ITI 33)",
        "no technical liaison point is named",
        "no office that licenses transfers is named",
        "marking practices are not described (ITI 31)",
        "no office answers at every hour: nobody can be called at night",
        "the point of contact names no language that it works in",
    ]


def test_an_organisation_need_not_license_or_mark() -> None:
    contact = Contact(office="Programme", languages=("en",))
    organisation = Contacts(party=PartyId("XPO"), point_of_contact=contact)
    assert len(said(organisation)) == 1
    assert is_organisation(PartyId("UNO"))
    assert not is_organisation(KEN)


def test_a_persons_address_in_an_office_is_warned_about() -> None:
    contact = replace(COMPLETE.point_of_contact, email="jane.doe@police.example")
    office = replace(COMPLETE.offices[0], email="j.doe@police.example")
    found = said(
        replace(
            COMPLETE,
            point_of_contact=contact,
            offices=(office, *COMPLETE.offices[1:]),
        )
    )
    assert [one.split(":")[0] for one in found] == [
        "point-of-contact.email",
        "offices[0].email",
    ]
    assert "the hub can read it" in found[0]


def test_an_interpol_bureau_is_called_by_its_name_and_has_its_role() -> None:
    offices = (
        replace(COMPLETE.offices[1], name="Police headquarters"),
        Office(role=OfficeRole.POLICE, name="BCN Kinshasa"),
    )
    found = said(replace(COMPLETE, offices=(*COMPLETE.offices, *offices)))
    assert found == [
        (
            "offices[5].name: an INTERPOL bureau is known by its city: such as "
            "INTERPOL NCB Nairobi"
        ),
        (
            "offices[6].role: BCN Kinshasa sounds like an INTERPOL bureau; its role "
            "would be interpol-ncb"
        ),
    ]


def test_a_person_whose_time_is_over_or_unclear_is_warned_about() -> None:
    person = Person(name="Officer", until="2026-11-21", hours="08:00-17:00")
    assert said(replace(COMPLETE, people=(person,))) == [
        "people[0].until: 2026-11-21 is past",
        "people[0].hours: in which time zone? Give time-zone",
    ]
    lasting = replace(person, until="2026-11-22", time_zone="UTC")
    assert said(replace(COMPLETE, people=(lasting,))) == []


@pytest.mark.parametrize(
    ("days", "words", "stale"),
    [
        (None, "never", True),
        (0, "today", False),
        (1, "1 day ago", False),
        (179, "179 days ago", False),
        (180, "STALE: 180 days ago", True),
        (-1, "in the future", False),
    ],
)
def test_the_age_of_an_attestation_is_said_in_words(
    days: int | None, words: str, *, stale: bool
) -> None:
    at_ms = None if days is None else NOW_MS - days * DAY_MS
    found = attestation(entry(KEN, attested_at_ms=at_ms).record, NOW_MS)
    assert (str(found), found.stale, found.days) == (words, stale, days)


def test_a_party_that_never_attested_is_counted_from_when_it_joined() -> None:
    record = entry(KEN).record
    joined = record.signing_keys[0].valid_from_ms
    assert attested_or_joined_ms(record) == joined
    assert attested_or_joined_ms(replace(record, attested_at_ms=NOW_MS)) == NOW_MS
