"""Private keys at rest: AES-256-GCM under a passphrase or a token, in a private file.

What the secrets are for is left to the callers; tokens, to `tokens`.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from keys.errors import (
    KeystoreFormatError,
    KeystoreUnlockError,
    TokenUriError,
    UnwrapError,
)
from keys.private_files import read_private, write_private
from keys.token_uri import TokenUri, parse_stored
from keys.tokens import generate_wrapping_key, unwrap, wrap

_MAGIC: Final = b"rogatory/keystore/1\n"
_ARGON2ID: Final = "argon2id"
_PKCS11: Final = "pkcs11"
_KEY_SIZE: Final = 32  # bytes
_WRAPPED_SIZE: Final = 12 + _KEY_SIZE + 16  # bytes: nonce, key, tag
_LABEL: Final = "rogatory-keystore"
_MAX_MEMORY_KIB: Final = 4 << 20  # a hostile file must not ask for all our memory
_MAX_ITERATIONS: Final = 64
_MAX_LANES: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class KdfCost:
    """What a guess at the passphrase costs (RFC 9106)."""

    iterations: int = 3
    memory_kib: int = 256 * 1024
    lanes: int = 4


UNSAFE_THROWAWAY_COST: Final = KdfCost(iterations=1, memory_kib=64, lanes=1)
"""For keys that live for minutes on one machine: a demonstration, a test."""

_DERIVING: Final = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passphrase:
    """Protection by a passphrase, as the header says it."""

    cost: KdfCost
    salt: bytes

    def fields(self) -> dict[str, Any]:
        return {"kdf": _ARGON2ID, **asdict(self.cost), "salt": _b64(self.salt)}

    def file_key(self, secret: bytes) -> bytes:
        kdf = Argon2id(
            salt=self.salt,
            length=_KEY_SIZE,
            iterations=self.cost.iterations,
            lanes=self.cost.lanes,
            memory_cost=self.cost.memory_kib,
        )
        # OpenSSL has one pool of threads for the process, in which two derivations of
        # several lanes wait for each other, for ever.
        with _DERIVING:
            return kdf.derive(secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    """Protection by a key inside a token, as the header says it."""

    uri: TokenUri
    wrapped: bytes

    def fields(self) -> dict[str, Any]:
        return {
            "kdf": _PKCS11,
            "uri": str(self.uri.for_files),
            "wrapped": _b64(self.wrapped),
        }

    def file_key(self, secret: bytes) -> bytes:
        return unwrap(self.uri, secret, self.wrapped, _MAGIC)


def save(
    path: Path,
    keys: Mapping[str, bytes],
    secret: bytes,
    *,
    token: TokenUri | None = None,
    cost: KdfCost | None = None,
) -> None:
    """Writes `keys` to `path`, durably, readable by the owner only.

    The file appears whole or not at all; an older one is replaced.

    Args:
        path: Where to.
        keys: The secrets, by name.
        secret: The passphrase; with a token, its PIN.
        token: The token whose key protects the file. With an `id`, that key, which
            must be there; without, a new one, labelled `object`.
        cost: Of a guess at the passphrase; nothing to a token.

    Raises:
        KeystoreError: The folder cannot be written to.
        TokenError: The token is not there, refuses the PIN, or has a key of that name.
    """
    if token is None:
        protection: _Passphrase | _Token = _Passphrase(
            cost=cost or KdfCost(), salt=secrets.token_bytes(16)
        )
        file_key = protection.file_key(secret)
    else:
        file_key = secrets.token_bytes(_KEY_SIZE)
        if token.id is None:
            label = token.object or _LABEL
            token = generate_wrapping_key(token, secret, label=label)
        wrapped = wrap(token, secret, file_key, _MAGIC)
        protection = _Token(uri=token, wrapped=wrapped)
    _write(path, keys, protection, file_key)


def resave(path: Path, keys: Mapping[str, bytes], secret: bytes) -> None:
    """Replaces what is in `path`; passphrase or token, and cost, stay as they are.

    Args:
        path: A keystore that `secret` opens.
        keys: All that shall be in it from now on.
        secret: The passphrase, or the PIN.

    Raises:
        KeystoreUnlockError: The secret does not open what is there: nothing was
            written.
        KeystoreError: The file cannot be read, or the folder not written to.
        TokenError: The token is not there, or refuses the PIN.
    """
    protection, _ = _opened(path, secret)
    match protection:
        case _Passphrase():
            save(path, keys, secret, cost=protection.cost)
        case _Token():
            save(path, keys, secret, token=protection.uri)


def load(path: Path, secret: bytes) -> dict[str, bytes]:
    """Returns the keys in `path`.

    Args:
        path: The keystore.
        secret: The passphrase, or the PIN of the token that protects it.

    Raises:
        KeystorePermissionError: Group or others may read or write the file.
        KeystoreUnlockError: Wrong passphrase, or a changed file.
        KeystoreFormatError: Not a keystore.
        KeystoreError: The file cannot be read.
        TokenError: The token is not there, or refuses the PIN.
    """
    _, keys = _opened(path, secret)
    return keys


def protection(path: Path) -> TokenUri | None:
    """Returns the token that protects `path`; None when a passphrase does.

    Raises:
        KeystorePermissionError: Group or others may read or write the file.
        KeystoreFormatError: Not a keystore.
        KeystoreError: The file cannot be read.
    """
    header, _ = _split(read_private(path))
    found = _read_header(path, header)[0]
    return found.uri if isinstance(found, _Token) else None


def _opened(path: Path, secret: bytes) -> tuple[_Passphrase | _Token, dict[str, bytes]]:
    header, sealed = _split(read_private(path))
    found, nonce = _read_header(path, header)
    try:
        clear = AESGCM(found.file_key(secret)).decrypt(nonce, sealed, header)
    except (InvalidTag, ValueError, UnwrapError):
        what = "wrong passphrase" if isinstance(found, _Passphrase) else "another token"
        raise KeystoreUnlockError(
            f"{path} does not open: {what}, or the file was changed"
        ) from None
    keys = cast("dict[str, str]", json.loads(clear))
    return found, {name: base64.b64decode(key) for name, key in keys.items()}


def _write(
    path: Path,
    keys: Mapping[str, bytes],
    found: _Passphrase | _Token,
    file_key: bytes,
) -> None:
    nonce = secrets.token_bytes(12)
    header = json.dumps(
        {**found.fields(), "nonce": _b64(nonce)}, sort_keys=True
    ).encode()
    clear = json.dumps({name: _b64(key) for name, key in keys.items()}).encode()
    sealed = AESGCM(file_key).encrypt(nonce, clear, header)
    write_private(path, _MAGIC + len(header).to_bytes(4, "big") + header + sealed)


def _read_header(path: Path, header: bytes) -> tuple[_Passphrase | _Token, bytes]:
    try:
        fields = json.loads(header)
        nonce = base64.b64decode(fields["nonce"], validate=True)
        if fields["kdf"] == _PKCS11:
            return _token_of(fields), nonce
        if fields["kdf"] == _ARGON2ID:
            return _passphrase_of(fields), nonce
    except (
        *(ValueError, KeyError, TypeError, OverflowError, RecursionError),
        TokenUriError,
    ) as error:
        raise KeystoreFormatError(f"{path}: unreadable header") from error
    raise KeystoreFormatError(f"{path}: unknown protection")


def _token_of(fields: Mapping[str, Any]) -> _Token:
    wrapped = base64.b64decode(fields["wrapped"], validate=True)
    uri = parse_stored(fields["uri"])
    if len(wrapped) != _WRAPPED_SIZE or uri.id is None:
        raise ValueError("no key of a token")
    return _Token(uri=uri, wrapped=wrapped)


def _passphrase_of(fields: Mapping[str, Any]) -> _Passphrase:
    cost = KdfCost(
        iterations=int(fields["iterations"]),
        memory_kib=int(fields["memory_kib"]),
        lanes=int(fields["lanes"]),
    )
    if (
        not 0 < cost.memory_kib <= _MAX_MEMORY_KIB
        or not 0 < cost.iterations <= _MAX_ITERATIONS
        or not 0 < cost.lanes <= _MAX_LANES
    ):
        raise ValueError("unreasonable key derivation")
    salt = base64.b64decode(fields["salt"], validate=True)
    return _Passphrase(cost=cost, salt=salt)


def _split(blob: bytes) -> tuple[bytes, bytes]:
    if not blob.startswith(_MAGIC):
        raise KeystoreFormatError("not a keystore file")
    start = len(_MAGIC) + 4
    length = int.from_bytes(blob[len(_MAGIC) : start], "big")
    if len(blob) < start + length + 16:
        raise KeystoreFormatError("the keystore file is cut short")
    return blob[start : start + length], blob[start + length :]


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
