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
from keys.certificates import new_authority_key
from keys.custody import TokenKeyFile, Use, make_token_key
from keys.directory.signers import Signer, role_signer
from keys.identity import PartyId
from keys.keystore import KdfCost, load, save
from keys.nats_jwt import Permissions, user_jwt
from keys.nkeys import KEY_SIZE, KeyKind, NatsKey
from keys.sealing import CONTENT_KEY_SIZE, EncryptionKey
from keys.signing import SigningKey
from keys.token_uri import TokenUri

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
        tls_authority: Signs the certificate of the bus: PKCS #8, DER; empty in a hub
            that was founded without.
    """

    signing: SigningKey = field(repr=False)
    online: bytes = field(repr=False)
    log: bytes = field(repr=False)
    operator: NatsKey = field(repr=False)
    system: NatsKey = field(repr=False)
    account: NatsKey = field(repr=False)
    tls_authority: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeKeys:
    """The private keys of a node.

    Attributes:
        holder: What it signs, opens and stores with.
        role: Signs what the party publishes; None when the keys of the party's role
            are kept elsewhere. One in a token is asked only when it signs.
        signing: Its signing keys by number; the greatest is the newest.
        encryption: What others seal to, by number; likewise.
        accounts: The party's accounts on the bus by number; likewise.
        secret: What opened the keystore: opens it again when keys are added.
        next_role: Will sign what the party publishes once the stewards agree; None
            when they were asked for no other key.
    """

    holder: Holder
    role: Signer | None = field(repr=False)
    signing: Mapping[int, SigningKey] = field(repr=False)
    encryption: Mapping[int, EncryptionKey] = field(repr=False)
    accounts: Mapping[int, NatsKey] = field(repr=False)
    secret: bytes = field(repr=False)
    next_role: Signer | None = field(default=None, repr=False)

    @property
    def account(self) -> NatsKey:
        """The newest of the party's accounts on the bus."""
        return self.accounts[max(self.accounts)]

    def require_role(self) -> Signer:
        """Returns the signer of the party's role.

        Raises:
            ConfigurationError: It is kept elsewhere.
        """
        if self.role is None:
            raise ConfigurationError(
                "the key of the party's role is not kept in this node: what the party "
                "publishes is signed where that key is"
            )
        return self.role


@dataclass(frozen=True, slots=True, kw_only=True)
class Safekeeping:
    """How the keys of a new node are kept.

    Attributes:
        token: The token whose key protects the keystore; None: a passphrase does.
        role_token: The token that holds the key of the party's role; None: the
            keystore does.
        role_elsewhere: Whether this node shall hold no key of the party's role at all.
        role_pin: The PIN of `role_token`, when it is not what opens the keystore; it
            is kept in there.
        cost: Of a guess at the passphrase.
    """

    token: TokenUri | None = None
    role_token: TokenUri | None = None
    role_elsewhere: bool = False
    role_pin: bytes | None = field(default=None, repr=False)
    cost: KdfCost | None = None


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
    stored = {"signing": signing, **seeds, "tls-authority": new_authority_key()}
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
        tls_authority=stored.get("tls-authority", b""),
    )


def make_node_keys(
    path: Path,
    party: PartyId,
    secret: bytes,
    keeping: Safekeeping | None = None,
) -> NodeKeys:
    """Makes the keys of a new node and stores them in `path`.

    Args:
        path: The keystore.
        party: Whose node it is.
        secret: The passphrase; under a token, its PIN.
        keeping: How they are kept; in a file under a passphrase if not said.

    Raises:
        KeystoreError: The file cannot be written.
        TokenError: A token is not there, refuses the PIN, or has a key of that name.
    """
    keeping = keeping or Safekeeping()
    _, signing = SigningKey.generate()
    _, encryption = EncryptionKey.generate()
    stored = {
        "signing/1": signing,
        "encryption/1": encryption,
        "account/1": secrets.token_bytes(KEY_SIZE),
        "store": secrets.token_bytes(CONTENT_KEY_SIZE),
    }
    if not keeping.role_elsewhere:
        stored |= new_role("role", secret, keeping.role_token, keeping.role_pin)
    save(path, stored, secret, token=keeping.token, cost=keeping.cost)
    return _node_keys(party, stored, secret)


def load_node_keys(path: Path, party: PartyId, secret: bytes) -> NodeKeys:
    """Reads the keys of a node.

    Args:
        path: The keystore.
        party: Whose node it is.
        secret: The passphrase; under a token, its PIN.

    Raises:
        KeystoreError: They cannot be read.
        TokenError: The token that protects them is not there, or refuses the PIN.
        ConfigurationError: They are not those of a node.
    """
    try:
        return _node_keys(party, load(path, secret), secret)
    except KeyError as error:
        raise ConfigurationError(f"{path} holds no node's keys: {error}") from None


def _node_keys(party: PartyId, stored: Mapping[str, bytes], secret: bytes) -> NodeKeys:
    signing = {
        number: SigningKey(key) for number, key in _numbered(stored, "signing").items()
    }
    encryption = {
        number: EncryptionKey(seed)
        for number, seed in _numbered(stored, "encryption").items()
    }
    accounts = {
        number: NatsKey(KeyKind.ACCOUNT, seed)
        for number, seed in _numbered(stored, "account").items()
    }
    return NodeKeys(
        holder=Holder(
            party=party,
            signing=signing[max(signing)],
            encryption={key.public.key_id: key for key in encryption.values()},
            store_key=stored["store"],
            older=[signing[number] for number in sorted(signing)[:-1]],
        ),
        role=stored_role("role", stored, secret),
        signing=signing,
        encryption=encryption,
        accounts=accounts,
        secret=secret,
        next_role=stored_role("role-next", stored, secret),
    )


def new_role(
    name: str, secret: bytes, token: TokenUri | None = None, pin: bytes | None = None
) -> dict[str, bytes]:
    """Makes a key that signs what the party publishes.

    Args:
        name: What the keystore calls it.
        secret: What opens the keystore.
        token: Where to make it; None: its seed is in the keystore.
        pin: The PIN of `token`, when it is not `secret`.

    Returns:
        What to keep in the keystore, by name, for `stored_role` to find.

    Raises:
        TokenError: The token is not there, refuses the PIN, or has a key of that name.
    """
    if token is None:
        return {name: secrets.token_bytes(KEY_SIZE)}
    key = make_token_key(pin or secret, use=Use.ROLE, token=token)
    kept = {f"{name}-token": key.to_bytes()}
    return kept if pin is None else {**kept, f"{name}-pin": pin}


def stored_role(name: str, stored: Mapping[str, bytes], secret: bytes) -> Signer | None:
    """Returns what `new_role` made, if it is there; a token is not asked yet.

    Raises:
        KeystoreFormatError: What is there names no key in a token.
    """
    if name in stored:
        return role_signer(stored[name])
    if f"{name}-token" in stored:
        key = TokenKeyFile.from_bytes(stored[f"{name}-token"])
        return key.signer(stored.get(f"{name}-pin", secret))
    return None


def _numbered(stored: Mapping[str, bytes], name: str) -> dict[int, bytes]:
    """Returns the keys called `name/1`, `name/2` and so on, by number."""
    found = {
        int(number): key
        for full, key in stored.items()
        if (number := full.removeprefix(f"{name}/")) != full and number.isdecimal()
    }
    if not found:
        # Keystores of the first release held one key of a kind, without a number.
        found[1] = stored[name]
    return found


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
