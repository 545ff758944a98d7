"""The stewards: the root that names them, its successors, and whether enough signed.

What they say about parties is left to `ceremony`.
"""

import re
from collections.abc import Sequence

from tuf.api.exceptions import RepositoryError, UnsignedMetadataError
from tuf.api.metadata import (
    DelegatedRole,
    Key,
    Metadata,
    Root,
    Snapshot,
    Targets,
    Timestamp,
)

from keys.directory.roles import (
    FEDERATION_PATH,
    ROOT_LIFE_MS,
    party_of,
    pattern_of,
    utc,
)
from keys.directory.signers import Signer, role_key
from keys.errors import CeremonyError


def make_root(
    version: int,
    stewards: Sequence[Signer],
    threshold: int,
    online_key: bytes,
    now_ms: int,
) -> Root:
    """Returns an unsigned root; arguments and errors are those of `succeed`."""
    identifiers = {signer.public_key.keyid for signer in stewards}
    if len(identifiers) != len(stewards):
        raise CeremonyError("a steward is named twice")
    check_threshold(threshold, len(stewards), "stewards")
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


def succeed(
    root: bytes,
    *,
    stewards: Sequence[Signer],
    threshold: int,
    outgoing: Sequence[Signer],
    online_key: bytes,
    now_ms: int,
) -> bytes:
    """Returns the next root: other stewards, another online key, or another year.

    Args:
        root: The current root metadata.
        stewards: All stewards from now on.
        threshold: How many of them must agree from now on.
        outgoing: Stewards of the current root, enough to agree to this.
        online_key: The hub's public online key from now on, 32 bytes.
        now_ms: The present; the new root expires a year later.

    Raises:
        CeremonyError: `root` cannot be read, a threshold that cannot be met, or a
            steward named twice.
        KeyFormatError: The online key is none.
    """
    current = _read_root(root).signed
    successor = make_root(current.version + 1, stewards, threshold, online_key, now_ms)
    return signed_by(Metadata(successor), [*outgoing, *stewards])


def check_root(new: bytes, *, current: bytes | None, now_ms: int) -> Root:
    """Returns `new` when clients that trust `current` will trust it.

    Args:
        new: Root metadata that stewards signed.
        current: The root it succeeds; None when it is the first.
        now_ms: The present.

    Raises:
        CeremonyError: Not a root, not the next version, expired, without
            consistent snapshots, or not enough stewards signed.
    """
    metadata = _read_root(new)
    root = metadata.signed
    previous = root if current is None else _read_root(current).signed
    if root.version != (1 if current is None else previous.version + 1):
        raise CeremonyError(f"version {root.version} is not the next version of root")
    if root.is_expired(utc(now_ms)) or not root.consistent_snapshot:
        raise CeremonyError("the root has expired, or lacks consistent snapshots")
    try:
        for judge in (previous, root):
            judge.verify_delegate(Root.type, metadata.signed_bytes, metadata.signatures)
    except UnsignedMetadataError as error:
        raise CeremonyError(f"not enough stewards signed: {error}") from error
    return root


def check_targets(
    new: bytes, *, root: Root, version: int, federation: bytes, now_ms: int
) -> Targets:
    """Returns `new` when it is what the stewards of `root` may say.

    Args:
        new: Targets metadata that stewards signed.
        root: The root in force.
        version: The version that is due.
        federation: The federation record that `new` must name.
        now_ms: The present.

    Raises:
        CeremonyError: Not targets, another version, expired, not enough stewards
            signed, another federation record, or a delegation that is not simply
            a party's own paths.
    """
    metadata = read_targets(new)
    targets = metadata.signed
    if targets.version != version:
        raise CeremonyError(
            f"version {targets.version} of targets was signed, {version} is due: "
            "sign on top of the current one"
        )
    if targets.is_expired(utc(now_ms)):
        raise CeremonyError("the targets metadata has expired")
    try:
        root.verify_delegate(Targets.type, metadata.signed_bytes, metadata.signatures)
        if targets.targets.keys() != {FEDERATION_PATH}:
            raise CeremonyError(f"stewards publish {FEDERATION_PATH}, nothing else")
        targets.targets[FEDERATION_PATH].verify_length_and_hashes(federation)
    except RepositoryError as error:
        raise CeremonyError(f"the targets metadata does not hold: {error}") from error
    _check_delegations(targets)
    return targets


def _check_delegations(targets: Targets) -> None:
    for role in party_roles(targets).values():
        party = party_of(role.name)
        if party is None or role.paths != [pattern_of(party)] or not role.terminating:
            raise CeremonyError(f"{role.name} is delegated more than its own paths")
        for keyid in role.keyids:
            _check_name(targets.get_key(keyid))


def _check_name(key: Key) -> None:
    # TUF leaves key identifiers free: one key under two would count twice.
    public = key.keyval["public"] if key.scheme == "ed25519" else ""
    if (
        not re.fullmatch(r"[0-9a-f]{64}", public)
        or role_key(bytes.fromhex(public)).keyid != key.keyid
    ):
        raise CeremonyError(f"key {key.keyid} stands under another name, or kind")


def read_targets(data: bytes) -> Metadata[Targets]:
    """Reads targets metadata; verifies nothing.

    Raises:
        CeremonyError: Not targets metadata.
    """
    try:
        metadata = Metadata[Targets].from_bytes(data)
    except RepositoryError as error:
        raise CeremonyError("the targets metadata cannot be read") from error
    if metadata.signed.type != Targets.type:
        raise CeremonyError(f"expected targets metadata, not {metadata.signed.type}")
    return metadata


def party_roles(targets: Targets) -> dict[str, DelegatedRole]:
    """Returns the delegated roles by name: the live mapping, not a copy.

    Raises:
        CeremonyError: Not the targets metadata of a federation.
    """
    if targets.delegations is None or targets.delegations.roles is None:
        raise CeremonyError("the targets metadata is not that of a federation")
    return targets.delegations.roles


def check_threshold(threshold: int, count: int, what: str) -> None:
    """Refuses a threshold that is empty or that cannot be met.

    Raises:
        CeremonyError: Not between 1 and `count`.
    """
    if not 1 <= threshold <= count:
        raise CeremonyError(f"{threshold} of {count} {what} cannot be a threshold")


def signed_by(
    metadata: Metadata[Root] | Metadata[Targets], signers: Sequence[Signer]
) -> bytes:
    """Returns `metadata`, serialised, with a signature of each signer added.

    Raises:
        CeremonyError: Nobody signs.
    """
    if not signers:
        raise CeremonyError("somebody has to sign")
    for signer in signers:
        metadata.sign(signer, append=True)
    return metadata.to_bytes()


def _read_root(data: bytes) -> Metadata[Root]:
    try:
        metadata = Metadata[Root].from_bytes(data)
    except RepositoryError as error:
        raise CeremonyError("the root metadata cannot be read") from error
    if metadata.signed.type != Root.type:
        raise CeremonyError(f"expected root metadata, not {metadata.signed.type}")
    return metadata
