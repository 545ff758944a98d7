"""What the stewards' documents say, as plain values, and the one way to write them.

Reading writes the values again and compares: what they do not hold cannot stand in the
document either. Signatures are left to `stewardship` and `quorum`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Key,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from keys.directory.codec import decode_federation
from keys.directory.codec.fields import text
from keys.directory.model import FederationRecord
from keys.directory.roles import (
    FEDERATION_PATH,
    expiry_ms,
    party_of,
    pattern_of,
    role_of,
    utc,
)
from keys.directory.signers import raw_public, role_key, steward_key
from keys.directory.stewardship import (
    NAME_FIELD,
    check_threshold,
    party_roles,
    read_root,
    read_targets,
)
from keys.errors import CeremonyError, KeyFormatError, RecordError
from keys.framing import labelled_digest, sha256
from keys.identity import PartyId

_ROLE_LABEL: Final = b"rogatory/role/1"
_BAD_KEYS: Final = (KeyFormatError, ValueError, LookupError)
_STEWARD_ROLES: Final = (Root.type, Targets.type)
_ONLINE_ROLES: Final = (Snapshot.type, Timestamp.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steward:
    """Somebody who may agree to changes.

    Attributes:
        public: Public key, of a kind that `signers.steward_key` knows.
        name: What the others call this steward; empty when nobody said so.
    """

    public: bytes
    name: str = ""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key, to compare over another channel."""
        return sha256(self.public).hex()

    @property
    def key_id(self) -> str:
        """What metadata calls the key."""
        return steward_key(self.public).keyid

    def __str__(self) -> str:
        """Returns how sentences call the steward."""
        return f"{self.name or 'unnamed'} ({self.fingerprint[:16]}…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class RootTerms:
    """What a root says: who the stewards are, and which key keeps the hub going.

    Attributes:
        expires_ms: In whole seconds.
        threshold: How many stewards must agree.
        online_key: The hub's public key for snapshot and timestamp, 32 bytes.
    """

    version: int
    expires_ms: int
    stewards: tuple[Steward, ...]
    threshold: int
    online_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTerms:
    """Under which keys a party publishes, and how many of them must sign."""

    keys: tuple[bytes, ...]
    threshold: int

    @property
    def fingerprint(self) -> str:
        """Digest over threshold and keys, to compare over another channel."""
        return role_fingerprint(self.keys, self.threshold)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetsTerms:
    """What targets metadata says, besides naming the federation record.

    Attributes:
        expires_ms: In whole seconds.
        parties: The role of each party.
    """

    version: int
    expires_ms: int
    parties: Mapping[PartyId, RoleTerms]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything that stewards have agreed to, at one moment."""

    root: RootTerms
    targets: TargetsTerms
    federation: FederationRecord


def role_fingerprint(keys: Sequence[bytes], threshold: int) -> str:
    """Returns what a party tells stewards over another channel about its role."""
    return labelled_digest(
        _ROLE_LABEL, threshold.to_bytes(2, "big"), *sorted(keys)
    ).hex()


def named_key(steward: Steward) -> Key:
    """Returns a steward's key as a root names it, with the name beside it.

    Raises:
        KeyFormatError: The key is none.
        RecordError: The name could deceive whoever reads it.
    """
    key = steward_key(steward.public)
    if steward.name:
        key.unrecognized_fields[NAME_FIELD] = steward_name(steward.name)
    return key


def steward_name(name: str) -> str:
    """Returns the name of a steward, when it can be one.

    Raises:
        RecordError: It is empty, too long, or could deceive whoever reads it.
    """
    return text("name of a steward", name, required=True)


def root_of(terms: RootTerms) -> Root:
    """Returns the root, unsigned, that says `terms`.

    Raises:
        CeremonyError: A threshold that cannot be met, or a steward named twice.
        KeyFormatError: A key that is none.
        RecordError: A name that could deceive whoever reads it.
    """
    keys = [named_key(steward) for steward in terms.stewards]
    if len({key.keyid for key in keys}) != len(keys):
        raise CeremonyError("a steward is named twice")
    check_threshold(terms.threshold, len(keys), "stewards")
    root = Root(
        version=terms.version, expires=utc(terms.expires_ms), consistent_snapshot=True
    )
    for role in _STEWARD_ROLES:
        for key in keys:
            root.add_key(key, role)
        root.roles[role].threshold = terms.threshold
    online = role_key(terms.online_key)
    if online.keyid in root.keys:
        raise CeremonyError("the hub's online key cannot be that of a steward")
    for role in _ONLINE_ROLES:
        root.add_key(online, role)
    return root


def targets_of(terms: TargetsTerms, federation: bytes) -> Targets:
    """Returns targets, unsigned, that say `terms` and name a federation record.

    Raises:
        CeremonyError: A threshold that cannot be met, or a key that is not its
            party's alone.
        KeyFormatError: A key that is none.
    """
    targets = Targets(
        version=terms.version,
        expires=utc(terms.expires_ms),
        delegations=Delegations({}, {}),
    )
    targets.targets[FEDERATION_PATH] = TargetFile.from_data(
        FEDERATION_PATH, federation, ["sha256"]
    )
    roles = party_roles(targets)
    owners: dict[str, PartyId] = {}
    for party, role in terms.parties.items():
        keys = [role_key(public) for public in role.keys]
        for key in keys:
            if owners.setdefault(key.keyid, party) != party:
                raise CeremonyError(f"a key of {party} is that of another party")
        if len({key.keyid for key in keys}) != len(keys):
            raise CeremonyError(f"a key of {party} is named twice")
        check_threshold(role.threshold, len(keys), "keys")
        name = role_of(party)
        roles[name] = DelegatedRole(
            name, [], role.threshold, terminating=True, paths=[pattern_of(party)]
        )
        for key in keys:
            targets.add_key(key, name)
    return targets


def read_root_terms(data: bytes) -> RootTerms:
    """Returns what a root says; verifies no signature.

    Raises:
        CeremonyError: Not a root, or one that says more than can be shown.
    """
    root = read_root(data).signed
    roles = root.roles
    try:
        terms = RootTerms(
            version=int(root.version),  # JSON's true equals 1 in Python
            expires_ms=expiry_ms(root),
            stewards=tuple(
                _steward_of(root.keys[keyid]) for keyid in roles[Root.type].keyids
            ),
            threshold=int(roles[Root.type].threshold),
            online_key=raw_public(root.keys[roles[Timestamp.type].keyids[0]]),
        )
        again = root_of(terms)
    except (*_BAD_KEYS, RecordError) as error:
        raise CeremonyError(f"the root holds a key that is none: {error}") from error
    again.spec_version = root.spec_version
    if root.to_dict() != again.to_dict():
        raise CeremonyError(
            "the root says something that cannot be shown: it must not be signed"
        )
    return terms


def read_targets_terms(data: bytes, federation: bytes) -> TargetsTerms:
    """Returns what targets metadata says; verifies no signature.

    Args:
        data: The metadata.
        federation: The federation record that it must name.

    Raises:
        CeremonyError: Not targets metadata, it names another record, or it says
            more than can be shown.
    """
    targets = read_targets(data).signed
    try:
        terms = TargetsTerms(
            version=int(targets.version),
            expires_ms=expiry_ms(targets),
            parties=_parties_of(targets),
        )
        again = targets_of(terms, federation)
    except _BAD_KEYS as error:
        raise CeremonyError(
            f"the targets metadata holds a key that is none: {error}"
        ) from error
    again.spec_version = targets.spec_version
    if targets.to_dict() != again.to_dict():
        raise CeremonyError(
            "the targets metadata names another federation record, or says something "
            "that cannot be shown: it must not be signed"
        )
    return terms


def read_terms(root: bytes, targets: bytes, federation: bytes) -> Terms:
    """Returns what three documents say together; verifies no signature.

    Raises:
        CeremonyError: One of them is none, says more than can be shown, or they do
            not belong together.
    """
    try:
        record = decode_federation(federation)
    except RecordError as error:
        raise CeremonyError(f"the federation record does not hold: {error}") from error
    terms = Terms(
        root=read_root_terms(root),
        targets=read_targets_terms(targets, federation),
        federation=record,
    )
    for membership in record.memberships:
        if membership.party not in terms.targets.parties:
            raise CeremonyError(
                f"something is decided about {membership.party}, which is no party"
            )
    return terms


def _parties_of(targets: Targets) -> dict[PartyId, RoleTerms]:
    parties: dict[PartyId, RoleTerms] = {}
    for role in party_roles(targets).values():
        party = party_of(role.name)
        if party is None:
            raise CeremonyError(f"{role.name!r} is not the role of a party")
        keys = tuple(raw_public(targets.get_key(keyid)) for keyid in role.keyids)
        parties[party] = RoleTerms(keys=keys, threshold=int(role.threshold))
    return parties


def _steward_of(key: Key) -> Steward:
    name = key.unrecognized_fields.get(NAME_FIELD, "")
    if not isinstance(name, str):
        raise CeremonyError("the name of a steward is no text")
    return Steward(public=raw_public(key), name=name)
