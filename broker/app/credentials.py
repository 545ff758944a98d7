"""Passphrases, keystores and bus identities of hubs and nodes.

How keys are kept is left to `keys.keystore`, what they are for to the callers.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from broker.core.errors import ConfigurationError
from broker.core.holder import Holder
from broker.infra.nats_bus import BusIdentity
from keys.identity import PartyId
from keys.keystore import KdfCost, load, save
from keys.nats_jwt import Permissions, user_jwt
from keys.nkeys import KEY_SIZE, KeyKind, NatsKey
from keys.sealing import CONTENT_KEY_SIZE, EncryptionKey
from keys.signing import SigningKey

_BACKDATE_S: Final = 60  # a server whose clock is a little behind must not refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class HubKeys:
    """The private keys of a hub.

    Attributes:
        signing: Signs receipts.
        online: Seed of the directory's snapshot and timestamp key, 32 bytes.
        log: Seed of the log's key, 32 bytes.
        operator: Admits accounts to the bus.
        system: The account that admissions are made in.
        account: The hub's own account on the bus.
    """

    signing: SigningKey = field(repr=False)
    online: bytes = field(repr=False)
    log: bytes = field(repr=False)
    operator: NatsKey = field(repr=False)
    system: NatsKey = field(repr=False)
    account: NatsKey = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeKeys:
    """The private keys of a node.

    Attributes:
        holder: What it signs, opens and stores with.
        role: Seed of the key that signs what the party publishes, 32 bytes.
        account: The party's account on the bus.
    """

    holder: Holder
    role: bytes = field(repr=False)
    account: NatsKey = field(repr=False)


def make_hub_keys(path: Path, passphrase: bytes, cost: KdfCost | None) -> HubKeys:
    """Makes the keys of a new hub and stores them in `path`.

    Raises:
        KeystoreError: The file cannot be written.
    """
    _, signing = SigningKey.generate()
    seeds = {
        name: secrets.token_bytes(KEY_SIZE)
        for name in ("online", "log", "operator", "system", "account")
    }
    stored = {"signing": signing, **seeds}
    save(path, stored, passphrase, cost=cost)
    return _hub_keys(stored)


def load_hub_keys(path: Path, passphrase: bytes) -> HubKeys:
    """Reads the keys of a hub.

    Raises:
        KeystoreError: They cannot be read.
        ConfigurationError: They are not those of a hub.
    """
    try:
        return _hub_keys(load(path, passphrase))
    except KeyError as error:
        raise ConfigurationError(f"{path} holds no hub's keys: {error}") from None


def _hub_keys(stored: Mapping[str, bytes]) -> HubKeys:
    return HubKeys(
        signing=SigningKey(stored["signing"]),
        online=stored["online"],
        log=stored["log"],
        operator=NatsKey(KeyKind.OPERATOR, stored["operator"]),
        system=NatsKey(KeyKind.ACCOUNT, stored["system"]),
        account=NatsKey(KeyKind.ACCOUNT, stored["account"]),
    )


def make_node_keys(
    path: Path, party: PartyId, passphrase: bytes, cost: KdfCost | None
) -> NodeKeys:
    """Makes the keys of a new node and stores them in `path`.

    Raises:
        KeystoreError: The file cannot be written.
    """
    _, signing = SigningKey.generate()
    _, encryption = EncryptionKey.generate()
    stored = {
        "signing": signing,
        "encryption/1": encryption,
        "store": secrets.token_bytes(CONTENT_KEY_SIZE),
        "role": secrets.token_bytes(KEY_SIZE),
        "account": secrets.token_bytes(KEY_SIZE),
    }
    save(path, stored, passphrase, cost=cost)
    return _node_keys(party, stored)


def load_node_keys(path: Path, party: PartyId, passphrase: bytes) -> NodeKeys:
    """Reads the keys of a node.

    Raises:
        KeystoreError: They cannot be read.
        ConfigurationError: They are not those of a node.
    """
    try:
        return _node_keys(party, load(path, passphrase))
    except KeyError as error:
        raise ConfigurationError(f"{path} holds no node's keys: {error}") from None


def _node_keys(party: PartyId, stored: Mapping[str, bytes]) -> NodeKeys:
    encryption = [
        EncryptionKey(seed)
        for name, seed in stored.items()
        if name.startswith("encryption/")
    ]
    return NodeKeys(
        holder=Holder(
            party=party,
            signing=SigningKey(stored["signing"]),
            encryption={key.public.key_id: key for key in encryption},
            store_key=stored["store"],
        ),
        role=stored["role"],
        account=NatsKey(KeyKind.ACCOUNT, stored["account"]),
    )


def bus_identity(
    account: NatsKey, name: str, permissions: Permissions, now_ms: int
) -> BusIdentity:
    """Makes a user of `account`, for this process and as long as it runs.

    The user's key is never stored: who holds the account's key makes another.
    """
    user = NatsKey(KeyKind.USER, secrets.token_bytes(KEY_SIZE))
    claim = user_jwt(
        account,
        user.public,
        name=name,
        permissions=permissions,
        now_s=now_ms // 1000 - _BACKDATE_S,
    )
    return BusIdentity(user_seed=user.seed, user_jwt=claim)


def read_passphrase(given: Path | None, configured: Path | None) -> bytes | None:
    """Reads the first passphrase file that is named; None when none is.

    Raises:
        ConfigurationError: It cannot be read, or is empty.
    """
    path = given or configured
    if path is None:
        return None
    try:
        passphrase = path.read_bytes().strip()
    except OSError as error:
        raise ConfigurationError(
            f"the passphrase file {path} cannot be read: {error.strerror}"
        ) from error
    if not passphrase:
        raise ConfigurationError(f"the passphrase file {path} is empty")
    return passphrase
