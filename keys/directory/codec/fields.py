"""What records have in common: texts, times, accounts and published keys."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final, Protocol, TypeVar

from google.protobuf.message import DecodeError, Message

from keys.directory.model import PublishedKey, RevocationReason
from keys.errors import PartyCodeError, RecordError
from keys.identity import KeyId, PartyId
from rogatory.v1 import directory_pb2

MAX_RECORD_SIZE: Final = 256 * 1024  # bytes
MAX_KEYS: Final = 64  # of one use, in one record
MAX_TEXT: Final = 200  # characters
MAX_LANGUAGES: Final = 16
MAX_ACCOUNTS: Final = 64  # that a party used before
MAX_TIME_MS: Final = 253_402_300_799_999  # the last millisecond of the year 9999
LOG_KEY_SIZE: Final = 32  # bytes, Ed25519

# The account becomes a token of bus subjects: a dot, "*" or ">" in it would be an
# injection. The form is that of an nkey (NATS ADR-14): 35 bytes in base32.
_ACCOUNT: Final = re.compile(r"A[A-Z2-7]{55}\Z")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}\Z")
# Marks that make text read in another order than it is stored (UAX #9).
_REORDERING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_REASONS: Final = {
    RevocationReason.KEY_COMPROMISE: directory_pb2.REVOCATION_REASON_KEY_COMPROMISE,
    RevocationReason.SUPERSEDED: directory_pb2.REVOCATION_REASON_SUPERSEDED,
    RevocationReason.CESSATION_OF_OPERATION: (
        directory_pb2.REVOCATION_REASON_CESSATION_OF_OPERATION
    ),
}
_REASON_OF: Final = {number: reason for reason, number in _REASONS.items()}

_M = TypeVar("_M", bound=Message)


class IdOf(Protocol):
    """Makes the identifier of a public key."""

    def __call__(self, raw: bytes) -> KeyId:
        """Returns it."""
        ...


def parse(data: bytes, message: _M) -> _M:
    """Reads `data` into `message`.

    Raises:
        RecordError: Too large, or not protobuf.
    """
    if len(data) > MAX_RECORD_SIZE:
        raise RecordError(f"a record has at most {MAX_RECORD_SIZE} bytes")
    try:
        message.ParseFromString(data)
    except DecodeError as error:
        raise RecordError("not a record of the directory") from error
    return message


def party_code(text: str) -> PartyId:
    """Reads a party code.

    Raises:
        RecordError: It is none.
    """
    try:
        return PartyId(text)
    except PartyCodeError as error:
        raise RecordError(str(error)) from error


def checked_time(at_ms: int) -> int:
    """Returns `at_ms` when it can be a time in ms since the epoch, or 0 for none.

    Raises:
        RecordError: It cannot.
    """
    if not 0 <= at_ms <= MAX_TIME_MS:
        raise RecordError(f"{at_ms} is not a time in ms since the epoch")
    return at_ms


def key_message(key: PublishedKey) -> directory_pb2.PublishedKey:
    """Returns a published key as a message.

    Raises:
        RecordError: A time that is none.
    """
    reason = key.revocation_reason
    return directory_pb2.PublishedKey(
        key=key.key,
        valid_from_ms=checked_time(key.valid_from_ms),
        valid_to_ms=checked_time(key.valid_to_ms),
        revoked_at_ms=checked_time(key.revoked_at_ms or 0),
        revocation_reason=None if reason is None else _REASONS[reason],
    )


def keys_of(
    what: str,
    messages: Iterable[directory_pb2.PublishedKey],
    size: int,
    id_of: IdOf,
) -> tuple[PublishedKey, ...]:
    """Reads published keys, each of `size` bytes, at least one.

    Raises:
        RecordError: None, too many, one twice, or one whose times do not hold.
    """
    keys: dict[KeyId, PublishedKey] = {}
    for message in messages:
        key = _key(what, message, size, id_of)
        if key.key_id in keys:
            raise RecordError(f"{what} {key.key_id.hex()[:16]} stands there twice")
        keys[key.key_id] = key
    if not 1 <= len(keys) <= MAX_KEYS:
        raise RecordError(f"expected 1 to {MAX_KEYS} of {what}, not {len(keys)}")
    return tuple(keys.values())


def _key(
    what: str, message: directory_pb2.PublishedKey, size: int, id_of: IdOf
) -> PublishedKey:
    if len(message.key) != size:
        raise RecordError(f"a {what} has {size} bytes, not {len(message.key)}")
    if not 0 < message.valid_from_ms < message.valid_to_ms <= MAX_TIME_MS:
        raise RecordError(f"a {what} whose validity has no beginning or no end")
    if message.revoked_at_ms > MAX_TIME_MS:
        raise RecordError(f"a {what} that is revoked at no time")
    reason = _REASON_OF.get(message.revocation_reason)
    if message.revocation_reason and (reason is None or not message.revoked_at_ms):
        raise RecordError(f"a {what} with a reason of revocation that is none")
    return PublishedKey(
        key_id=id_of(message.key),
        key=message.key,
        valid_from_ms=message.valid_from_ms,
        valid_to_ms=message.valid_to_ms,
        revoked_at_ms=message.revoked_at_ms or None,
        revocation_reason=reason,
    )


def account_of(value: str) -> str:
    """Reads the public key of a bus account.

    Raises:
        RecordError: It is none.
    """
    if not _ACCOUNT.match(value):
        raise RecordError(
            f"{value[:MAX_TEXT]!r} is not a public account key of the message bus: "
            "expected A and 55 letters or digits"
        )
    return value


def former_accounts_of(values: Iterable[str], account: str) -> tuple[str, ...]:
    """Reads the accounts that a party used before `account`.

    Raises:
        RecordError: One is none, one stands there twice, or there are too many.
    """
    former = tuple(map(account_of, values))
    if len({*former, account}) != len(former) + 1:
        raise RecordError("an account of the message bus stands there twice")
    if len(former) > MAX_ACCOUNTS:
        raise RecordError(f"at most {MAX_ACCOUNTS} former accounts")
    return former


def languages_of(tags: Iterable[str]) -> tuple[str, ...]:
    """Reads language tags (BCP 47).

    Raises:
        RecordError: One is none, or there are too many.
    """
    found = tuple(tags)
    if len(found) > MAX_LANGUAGES:
        raise RecordError(f"at most {MAX_LANGUAGES} languages")
    for tag in found:
        if not _LANGUAGE.match(tag):
            raise RecordError(f"{tag!r} is not a language tag, such as fr or pt-BR")
    return found


def text(what: str, value: str, *, required: bool = False) -> str:
    """Refuses what could deceive whoever reads it on a terminal or a page.

    Raises:
        RecordError: Too long, missing, or with marks that steer or reorder.
    """
    if required and not value.strip():
        raise RecordError(f"a {what} is needed")
    if len(value) > MAX_TEXT:
        raise RecordError(f"a {what} has at most {MAX_TEXT} characters")
    if any(unicodedata.category(c) == "Cc" or c in _REORDERING for c in value):
        raise RecordError(f"the {what} holds a control character")
    return value
