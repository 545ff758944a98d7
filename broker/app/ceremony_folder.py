"""What a hub keeps about ceremonies: requests that were made, records of those done.

What a request says is left to `keys.directory`; carrying it out, to `applying`.

Layout, below the hub's folder "ceremonies":
    requests/<what>-<digest>.json      each request, until somebody clears it away
    <NNNN>-<what>.json                 a record of each ceremony that was carried out
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from broker.core.errors import ConfigurationError
from keys.directory.ceremony_files import (
    MAX_CARD_SIZE,
    MAX_REQUEST_SIZE,
    MAX_SIGNATURE_SIZE,
    CeremonyRequest,
    read_card,
    read_request,
    read_signature,
    write_request,
)
from keys.directory.differences import Change, Topic
from keys.directory.disk import write_durably
from keys.directory.quorum import CeremonySignature
from keys.directory.terms import Steward
from keys.errors import CeremonyError

_RECORD: Final = "rogatory-ceremony-record/1"
_MAX_RECORD_SIZE: Final = 1 << 20  # bytes
_SHORT: Final = 12  # hexadecimal digits in the name of a file


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedBy:
    """One steward who signed, and when by that steward's clock."""

    name: str
    fingerprint: str
    signed_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CeremonyRecord:
    """What was decided, by whom, and what came of it.

    Attributes:
        number: Ceremonies are counted from 1, the founding.
        request: SHA-256 that names the request, in hexadecimal.
        what: The topics in one word each, joined.
        changes: Everything that changed, in sentences.
        signed_by: Every steward whose signature was among those applied.
        root_version: Of the list of stewards in force afterwards; likewise below.
        root_sha256: The fingerprint of that list, in hexadecimal.
        published: Parties whose submission was taken along.
        not_published: Parties whose submission was not, with the reason.
    """

    number: int
    request: str
    what: str
    applied_at_ms: int
    changes: tuple[str, ...]
    signed_by: tuple[SignedBy, ...]
    root_version: int
    root_sha256: str
    targets_version: int
    published: tuple[str, ...] = ()
    not_published: tuple[str, ...] = ()

    def fields(self) -> dict[str, Any]:
        """Returns the record as it is written and printed."""
        return {"format": _RECORD, **asdict(self)}


class CeremonyFolder:
    """The folder of a hub in which ceremonies are kept.

    Args:
        root: Where it is; made when the first request is.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def keep(self, request: CeremonyRequest, changes: tuple[Change, ...]) -> Path:
        """Writes a request down; returns where.

        Raises:
            ConfigurationError: The folder cannot be written.
        """
        name = f"{what_of(changes)}-{request.proposal.digest.hex()[:_SHORT]}.json"
        path = self.root / "requests" / name
        write_file(path, write_request(request))
        return path

    def requests(self) -> Iterator[tuple[Path, CeremonyRequest]]:
        """Yields the requests that were made here, in the order of their names.

        Raises:
            ConfigurationError: One cannot be read.
            CeremonyError: One was damaged.
        """
        for path in sorted((self.root / "requests").glob("*.json")):
            yield path, load_request(path)

    def records(self) -> list[CeremonyRecord]:
        """Returns what was carried out, the oldest first.

        Raises:
            ConfigurationError: A record cannot be read, or was damaged.
        """
        return [_record_of(path) for path in sorted(self.root.glob("[0-9]*-*.json"))]

    def record_of(self, digest: bytes) -> CeremonyRecord | None:
        """Returns the record of the request with this digest, if it was carried out."""
        wanted = digest.hex()
        return next((one for one in self.records() if one.request == wanted), None)

    def add(self, record: CeremonyRecord) -> CeremonyRecord:
        """Writes down, durably, what was carried out; gives it the next number.

        Raises:
            ConfigurationError: The folder cannot be written.
        """
        done = self.records()
        record = replace(record, number=done[-1].number + 1 if done else 1)
        path = self.root / f"{record.number:04}-{record.what}.json"
        write_file(path, (json.dumps(record.fields(), indent=2) + "\n").encode())
        return record


def what_of(changes: tuple[Change, ...]) -> str:
    """Returns the topics of changes in a few words, fit for the name of a file."""
    topics = dict.fromkeys(change.topic for change in changes)
    telling = [topic.value for topic in topics if topic is not Topic.RENEW]
    return "-".join(telling) or Topic.RENEW.value


def load_request(path: Path) -> CeremonyRequest:
    """Reads a request.

    Raises:
        ConfigurationError: The file cannot be read.
        CeremonyError: It is no request; the sentence names the file.
    """
    data = read_file(path, MAX_REQUEST_SIZE)
    try:
        return read_request(data)
    except CeremonyError as error:
        raise CeremonyError(f"{path}: {error}") from error


def load_signature(path: Path) -> CeremonySignature:
    """Reads a steward's signature.

    Raises:
        ConfigurationError: The file cannot be read.
        CeremonyError: It is no signature; the sentence names the file.
    """
    data = read_file(path, MAX_SIGNATURE_SIZE)
    try:
        return read_signature(data)
    except CeremonyError as error:
        raise CeremonyError(f"{path}: {error}") from error


def load_card(path: Path) -> Steward:
    """Reads what a steward handed over to be named.

    Raises:
        ConfigurationError: The file cannot be read.
        CeremonyError: It is no such file; the sentence names the file.
    """
    data = read_file(path, MAX_CARD_SIZE)
    try:
        return read_card(data)
    except CeremonyError as error:
        raise CeremonyError(f"{path}: {error}") from error


def read_file(path: Path, limit: int) -> bytes:
    """Returns a file; one byte more than `limit` of one that is longer.

    Raises:
        ConfigurationError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error


def write_file(path: Path, data: bytes) -> None:
    """Writes a file, durably, whole or not at all.

    Raises:
        ConfigurationError: It cannot be written.
    """
    try:
        write_durably(path, data)
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror}") from error


def _record_of(path: Path) -> CeremonyRecord:
    try:
        found = json.loads(read_file(path, _MAX_RECORD_SIZE))
        if found.pop("format") != _RECORD:
            raise ConfigurationError(f"{path} is not the record of a ceremony")
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in found.items()
        }
        fields["signed_by"] = tuple(SignedBy(**one) for one in found["signed_by"])
        return CeremonyRecord(**fields)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"{path} is not the record of a ceremony, or was damaged"
        ) from error
