"""Cosignatures of checkpoints (C2SP tlog-cosignature), by Ed25519 or ML-DSA-44.

When a checkpoint may be cosigned is left to the witness, whose cosignatures count to
the directory.
"""

import base64
import binascii
import secrets
from dataclasses import dataclass, field
from enum import IntEnum, unique
from functools import lru_cache
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.mldsa import (
    MLDSA44PrivateKey,
    MLDSA44PublicKey,
)

from keys.errors import KeyFormatError, SignatureError
from keys.framing import sha256
from keys.notes import NAME, NoteSignature

SEED_SIZE: Final = 32  # bytes, of either kind
MAX_NAME_SIZE: Final = 255  # bytes: the length that is signed has one byte
MAX_TIME_S: Final = 253_402_300_799  # the end of the year 9999: no calendar goes on

_KEY_ID_SIZE: Final = 4  # bytes
_TIME_SIZE: Final = 8  # bytes
_MAX_TREE: Final = (1 << 63) - 1  # leaves
_HASH_SIZE: Final = 32  # bytes
_SUBTREE_LABEL: Final = b"subtree/v1\n\x00"
_BODY_LINES: Final = 3

_PublicKey: TypeAlias = Ed25519PublicKey | MLDSA44PublicKey
_PrivateKey: TypeAlias = Ed25519PrivateKey | MLDSA44PrivateKey


@unique
class CosignatureType(IntEnum):
    """How a witness signs: the type byte of C2SP signed-note."""

    ED25519 = 4
    MLDSA44 = 6

    @property
    def key_size(self) -> int:
        """Bytes of a public key."""
        return 32 if self is CosignatureType.ED25519 else 1312

    @property
    def signature_size(self) -> int:
        """Bytes of a signature, without the time before it."""
        return 64 if self is CosignatureType.ED25519 else 2420


@dataclass(frozen=True, slots=True)
class CosignatureVerifier:
    """The public key that a witness cosigns with, under its name.

    Attributes:
        name: Name of the key: no spaces, no plus sign, at most 255 bytes.
        key: The type byte, then the raw public key of that type.
        type: What the type byte says.
        key_id: Identifier of the key, 4 bytes: a hint, not a commitment.
    """

    name: str
    key: bytes
    type: CosignatureType = field(init=False)
    key_id: bytes = field(init=False)
    _public: _PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Loads the key.

        Raises:
            KeyFormatError: Not such a name, or not such a key.
        """
        check_name(self.name)
        kind = _type_of(self.key)
        try:
            public = _load_public(kind, self.key[1:])
        except ValueError as error:
            raise KeyFormatError("not a key of a witness") from error
        identity = sha256(self.name.encode() + b"\n" + self.key)
        object.__setattr__(self, "type", kind)
        object.__setattr__(self, "key_id", identity[:_KEY_ID_SIZE])
        object.__setattr__(self, "_public", public)

    @property
    def vkey(self) -> str:
        """The key as text: name, identifier and key, joined by plus signs."""
        encoded = base64.b64encode(self.key).decode("ascii")
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    def made(self, signature: NoteSignature) -> bool:
        """Tells whether a line claims to be of this key, by name and identifier."""
        return (signature.name, signature.key_id) == (self.name, self.key_id)

    def check(self, body: str, signature: NoteSignature) -> int:
        """Checks a cosignature, and returns when it was made.

        Args:
            body: The text of the checkpoint, above its signatures.
            signature: The line that claims to be of this key.

        Returns:
            What the witness took for the present, in seconds since the epoch.

        Raises:
            SignatureError: It is not of this key, or not over this checkpoint.
        """
        size = _TIME_SIZE + self.type.signature_size
        if not self.made(signature) or len(signature.value) != size:
            raise SignatureError(f"not a cosignature of {self.name}")
        time_s = int.from_bytes(signature.value[:_TIME_SIZE], "big")
        # Without a time it would say nothing about which tree is the newest.
        if not 0 < time_s <= MAX_TIME_S:
            raise SignatureError(f"a cosignature of {self.name} at an impossible time")
        message = _message(self, body, time_s)
        try:
            self._public.verify(signature.value[_TIME_SIZE:], message)
        except InvalidSignature:
            raise SignatureError(
                f"the cosignature of {self.name} does not verify"
            ) from None
        return time_s


class CosigningKey:
    """The private key that a witness cosigns with, under its name.

    Args:
        name: Name of the key: no spaces, no plus sign, at most 255 bytes.
        kind: How it signs.
        seed: The private key, 32 random bytes (RFC 8032, FIPS 204).

    Raises:
        KeyFormatError: Not such a name, or not such a seed.
    """

    __slots__ = ("_private", "verifier")

    def __init__(self, name: str, kind: CosignatureType, seed: bytes) -> None:
        if len(seed) != SEED_SIZE:
            raise KeyFormatError(f"the seed of a witness has {SEED_SIZE} bytes")
        self._private: _PrivateKey = (
            Ed25519PrivateKey.from_private_bytes(seed)
            if kind is CosignatureType.ED25519
            else MLDSA44PrivateKey.from_seed_bytes(seed)
        )
        public = self._private.public_key().public_bytes_raw()
        self.verifier = cosignature_verifier(name, bytes([kind]) + public)

    @classmethod
    def generate(cls, name: str, kind: CosignatureType) -> "tuple[CosigningKey, bytes]":
        """Returns a new key and the seed that makes it again.

        Raises:
            KeyFormatError: Not such a name.
        """
        seed = secrets.token_bytes(SEED_SIZE)
        return cls(name, kind, seed), seed

    def cosign(self, body: str, time_s: int) -> NoteSignature:
        """Returns the cosignature of a checkpoint.

        By it the witness says that this is the largest tree of the log that it has
        seen by then, and that it continues all that it saw before.

        Args:
            body: The text of the checkpoint, above its signatures.
            time_s: The present, in seconds since the epoch, from 1.

        Raises:
            SignatureError: Not a checkpoint, or an impossible time.
        """
        if not 0 < time_s <= MAX_TIME_S:
            raise SignatureError(f"{time_s} is no time to cosign at")
        message = _message(self.verifier, body, time_s)
        return NoteSignature(
            name=self.verifier.name,
            key_id=self.verifier.key_id,
            value=time_s.to_bytes(_TIME_SIZE, "big") + self._private.sign(message),
        )


@lru_cache(maxsize=256)
def cosignature_verifier(name: str, key: bytes) -> CosignatureVerifier:
    """Returns the verifier for a key, loaded once.

    Raises:
        KeyFormatError: Not such a name, or not such a key.
    """
    return CosignatureVerifier(name, key)


def read_vkey(text: str) -> CosignatureVerifier:
    """Reads the text form of a witness's key.

    Raises:
        KeyFormatError: Not that, or one whose identifier is not its own.
    """
    # The key is base64 and may hold plus signs; a name may not.
    name, _, rest = text.partition("+")
    encoded = rest.partition("+")[2]
    try:
        key = base64.b64decode(encoded.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise KeyFormatError("the text of a witness's key does not decode") from error
    verifier = cosignature_verifier(name, key)
    if verifier.vkey != text:
        raise KeyFormatError("the text of a witness's key is not in its one form")
    return verifier


def _load_public(kind: CosignatureType, raw: bytes) -> _PublicKey:
    if kind is CosignatureType.ED25519:
        return Ed25519PublicKey.from_public_bytes(raw)
    return MLDSA44PublicKey.from_public_bytes(raw)


def _type_of(key: bytes) -> CosignatureType:
    for kind in CosignatureType:
        if key[:1] == bytes([kind]) and len(key) == 1 + kind.key_size:
            return kind
    raise KeyFormatError(
        "not a key of a witness: expected type 4 and 32 bytes of Ed25519, or type 6 "
        "and 1312 bytes of ML-DSA-44"
    )


def check_name(name: str) -> None:
    """Refuses what no key of a witness can be called.

    Raises:
        KeyFormatError: It is empty, too long, or holds spaces or plus signs.
    """
    if not NAME.fullmatch(name) or len(name.encode()) > MAX_NAME_SIZE:
        raise KeyFormatError(
            f"{name[:80]!r} cannot be the name of a witness: it takes up to "
            f"{MAX_NAME_SIZE} bytes without spaces or plus signs"
        )


def _message(verifier: CosignatureVerifier, body: str, time_s: int) -> bytes:
    """Returns what is signed (C2SP tlog-cosignature, “signed message”)."""
    origin, size, root = _tree(body)
    if verifier.type is CosignatureType.ED25519:
        return f"cosignature/v1\ntime {time_s}\n{body}".encode()
    name, log = verifier.name.encode(), origin.encode()
    return b"".join(
        (
            _SUBTREE_LABEL,
            len(name).to_bytes(1, "big"),
            name,
            time_s.to_bytes(_TIME_SIZE, "big"),
            len(log).to_bytes(1, "big"),
            log,
            bytes(8),  # the whole tree: from leaf 0
            size.to_bytes(8, "big"),
            root,
        )
    )


def _tree(body: str) -> tuple[str, int, bytes]:
    """Returns origin, size and root of a checkpoint's text.

    Raises:
        SignatureError: It has none.
    """
    lines = body.split("\n")
    if len(lines) <= _BODY_LINES or lines[-1]:
        raise SignatureError("not the text of a checkpoint")
    origin, size, root = lines[:_BODY_LINES]
    try:
        number, hashed = int(size), base64.b64decode(root, validate=True)
    except ValueError:
        raise SignatureError("not the text of a checkpoint") from None
    fits = 0 <= number <= _MAX_TREE and len(hashed) == _HASH_SIZE
    if not fits or not 0 < len(origin.encode()) <= MAX_NAME_SIZE:
        raise SignatureError("not the text of a checkpoint")
    return origin, number, hashed
