"""The record of a party: keys, accounts, contact and offices."""

from collections.abc import Iterable
from typing import Final

from keys.directory.codec.fields import (
    account_of,
    checked_time,
    former_accounts_of,
    key_message,
    keys_of,
    languages_of,
    parse,
    party_code,
    text,
)
from keys.directory.model import Contact, Office, OfficeRole, PartyRecord
from keys.errors import RecordError
from keys.identity import encryption_key_id, signing_key_id
from keys.sealing import PUBLIC_SIZE as ENCRYPTION_KEY_SIZE
from keys.signing import PUBLIC_SIZE as SIGNING_KEY_SIZE
from rogatory.v1 import directory_pb2

MAX_OFFICES: Final = 64
MAX_TASKS: Final = 16  # of one office
_ROLES: Final = {
    OfficeRole.TECHNICAL_LIAISON: directory_pb2.OFFICE_ROLE_TECHNICAL_LIAISON,
    OfficeRole.POLICE: directory_pb2.OFFICE_ROLE_POLICE,
    OfficeRole.CUSTOMS: directory_pb2.OFFICE_ROLE_CUSTOMS,
    OfficeRole.BORDER: directory_pb2.OFFICE_ROLE_BORDER,
    OfficeRole.LICENSING: directory_pb2.OFFICE_ROLE_LICENSING,
    OfficeRole.MILITARY: directory_pb2.OFFICE_ROLE_MILITARY,
    OfficeRole.COORDINATION: directory_pb2.OFFICE_ROLE_COORDINATION,
    OfficeRole.TRACING_AUTHORITY: directory_pb2.OFFICE_ROLE_TRACING_AUTHORITY,
    OfficeRole.INTERPOL_NCB: directory_pb2.OFFICE_ROLE_INTERPOL_NCB,
    OfficeRole.FINANCIAL_INTELLIGENCE: (
        directory_pb2.OFFICE_ROLE_FINANCIAL_INTELLIGENCE
    ),
    OfficeRole.DUTY_DESK: directory_pb2.OFFICE_ROLE_DUTY_DESK,
}
_ROLE_OF: Final = {number: role for role, number in _ROLES.items()}


def encode_party(record: PartyRecord) -> bytes:
    """Returns the one serialised form of `record`.

    Raises:
        RecordError: A field that no record may have; `decode_party` would refuse it.
    """
    data = directory_pb2.PartyRecord(
        party=record.party,
        name=record.name,
        signing_keys=map(key_message, record.signing_keys),
        encryption_keys=map(key_message, record.encryption_keys),
        account=record.account,
        contact=_contact_message(record.contact),
        former_accounts=record.former_accounts,
        offices=map(_office_message, record.offices),
        marking_practices=record.marking_practices,
        attested_at_ms=checked_time(record.attested_at_ms or 0),
    ).SerializeToString(deterministic=True)
    if _read(data) != record:
        raise RecordError("a key identifier is not that of its key, or a time is 0")
    return data


def decode_party(data: bytes) -> PartyRecord:
    """Reads what `encode_party` wrote, and nothing else.

    Raises:
        RecordError: Not such a record, not its one form, or a field out of bounds.
    """
    record = _read(data)
    if encode_party(record) != data:
        raise RecordError("the record is not in its one serialised form")
    return record


def _read(data: bytes) -> PartyRecord:
    message = parse(data, directory_pb2.PartyRecord())
    account = account_of(message.account)
    return PartyRecord(
        party=party_code(message.party),
        name=text("name", message.name, required=True),
        signing_keys=keys_of(
            "signing key", message.signing_keys, SIGNING_KEY_SIZE, signing_key_id
        ),
        encryption_keys=keys_of(
            "encryption key",
            message.encryption_keys,
            ENCRYPTION_KEY_SIZE,
            encryption_key_id,
        ),
        account=account,
        former_accounts=former_accounts_of(message.former_accounts, account),
        contact=_contact(message.contact),
        offices=_offices(message.offices),
        marking_practices=text("reference", message.marking_practices),
        attested_at_ms=checked_time(message.attested_at_ms) or None,
    )


def _contact_message(contact: Contact) -> directory_pb2.Contact | None:
    if contact == Contact():
        return None
    return directory_pb2.Contact(
        office=contact.office,
        email=contact.email,
        telephone=contact.telephone,
        languages=contact.languages,
    )


def _contact(message: directory_pb2.Contact) -> Contact:
    return Contact(
        office=text("office", message.office),
        email=text("e-mail address", message.email),
        telephone=text("telephone", message.telephone),
        languages=languages_of(message.languages),
    )


def _office_message(office: Office) -> directory_pb2.Office:
    return directory_pb2.Office(
        role=_ROLES[office.role],
        name=office.name,
        email=office.email,
        telephone=office.telephone,
        languages=office.languages,
        tasks=office.tasks,
        round_the_clock=office.round_the_clock,
    )


def _offices(messages: Iterable[directory_pb2.Office]) -> tuple[Office, ...]:
    offices = tuple(map(_office, messages))
    if len(offices) > MAX_OFFICES:
        raise RecordError(f"at most {MAX_OFFICES} offices")
    return offices


def _office(message: directory_pb2.Office) -> Office:
    role = _ROLE_OF.get(message.role)
    if role is None:
        raise RecordError(f"{message.role} is not the role of an office")
    if len(message.tasks) > MAX_TASKS:
        raise RecordError(f"an office has at most {MAX_TASKS} tasks")
    return Office(
        role=role,
        name=text("name of an office", message.name, required=True),
        email=text("e-mail address", message.email),
        telephone=text("telephone", message.telephone),
        languages=languages_of(message.languages),
        tasks=tuple(text("task", task, required=True) for task in message.tasks),
        round_the_clock=message.round_the_clock,
    )
