"""What the registrar checks before it takes a party's submission.

Clients silently ignore what a party publishes outside its delegation, so that the
registrar is where a party learns of it. Storing is left to `repository`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tuf.api.exceptions import RepositoryError, UnsignedMetadataError
from tuf.api.metadata import Metadata, Targets

from keys.directory.codec import decode_party
from keys.directory.model import PartyRecord, PublishedKey, RevocationReason
from keys.directory.publishing import PartySubmission
from keys.directory.roles import (
    DAY_MS,
    MAX_TARGET_SIZE,
    PARTY_LIFE_MS,
    PUBLISHED_NAMES,
    RECORD_NAME,
    expiry_ms,
    path_of,
    role_of,
)
from keys.directory.stewardship import party_roles, read_targets
from keys.errors import CeremonyError, KeyFormatError, RecordError, SubmissionError
from keys.identity import PartyId
from keys.sealing import EncryptionPublicKey
from keys.signing import SigningPublicKey

CLOCK_SKEW_MS: Final = DAY_MS  # by which the party's clock may be ahead
MAX_KEY_LIFE_MS: Final = 5 * 366 * DAY_MS
SIGNING_KEPT_MS: Final = 10 * 366 * DAY_MS
"""For which a signing key stays listed after its end. A record has room for 64: with
one each 90 days, those of sixteen years. What an older one signed is verified by the
directory of that time; a revoked key stays for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the directory holds when a submission comes in.

    Attributes:
        targets: The stewards' targets metadata in force.
        metadata: What the party published last; None before the first time.
        record: The record in it.
        others: The records of all other parties.
        hub_account: The hub's own account on the bus.
    """

    targets: Targets
    metadata: bytes | None
    record: PartyRecord | None
    others: tuple[PartyRecord, ...]
    hub_account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A submission that may stand in the directory.

    Attributes:
        party: Whose it is, proven by its signatures.
        version: Version of its metadata.
        record: The record in it.
        repeated: True when this very metadata stands there already.
    """

    party: PartyId
    version: int
    record: PartyRecord
    repeated: bool


def check_submission(
    submission: PartySubmission, *, standing: Standing, now_ms: int
) -> Acceptance:
    """Decides on a submission. Nothing is written, whatever the outcome.

    1. The stewards admitted the party, and enough of its role keys signed.
    2. The metadata is in its one form and names only the party's own paths.
    3. The files are those that the metadata names.
    4. The record is the party's, holds real keys, and takes nobody else's place.
    5. It is the next version, in force, and withdraws nothing that must stay;
       or it stands there already.

    Raises:
        SubmissionError: Names the first thing that is wrong.
    """
    targets = _verified(submission, standing.targets)  # 1
    _check_paths(submission, targets)  # 2
    _check_files(submission, targets)  # 3
    record = _checked_record(submission, standing)  # 4
    repeated = submission.metadata == standing.metadata
    if not repeated:  # 5
        _check_succession(targets, standing, now_ms)
        before = None if _begins_anew(record, standing) else standing.record
        _check_keys(record, before, now_ms)
        _check_accounts(record, before)
    return Acceptance(
        party=submission.party,
        version=targets.version,
        record=record,
        repeated=repeated,
    )


def is_mandated(targets: Targets, party: PartyId, metadata: bytes) -> bool:
    """Tells whether enough of a party's present role keys signed what it published.

    Args:
        targets: The stewards' targets metadata in force.
        party: Whose role it is.
        metadata: What it published, perhaps under keys that were replaced since.

    Raises:
        CeremonyError: Not targets metadata.
    """
    if role_of(party) not in party_roles(targets):
        return False
    document = read_targets(metadata)
    try:
        targets.verify_delegate(
            role_of(party), document.signed_bytes, document.signatures
        )
    except UnsignedMetadataError:
        return False
    return True


def _verified(submission: PartySubmission, stewards: Targets) -> Targets:
    role = _role(submission.party, stewards)
    try:
        metadata = Metadata[Targets].from_bytes(submission.metadata)
        if metadata.signed.type != Targets.type:
            raise SubmissionError(f"expected targets, not {metadata.signed.type}")
        stewards.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
    except RepositoryError as error:
        raise SubmissionError(
            f"not signed by enough keys of {submission.party}, or not readable: {error}"
        ) from error
    named = set(party_roles(stewards)[role].keyids)
    if metadata.signatures.keys() - named:
        raise SubmissionError(f"a signature by a key that is not {submission.party}'s")
    # The signature covers what was parsed; this makes the bytes themselves unique.
    extras = [s.unrecognized_fields for s in metadata.signatures.values()]
    if (
        any([metadata.unrecognized_fields, *extras])
        or metadata.to_bytes() != submission.metadata
    ):
        raise SubmissionError("the metadata is not in its one serialised form")
    return metadata.signed


def _role(party: PartyId, stewards: Targets) -> str:
    try:
        roles = party_roles(stewards)
    except CeremonyError as error:
        raise SubmissionError(str(error)) from error
    role = role_of(party)
    if role not in roles:
        raise SubmissionError(f"{party} is not a party of this federation")
    return role


def _check_paths(submission: PartySubmission, targets: Targets) -> None:
    if targets.delegations is not None:
        raise SubmissionError("a party delegates to nobody")
    if targets.unrecognized_fields:
        raise SubmissionError("the metadata has fields that nobody knows")
    allowed = {path_of(submission.party, name) for name in PUBLISHED_NAMES}
    for path, target in targets.targets.items():
        if path not in allowed:
            raise SubmissionError(
                f"{path!r} is not a path that {submission.party} may publish"
            )
        if target.unrecognized_fields or target.hashes.keys() != {"sha256"}:
            raise SubmissionError(f"{path} is named by its SHA-256 and nothing else")


def _check_files(submission: PartySubmission, targets: Targets) -> None:
    named = {path_of(submission.party, name): name for name in submission.files}
    if named.keys() != targets.targets.keys():
        raise SubmissionError("the files are not those that the metadata names")
    if RECORD_NAME not in submission.files:
        raise SubmissionError(f"a party publishes its {RECORD_NAME}")
    for path, name in named.items():
        if len(submission.files[name]) > MAX_TARGET_SIZE:
            raise SubmissionError(f"{name} has more than {MAX_TARGET_SIZE} bytes")
        try:
            targets.targets[path].verify_length_and_hashes(submission.files[name])
        except RepositoryError as error:
            raise SubmissionError(f"{name} is not what was signed: {error}") from error


def _checked_record(submission: PartySubmission, standing: Standing) -> PartyRecord:
    try:
        record = decode_party(submission.files[RECORD_NAME])
        for key in record.signing_keys:
            SigningPublicKey(key.key)
        for key in record.encryption_keys:
            EncryptionPublicKey(key.key)
    except (RecordError, KeyFormatError) as error:
        raise SubmissionError(f"{RECORD_NAME}: {error}") from error
    if record.party != submission.party:
        raise SubmissionError(
            f"{submission.party} cannot publish the record of {record.party}"
        )
    _check_uniqueness(record, standing)
    return record


def _check_uniqueness(record: PartyRecord, standing: Standing) -> None:
    accounts = {record.account, *record.former_accounts}
    if standing.hub_account in accounts:
        raise SubmissionError("the account is that of the hub")
    own = {key.key_id for key in _all_keys(record)}
    for other in standing.others:
        # Former ones too: what still waits for one of them is its party's own.
        if not accounts.isdisjoint({other.account, *other.former_accounts}):
            raise SubmissionError(f"the account is, or was, that of {other.party}")
        if not own.isdisjoint(key.key_id for key in _all_keys(other)):
            raise SubmissionError(f"one of the keys is that of {other.party}")


def _begins_anew(record: PartyRecord, standing: Standing) -> bool:
    """Tells whether the party has lost all it had, and the stewards vouch for it.

    They have given it other role keys, and it goes on with no key and no account of
    before. Who keeps any of these keeps the whole history, revocations included; what
    was signed before is verified by the directory of that time.
    """
    before, metadata = standing.record, standing.metadata
    if (
        before is None
        or metadata is None
        or is_mandated(standing.targets, record.party, metadata)
    ):
        return False
    keys = {key.key_id for key in _all_keys(before)}
    accounts = {before.account, *before.former_accounts}
    return keys.isdisjoint(key.key_id for key in _all_keys(record)) and (
        accounts.isdisjoint({record.account, *record.former_accounts})
    )


def _check_succession(targets: Targets, standing: Standing, now_ms: int) -> None:
    # The type because JSON's true equals 1 in Python.
    due = 1 if standing.metadata is None else _version(standing.metadata) + 1
    if type(targets.version) is not int or targets.version != due:
        hint = "; with a new node, make it with --after-version" if due > 1 else ""
        raise SubmissionError(
            f"version {targets.version} was signed, {due} is due{hint}"
        )
    left_ms = expiry_ms(targets) - now_ms
    if left_ms <= 0:
        raise SubmissionError("the metadata has expired, or a clock is wrong")
    if left_ms > PARTY_LIFE_MS + CLOCK_SKEW_MS:
        raise SubmissionError(
            f"the metadata would live for more than {PARTY_LIFE_MS // DAY_MS} days"
        )


def _version(metadata: bytes) -> int:
    return Metadata[Targets].from_bytes(metadata).signed.version


def _check_keys(record: PartyRecord, before: PartyRecord | None, now_ms: int) -> None:
    for what, keys in (
        ("signing", record.signing_keys),
        ("encryption", record.encryption_keys),
    ):
        for key in keys:
            if key.valid_to_ms - key.valid_from_ms > MAX_KEY_LIFE_MS:
                raise SubmissionError(f"{_name(key)} is valid for more than 5 years")
        if not any(key.valid_at(now_ms) for key in keys):
            raise SubmissionError(f"no {what} key is valid now")
    if before is None:
        return
    now = {key.key_id: key for key in _all_keys(record)}
    for key in before.signing_keys:
        kept = key.revoked_at_ms is not None or (
            now_ms - key.valid_to_ms <= SIGNING_KEPT_MS
        )
        if kept and key.key_id not in now:
            raise SubmissionError(f"{_name(key)} was published and must stay listed")
    for key in _all_keys(before):
        if key.key_id in now:
            _check_history(key, now[key.key_id])


def _check_history(before: PublishedKey, now: PublishedKey) -> None:
    """Old signatures must stay verifiable, and what was revoked stays revoked."""
    if now.valid_from_ms != before.valid_from_ms:
        raise SubmissionError(f"{_name(before)} cannot begin at another time")
    if before.revoked_at_ms is not None and (
        now.revoked_at_ms is None or now.revoked_at_ms > before.revoked_at_ms
    ):
        raise SubmissionError(f"the revocation of {_name(before)} cannot be withdrawn")
    # That a key was stolen may be found out later; it cannot be taken back.
    if before.revocation_reason not in (None, now.revocation_reason) and (
        now.revocation_reason is not RevocationReason.KEY_COMPROMISE
    ):
        raise SubmissionError(f"why {_name(before)} was revoked cannot be taken back")


def _check_accounts(record: PartyRecord, before: PartyRecord | None) -> None:
    """What waits for a former account is the party's own, and nobody else's.

    So that only an account which it had is taken for one: whoever named another's
    would be handed what waits there.
    """
    known: tuple[str, ...] = ()
    if before is not None:
        known = before.former_accounts
        if record.account != before.account:
            known = (*known, before.account)
    if record.former_accounts != known:
        raise SubmissionError(
            "former accounts are those that were replaced: all of them, oldest first"
        )


def _all_keys(record: PartyRecord) -> Iterator[PublishedKey]:
    yield from record.signing_keys
    yield from record.encryption_keys


def _name(key: PublishedKey) -> str:
    return f"key {key.key_id.hex()[:16]}"
