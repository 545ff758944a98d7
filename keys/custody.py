"""Where whoever signs keeps the key: in a file, or in a token.

One secret opens either: the passphrase of the file, or the PIN of the token that the
file names. What is signed is left to `directory`.
"""

import base64
import json
import secrets
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Self

from keys import keystore
from keys.directory.signers import (
    SEED_SIZE,
    Signer,
    role_signer,
    steward_signer,
)
from keys.directory.token_signer import TokenSigner
from keys.errors import (
    KeyFormatError,
    KeystoreError,
    KeystoreFormatError,
    TokenKeyNotFoundError,
    TokenUriError,
)
from keys.keystore import KdfCost
from keys.private_files import read_private, write_private
from keys.token_uri import TokenUri, parse_stored
from keys.tokens import find_key_pair, generate_key_pair

_MAGIC: Final = b"rogatory/token-key/1\n"


class Use(StrEnum):
    """What a signer is for. The value names its seed in a keystore."""

    STEWARD = "steward"
    ROLE = "role"
    OFFICER = "officer"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKeyFile:
    """What a file says of a key in a token: nothing secret.

    Attributes:
        use: What the key is for.
        uri: The private key.
        public: The public key, 65 bytes on P-256 or 97 on P-384: what is in the
            token under this name must not change unseen.
    """

    use: Use
    uri: TokenUri
    public: bytes

    def to_bytes(self) -> bytes:
        """Returns the one serialised form."""
        fields = {
            "public": base64.b64encode(self.public).decode("ascii"),
            "uri": str(self.uri.for_files),
            "use": self.use.value,
        }
        return _MAGIC + json.dumps(fields, sort_keys=True).encode() + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Reads what `to_bytes` wrote, and nothing else.

        Raises:
            KeystoreFormatError: Not such a file.
        """
        try:
            fields = json.loads(data.removeprefix(_MAGIC))
            found = cls(
                use=Use(fields["use"]),
                uri=parse_stored(fields["uri"]),
                public=base64.b64decode(fields["public"], validate=True),
            )
            found.signer(b"")
        except (
            *(ValueError, KeyError, TypeError, RecursionError),
            *(TokenUriError, KeyFormatError),
        ) as error:
            raise KeystoreFormatError("this names no key in a token") from error
        if found.to_bytes() != data:
            raise KeystoreFormatError("a key in a token, not in its one written form")
        return found

    def signer(self, pin: bytes) -> Signer:
        """Returns the signer; the token is asked only when it signs."""
        return TokenSigner(self.uri, self.public, pin)


def make_signer(
    path: Path,
    secret: bytes,
    *,
    use: Use,
    token: TokenUri | None = None,
    cost: KdfCost | None = None,
) -> Signer:
    """Makes a key to sign with, and the file that it is opened by from now on.

    Args:
        path: The file; must not be there yet.
        secret: A passphrase; with a token, its PIN.
        use: Without a token: a steward's key is ML-DSA-65, any other Ed25519.
        token: Where the key shall be: a pair on P-256, made inside the token, or, if
            the URI has an `id`, the pair that is there, on P-256 or P-384. The file
            then names it, and holds no secret.
        cost: Of a guess at the passphrase; nothing to a token.

    Raises:
        KeystoreError: The file is there already, or cannot be written.
        TokenError: The token is not there, refuses the PIN, or has a key of that name.
    """
    if path.exists():
        raise KeystoreError(f"{path} is there already; a key is never written over")
    if token is not None:
        key_file = make_token_key(secret, use=use, token=token)
        write_private(path, key_file.to_bytes())
        return key_file.signer(secret)
    seed = secrets.token_bytes(SEED_SIZE)
    keystore.save(path, {use.value: seed}, secret, cost=cost)
    return _of_seed(use, seed)


def open_signer(path: Path, secret: bytes, *, use: Use | None = None) -> Signer:
    """Returns the signer that `make_signer` made, after asking its token if it has one.

    Args:
        path: The file.
        secret: Its passphrase, or the PIN of its token.
        use: What the key must have been made for; None: it does not matter.

    Raises:
        KeystoreUnlockError: Wrong passphrase, or a changed file.
        KeystoreError: The file cannot be read, or holds no key to sign with, or one
            for another use.
        TokenError: The token is not there, refuses the PIN, or has another key.
    """
    data = read_private(path)
    if data.startswith(_MAGIC):
        key_file = TokenKeyFile.from_bytes(data)
        _check_use(path, key_file.use, use)
        check_token_key(key_file, secret)
        return key_file.signer(secret)
    keys = keystore.load(path, secret)
    for one in Use:
        if set(keys) == {one.value}:
            _check_use(path, one, use)
            return _of_seed(one, keys[one.value])
    raise KeystoreFormatError(f"{path} holds no key to sign with")


def protection(path: Path) -> TokenUri | None:
    """Returns the token whose PIN opens `path`; None when a passphrase does.

    Raises:
        KeystoreError: The file cannot be read, or is neither of the two.
    """
    data = read_private(path)
    if data.startswith(_MAGIC):
        return TokenKeyFile.from_bytes(data).uri
    return keystore.protection(path)


def make_token_key(pin: bytes, *, use: Use, token: TokenUri) -> TokenKeyFile:
    """Makes a key pair inside a token, or takes the one that has the `id` of the URI.

    Raises:
        TokenError: The token is not there, refuses the PIN, or has a key of that name.
    """
    if token.id is None:
        label = token.object or f"rogatory-{use}"
        key = generate_key_pair(token, pin, label=label)
    else:
        key = find_key_pair(token, pin)
    return TokenKeyFile(use=use, uri=key.uri, public=key.public)


def check_token_key(key_file: TokenKeyFile, pin: bytes) -> None:
    """Asks the token whether it holds the key that the file names.

    Raises:
        TokenError: The token is not there, refuses the PIN, or has another key.
    """
    if find_key_pair(key_file.uri, pin).public != key_file.public:
        raise TokenKeyNotFoundError(
            f"{key_file.uri} is another key than the one that was made"
        )


def _check_use(path: Path, found: Use, wanted: Use | None) -> None:
    if wanted is not None and found is not wanted:
        raise KeystoreFormatError(f"{path} holds a key for another use: {found}")


def _of_seed(use: Use, seed: bytes) -> Signer:
    return steward_signer(seed) if use is Use.STEWARD else role_signer(seed)
