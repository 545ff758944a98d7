"""Private keys at rest: AES-256-GCM under Argon2id, in a file nobody else may read.

What the secrets are for is left to the callers; a hardware token will wrap the same
file key instead of a passphrase.
"""

import base64
import contextlib
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from keys.errors import (
    KeystoreError,
    KeystoreFormatError,
    KeystorePermissionError,
    KeystoreUnlockError,
)

_MAGIC: Final = b"rogatory/keystore/1\n"
_MAX_SIZE: Final = 1 << 20  # bytes
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


def save(
    path: Path,
    keys: Mapping[str, bytes],
    passphrase: bytes,
    *,
    cost: KdfCost | None = None,
) -> None:
    """Writes `keys` to `path`, durably, readable by the owner only.

    The file appears whole or not at all; an older one is replaced.

    Raises:
        KeystoreError: The folder cannot be written to.
    """
    cost = cost or KdfCost()
    salt = secrets.token_bytes(16)
    nonce = secrets.token_bytes(12)
    header = json.dumps(
        {"kdf": "argon2id", **asdict(cost), "salt": _b64(salt), "nonce": _b64(nonce)},
        sort_keys=True,
    ).encode()
    clear = json.dumps({name: _b64(key) for name, key in keys.items()}).encode()
    sealed = AESGCM(_derive(passphrase, salt, cost)).encrypt(nonce, clear, header)
    blob = _MAGIC + len(header).to_bytes(4, "big") + header + sealed
    try:
        _write_private(path, blob)
    except OSError as error:
        raise KeystoreError(f"cannot write {path}: {error.strerror}") from error


def load(path: Path, passphrase: bytes) -> dict[str, bytes]:
    """Returns the keys in `path`.

    Raises:
        KeystorePermissionError: Group or others may read or write the file.
        KeystoreUnlockError: Wrong passphrase, or a changed file.
        KeystoreFormatError: Not a keystore.
        KeystoreError: The file cannot be read.
    """
    blob = _read_private(path)
    header, sealed = _split(blob)
    try:
        fields = json.loads(header)
        cost = KdfCost(
            iterations=int(fields["iterations"]),
            memory_kib=int(fields["memory_kib"]),
            lanes=int(fields["lanes"]),
        )
        salt = base64.b64decode(fields["salt"], validate=True)
        nonce = base64.b64decode(fields["nonce"], validate=True)
        known = fields["kdf"] == "argon2id"
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise KeystoreFormatError(f"{path}: unreadable header") from error
    if (
        not known
        or not 0 < cost.memory_kib <= _MAX_MEMORY_KIB
        or not 0 < cost.iterations <= _MAX_ITERATIONS
        or not 0 < cost.lanes <= _MAX_LANES
    ):
        raise KeystoreFormatError(f"{path}: unknown or unreasonable key derivation")
    try:
        file_key = _derive(passphrase, salt, cost)
        clear = AESGCM(file_key).decrypt(nonce, sealed, header)
    except (InvalidTag, ValueError):
        raise KeystoreUnlockError(
            f"{path} does not open: wrong passphrase, or the file was changed"
        ) from None
    keys = cast("dict[str, str]", json.loads(clear))
    return {name: base64.b64decode(key) for name, key in keys.items()}


def _derive(passphrase: bytes, salt: bytes, cost: KdfCost) -> bytes:
    kdf = Argon2id(
        salt=salt,
        length=32,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    )
    return kdf.derive(passphrase)


def _split(blob: bytes) -> tuple[bytes, bytes]:
    if not blob.startswith(_MAGIC):
        raise KeystoreFormatError("not a keystore file")
    start = len(_MAGIC) + 4
    length = int.from_bytes(blob[len(_MAGIC) : start], "big")
    if len(blob) < start + length + 16:
        raise KeystoreFormatError("the keystore file is cut short")
    return blob[start : start + length], blob[start + length :]


def _read_private(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            # Checked on the open file, not on its name: the two could differ.
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & 0o077:
                raise KeystorePermissionError(
                    f"{path} can be read or written by others (mode {mode:04o}); "
                    f"make it private: chmod 600 {path}"
                )
            return file.read(_MAX_SIZE)
    except OSError as error:
        raise KeystoreError(f"cannot read {path}: {error.strerror}") from error


def _write_private(path: Path, blob: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    descriptor = os.open(part, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(blob)
            file.flush()
            os.fsync(descriptor)
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
