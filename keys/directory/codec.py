"""Records of the directory to bytes and back: one serialised form for each value.

Who signed the bytes, and whether a key is one, is left to the siblings.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final, Protocol, TypeVar

from google.protobuf.message import DecodeError, Message

from keys.directory.model import (
    Contact,
    FederationRecord,
    PartyRecord,
    PublishedKey,
)
from keys.errors import PartyCodeError, RecordError
from keys.identity import KeyId, PartyId, encryption_key_id, signing_key_id
from keys.sealing import PUBLIC_SIZE as ENCRYPTION_KEY_SIZE
from keys.signing import PUBLIC_SIZE as SIGNING_KEY_SIZE
from rogatory.v1 import directory_pb2

MAX_RECORD_SIZE: Final = 256 * 1024  # bytes
MAX_KEYS: Final = 64  # of one use, in one record
MAX_TEXT: Final = 200  # characters
MAX_LANGUAGES: Final = 16
MAX_TIME_MS: Final = 253_402_300_799_999  # the last millisecond of the year 9999
LOG_KEY_SIZE: Final = 32  # bytes, Ed25519

# The account becomes a token of bus subjects: a dot, "*" or ">" in it would be an
# injection. The form is that of an nkey (NATS ADR-14): 35 bytes in base32.
_ACCOUNT: Final = re.compile(r"A[A-Z2-7]{55}\Z")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}\Z")
# First line of a checkpoint (C2SP tlog-checkpoint): no blanks, no plus sign.
_LOG_ORIGIN: Final = re.compile(r"[!-*,-~]{1,200}\Z")
# Marks that make text read in another order than it is stored (UAX #9).
_REORDERING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_M = TypeVar("_M", bound=Message)


class _IdOf(Protocol):
    def __call__(self, raw: bytes) -> KeyId: ...


def encode_party(record: PartyRecord) -> bytes:
    """Returns the one serialised form of `record`.

    Raises:
        RecordError: A field that no record may have; `decode_party` would refuse it.
    """
    data = directory_pb2.PartyRecord(
        party=record.party,
        name=record.name,
        signing_keys=map(_key_message, record.signing_keys),
        encryption_keys=map(_key_message, record.encryption_keys),
        account=record.account,
        contact=_contact_message(record.contact),
    ).SerializeToString(deterministic=True)
    if _read_party(data) != record:
        raise RecordError("a key identifier is not that of its key, or a time is 0")
    return data


def decode_party(data: bytes) -> PartyRecord:
    """Reads what `encode_party` wrote, and nothing else.

    Raises:
        RecordError: Not such a record, not its one form, or a field out of bounds.
    """
    record = _read_party(data)
    if encode_party(record) != data:
        raise RecordError("the record is not in its one serialised form")
    return record


def encode_federation(record: FederationRecord) -> bytes:
    """Returns the one serialised form of `record`.

    Raises:
        RecordError: A field that no record may have; `decode_federation` would
            refuse it.
    """
    data = directory_pb2.FederationRecord(
        name=record.name,
        hub_keys=map(_key_message, record.hub_keys),
        log_origin=record.log_origin,
        log_key=record.log_key,
        hub_account=record.hub_account,
    ).SerializeToString(deterministic=True)
    if _read_federation(data) != record:
        raise RecordError("a key identifier is not that of its key, or a time is 0")
    return data


def decode_federation(data: bytes) -> FederationRecord:
    """Reads what `encode_federation` wrote, and nothing else.

    Raises:
        RecordError: Not such a record, not its one form, or a field out of bounds.
    """
    record = _read_federation(data)
    if encode_federation(record) != data:
        raise RecordError("the record is not in its one serialised form")
    return record


def _read_party(data: bytes) -> PartyRecord:
    message = _parse(data, directory_pb2.PartyRecord())
    try:
        party = PartyId(message.party)
    except PartyCodeError as error:
        raise RecordError(str(error)) from error
    return PartyRecord(
        party=party,
        name=_text("name", message.name, required=True),
        signing_keys=_keys(
            "signing key", message.signing_keys, SIGNING_KEY_SIZE, signing_key_id
        ),
        encryption_keys=_keys(
            "encryption key",
            message.encryption_keys,
            ENCRYPTION_KEY_SIZE,
            encryption_key_id,
        ),
        account=_account(message.account),
        contact=_contact(message.contact),
    )


def _read_federation(data: bytes) -> FederationRecord:
    message = _parse(data, directory_pb2.FederationRecord())
    if not _LOG_ORIGIN.match(message.log_origin):
        raise RecordError(f"{message.log_origin!r} cannot name a log")
    if len(message.log_key) != LOG_KEY_SIZE:
        raise RecordError(f"the key of the log has {LOG_KEY_SIZE} bytes")
    return FederationRecord(
        name=_text("name", message.name, required=True),
        hub_keys=_keys("hub key", message.hub_keys, SIGNING_KEY_SIZE, signing_key_id),
        log_origin=message.log_origin,
        log_key=message.log_key,
        hub_account=_account(message.hub_account),
    )


def _parse(data: bytes, message: _M) -> _M:
    if len(data) > MAX_RECORD_SIZE:
        raise RecordError(f"a record has at most {MAX_RECORD_SIZE} bytes")
    try:
        message.ParseFromString(data)
    except DecodeError as error:
        raise RecordError("not a record of the directory") from error
    return message


def _key_message(key: PublishedKey) -> directory_pb2.PublishedKey:
    for at_ms in (key.valid_from_ms, key.valid_to_ms, key.revoked_at_ms or 0):
        if not 0 <= at_ms <= MAX_TIME_MS:
            raise RecordError(f"{at_ms} is not a time in ms since the epoch")
    return directory_pb2.PublishedKey(
        key=key.key,
        valid_from_ms=key.valid_from_ms,
        valid_to_ms=key.valid_to_ms,
        revoked_at_ms=key.revoked_at_ms or 0,
    )


def _keys(
    what: str,
    messages: Iterable[directory_pb2.PublishedKey],
    size: int,
    id_of: _IdOf,
) -> tuple[PublishedKey, ...]:
    keys: dict[KeyId, PublishedKey] = {}
    for message in messages:
        if len(message.key) != size:
            raise RecordError(f"a {what} has {size} bytes, not {len(message.key)}")
        if not 0 < message.valid_from_ms < message.valid_to_ms <= MAX_TIME_MS:
            raise RecordError(f"a {what} whose validity has no beginning or no end")
        if message.revoked_at_ms > MAX_TIME_MS:
            raise RecordError(f"a {what} that is revoked at no time")
        key_id = id_of(message.key)
        if key_id in keys:
            raise RecordError(f"{what} {key_id.hex()[:16]} stands there twice")
        keys[key_id] = PublishedKey(
            key_id=key_id,
            key=message.key,
            valid_from_ms=message.valid_from_ms,
            valid_to_ms=message.valid_to_ms,
            revoked_at_ms=message.revoked_at_ms or None,
        )
    if not 1 <= len(keys) <= MAX_KEYS:
        raise RecordError(f"expected 1 to {MAX_KEYS} of {what}, not {len(keys)}")
    return tuple(keys.values())


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
    if len(message.languages) > MAX_LANGUAGES:
        raise RecordError(f"at most {MAX_LANGUAGES} languages")
    for tag in message.languages:
        if not _LANGUAGE.match(tag):
            raise RecordError(f"{tag!r} is not a language tag, such as fr or pt-BR")
    return Contact(
        office=_text("office", message.office),
        email=_text("e-mail address", message.email),
        telephone=_text("telephone", message.telephone),
        languages=tuple(message.languages),
    )


def _account(text: str) -> str:
    if not _ACCOUNT.match(text):
        raise RecordError(
            f"{text[:MAX_TEXT]!r} is not a public account key of the message bus: "
            "expected A and 55 letters or digits"
        )
    return text


def _text(what: str, text: str, *, required: bool = False) -> str:
    """Refuses what could deceive whoever reads it on a terminal or a page."""
    if required and not text.strip():
        raise RecordError(f"a {what} is needed")
    if len(text) > MAX_TEXT:
        raise RecordError(f"a {what} has at most {MAX_TEXT} characters")
    if any(unicodedata.category(c) == "Cc" or c in _REORDERING for c in text):
        raise RecordError(f"the {what} holds a control character")
    return text
