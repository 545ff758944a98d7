"""Keys of a hub that are to replace others: made, kept beside them, put in their place.

Whether they may is the stewards' to say; what keys are for is left to `credentials`.
"""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from broker.core.errors import ConfigurationError
from keys.directory.model import PublishedKey
from keys.directory.roles import DAY_MS
from keys.directory.signers import role_public
from keys.directory.terms import Terms
from keys.keystore import KdfCost, load, resave, save
from keys.nkeys import KEY_SIZE, KeyKind, NatsKey
from keys.notes import NoteKey
from keys.signing import SigningKey

HUB_KEY_LIFE_MS: Final = 3 * 366 * DAY_MS
# The hub's first receipts must not fall before its key's first moment, even on a
# machine whose clock is a little ahead of this one.
BACKDATE_MS: Final = 3_600_000
_STAGED: Final = "next/"


class HubKey(StrEnum):
    """A key that the stewards vouch for; the value names it in `hub.keys`."""

    ONLINE = "online"
    RECEIPTS = "signing"
    LOG = "log"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldKeys:
    """The private keys of a hub, by their names in `hub.keys`.

    Attributes:
        stored: What is in the file, staged keys included.
        wanted: What shall be in it once certain terms are in force.
    """

    stored: Mapping[str, bytes] = field(repr=False)
    wanted: Mapping[str, bytes] = field(repr=False)


def receipts_key(key: SigningKey, now_ms: int) -> PublishedKey:
    """Returns a receipts key as the federation record lists it, for three years."""
    public = key.public
    return PublishedKey(
        key_id=public.key_id,
        key=public.raw,
        valid_from_ms=now_ms - BACKDATE_MS,
        valid_to_ms=now_ms + HUB_KEY_LIFE_MS,
    )


def log_public(origin: str, seed: bytes) -> bytes:
    """Returns the public half of a log's key, 32 bytes."""
    return NoteKey(origin, seed).verifier.public_key


def account_public(seed: bytes) -> str:
    """Returns the public key of an account on the bus."""
    return NatsKey(KeyKind.ACCOUNT, seed).public


def stage(
    path: Path,
    which: Collection[HubKey],
    passphrase: bytes,
    terms: Terms,
    *,
    cost: KdfCost | None = None,
) -> dict[HubKey, bytes]:
    """Makes new keys and keeps them in `path` beside those that `terms` name.

    Those that were staged before are forgotten: one replacement at a time. A hub that
    lost its keystore gets a new one, under `passphrase`.

    Returns:
        The private halves.

    Raises:
        KeystoreError: The keystore cannot be opened, or not written.
        ConfigurationError: It is lost, and not all keys are to be replaced; or one
            that was staged before is in force already.
    """
    made = {key: _make(key) for key in HubKey if key in which}
    staged = {f"{_STAGED}{name.value}": seed for name, seed in made.items()}
    if path.exists():
        stored = load(path, passphrase)
        _check_settled(stored, terms)
        held = {
            name: seed for name, seed in stored.items() if not name.startswith(_STAGED)
        }
        resave(path, {**held, **staged}, passphrase)
    elif set(made) == set(HubKey):
        # Nobody else vouches for these. The key of the bus's TLS authority is not made
        # anew: parties would not trust what it signs.
        own = {
            "operator": secrets.token_bytes(KEY_SIZE),
            "system": secrets.token_bytes(KEY_SIZE),
        }
        save(path, {**own, **staged}, passphrase, cost=cost)
    else:
        raise ConfigurationError(
            f"{path} is not there: with it every key of the hub is lost, and all of "
            "them have to be replaced"
        )
    return made


def held_keys(path: Path, passphrase: bytes, terms: Terms) -> HeldKeys:
    """Returns the keys in `path`, and as they shall be once `terms` are in force.

    A staged key that `terms` name takes the place of the one before.

    Raises:
        KeystoreError: The keystore cannot be opened.
        ConfigurationError: A key that `terms` name is not there.
    """
    stored = load(path, passphrase)
    wanted = {
        name: seed for name, seed in stored.items() if not name.startswith(_STAGED)
    }
    for key in HubKey:
        candidates = (stored.get(f"{_STAGED}{key.value}"), stored.get(key.value))
        fitting = [seed for seed in candidates if seed and _is_named(key, seed, terms)]
        if not fitting:
            raise ConfigurationError(
                f"{path} does not hold the {key.name.lower()} key that the stewards "
                "name: make the request again on this hub, with: rogatory federation "
                "hub-key"
            )
        wanted[key.value] = fitting[0]
    return HeldKeys(stored=stored, wanted=wanted)


def promote(path: Path, keys: HeldKeys, passphrase: bytes) -> None:
    """Puts the wanted keys into force in `path`. Doing it twice does nothing.

    Raises:
        KeystoreError: The keystore cannot be opened, or not written.
    """
    if keys.stored != keys.wanted:
        resave(path, keys.wanted, passphrase)


def _check_settled(stored: Mapping[str, bytes], terms: Terms) -> None:
    """Refuses to forget a staged key that is in force: what hangs on it would be lost.

    So it is while a request has been applied in part only.
    """
    for key in HubKey:
        seed = stored.get(f"{_STAGED}{key.value}")
        if seed is not None and _is_named(key, seed, terms):
            raise ConfigurationError(
                f"the request for the {key.name.lower()} key that is in force now was "
                "applied in part only: first do that again, with: rogatory federation "
                "apply"
            )


def _make(key: HubKey) -> bytes:
    if key is HubKey.RECEIPTS:
        return SigningKey.generate()[1]
    return secrets.token_bytes(KEY_SIZE)


def _is_named(key: HubKey, seed: bytes, terms: Terms) -> bool:
    record = terms.federation
    match key:
        case HubKey.ONLINE:
            return role_public(seed) == terms.root.online_key
        case HubKey.RECEIPTS:
            # A new one is listed last (`ceremony.replace_receipts_key`).
            return SigningKey(seed).public.key_id == record.hub_keys[-1].key_id
        case HubKey.LOG:
            return log_public(record.log_origin, seed) == record.log_key
        case HubKey.ACCOUNT:
            return account_public(seed) == record.hub_account
