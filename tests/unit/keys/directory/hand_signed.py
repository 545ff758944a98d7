"""Signs, as stewards would, whatever a test wants: past all that shows it to them.

The documents are put together here by hand, independent of `keys.directory.terms`.
"""

from collections.abc import Callable, Sequence

from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from keys.directory.codec import encode_federation
from keys.directory.model import FederationRecord
from keys.directory.roles import (
    FEDERATION_PATH,
    ROOT_LIFE_MS,
    TARGETS_LIFE_MS,
    pattern_of,
    role_of,
    utc,
)
from keys.directory.signers import Signer, role_key
from keys.directory.stewardship import Founding, party_roles, read_root, read_targets
from keys.identity import PartyId


def found_federation(
    *,
    stewards: Sequence[Signer],
    threshold: int,
    online_key: bytes,
    federation: FederationRecord,
    now_ms: int,
) -> Founding:
    """Returns a federation that every steward signed."""
    root = _root(1, stewards, threshold, online_key, now_ms)
    data = encode_federation(federation)
    targets = Targets(
        expires=utc(now_ms + TARGETS_LIFE_MS), delegations=Delegations({}, {})
    )
    targets.targets[FEDERATION_PATH] = _target(data)
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
    """Returns the next targets metadata, with a role for `party`."""
    return _amended(
        targets,
        lambda signed: delegate(signed, party, keys, threshold),
        stewards,
        now_ms,
    )


def rekey(
    targets: bytes,
    *,
    party: PartyId,
    keys: Sequence[bytes],
    threshold: int,
    stewards: Sequence[Signer],
    now_ms: int,
) -> bytes:
    """Returns the next targets metadata, with other role keys for `party`."""

    def change(signed: Targets) -> None:
        _undelegate(signed, party)
        delegate(signed, party, keys, threshold)

    return _amended(targets, change, stewards, now_ms)


def remove(
    targets: bytes, *, party: PartyId, stewards: Sequence[Signer], now_ms: int
) -> bytes:
    """Returns the next targets metadata, without `party`."""
    return _amended(
        targets, lambda signed: _undelegate(signed, party), stewards, now_ms
    )


def renew(targets: bytes, *, stewards: Sequence[Signer], now_ms: int) -> bytes:
    """Returns the next targets metadata with the same content, for another year."""
    return _amended(targets, lambda _: None, stewards, now_ms)


def succeed(
    root: bytes,
    *,
    stewards: Sequence[Signer],
    threshold: int,
    outgoing: Sequence[Signer],
    online_key: bytes,
    now_ms: int,
) -> bytes:
    """Returns the next root: other stewards, another online key, or another year."""
    version = read_root(root).signed.version + 1
    successor = _root(version, stewards, threshold, online_key, now_ms)
    return signed_by(Metadata(successor), [*outgoing, *stewards])


def signed_by(
    metadata: Metadata[Root] | Metadata[Targets], signers: Sequence[Signer]
) -> bytes:
    """Returns `metadata`, serialised, with a signature of each signer added."""
    for signer in signers:
        metadata.sign(signer, append=True)
    return metadata.to_bytes()


def delegate(
    targets: Targets, party: PartyId, publics: Sequence[bytes], threshold: int
) -> None:
    """Gives `party` a role, whoever else has these keys."""
    name = role_of(party)
    party_roles(targets)[name] = DelegatedRole(
        name, [], threshold, terminating=True, paths=[pattern_of(party)]
    )
    for public in publics:
        targets.add_key(role_key(public), name)


def _root(
    version: int,
    stewards: Sequence[Signer],
    threshold: int,
    online_key: bytes,
    now_ms: int,
) -> Root:
    root = Root(
        version=version, expires=utc(now_ms + ROOT_LIFE_MS), consistent_snapshot=True
    )
    for role in (Root.type, Targets.type):
        for signer in stewards:
            root.add_key(signer.public_key, role)
        root.roles[role].threshold = threshold
    for role in (Snapshot.type, Timestamp.type):
        root.add_key(role_key(online_key), role)
    return root


def _amended(
    targets: bytes,
    change: Callable[[Targets], None],
    stewards: Sequence[Signer],
    now_ms: int,
) -> bytes:
    metadata = read_targets(targets)
    metadata.signatures.clear()
    metadata.signed.version += 1
    metadata.signed.expires = utc(now_ms + TARGETS_LIFE_MS)
    change(metadata.signed)
    return signed_by(metadata, stewards)


def _undelegate(targets: Targets, party: PartyId) -> None:
    roles = party_roles(targets)
    name = role_of(party)
    for keyid in list(roles[name].keyids):
        targets.revoke_key(keyid, name)
    del roles[name]


def _target(data: bytes) -> TargetFile:
    return TargetFile.from_data(FEDERATION_PATH, data, ["sha256"])
