"""The signature under everything that border posts are given: JWS, EdDSA (RFC 8037).

The key is the adapter's own: it says where a list comes from, and nothing else. What is
signed is left to the callers.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, cast

from jwt.algorithms import OKPAlgorithm
from jwt.api_jws import PyJWS
from jwt.exceptions import InvalidKeyError

from adapters.secret import Secret
from broker.core.errors import ConfigurationError

if TYPE_CHECKING:
    from jwt.algorithms import AllowedPrivateKeys

_ALGORITHM: Final = "EdDSA"
_ADVICE: Final = "make one: openssl genpkey -algorithm ed25519 -out FILE"


class ListSigner:
    """A private key for lists.

    Args:
        secret: Where the key is: PKCS #8 in PEM, Ed25519.

    Attributes:
        key_id: Thumbprint of the public key (RFC 7638), as `kid` in every signature.
        public_key: The public key as a JWK, for the posts.

    Raises:
        ConfigurationError: It is no such key.
        SecretError: It is not there.
    """

    __slots__ = ("_key", "key_id", "public_key")

    def __init__(self, secret: Secret) -> None:
        try:
            key = OKPAlgorithm().prepare_key(secret.read())
            public = _public_jwk(OKPAlgorithm.to_jwk(key, as_dict=True))
        except (InvalidKeyError, ValueError, TypeError) as error:
            # What the library says may repeat what it read.
            raise ConfigurationError(
                f"{secret}: not an Ed25519 private key in PEM; {_ADVICE}"
            ) from error
        # A public key was refused above: it has no "d".
        self._key = cast("AllowedPrivateKeys", key)
        self.public_key = public
        self.key_id = public["kid"]

    def __repr__(self) -> str:
        return f"ListSigner({self.key_id})"

    def sign(self, payload: bytes) -> bytes:
        """Returns a compact JWS; the same payload gives the same bytes."""
        signed = PyJWS(algorithms=[_ALGORITHM]).encode(
            payload,
            self._key,
            algorithm=_ALGORITHM,
            headers={"kid": self.key_id, "typ": "JOSE"},
        )
        return signed.encode()


def _public_jwk(found: Mapping[str, str]) -> dict[str, str]:
    """Returns the public part of a key.

    Raises:
        ValueError: It is not Ed25519, or only a public one.
    """
    if found.get("crv") != "Ed25519" or "d" not in found:
        raise ValueError("not an Ed25519 private key")
    public = {"crv": "Ed25519", "kty": "OKP", "x": found["x"]}
    hashed = hashlib.sha256(json.dumps(public, separators=(",", ":")).encode())
    key_id = urlsafe_b64encode(hashed.digest()).rstrip(b"=").decode()
    return {**public, "alg": _ALGORITHM, "use": "sig", "kid": key_id}
