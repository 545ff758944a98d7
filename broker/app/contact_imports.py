"""Lists of other countries' contacts: read from a file, kept beside the directory.

What such a list says is left to `broker.core.contact_lists`. Nothing of it is attested
by the party it is about, and it is never published.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from broker.app.node_folder import Node
from broker.core.contact_lists import ContactList, parse_contact_list
from broker.core.contact_records import ImportedOffice
from broker.core.contacts import Contacts
from broker.core.errors import ConfigurationError, DocumentError, DocumentProblem
from broker.infra.country_table import countries
from keys.directory.model import Contact, Office, OfficeRole
from keys.identity import PartyId

_MAX_SIZE: Final = 8 << 20  # bytes
_MAX_SOURCE: Final = 200  # characters


def read_contact_list(
    path: Path, *, delimiter: str | None = None, role: OfficeRole | None = None
) -> ContactList:
    """Reads a list from a file: comma-separated values in UTF-8.

    Args:
        path: The file.
        delimiter: What stands between cells; guessed when absent.
        role: Of offices for which the list names none.

    Raises:
        DocumentError: It cannot be read, or is no such list.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_SIZE + 1)
    except OSError as error:
        raise _no_file(str(path), f"a readable file: {error.strerror}") from error
    if len(data) > _MAX_SIZE:
        raise _no_file(f"more than {_MAX_SIZE >> 20} MiB", "a smaller file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _no_file(
            f"bytes in line {line} that are none of it",
            "UTF-8; save the list in that encoding",
        ) from error
    return parse_contact_list(text, countries(), delimiter=delimiter, role=role)


def checked_source(source: str) -> str:
    """Returns the name of a source, tidied.

    Raises:
        ConfigurationError: Empty, too long, or with what steers a terminal.
    """
    tidy = " ".join(source.split())
    if not tidy or len(tidy) > _MAX_SOURCE or not tidy.isprintable():
        raise ConfigurationError(
            f"a source is named in 1 to {_MAX_SOURCE} printable characters"
        )
    return tidy


def drafted(node: Node, party: PartyId) -> tuple[Contacts, tuple[str, ...]]:
    """Makes contacts of a party, to be completed and attested, out of imported lists.

    Returns:
        The contacts, and what could not be taken over, in words.

    Raises:
        ConfigurationError: No list names an office of the party that can be reached.
    """
    found = [
        office
        for _, offices in node.store.imported_offices(party)
        for office in offices
    ]
    reached = [one for one in found if one.emails or one.telephones]
    if not reached:
        raise ConfigurationError(
            f"no imported list names an office of {party} that can be reached"
        )
    left = [
        f"{one.name}: neither address nor number" for one in found if one not in reached
    ]
    offices: dict[tuple[OfficeRole, str], Office] = {}
    for one in reached:
        office = _office(one)
        left.extend(_doubts(one, office))
        offices.setdefault((office.role, office.name.casefold()), office)
    first = _first(reached)
    return (
        Contacts(
            party=party,
            point_of_contact=Contact(
                office=first.name,
                email=first.emails[0] if first.emails else "",
                telephone=first.telephones[0] if first.telephones else "",
                languages=first.languages,
            ),
            offices=tuple(offices.values()),
        ),
        tuple(left),
    )


def _first(offices: list[ImportedOffice]) -> ImportedOffice:
    """Returns what is nearest to a national point of contact."""
    for role in (OfficeRole.COORDINATION, OfficeRole.TRACING_AUTHORITY):
        for office in offices:
            if office.role is role:
                return office
    return offices[0]


def _doubts(one: ImportedOffice, office: Office) -> Iterator[str]:
    if one.role is None:
        yield f"{one.name}: its role is a guess"
    if one.round_the_clock and not office.round_the_clock:
        yield f"{one.name}: nobody can be called there at every hour"
    for value in (*one.emails[1:], *one.telephones[1:]):
        yield f"{one.name}: also {value}"


def _office(one: ImportedOffice) -> Office:
    always = one.round_the_clock and bool(one.telephones)
    role = one.role or OfficeRole.TECHNICAL_LIAISON
    if role is OfficeRole.DUTY_DESK and not always:
        role = OfficeRole.TECHNICAL_LIAISON
    return Office(
        role=role,
        name=one.name,
        email=one.emails[0] if one.emails else "",
        telephone=one.telephones[0] if one.telephones else "",
        languages=one.languages,
        tasks=one.tasks,
        round_the_clock=always,
    )


def _no_file(found: str, expected: str) -> DocumentError:
    return DocumentError([DocumentProblem("", found, f"expected {expected}")])
