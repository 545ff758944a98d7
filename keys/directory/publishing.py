"""What a party publishes about itself: signed metadata and the files it names.

Whether the registrar takes it is left to `registrar`.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, TargetFile, Targets

from keys.directory.roles import (
    MAX_TARGET_SIZE,
    PARTY_LIFE_MS,
    PUBLISHED_NAMES,
    RECORD_NAME,
    expiry_ms,
    path_of,
    utc,
)
from keys.directory.signers import Signer, add_signature
from keys.errors import CeremonyError, PartyCodeError, SubmissionError
from keys.identity import PartyId

MAX_SUBMISSION_SIZE: Final = 1_000_000  # bytes: fits one message of the bus
_FORMAT: Final = "rogatory-directory-submission/1"
_FIELDS: Final = frozenset({"files", "format", "metadata", "party"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PartySubmission:
    """What a party hands to the registrar, as a file or over the bus.

    Attributes:
        party: Whose it says it is; only the signatures prove it.
        metadata: Signed targets metadata of the party's role.
        files: Content by name: "record.pb", and "policy.pb" if there is one.
    """

    party: PartyId
    metadata: bytes
    files: Mapping[str, bytes]

    @property
    def version(self) -> int:
        """The version that it says it is; only the signatures prove it.

        Raises:
            SubmissionError: The metadata cannot be read.
        """
        return self._metadata().signed.version

    @property
    def expires_ms(self) -> int:
        """When what it publishes expires, in ms since the epoch.

        Raises:
            SubmissionError: The metadata cannot be read.
        """
        return expiry_ms(self._metadata().signed)

    @property
    def signatures(self) -> int:
        """How many signatures it bears; whether they are good is not known.

        Raises:
            SubmissionError: The metadata cannot be read.
        """
        return len(self._metadata().signatures)

    def signed_by(self, signer: Signer) -> Self:
        """Returns it with one more signature.

        Raises:
            SubmissionError: The metadata cannot be read.
        """
        metadata = self._metadata()
        add_signature(metadata, signer)
        return replace(self, metadata=metadata.to_bytes())

    def _metadata(self) -> Metadata[Targets]:
        try:
            return Metadata[Targets].from_bytes(self.metadata)
        except RepositoryError as error:
            raise SubmissionError("the metadata cannot be read") from error

    def to_bytes(self) -> bytes:
        """Returns the one serialised form: compact JSON, sorted, base64 inside."""
        document = {
            "files": {name: _encoded(data) for name, data in self.files.items()},
            "format": _FORMAT,
            "metadata": _encoded(self.metadata),
            "party": self.party,
        }
        return json.dumps(document, separators=(",", ":"), sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Reads what `to_bytes` wrote, and nothing else. Verifies no signature.

        Raises:
            SubmissionError: Too large, not such a document, or not its one form.
        """
        if len(data) > MAX_SUBMISSION_SIZE:
            raise SubmissionError(
                f"a submission has at most {MAX_SUBMISSION_SIZE} bytes"
            )
        try:
            submission = cls._from_document(json.loads(data))
        except (ValueError, RecursionError, PartyCodeError) as error:
            raise SubmissionError("not a submission to the directory") from error
        # Catches duplicate members, blanks, and base64 with stray bits alike.
        if submission.to_bytes() != data:
            raise SubmissionError("the submission is not in its one serialised form")
        return submission

    @classmethod
    def _from_document(cls, document: object) -> Self:
        if not isinstance(document, dict) or document.keys() != _FIELDS:
            raise SubmissionError(
                f"a submission has the members {', '.join(sorted(_FIELDS))}"
            )
        files = document["files"]
        if document["format"] != _FORMAT:
            raise SubmissionError(f"expected a submission in the format {_FORMAT}")
        if not isinstance(files, dict) or not isinstance(document["party"], str):
            raise SubmissionError("a submission names its party and its files")
        return cls(
            party=PartyId(document["party"]),
            metadata=_decoded(document["metadata"]),
            files={name: _decoded(text) for name, text in files.items()},
        )


def prepare(
    party: PartyId, *, version: int, files: Mapping[str, bytes], now_ms: int
) -> PartySubmission:
    """Returns `files` as what `party` will publish, as soon as it is signed.

    Args:
        party: Who publishes.
        version: One more than the version that stands in the directory.
        files: Content by name: "record.pb", and "policy.pb" if there is one.
        now_ms: The present; what is published expires 90 days later.

    Raises:
        CeremonyError: No record, an unknown or oversize file, or a version below 1.
    """
    if version < 1:
        raise CeremonyError("versions count from 1")
    _check_files(files)
    targets = Targets(version=version, expires=utc(now_ms + PARTY_LIFE_MS))
    for name, data in files.items():
        path = path_of(party, name)
        targets.targets[path] = TargetFile.from_data(path, data, ["sha256"])
    return PartySubmission(
        party=party, metadata=Metadata(targets).to_bytes(), files=dict(files)
    )


def publish(
    party: PartyId,
    *,
    signers: Sequence[Signer],
    version: int,
    files: Mapping[str, bytes],
    now_ms: int,
) -> PartySubmission:
    """Signs `files` as what `party` publishes from now on.

    Args:
        party: Who publishes.
        signers: Keys of the party's role that are at hand; `countersign` adds others.
        version: One more than the version that stands in the directory.
        files: Content by name: "record.pb", and "policy.pb" if there is one.
        now_ms: The present; what is published expires 90 days later.

    Raises:
        CeremonyError: No signer, no record, an unknown or oversize file, or a
            version below 1.
    """
    if not signers:
        raise CeremonyError("somebody has to sign")
    submission = prepare(party, version=version, files=files, now_ms=now_ms)
    for signer in signers:
        submission = countersign(submission, signer)
    return submission


def countersign(submission: PartySubmission, signer: Signer) -> PartySubmission:
    """Adds a signature: for parties whose keys are held in different places.

    Raises:
        SubmissionError: The metadata cannot be read.
    """
    return submission.signed_by(signer)


def _check_files(files: Mapping[str, bytes]) -> None:
    if RECORD_NAME not in files:
        raise CeremonyError(f"a party publishes its {RECORD_NAME}")
    unknown = files.keys() - PUBLISHED_NAMES
    if unknown:
        raise CeremonyError(f"{min(unknown)!r} is not a file of the directory")
    for name, data in files.items():
        if len(data) > MAX_TARGET_SIZE:
            raise CeremonyError(f"{name} has more than {MAX_TARGET_SIZE} bytes")


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decoded(text: object) -> bytes:
    if not isinstance(text, str):
        raise SubmissionError("metadata and files of a submission are base64")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise SubmissionError(
            "metadata and files of a submission are base64"
        ) from error
