"""Puts a node's keystore under another passphrase or token, or a copy of it.

What is in the keystore is left to `credentials`; making new keys, to `key_changes`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from broker.app.key_changes import changing_keys
from broker.app.node_folder import Node
from keys.errors import KeystoreError
from keys.keystore import KdfCost, load, save
from keys.private_files import move_private
from keys.token_uri import TokenUri

_ROLES = ("role", "role-next")  # the older first


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What shall open a keystore.

    Attributes:
        secret: A passphrase; with a token, its PIN.
        token: The token whose key protects it, as `keys.keystore.save` takes it.
        role_pin: The PIN that the token of the party's role has from now on, if it
            was changed; of the newest, if there are two.
        cost: Of a guess at the passphrase; nothing to a token.
    """

    secret: bytes = field(repr=False)
    token: TokenUri | None = None
    role_pin: bytes | None = field(default=None, repr=False)
    cost: KdfCost | None = None


def protect(node: Node, secret: bytes, lock: Lock, *, copy: Path | None = None) -> None:
    """Lets another secret open a node's keystore, or a copy of it.

    What was written is opened once before it takes the place of what was there.

    Args:
        node: The node; one that runs has to be started again.
        secret: What opens its keystore.
        lock: What shall.
        copy: Where to write a copy; None: the node's own keystore is replaced.

    Raises:
        ConfigurationError: Somebody else is changing the keys of this node.
        KeystoreError: The keystore does not open, or cannot be written, or there is
            a file at `copy` already.
        TokenError: A token is not there, refuses the PIN, or has a key of that name.
    """
    target = copy or node.folder.keys
    if copy is not None and copy.exists():
        raise KeystoreError(f"{copy} is there already; a key is never written over")
    with changing_keys(node):
        stored = load(node.folder.keys, secret)
        stored |= _role_pins(stored, secret, lock.role_pin)
        part = target.with_name(f".{target.name}.next")
        save(part, stored, lock.secret, token=lock.token, cost=lock.cost)
        if load(part, lock.secret) != stored:
            raise KeystoreError(
                f"{part} does not hold what was written: {target} stays"
            )
        move_private(part, target)


def _role_pins(
    stored: Mapping[str, bytes], secret: bytes, new: bytes | None
) -> dict[str, bytes]:
    """Returns the PINs of role keys in tokens: what opened them does no longer."""
    pins = {
        f"{name}-pin": stored.get(f"{name}-pin", secret)
        for name in _ROLES
        if f"{name}-token" in stored
    }
    if pins and new is not None:
        pins[list(pins)[-1]] = new
    return pins
