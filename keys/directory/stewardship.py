"""The stewards: the root that names them, its successors, and whether enough signed.

What they say about parties is left to `ceremony`.
"""

from dataclasses import dataclass
from typing import Final

from securesystemslib.signer import Key, SSlibKey
from tuf.api.exceptions import RepositoryError, UnsignedMetadataError
from tuf.api.metadata import (
    DelegatedRole,
    Metadata,
    Root,
    Snapshot,
    Targets,
    Timestamp,
)

from keys.directory.roles import FEDERATION_PATH, party_of, pattern_of, utc
from keys.directory.signers import (
    ROLE_KEY_SIZES,
    STEWARD_KEY_SIZES,
    check_one_form,
)
from keys.errors import CeremonyError, KeyFormatError

NAME_FIELD: Final = "x-rogatory-name"
"""Of a steward's key in a root: TUF leaves such fields to its users."""


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


def check_root(new: bytes, *, current: bytes | None, now_ms: int) -> Root:
    """Returns `new` when clients that trust `current` will trust it.

    Args:
        new: Root metadata that stewards signed.
        current: The root it succeeds; None when it is the first.
        now_ms: The present.

    Raises:
        CeremonyError: Not a root, not the next version, expired, without
            consistent snapshots, a key in another form or of another kind than a
            steward's or a hub's, or not enough stewards signed.
    """
    metadata = read_root(new)
    root = metadata.signed
    previous = root if current is None else read_root(current).signed
    if root.version != (1 if current is None else previous.version + 1):
        raise CeremonyError(f"version {root.version} is not the next version of root")
    if root.is_expired(utc(now_ms)) or not root.consistent_snapshot:
        raise CeremonyError("the root has expired, or lacks consistent snapshots")
    _check_root_keys(root)
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
            _check_name(targets, keyid, ROLE_KEY_SIZES)


def _check_root_keys(root: Root) -> None:
    """Checks that each key stands in one form, and serves stewards or hub, not both."""
    stewards = {*root.roles[Root.type].keyids, *root.roles[Targets.type].keyids}
    online = {*root.roles[Snapshot.type].keyids, *root.roles[Timestamp.type].keyids}
    for keyid in stewards:
        _check_name(root, keyid, STEWARD_KEY_SIZES, may_be_named=True)
    for keyid in online:
        _check_name(root, keyid, ROLE_KEY_SIZES)
    if stewards & online:
        raise CeremonyError("the hub's online key is that of a steward")


def _check_name(
    names: Root | Targets,
    keyid: str,
    sizes: frozenset[int],
    *,
    may_be_named: bool = False,
) -> None:
    try:
        key = names.get_key(keyid)
        check_one_form(_unnamed(key) if may_be_named else key, sizes)
    except (KeyFormatError, ValueError) as error:
        raise CeremonyError(str(error)) from error


def _unnamed(key: Key) -> Key:
    """Returns a steward's key without the name that may stand beside it."""
    others = {k: v for k, v in key.unrecognized_fields.items() if k != NAME_FIELD}
    return SSlibKey(key.keyid, key.keytype, key.scheme, key.keyval, others)


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


def read_root(data: bytes) -> Metadata[Root]:
    """Reads a root; verifies nothing.

    Raises:
        CeremonyError: Not a root.
    """
    try:
        metadata = Metadata[Root].from_bytes(data)
    except RepositoryError as error:
        raise CeremonyError("the root metadata cannot be read") from error
    if metadata.signed.type != Root.type:
        raise CeremonyError(f"expected root metadata, not {metadata.signed.type}")
    return metadata
