"""Contacts between their file, their values, and the content of a sealed card.

What is allowed and yet probably not meant is left to `broker.core.contacts`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from broker.core.codec.contacts_schema import CONTACTS_SCHEMA
from broker.core.codec.documents import decode_document, encode_document
from broker.core.codec.problems import (
    NOTHING,
    Form,
    child,
    in_order,
    schema_problems,
    shown,
)
from broker.core.contacts import Card, Contacts, Person
from broker.core.errors import DocumentError, DocumentProblem, HandlingError
from broker.core.handling import Handling, Tlp
from keys.directory.model import Contact, Office, OfficeRole
from keys.identity import PartyId

CARD_KIND: Final = "contact-card/1"
"""The kind of message that a card travels as."""

_FORM: Final = Form(CONTACTS_SCHEMA)
_ROLE_NAMES: Final = {role: f"OFFICE_ROLE_{role.name}" for role in OfficeRole}
_ROLES: Final = {name: role for role, name in _ROLE_NAMES.items()}

Fields = Mapping[str, Any]


def parse_contacts(document: object) -> Contacts:
    """Reads a contacts file.

    Args:
        document: As loaded from YAML or JSON. The loader has to refuse a key given
            twice: here it can no longer be seen.

    Raises:
        DocumentError: With a problem for each place that does not fit.
    """
    problems = schema_problems(_FORM, document)
    if isinstance(document, dict):
        problems.extend(_rule_problems(document))
    if problems or not isinstance(document, dict):
        raise DocumentError(in_order(problems))
    return Contacts(
        party=PartyId(document["party"]),
        point_of_contact=_contact(document["point-of-contact"]),
        offices=tuple(map(_office, document.get("offices", ()))),
        marking_practices=document.get("marking-practices", ""),
        people=tuple(map(_person, document.get("people", ()))),
        note=document.get("note", ""),
        handling=_handling(document),
    )


def render_contacts(contacts: Contacts) -> dict[str, Any]:
    """Returns the document form, such that `parse_contacts` gives `contacts` back."""
    contact = contacts.point_of_contact
    return _said(
        {
            "party": str(contacts.party),
            "point-of-contact": _said({"office": contact.office, **_reached(contact)}),
            "offices": [office_fields(office) for office in contacts.offices],
            "marking-practices": contacts.marking_practices,
            "handling": str(contacts.handling),
            "people": [person_fields(person) for person in contacts.people],
            "note": contacts.note,
        }
    )


def office_fields(office: Office) -> dict[str, Any]:
    """Returns an office by the keys of a contacts file, without what is not said."""
    return _said(
        {
            "role": office.role.value,
            "name": office.name,
            **_reached(office),
            "tasks": list(office.tasks),
            "round-the-clock": office.round_the_clock,
        }
    )


def person_fields(person: Person) -> dict[str, Any]:
    """Returns a person by the keys of a contacts file, without what is not said."""
    return _said(
        {
            "name": person.name,
            "function": person.function,
            "office": "" if person.role is None else person.role.value,
            **_reached(person),
            "hours": person.hours,
            "time-zone": person.time_zone,
            "until": person.until,
        }
    )


def encode_card(card: Card) -> bytes:
    """Returns the content of the message that carries a card.

    Raises:
        DocumentError: A field that no card may have.
    """
    fields = _said(
        {
            "attestedAtMs": card.attested_at_ms,
            "people": [_card_person(person) for person in card.people],
            "note": card.note,
        }
    )
    return encode_document(CARD_KIND, fields)


def decode_card(body: bytes) -> Card:
    """Reads the content of a message that carries a card.

    Raises:
        RefusedError: It is none.
    """
    document: Fields = decode_document(CARD_KIND, body)
    return Card(
        attested_at_ms=int(document["attestedAtMs"]),
        people=tuple(map(_person_of_card, document.get("people", ()))),
        note=document.get("note", ""),
    )


def _said(fields: Fields) -> dict[str, Any]:
    """Leaves out what is empty or false: it is said by leaving it out."""
    return {name: value for name, value in fields.items() if value}


def _reached(one: Contact | Office | Person) -> dict[str, Any]:
    return {
        "email": one.email,
        "telephone": one.telephone,
        "languages": list(one.languages),
    }


def _taken(fields: Fields) -> dict[str, Any]:
    return {
        "email": fields.get("email", ""),
        "telephone": fields.get("telephone", ""),
        "languages": tuple(fields.get("languages", ())),
    }


def _contact(fields: Fields) -> Contact:
    return Contact(office=fields["office"], **_taken(fields))


def _office(fields: Fields) -> Office:
    return Office(
        role=OfficeRole(fields["role"]),
        name=fields["name"],
        tasks=tuple(fields.get("tasks", ())),
        round_the_clock=fields.get("round-the-clock", False),
        **_taken(fields),
    )


def _person(fields: Fields) -> Person:
    role = fields.get("office")
    return Person(
        name=fields["name"],
        function=fields.get("function", ""),
        role=None if role is None else OfficeRole(role),
        hours=fields.get("hours", ""),
        time_zone=fields.get("time-zone", ""),
        until=fields.get("until", ""),
        **_taken(fields),
    )


def _card_person(person: Person) -> dict[str, Any]:
    return _said(
        {
            "name": person.name,
            "function": person.function,
            "officeRole": "" if person.role is None else _ROLE_NAMES[person.role],
            **_reached(person),
            "hours": person.hours,
            "timeZone": person.time_zone,
            "until": person.until,
        }
    )


def _person_of_card(fields: Fields) -> Person:
    role = fields.get("officeRole")
    return Person(
        name=fields["name"],
        function=fields.get("function", ""),
        role=None if role is None else _ROLES[role],
        hours=fields.get("hours", ""),
        time_zone=fields.get("timeZone", ""),
        until=fields.get("until", ""),
        **_taken(fields),
    )


def _handling(document: Fields) -> Handling:
    label = document.get("handling")
    return Handling(tlp=Tlp.AMBER) if label is None else Handling.parse(label)


def _rule_problems(document: Fields) -> Iterator[DocumentProblem]:
    """Yields what is wrong beyond single fields; passes over what has no shape."""
    yield from _handling_problems(document)
    for place, office in _entries(document, "offices"):
        yield from _duty_problems(place, office)
    yield from _twice(document, "offices", lambda o: (o.get("role"), o.get("name")))
    yield from _twice(document, "people", lambda p: (p.get("office"), p.get("name")))


def _handling_problems(document: Fields) -> Iterator[DocumentProblem]:
    try:
        _handling(document)
    except HandlingError as error:
        yield DocumentProblem("handling", shown(document["handling"]), str(error))
    except (AttributeError, TypeError):
        return  # no text: the schema reports it


def _duty_problems(place: str, office: Fields) -> Iterator[DocumentProblem]:
    """A channel for every hour is one that can be called."""
    always = office.get("round-the-clock") is True
    if office.get("role") == OfficeRole.DUTY_DESK and not always:
        yield DocumentProblem(
            child(place, "round-the-clock"),
            shown(office["round-the-clock"])
            if "round-the-clock" in office
            else NOTHING,
            "expected true: a duty desk answers at every hour",
        )
    if always and "telephone" not in office:
        yield DocumentProblem(
            child(place, "telephone"),
            NOTHING,
            "expected a telephone number: nobody reads mail at every hour",
        )


def _twice(
    document: Fields, name: str, key_of: Callable[[Fields], tuple[object, object]]
) -> Iterator[DocumentProblem]:
    seen: set[tuple[str, str]] = set()
    for place, entry in _entries(document, name):
        first, second = key_of(entry)
        key = (str(first), str(second).strip().casefold())
        if key in seen and second is not None:
            yield DocumentProblem(
                child(place, "name"), shown(second), "expected each only once"
            )
        seen.add(key)


def _entries(document: Fields, name: str) -> Iterator[tuple[str, Fields]]:
    found = document.get(name)
    for position, entry in enumerate(found if isinstance(found, list) else ()):
        if isinstance(entry, Mapping):
            yield child(name, position), entry
