"""What the directory says, as plain values.

How it is fetched and trusted is left to the siblings of this module.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from keys.errors import KeyNotValidError, UnknownKeyError, UnknownPartyError
from keys.identity import KeyId, PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedKey:
    """A public key with the time it may be relied on, in ms since the epoch."""

    key_id: KeyId
    key: bytes
    valid_from_ms: int
    valid_to_ms: int
    revoked_at_ms: int | None = None

    def valid_at(self, at_ms: int) -> bool:
        """Tells whether the key may be relied on for something made at `at_ms`."""
        if self.revoked_at_ms is not None and at_ms >= self.revoked_at_ms:
            return False
        return self.valid_from_ms <= at_ms <= self.valid_to_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach a focal point: an office, never a person."""

    office: str = ""
    email: str = ""
    telephone: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRecord:
    """What a party publishes about itself, under its own keys."""

    party: PartyId
    name: str
    signing_keys: tuple[PublishedKey, ...]
    encryption_keys: tuple[PublishedKey, ...]
    account: str
    contact: Contact = field(default_factory=Contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class FederationRecord:
    """What the stewards publish about the federation itself."""

    name: str
    hub_keys: tuple[PublishedKey, ...]
    log_origin: str
    log_key: bytes
    hub_account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyEntry:
    """One party as the directory shows it: record and raw policy, if published.

    Attributes:
        record: What the party says about itself.
        policy: The bytes of its policy, not parsed; None when it published none.
        expires_ms: When the party must have published again, in ms since the epoch;
            None where nobody said so.
    """

    record: PartyRecord
    policy: bytes | None
    expires_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryView:
    """One verified state of the directory.

    Attributes:
        version: Version of the TUF snapshot.
        snapshot_digest: SHA-256 of the snapshot as fetched, 32 bytes.
        federation: What the stewards say.
        parties: Every party whose record verified. A party whose own metadata
            has expired or does not verify is in `failed` instead, with the reason,
            and takes nobody else with it.
    """

    version: int
    snapshot_digest: bytes
    federation: FederationRecord
    parties: Mapping[PartyId, PartyEntry]
    failed: Mapping[str, str] = field(default_factory=dict)

    def record(self, party: PartyId) -> PartyRecord:
        """Returns the record of `party`.

        Raises:
            UnknownPartyError: No such party.
        """
        entry = self.parties.get(party)
        if entry is None:
            raise UnknownPartyError(f"{party} is not a party of this federation")
        return entry.record

    def signing_key(self, party: PartyId, key_id: bytes, at_ms: int) -> PublishedKey:
        """Returns the key that `party` may have signed with at `at_ms`.

        Raises:
            UnknownPartyError: No such party.
            UnknownKeyError: The party never published this key.
            KeyNotValidError: Published, but not valid at that time.
        """
        return _pick(self.record(party).signing_keys, key_id, at_ms, party)

    def hub_key(self, key_id: bytes, at_ms: int) -> PublishedKey:
        """Returns the key that the hub may have signed with at `at_ms`.

        Raises:
            UnknownKeyError: The stewards never published this key for the hub.
            KeyNotValidError: Published, but not valid at that time.
        """
        return _pick(self.federation.hub_keys, key_id, at_ms, "the hub")

    def encryption_key(self, party: PartyId, at_ms: int) -> PublishedKey:
        """Returns the newest key to seal to `party` with at `at_ms`.

        Raises:
            UnknownPartyError: No such party.
            KeyNotValidError: No key of it is valid then.
        """
        usable = [k for k in self.record(party).encryption_keys if k.valid_at(at_ms)]
        if not usable:
            raise KeyNotValidError(f"{party} has no valid encryption key")
        return max(usable, key=lambda key: (key.valid_from_ms, key.key_id))

    def party_of_account(self, account: str) -> PartyId | None:
        """Returns the party that owns a message-bus account, if any does."""
        for party, entry in self.parties.items():
            if entry.record.account == account:
                return party
        return None


def _pick(
    keys: tuple[PublishedKey, ...], key_id: bytes, at_ms: int, owner: str
) -> PublishedKey:
    for key in keys:
        if key.key_id == key_id:
            if not key.valid_at(at_ms):
                raise KeyNotValidError(f"key {key_id.hex()[:16]} of {owner}")
            return key
    raise UnknownKeyError(f"{owner} never published key {key_id.hex()[:16]}")
