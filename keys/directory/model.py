"""What the directory says, as plain values.

How it is fetched and trusted is left to the siblings of this module.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique

from keys.errors import (
    KeyNotValidError,
    PartySuspendedError,
    UnknownKeyError,
    UnknownPartyError,
)
from keys.identity import KeyId, PartyId


@unique
class RevocationReason(StrEnum):
    """Why a key is not to be relied on any more (after RFC 5280, section 5.3.1)."""

    KEY_COMPROMISE = "key-compromise"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessation-of-operation"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedKey:
    """A public key with the time it may be relied on, in ms since the epoch."""

    key_id: KeyId
    key: bytes
    valid_from_ms: int
    valid_to_ms: int
    revoked_at_ms: int | None = None
    revocation_reason: RevocationReason | None = None

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


@unique
class OfficeRole(StrEnum):
    """What an office is to the other parties."""

    TECHNICAL_LIAISON = "technical-liaison"
    POLICE = "police"
    CUSTOMS = "customs"
    BORDER = "border"
    LICENSING = "licensing"
    MILITARY = "military"
    COORDINATION = "coordination"
    TRACING_AUTHORITY = "tracing-authority"
    INTERPOL_NCB = "interpol-ncb"
    FINANCIAL_INTELLIGENCE = "financial-intelligence"
    DUTY_DESK = "duty-desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A service behind a national point of contact: never a person.

    Attributes:
        role: What it is to the other parties.
        name: Its name.
        email: Its functional address.
        telephone: With country code.
        languages: BCP 47 tags.
        tasks: What it does, in a few words each.
        round_the_clock: Whether somebody answers at every hour of every day.
    """

    role: OfficeRole
    name: str
    email: str = ""
    telephone: str = ""
    languages: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    round_the_clock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRecord:
    """What a party publishes about itself, under its own keys.

    Attributes:
        account: Its account on the message bus.
        former_accounts: Those it used before, oldest first: what still waits for one
            of them is its own.
        contact: The national point of contact.
        offices: The services behind it.
        marking_practices: Where they are described: a title or an address.
        attested_at_ms: When the party last said that contacts and offices are right,
            in ms since the epoch; None when it never did.
    """

    party: PartyId
    name: str
    signing_keys: tuple[PublishedKey, ...]
    encryption_keys: tuple[PublishedKey, ...]
    account: str
    former_accounts: tuple[str, ...] = ()
    contact: Contact = field(default_factory=Contact)
    offices: tuple[Office, ...] = ()
    marking_practices: str = ""
    attested_at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyLimits:
    """What a party may use of the hub; None leaves the hub's own default in place.

    Attributes:
        connections: To the bus, at a time.
        stored_bytes: That messages of the party may take in the hub's store.
        message_bytes: Of one message.
        messages_per_minute: That the hub takes from it.
    """

    connections: int | None = None
    stored_bytes: int | None = None
    message_bytes: int | None = None
    messages_per_minute: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """Since when a party takes no part, in ms since the epoch, and why."""

    since_ms: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What the stewards decided about one party.

    Attributes:
        suspension: None when it is in good standing.
        limits: None when the common ones hold.
    """

    party: PartyId
    suspension: Suspension | None = None
    limits: PartyLimits | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Somebody who cosigns the log's checkpoints.

    Attributes:
        name: Name of the key, as its lines in a checkpoint carry it.
        key: Type byte and public key, as `keys.cosigning` reads them.
        party: That runs it; None when no party does.
    """

    name: str
    key: bytes
    party: PartyId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FederationRecord:
    """What the stewards publish about the federation itself.

    Attributes:
        former_log_keys: Ed25519 keys the log used before, oldest first: what they
            signed stays verifiable.
        memberships: What was decided about single parties, in the order of codes; a
            party that is not named is in good standing.
        common_limits: What a party may use whose membership says nothing else.
        witnesses: Who cosigns the log's checkpoints, in the order of names.
        witness_quorum: How many of them must have cosigned a checkpoint before
            anybody relies on it; 0: none.
    """

    name: str
    hub_keys: tuple[PublishedKey, ...]
    log_origin: str
    log_key: bytes
    hub_account: str
    former_log_keys: tuple[bytes, ...] = ()
    memberships: tuple[Membership, ...] = ()
    common_limits: PartyLimits = field(default_factory=PartyLimits)
    witnesses: tuple[Witness, ...] = ()
    witness_quorum: int = 0

    def membership(self, party: PartyId) -> Membership:
        """Returns what was decided about `party`; nothing special if nothing was."""
        for membership in self.memberships:
            if membership.party == party:
                return membership
        return Membership(party=party)

    def limits(self, party: PartyId) -> PartyLimits:
        """Returns what `party` may use: its own limits, else the common ones."""
        own = self.membership(party).limits
        return self.common_limits if own is None else own


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

    def check_standing(self, party: PartyId, at_ms: int) -> None:
        """Refuses a party that took no part at `at_ms`.

        Raises:
            PartySuspendedError: The stewards had suspended it.
        """
        suspension = self.federation.membership(party).suspension
        if suspension is not None and at_ms >= suspension.since_ms:
            raise PartySuspendedError(f"{party} is suspended: {suspension.reason}")

    def signing_key(self, party: PartyId, key_id: bytes, at_ms: int) -> PublishedKey:
        """Returns the key that `party` may have signed with at `at_ms`.

        Raises:
            UnknownPartyError: No such party.
            PartySuspendedError: It was suspended then.
            UnknownKeyError: The party never published this key.
            KeyNotValidError: Published, but not valid at that time.
        """
        self.check_standing(party, at_ms)
        return _pick(self.record(party).signing_keys, key_id, at_ms, party)

    def check_not_revoked(self, party: PartyId, key_id: bytes, now_ms: int) -> None:
        """Refuses a key that is revoked now, whatever time is in what it signed.

        Raises:
            UnknownPartyError: No such party.
            KeyNotValidError: The party has revoked the key.
        """
        for key in self.record(party).signing_keys:
            revoked_ms = key.revoked_at_ms
            if key.key_id == key_id and revoked_ms is not None and now_ms >= revoked_ms:
                raise KeyNotValidError(f"revoked key of {party}")

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
            PartySuspendedError: It is suspended then.
            KeyNotValidError: No key of it is valid then.
        """
        self.check_standing(party, at_ms)
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
