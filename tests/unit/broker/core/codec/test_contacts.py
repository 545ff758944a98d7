"""Claims about `broker.core.codec.contacts`: files, cards, and what is refused."""

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings, strategies as st
from jsonschema import Draft202012Validator

from broker.core.codec.contacts import (
    decode_card,
    encode_card,
    parse_contacts,
    render_contacts,
)
from broker.core.codec.contacts_schema import CONTACTS_SCHEMA
from broker.core.contacts import Contacts, Person
from broker.core.errors import Code, DocumentError, RefusedError
from broker.core.handling import Handling
from broker.infra.document_files import load_file
from keys.directory.codec import decode_party, encode_party
from keys.directory.model import Contact, Office, OfficeRole
from keys.identity import PartyId
from tests.world import KEN, NOW_MS, entry

EXAMPLES = Path(__file__).parents[5] / "examples" / "contacts"
MINIMAL: dict[str, Any] = {
    "party": "KEN",
    "point-of-contact": {"office": "Focal point", "email": "desk@police.example"},
}

_line = st.text("aZ é Ж٤0-.'\"{:#", min_size=1, max_size=12).filter(
    lambda text: bool(text.strip())
)
_reached: dict[str, st.SearchStrategy[Any]] = {
    "email": st.sampled_from(["desk@police.example", "a.b@x.yy"]),
    "telephone": st.sampled_from(["", "+254 20 0000000", "+1234567"]),
    "languages": st.sampled_from([(), ("en",), ("pt-BR", "en")]),
}
_offices = st.builds(
    Office,
    role=st.sampled_from([r for r in OfficeRole if r is not OfficeRole.DUTY_DESK]),
    name=_line,
    tasks=st.lists(_line, max_size=3, unique=True).map(tuple),
    **_reached,
) | st.builds(
    Office,
    role=st.sampled_from(OfficeRole),
    name=_line,
    telephone=st.just("+254 20 0000000"),
    round_the_clock=st.just(value=True),
)
_people = st.builds(
    Person,
    name=_line.map(lambda text: text.replace("\n", " ")),
    function=st.just("") | _line,
    role=st.none() | st.sampled_from(OfficeRole),
    hours=st.just("") | _line,
    time_zone=st.sampled_from(["", "UTC", "Africa/Nairobi"]),
    until=st.just("") | st.dates().map(lambda day: day.isoformat()),
    **_reached,
)
contacts_files = st.builds(
    Contacts,
    party=st.sampled_from([KEN, PartyId("XPO")]),
    point_of_contact=st.builds(Contact, office=_line, **_reached),
    offices=st.lists(
        _offices,
        max_size=4,
        unique_by=lambda one: (one.role, one.name.strip().casefold()),
    ).map(tuple),
    marking_practices=st.just("") | _line,
    people=st.lists(
        _people,
        max_size=3,
        unique_by=lambda one: (one.role, one.name.strip().casefold()),
    ).map(tuple),
    note=st.just("") | _line,
    handling=st.sampled_from(["TLP:AMBER", "TLP:RED H2"]).map(Handling.parse),
)
_QUIET = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def problems(document: object) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        parse_contacts(document)
    return [str(problem) for problem in refused.value.problems]


def changed(**fields: object) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    return {**copy.deepcopy(MINIMAL), **named}


@_QUIET
@given(contacts_files)
def test_a_file_reads_back_as_what_was_written(contacts: Contacts) -> None:
    text = yaml.safe_dump(render_contacts(contacts), allow_unicode=True)
    document = yaml.safe_load(text)
    for person in document.get("people", ()):
        if "until" in person:  # dates become text again, as the loader does it
            person["until"] = str(person["until"])
    assert parse_contacts(document) == contacts


@_QUIET
@given(contacts_files)
def test_whatever_a_file_may_say_a_record_and_a_card_can_carry(
    contacts: Contacts,
) -> None:
    record = entry(
        KEN,
        contact=contacts.point_of_contact,
        offices=contacts.offices,
        marking_practices=contacts.marking_practices,
        attested_at_ms=NOW_MS,
    ).record
    assert decode_party(encode_party(record)) == record
    card = contacts.card(NOW_MS)
    assert decode_card(encode_card(card)) == card


@pytest.mark.parametrize("name", ["bel", "ken", "mex", "xpo"])
def test_every_example_is_sound(name: str) -> None:
    contacts = parse_contacts(load_file(EXAMPLES / f"{name}.yaml"))
    assert contacts.party == name.upper()
    assert parse_contacts(render_contacts(contacts)) == contacts


def test_the_published_schema_is_one_and_takes_the_examples() -> None:
    Draft202012Validator.check_schema(CONTACTS_SCHEMA)
    for path in EXAMPLES.glob("*.yaml"):
        document: Any = load_file(path)
        Draft202012Validator(CONTACTS_SCHEMA).validate(document)


def test_a_card_of_nobody_takes_everybody_back() -> None:
    card = parse_contacts(MINIMAL).card(NOW_MS)
    assert decode_card(encode_card(card)).people == ()


@pytest.mark.parametrize("document", [None, [], "KEN", 7, {"party": 7}])
def test_what_is_no_contacts_file_is_refused(document: object) -> None:
    assert problems(document)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            changed(party="HUB"),
            (
                'party: found "HUB", expected a party code of three capital letters, '
                "such as KEN"
            ),
        ),
        (
            changed(officers=[]),
            (
                "officers: found a list, expected no field of this name; did you mean "
                "offices?"
            ),
        ),
        (
            changed(point_of_contact={"office": "Focal point"}),
            (
                "point-of-contact: found none of them, expected at least one of email, "
                "telephone"
            ),
        ),
        (
            changed(
                offices=[{"role": "polise", "name": "P", "email": "a@b.cd"}],
            ),
            (
                'offices[0].role: found "polise", expected one of technical-liaison, '
                "police, customs, border, licensing, military, coordination, "
                "tracing-authority, … (11 in all); did you mean police?"
            ),
        ),
        (
            changed(offices=[{"role": "duty-desk", "name": "D", "email": "a@b.cd"}]),
            (
                "offices[0].round-the-clock: found nothing, expected true: a duty desk "
                "answers at every hour"
            ),
        ),
        (
            changed(
                offices=[
                    {
                        "role": "police",
                        "name": "P",
                        "email": "a@b.cd",
                        "round-the-clock": True,
                    }
                ]
            ),
            (
                "offices[0].telephone: found nothing, expected a telephone number: "
                "nobody reads mail at every hour"
            ),
        ),
        (
            changed(
                offices=[
                    {"role": "police", "name": "P", "email": "a@b.cd"},
                    {"role": "police", "name": " p", "telephone": "+254 20 0000000"},
                ]
            ),
            'offices[1].name: found " p", expected each only once',
        ),
        (
            changed(people=[{"name": "Officer", "telephone": 254200000000}]),
            (
                "people[0].telephone: found 254200000000, expected a telephone number "
                "with country code as text, such as '+254 20 0000000'; put it in "
                "quotes, so that it is kept as written"
            ),
        ),
        (
            changed(
                people=[{"name": "Officer", "email": "x@y.zz", "until": "2027-02-30"}]
            ),
            (
                'people[0].until: found "2027-02-30", expected the last day in the '
                "post, such as 2027-06-30"
            ),
        ),
        (
            changed(handling="AMBER"),
            (
                "handling: found \"AMBER\", 'AMBER' is not understood here; expected "
                "one TLP label, Europol codes H0 to H3 and at most one PAP label, "
                "such as 'TLP:AMBER H2 PAP:RED'"
            ),
        ),
    ],
    ids=lambda value: None if isinstance(value, dict) else value.split(":")[0],
)
def test_what_does_not_fit_is_named_with_its_place(
    document: dict[str, Any], expected: str
) -> None:
    assert problems(document) == [expected]


@pytest.mark.parametrize(
    "name",
    ["", "   ", "two\nlines", "\x1b[2J", "abc\u202edef", "x" * 201, "\ud800"],
)
def test_a_name_that_deceives_or_steers_is_refused(name: str) -> None:
    office = {"role": "police", "name": name, "email": "a@b.cd"}
    assert problems(changed(offices=[office]))


def test_more_offices_than_a_record_holds_are_refused() -> None:
    offices = [
        {"role": "police", "name": f"Office {n}", "email": "a@b.cd"} for n in range(65)
    ]
    (problem,) = problems(changed(offices=offices))
    assert problem == "offices: found a list, expected at most 64 entries"


def test_a_card_whose_time_cannot_be_is_refused() -> None:
    card = parse_contacts(MINIMAL).card(10**13)
    with pytest.raises(DocumentError):
        encode_card(card)
    with pytest.raises(DocumentError):
        encode_card(replace(card, attested_at_ms=0))


def test_a_card_from_a_hostile_party_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        decode_card(b"\xff\xff")
    assert refused.value.code is Code.MALFORMED
