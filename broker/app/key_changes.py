"""What a party does about its own keys: makes new ones, and records that name them.

The order is what a crash at any point relies on: a private key is in the keystore, on
the disk, before its public half is published. One that was not published yet is taken
up by whoever makes the next change. Publishing is left to `publishing`.
"""

import fcntl
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import TypeVar

from broker.app.credentials import NodeKeys, new_role, stored_role
from broker.app.node_folder import Node, remember_account
from broker.app.publishing import Change
from broker.core.errors import ConfigurationError
from broker.infra.clock import SYSTEM_CLOCK
from keys.directory.model import PartyRecord, RevocationReason
from keys.directory.renewal import OVERLAP_MS, change_account, revoke, rotate
from keys.directory.signers import Signer
from keys.identity import KeyId
from keys.keystore import load, resave
from keys.nkeys import KEY_SIZE, NatsKey
from keys.sealing import EncryptionKey
from keys.signing import SigningKey
from keys.token_uri import TokenUri

_K = TypeVar("_K", SigningKey, EncryptionKey, NatsKey)


@unique
class KeyUse(StrEnum):
    """What a party has keys for. The values name them in its keystore."""

    SIGNING = "signing"
    ENCRYPTION = "encryption"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Keys that are in the keystore and not published yet; the newest of each use."""

    signing: SigningKey | None
    encryption: EncryptionKey | None
    account: NatsKey | None

    def lacks(self, uses: Collection[KeyUse]) -> set[KeyUse]:
        """Returns those of `uses` for which there is none."""
        found = {
            KeyUse.SIGNING: self.signing,
            KeyUse.ENCRYPTION: self.encryption,
            KeyUse.ACCOUNT: self.account,
        }
        return {use for use in uses if found[use] is None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Which keys shall count no more, and why.

    Attributes:
        key_ids: Of signing and encryption keys.
        account: Whether the account on the bus is replaced, too.
        since_ms: From when on, in ms since the epoch.
        reason: Why.
    """

    key_ids: frozenset[KeyId]
    account: bool
    since_ms: int
    reason: RevocationReason

    def replaced(self, record: PartyRecord, now_ms: int) -> set[KeyUse]:
        """Returns for what another key is needed: one that was in service goes."""
        uses = {KeyUse.ACCOUNT} if self.account else set()
        for use, keys in (
            (KeyUse.SIGNING, record.signing_keys),
            (KeyUse.ENCRYPTION, record.encryption_keys),
        ):
            if any(k.key_id in self.key_ids and k.valid_at(now_ms) for k in keys):
                uses.add(use)
        return uses


@contextmanager
def changing_keys(node: Node) -> Iterator[None]:
    """Keeps others from changing the keys of this node meanwhile.

    Raises:
        ConfigurationError: Somebody else is at it.
    """
    path = node.folder.root / "keys.lock"
    try:
        with path.open("wb") as file:
            # Released when the file is closed, also by a crash.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
    except BlockingIOError as error:
        raise ConfigurationError(
            f"somebody else is changing the keys of {node.party} at this moment: "
            "see what came of it with: rogatory keys show"
        ) from error


def pending_keys(keys: NodeKeys, record: PartyRecord) -> Pending:
    """Returns the keys that are newer than any that `record` lists."""
    listed = {key.key_id for key in (*record.signing_keys, *record.encryption_keys)}
    accounts = {record.account, *record.former_accounts}
    return Pending(
        signing=_newer(keys.signing, lambda key: key.public.key_id in listed),
        encryption=_newer(keys.encryption, lambda key: key.public.key_id in listed),
        account=_newer(keys.accounts, lambda key: key.public in accounts),
    )


def rotation(
    node: Node,
    keys: NodeKeys,
    uses: Collection[KeyUse],
    *,
    overlap_ms: int = OVERLAP_MS,
) -> Change:
    """Returns what gives a record new keys.

    Called within `changing_keys`. It makes what is not there, and what it makes is in
    the keystore when it returns.
    """

    def change(record: PartyRecord) -> PartyRecord:
        pending = pending_keys(reread(node, keys), record)
        missing = pending.lacks(uses)
        if missing:
            pending = pending_keys(_added(node, keys, record, missing), record)
        return rotated(record, pending, uses, overlap_ms=overlap_ms)

    return change


def rotated(
    record: PartyRecord,
    pending: Pending,
    uses: Collection[KeyUse],
    *,
    overlap_ms: int = OVERLAP_MS,
) -> PartyRecord:
    """Returns `record` with the pending keys of `uses` in it.

    Raises:
        CeremonyError: There is no room for them.
    """
    signing = pending.signing if KeyUse.SIGNING in uses else None
    encryption = pending.encryption if KeyUse.ENCRYPTION in uses else None
    record = rotate(
        record,
        signing=None if signing is None else signing.public,
        encryption=None if encryption is None else encryption.public,
        now_ms=SYSTEM_CLOCK.now_ms(),
        overlap_ms=overlap_ms,
    )
    if KeyUse.ACCOUNT in uses and pending.account is not None:
        record = change_account(record, pending.account.public)
    return record


def revocation(node: Node, keys: NodeKeys, wanted: Revocation) -> Change:
    """Returns what takes keys of a record back, and puts others in their place.

    Called within `changing_keys`. The others are made now: whoever has stolen a key
    may have stolen those that were pending.
    """
    made: list[NodeKeys] = []

    def change(record: PartyRecord) -> PartyRecord:
        uses = wanted.replaced(record, SYSTEM_CLOCK.now_ms())
        if uses and not made:
            made.append(_added(node, keys, record, uses))
        pending = pending_keys(made[0] if made else keys, record)
        return revoked(record, pending, wanted)

    return change


def revoked(record: PartyRecord, pending: Pending, wanted: Revocation) -> PartyRecord:
    """Returns `record` without the keys that shall not count, and with the pending.

    Raises:
        CeremonyError: A key is not listed, or there is no room for another.
    """
    now_ms = SYSTEM_CLOCK.now_ms()
    uses = wanted.replaced(record, now_ms)
    signing = pending.signing if KeyUse.SIGNING in uses else None
    encryption = pending.encryption if KeyUse.ENCRYPTION in uses else None
    record = revoke(
        record,
        wanted.key_ids,
        since_ms=wanted.since_ms,
        reason=wanted.reason,
        now_ms=now_ms,
        signing=None if signing is None else signing.public,
        encryption=None if encryption is None else encryption.public,
    )
    if wanted.account and pending.account is not None:
        record = change_account(record, pending.account.public)
    return record


def reread(node: Node, keys: NodeKeys) -> NodeKeys:
    """Returns what is in the keystore now: another process may have added to it.

    Raises:
        KeystoreError: It cannot be read.
    """
    return node.unlock(keys.secret)


def next_role(
    node: Node,
    keys: NodeKeys,
    *,
    token: TokenUri | None = None,
    pin: bytes | None = None,
) -> Signer:
    """Returns the key that shall sign in place of the party's role key.

    Made when it is not there yet; it is in the keystore, or in `token` and named in
    the keystore, on return. Called within `changing_keys`.

    Args:
        node: The node.
        keys: Its keys.
        token: Where to make it; None: its seed is in the keystore.
        pin: The PIN of `token`, when it is not what opens the keystore.

    Raises:
        KeystoreError: The keystore cannot be read or written.
        TokenError: The token is not there, refuses the PIN, or has a key of that name.
    """
    held = reread(node, keys).next_role
    if held is not None:
        return held
    stored = load(node.folder.keys, keys.secret)
    stored |= new_role("role-next", keys.secret, token, pin)
    resave(node.folder.keys, stored, keys.secret)
    made = stored_role("role-next", stored, keys.secret)
    assert made is not None  # noqa: S101 - `new_role` has just put it there
    return made


def _added(
    node: Node, keys: NodeKeys, record: PartyRecord, uses: Collection[KeyUse]
) -> NodeKeys:
    """Adds a new key for each of `uses` to the keystore; durable on return."""
    # While the directory does not show the new account, the old one is connected over.
    remember_account(node, record.account)
    held = reread(node, keys)
    stored = _numbered_anew(load(node.folder.keys, keys.secret))
    numbers: Mapping[KeyUse, Collection[int]] = {
        KeyUse.SIGNING: held.signing,
        KeyUse.ENCRYPTION: held.encryption,
        KeyUse.ACCOUNT: held.accounts,
    }
    for use in uses:
        stored[f"{use}/{max(numbers[use]) + 1}"] = _new_seed(use)
    resave(node.folder.keys, stored, keys.secret)
    return reread(node, keys)


def _numbered_anew(stored: Mapping[str, bytes]) -> dict[str, bytes]:
    """Gives the keys of the first release, one of a kind, their number."""
    bare = {use.value: f"{use}/1" for use in KeyUse}
    return {bare.get(name, name): key for name, key in stored.items()}


def _new_seed(use: KeyUse) -> bytes:
    match use:
        case KeyUse.SIGNING:
            return SigningKey.generate()[1]
        case KeyUse.ENCRYPTION:
            return EncryptionKey.generate()[1]
        case KeyUse.ACCOUNT:
            return secrets.token_bytes(KEY_SIZE)


def _newer(keys: Mapping[int, _K], is_listed: Callable[[_K], bool]) -> _K | None:
    listed = max((n for n, key in keys.items() if is_listed(key)), default=0)
    newest = max(keys)
    return keys[newest] if newest > listed else None
