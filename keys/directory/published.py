"""What a party has published, for that party itself: in force or expired.

Others see a party only as long as what it published is in force. The party needs what
it said last for what it says next, however long it was away. Fetching the directory is
left to `client`.
"""

from dataclasses import dataclass

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Targets

from keys.directory.codec import decode_party
from keys.directory.model import PartyRecord
from keys.directory.resolving import TopLevel
from keys.directory.roles import (
    POLICY_NAME,
    RECORD_NAME,
    expiry_ms,
    metadata_path,
    path_of,
    role_of,
    target_path,
)
from keys.directory.stewardship import party_roles, read_targets
from keys.directory.updating import Fetch
from keys.errors import CeremonyError, RecordError, RefreshError
from keys.identity import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a party published last.

    Attributes:
        version: Of its metadata; what it publishes next has one more.
        expires_ms: When it must have published again, in ms since the epoch.
        record: What it says about itself.
        policy: The bytes of its policy, not parsed; None when it published none.
        signers: Identifiers of its role keys that signed it, ascending.
        threshold: How many of them had to.
    """

    version: int
    expires_ms: int
    record: PartyRecord
    policy: bytes | None
    signers: tuple[str, ...] = ()
    threshold: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """Whose signatures make something a publication of a party.

    Attributes:
        keyids: Identifiers of its role keys, as metadata names them.
        threshold: How many of them must sign.
    """

    keyids: frozenset[str]
    threshold: int


def mandate_of(targets: Targets, party: PartyId) -> Mandate:
    """Returns who signs for `party`.

    Raises:
        RefreshError: The stewards have not admitted it.
    """
    try:
        role = party_roles(targets).get(role_of(party))
    except CeremonyError as error:
        raise RefreshError(str(error)) from error
    if role is None:
        raise RefreshError(f"{party} is not a party of this federation")
    return Mandate(keyids=frozenset(role.keyids), threshold=role.threshold)


def last_published(top: TopLevel, fetch: Fetch, party: PartyId) -> Published | None:
    """Returns what `party` published last; None when it never did.

    1. The snapshot names the metadata by its digest. 2. Enough of the party's present
    role keys signed it: the hub must not put words into the mouth of a party that will
    sign them next. 3. The metadata names the files by their digests.

    Args:
        top: The metadata above the parties, verified.
        fetch: How to get what the hub serves.
        party: Whose.

    Raises:
        RefreshError: It does not verify, or the hub does not serve it.
        UnreachableError: Nobody answered.
    """
    role = role_of(party)
    entry = top.snapshot.meta.get(f"{role}.json")
    if entry is None:
        return None
    try:
        data = _needed(fetch, metadata_path(role, entry.version))
        entry.verify_length_and_hashes(data)  # 1
        metadata = read_targets(data)
        signatures = metadata.signed_bytes, metadata.signatures
        top.targets.verify_delegate(role, *signatures)  # 2
        verified = top.targets.get_verification_result(role, *signatures)
        record = _file(fetch, metadata.signed, path_of(party, RECORD_NAME))
        if record is None:
            raise RefreshError(f"{party} published no record")
        return Published(
            version=entry.version,
            expires_ms=expiry_ms(metadata.signed),
            record=decode_party(record),
            policy=_file(fetch, metadata.signed, path_of(party, POLICY_NAME)),
            signers=tuple(sorted(verified.signed)),
            threshold=verified.threshold,
        )
    except (
        *(RepositoryError, ValueError, LookupError),
        *(CeremonyError, RecordError),
    ) as error:
        raise RefreshError(
            f"what {party} published last does not verify: {error}"
        ) from error


def _file(fetch: Fetch, targets: Targets, path: str) -> bytes | None:
    target = targets.targets.get(path)
    if target is None:
        return None
    data = _needed(fetch, target_path(path, target.hashes["sha256"]))
    target.verify_length_and_hashes(data)  # 3
    return data


def _needed(fetch: Fetch, path: str) -> bytes:
    data = fetch(path)
    if data is None:
        raise RefreshError(f"the hub does not serve {path}")
    return data
