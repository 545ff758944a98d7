"""Whom to call at a party: its offices, which all may see, and people, who are sealed.

How contacts are written in a file is left to `broker.core.codec.contacts`; how they
travel, to the directory and to messages.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from broker.core.addresses import looks_personal
from broker.core.handling import Handling, Tlp
from keys.directory.model import Contact, Office, OfficeRole, PartyRecord
from keys.identity import PartyId

DAY_MS: Final = 86_400_000
STALE_AFTER_DAYS: Final = 180
"""After so many days without attestation contacts are not to be relied on."""

_WANTED: Final = {
    OfficeRole.TRACING_AUTHORITY: (
        "no competent authority for tracing is named (ITI 31)"
    ),
    OfficeRole.INTERPOL_NCB: "no INTERPOL National Central Bureau is named (ITI 33)",
    OfficeRole.TECHNICAL_LIAISON: "no technical liaison point is named",
    OfficeRole.LICENSING: "no office that licenses transfers is named",
}
_BUREAU_WORDS: Final = ("ncb", "national central bureau", "interpol")
_BUREAU_ABROAD: Final = ("bcn", "ocn", "bureau central national", "oficina central")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person behind a party's offices: personal data, only ever sealed.

    Attributes:
        role: The office they belong to; None for the national point of contact.
        hours: When they can be reached, in words.
        time_zone: That the hours are in.
        until: Last day in the post, as ISO 8601 writes it, or empty.
    """

    name: str
    function: str = ""
    role: OfficeRole | None = None
    email: str = ""
    telephone: str = ""
    languages: tuple[str, ...] = ()
    hours: str = ""
    time_zone: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The people of a party as it attested them; replaces its older cards as a whole.

    Attributes:
        attested_at_ms: In ms since the epoch.
        note: What else whoever calls should know.
    """

    attested_at_ms: int
    people: tuple[Person, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """What a contacts file says.

    Attributes:
        handling: Of people and note; offices are for every party and the hub.
    """

    party: PartyId
    point_of_contact: Contact
    offices: tuple[Office, ...] = ()
    marking_practices: str = ""
    people: tuple[Person, ...] = ()
    note: str = ""
    handling: Handling = field(default_factory=lambda: Handling(tlp=Tlp.AMBER))

    def card(self, attested_at_ms: int) -> Card:
        """Returns the part that is sealed."""
        return Card(attested_at_ms=attested_at_ms, people=self.people, note=self.note)


def remarks(contacts: Contacts, today: dt.date) -> Iterator[str]:
    """Yields what is allowed in a contacts file and yet probably not meant.

    Args:
        contacts: What the file says.
        today: In UTC.
    """
    yield from _personal_addresses(contacts)
    yield from _bureau_names(contacts)
    for number, person in enumerate(contacts.people):
        if person.until and person.until < today.isoformat():
            yield f"people[{number}].until: {person.until} is past"
        if person.hours and not person.time_zone:
            yield f"people[{number}].hours: in which time zone? Give time-zone"
    yield from _missing(contacts)


def _personal_addresses(contacts: Contacts) -> Iterator[str]:
    places = [("point-of-contact", contacts.point_of_contact.email)]
    places += [(f"offices[{n}]", one.email) for n, one in enumerate(contacts.offices)]
    for place, email in places:
        if looks_personal(email):
            yield (
                f"{place}.email: {email} looks like a person's address; the hub can "
                "read it. Give the office's own, and the person under people"
            )


def _bureau_names(contacts: Contacts) -> Iterator[str]:
    for number, office in enumerate(contacts.offices):
        name = f" {office.name.casefold()} "
        named = any(word in name for word in (*_BUREAU_WORDS, *_BUREAU_ABROAD))
        bureau = office.role is OfficeRole.INTERPOL_NCB
        if bureau and not named:
            yield (
                f"offices[{number}].name: an INTERPOL bureau is known by its city: "
                "such as INTERPOL NCB Nairobi"
            )
        if named and not bureau:
            yield (
                f"offices[{number}].role: {office.name} sounds like an INTERPOL "
                f"bureau; its role would be {OfficeRole.INTERPOL_NCB}"
            )


def _missing(contacts: Contacts) -> Iterator[str]:
    roles = {office.role for office in contacts.offices}
    if not is_organisation(contacts.party):
        for role, what in _WANTED.items():
            if role not in roles:
                yield what
        if not contacts.marking_practices:
            yield "marking practices are not described (ITI 31)"
    if not any(office.round_the_clock for office in contacts.offices):
        yield "no office answers at every hour: nobody can be called at night"
    if not contacts.point_of_contact.languages:
        yield "the point of contact names no language that it works in"


def is_organisation(party: PartyId) -> bool:
    """Tells whether a code is that of an organisation, which marks no weapons.

    ICAO Doc 9303, part 3: from the codes that ISO 3166-1 leaves to users (X…), and
    three more.
    """
    return party.startswith("X") or party in {"EUE", "UNA", "UNO"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """How fresh a party's contacts are.

    Attributes:
        days: Full days since it attested them; None when it never did. Negative when
            its clock runs ahead of ours by a day or more.
        stale: Whether that is too long ago, or never.
    """

    days: int | None
    stale: bool

    def __str__(self) -> str:
        """The same in words: "12 days ago", "STALE: 203 days ago", "never"."""
        if self.days is None:
            return "never"
        if self.days < 0:
            return "in the future"
        ago = {0: "today", 1: "1 day ago"}.get(self.days, f"{self.days} days ago")
        return f"STALE: {ago}" if self.stale else ago


def attestation(
    record: PartyRecord, now_ms: int, days: int = STALE_AFTER_DAYS
) -> Attestation:
    """Says how fresh the contacts in a record are.

    Args:
        record: The party's.
        now_ms: The present, in ms since the epoch.
        days: The age from which on they are stale.
    """
    if record.attested_at_ms is None:
        return Attestation(days=None, stale=True)
    age = (now_ms - record.attested_at_ms) // DAY_MS
    return Attestation(days=age, stale=age >= days)


def attested_or_joined_ms(record: PartyRecord) -> int:
    """Returns since when contacts are left alone: attested, or first published.

    Returns:
        Milliseconds since the epoch.
    """
    joined_ms = min(key.valid_from_ms for key in record.signing_keys)
    return joined_ms if record.attested_at_ms is None else record.attested_at_ms
