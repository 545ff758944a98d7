"""How the keys in a party's record follow one another: rotated, revoked, forgotten.

Record in, record out, and the registrar takes what comes out. Where the private halves
are kept, and how a record is published, is left to `broker`.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from keys.directory.codec import MAX_ACCOUNTS, MAX_KEYS
from keys.directory.model import PartyRecord, PublishedKey, RevocationReason
from keys.directory.registrar import SIGNING_KEPT_MS
from keys.directory.roles import DAY_MS
from keys.errors import CeremonyError
from keys.identity import KeyId
from keys.sealing import EncryptionPublicKey
from keys.signing import SigningPublicKey

KEY_LIFE_MS: Final = 180 * DAY_MS
"""From a key's first moment: twice the time after which it is rotated, so that a party
that rotates late is late, and not cut off."""
ROTATE_AFTER_MS: Final = 90 * DAY_MS
OVERLAP_MS: Final = 14 * DAY_MS
"""For which an old key stays valid beside the new one: by then every node has heard of
the new one."""
BACKDATE_MS: Final = 3_600_000
"""A hub whose clock is a little behind must not refuse what is signed first."""
ENCRYPTION_KEPT_MS: Final = 400 * DAY_MS
"""For which an encryption key stays listed after its end. What was sealed to it lives
for 366 days at most, and the hub looks it up as long."""
ROOM_FOR_REVOCATIONS: Final = 8
"""Places that a rotation leaves free, so that there is room when a key is stolen."""
_REACH_MS: Final = 366 * DAY_MS  # how far back a replacement can begin


def published_key(
    key: SigningPublicKey | EncryptionPublicKey, now_ms: int
) -> PublishedKey:
    """Returns a new key as a record lists it, valid from now on."""
    return _published(key, (now_ms - BACKDATE_MS, now_ms - BACKDATE_MS + KEY_LIFE_MS))


def rotate(
    record: PartyRecord,
    *,
    signing: SigningPublicKey | None = None,
    encryption: EncryptionPublicKey | None = None,
    now_ms: int,
    overlap_ms: int = OVERLAP_MS,
) -> PartyRecord:
    """Returns `record` with new keys, and the old ones ending soon.

    Nothing is encrypted again: old encryption keys open what was sealed to them, as
    long as their private halves are kept. Where no signing key is valid any more, the
    new one begins where the last one ended, so that what was said since can be signed.

    Args:
        record: As it was published last.
        signing: The new signing key; None to leave these as they are.
        encryption: The new encryption key; None to leave these as they are.
        now_ms: The present.
        overlap_ms: For how long the old keys stay valid.

    Raises:
        CeremonyError: A new key is listed already, or so many are listed that there
            is no room for another.
    """
    life = (now_ms - BACKDATE_MS, now_ms - BACKDATE_MS + KEY_LIFE_MS)
    ends_ms = now_ms + overlap_ms
    if signing is not None:
        kept = [
            _ending(key, ends_ms) for key in _without_ancient(record, now_ms=now_ms)
        ]
        ended_ms = max((_end_ms(key) for key in record.signing_keys), default=now_ms)
        new = _published(signing, (_beginning(ended_ms, now_ms), life[1]))
        keys = _with(kept, new, "signing", MAX_KEYS - ROOM_FOR_REVOCATIONS)
        record = replace(record, signing_keys=keys)
    if encryption is not None:
        kept = [_ending(key, ends_ms) for key in record.encryption_keys]
        record = _sealed_to(record, kept, _published(encryption, life), now_ms)
    return record


def revoke(
    record: PartyRecord,
    revoked: Collection[KeyId],
    *,
    since_ms: int,
    reason: RevocationReason,
    now_ms: int,
    signing: SigningPublicKey | None = None,
    encryption: EncryptionPublicKey | None = None,
) -> PartyRecord:
    """Returns `record` with some keys revoked, and others in their place.

    A revocation is only ever brought forward: a key that was revoked since an earlier
    time stays so.

    Args:
        record: As it was published last.
        revoked: Which keys, of either use.
        since_ms: From when on nothing that they made counts.
        reason: Why.
        now_ms: The present.
        signing: The key that takes the place of revoked signing keys. It is valid
            since then, so that what was said since can be said again under it.
        encryption: The key that takes the place of revoked encryption keys.

    Raises:
        CeremonyError: A key is not listed, or a new one is; none would be valid any
            more; or there is no room for another.
    """
    listed = {key.key_id for key in (*record.signing_keys, *record.encryption_keys)}
    unknown = set(revoked) - listed
    if unknown:
        raise CeremonyError(f"key {min(unknown).hex()[:16]} is not in the record")
    if since_ms <= 0:
        raise CeremonyError("since when? A time after 1970")

    def struck(keys: Sequence[PublishedKey]) -> list[PublishedKey]:
        return [
            _revoked(key, since_ms, reason) if key.key_id in revoked else key
            for key in keys
        ]

    keys = struck(record.signing_keys)
    if signing is not None:
        from_ms = _beginning(since_ms, now_ms)
        new = _published(signing, (from_ms, now_ms - BACKDATE_MS + KEY_LIFE_MS))
        keys = list(_with(keys, new, "signing", MAX_KEYS))
    record = replace(record, signing_keys=tuple(keys))
    sealing = struck(record.encryption_keys)
    record = replace(record, encryption_keys=tuple(sealing))
    if encryption is not None:
        life = (now_ms - BACKDATE_MS, now_ms - BACKDATE_MS + KEY_LIFE_MS)
        record = _sealed_to(record, sealing, _published(encryption, life), now_ms)
    for what, left in (
        ("signing", record.signing_keys),
        ("encryption", record.encryption_keys),
    ):
        if not any(key.valid_at(now_ms) for key in left):
            raise CeremonyError(f"no {what} key would be valid: another is needed")
    return record


def change_account(record: PartyRecord, account: str) -> PartyRecord:
    """Returns `record` with another account on the bus; the old one stays its own.

    Raises:
        CeremonyError: The party has or had this account, or had too many.
    """
    if account == record.account or account in record.former_accounts:
        raise CeremonyError(f"{record.party} has, or had, this account already")
    if len(record.former_accounts) >= MAX_ACCOUNTS:
        raise CeremonyError(f"a record lists {MAX_ACCOUNTS} former accounts, no more")
    former = (*record.former_accounts, record.account)
    return replace(record, account=account, former_accounts=former)


def newest(keys: Sequence[PublishedKey], now_ms: int) -> PublishedKey | None:
    """Returns the key that ends last among those valid now, if any is.

    Whatever replaces a key ends after it; it may have begun before it.
    """
    valid = [key for key in keys if key.valid_at(now_ms)]
    return max(
        valid, key=lambda key: (key.valid_to_ms, key.valid_from_ms), default=None
    )


def is_due(
    keys: Sequence[PublishedKey], now_ms: int, after_ms: int = ROTATE_AFTER_MS
) -> bool:
    """Tells whether the newest of `keys` is `after_ms` old, or none is valid."""
    key = newest(keys, now_ms)
    if key is None:
        return True
    # From its end too: the one in place of a revoked key may begin before it was made.
    began_ms = max(key.valid_from_ms, key.valid_to_ms - KEY_LIFE_MS)
    return now_ms - began_ms >= after_ms


def _beginning(since_ms: int, now_ms: int) -> int:
    return min(now_ms - BACKDATE_MS, max(since_ms, now_ms - _REACH_MS))


def _end_ms(key: PublishedKey) -> int:
    """Returns the last moment at which a key is valid."""
    if key.revoked_at_ms is None:
        return key.valid_to_ms
    return min(key.valid_to_ms, key.revoked_at_ms - 1)


def _published(
    key: SigningPublicKey | EncryptionPublicKey, life: tuple[int, int]
) -> PublishedKey:
    return PublishedKey(
        key_id=key.key_id, key=key.raw, valid_from_ms=life[0], valid_to_ms=life[1]
    )


def _ending(key: PublishedKey, ends_ms: int) -> PublishedKey:
    # A key that has not begun yet cannot end before it does.
    ends_ms = max(ends_ms, key.valid_from_ms + 1)
    return replace(key, valid_to_ms=min(key.valid_to_ms, ends_ms))


def _revoked(
    key: PublishedKey, since_ms: int, reason: RevocationReason
) -> PublishedKey:
    if key.revoked_at_ms is not None:
        since_ms = min(since_ms, key.revoked_at_ms)
        # Nothing is taken back but by finding out that the key was stolen.
        if reason is not RevocationReason.KEY_COMPROMISE:
            reason = key.revocation_reason or reason
    return replace(key, revoked_at_ms=since_ms, revocation_reason=reason)


def _without_ancient(record: PartyRecord, *, now_ms: int) -> list[PublishedKey]:
    """Returns the signing keys but for those that the registrar lets go."""
    return [
        key
        for key in record.signing_keys
        if key.revoked_at_ms is not None or now_ms - key.valid_to_ms <= SIGNING_KEPT_MS
    ]


def _sealed_to(
    record: PartyRecord,
    keys: Sequence[PublishedKey],
    new: PublishedKey,
    now_ms: int,
) -> PartyRecord:
    """Adds an encryption key, and forgets those to which nothing can be under way."""
    kept = [k for k in keys if now_ms - k.valid_to_ms <= ENCRYPTION_KEPT_MS]
    # Where that is not enough, those that nobody seals to any more, oldest first.
    spent = sorted(
        (k for k in kept if k.valid_from_ms <= now_ms and not k.valid_at(now_ms)),
        key=lambda key: key.valid_to_ms,
    )
    room = MAX_KEYS - 1
    for key in spent[: max(0, len(kept) - room)]:
        kept.remove(key)
    return replace(record, encryption_keys=_with(kept, new, "encryption", MAX_KEYS))


def _with(
    keys: Sequence[PublishedKey], new: PublishedKey, what: str, room: int
) -> tuple[PublishedKey, ...]:
    if any(key.key_id == new.key_id for key in keys):
        raise CeremonyError(f"{what} key {new.key_id.hex()[:16]} is listed already")
    if len(keys) >= room:
        raise CeremonyError(
            f"{len(keys)} {what} keys are listed, and there is no room for another "
            "until some have been past their end for long enough"
        )
    return (*keys, new)
