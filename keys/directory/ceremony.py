"""What stewards sign: the founding of the federation, and who its parties are.

How stewards succeed one another, and whether enough of them signed, is left to
`stewardship`; nothing here touches a disk.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    TargetFile,
    Targets,
)

from keys.directory.codec import encode_federation
from keys.directory.model import FederationRecord
from keys.directory.roles import (
    FEDERATION_PATH,
    TARGETS_LIFE_MS,
    pattern_of,
    role_of,
    utc,
)
from keys.directory.signers import Signer, role_key
from keys.directory.stewardship import (
    check_threshold,
    make_root,
    party_roles,
    read_targets,
    signed_by,
)
from keys.errors import CeremonyError
from keys.identity import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """A new federation, as its stewards signed it.

    Attributes:
        root: Root metadata, version 1: what every node is given to trust.
        targets: Targets metadata, version 1, without any party.
        federation: The serialised federation record that `targets` names.
    """

    root: bytes
    targets: bytes
    federation: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A new federation record, as the stewards signed it.

    Attributes:
        targets: Targets metadata, one version up.
        federation: The serialised federation record that `targets` names.
    """

    targets: bytes
    federation: bytes


def found_federation(
    *,
    stewards: Sequence[Signer],
    threshold: int,
    online_key: bytes,
    federation: FederationRecord,
    now_ms: int,
) -> Founding:
    """Founds a federation: every steward signs, and so shows to hold its key.

    Args:
        stewards: All of them.
        threshold: How many must agree from now on.
        online_key: The hub's public online key, 32 bytes: it signs snapshot and
            timestamp, and nothing else.
        federation: What the stewards say about the federation.
        now_ms: The present; root and targets expire a year later.

    Raises:
        CeremonyError: A threshold that cannot be met, or a steward named twice.
        KeyFormatError: The online key is none.
        RecordError: A federation record with an impossible field.
    """
    root = make_root(1, stewards, threshold, online_key, now_ms)
    data = encode_federation(federation)
    targets = Targets(
        expires=utc(now_ms + TARGETS_LIFE_MS), delegations=Delegations({}, {})
    )
    targets.targets[FEDERATION_PATH] = _federation_target(data)
    return Founding(
        root=signed_by(Metadata(root), stewards),
        targets=signed_by(Metadata(targets), stewards),
        federation=data,
    )


def admit(
    targets: bytes,
    *,
    party: PartyId,
    keys: Sequence[bytes],
    threshold: int,
    stewards: Sequence[Signer],
    now_ms: int,
) -> bytes:
    """Returns the next targets metadata, with a role for `party`.

    Args:
        targets: The current targets metadata.
        party: Who is admitted.
        keys: Its public role keys, 32 bytes each (`signers.role_public`).
        threshold: How many of them must sign what it publishes.
        stewards: Those at hand; `cosign` adds others.
        now_ms: The present.

    Raises:
        CeremonyError: It is a party already, a key is not its alone, or the
            threshold cannot be met.
        KeyFormatError: One of the keys is none.
    """

    def change(signed: Targets) -> None:
        if role_of(party) in party_roles(signed):
            raise CeremonyError(f"{party} is a party of this federation already")
        _delegate(signed, party, keys, threshold)

    return _amended(targets, change, stewards, now_ms)


def rekey(
    targets: bytes,
    *,
    party: PartyId,
    keys: Sequence[bytes],
    threshold: int,
    stewards: Sequence[Signer],
    now_ms: int,
) -> bytes:
    """Returns the next targets metadata, with other role keys for `party`.

    What the party published under its old keys counts no longer: it is out of the
    directory until it publishes again. Arguments and errors are those of `admit`.

    Raises:
        CeremonyError: Not a party, a key is not its alone, or the threshold
            cannot be met.
        KeyFormatError: One of the keys is none.
    """

    def change(signed: Targets) -> None:
        _undelegate(signed, party)
        _delegate(signed, party, keys, threshold)

    return _amended(targets, change, stewards, now_ms)


def remove(
    targets: bytes, *, party: PartyId, stewards: Sequence[Signer], now_ms: int
) -> bytes:
    """Returns the next targets metadata, without `party`.

    Raises:
        CeremonyError: Not a party.
    """

    def change(signed: Targets) -> None:
        _undelegate(signed, party)

    return _amended(targets, change, stewards, now_ms)


def renew(targets: bytes, *, stewards: Sequence[Signer], now_ms: int) -> bytes:
    """Returns the next targets metadata with the same content, for another year.

    Also what new stewards sign after `stewardship.succeed`.

    Raises:
        CeremonyError: Nobody signs, or `targets` cannot be read.
    """
    return _amended(targets, lambda _: None, stewards, now_ms)


def amend_federation(
    targets: bytes,
    *,
    federation: FederationRecord,
    stewards: Sequence[Signer],
    now_ms: int,
) -> Amendment:
    """Returns the next targets metadata, with another federation record.

    Raises:
        CeremonyError: Nobody signs, or `targets` cannot be read.
        RecordError: A federation record with an impossible field.
    """
    data = encode_federation(federation)
    metadata = _next(targets, now_ms)
    metadata.signed.targets[FEDERATION_PATH] = _federation_target(data)
    return Amendment(targets=signed_by(metadata, stewards), federation=data)


def cosign(metadata: bytes, signer: Signer) -> bytes:
    """Adds a signature to root or targets: stewards are rarely in one room.

    Raises:
        CeremonyError: The metadata cannot be read.
    """
    try:
        document = Metadata[Targets].from_bytes(metadata)
    except RepositoryError as error:
        raise CeremonyError("the metadata cannot be read") from error
    return signed_by(document, [signer])


def _amended(
    targets: bytes,
    change: Callable[[Targets], None],
    stewards: Sequence[Signer],
    now_ms: int,
) -> bytes:
    metadata = _next(targets, now_ms)
    change(metadata.signed)
    return signed_by(metadata, stewards)


def _next(targets: bytes, now_ms: int) -> Metadata[Targets]:
    metadata = read_targets(targets)
    metadata.signatures.clear()
    metadata.signed.version += 1
    metadata.signed.expires = utc(now_ms + TARGETS_LIFE_MS)
    return metadata


def _delegate(
    targets: Targets, party: PartyId, publics: Sequence[bytes], threshold: int
) -> None:
    roles = party_roles(targets)
    keys = {key.keyid: key for key in map(role_key, publics)}
    if len(keys) != len(publics):
        raise CeremonyError(f"a key of {party} is named twice")
    if any(keyid in keys for role in roles.values() for keyid in role.keyids):
        raise CeremonyError(f"a key of {party} is that of another party")
    check_threshold(threshold, len(keys), "keys")
    name = role_of(party)
    roles[name] = DelegatedRole(
        name, [], threshold, terminating=True, paths=[pattern_of(party)]
    )
    for key in keys.values():
        targets.add_key(key, name)


def _undelegate(targets: Targets, party: PartyId) -> None:
    roles = party_roles(targets)
    name = role_of(party)
    if name not in roles:
        raise CeremonyError(f"{party} is not a party of this federation")
    for keyid in list(roles[name].keyids):
        targets.revoke_key(keyid, name)
    del roles[name]


def _federation_target(data: bytes) -> TargetFile:
    return TargetFile.from_data(FEDERATION_PATH, data, ["sha256"])
