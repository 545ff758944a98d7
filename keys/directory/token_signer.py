"""A signer of the directory whose private key is inside a token.

How the token is reached is left to `keys.tokens`.
"""

from hashlib import sha256, sha384
from typing import Final

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Key, SecretsHandler, Signature, Signer, SSlibKey

from keys.directory.signers import P256_SIZE, P384_SIZE, raw_public, verifying_key
from keys.errors import KeyFormatError, TokenKeyNotFoundError
from keys.token_uri import TokenUri
from keys.tokens import sign_digest

_DIGESTS: Final = {P256_SIZE: sha256, P384_SIZE: sha384}


class TokenSigner(Signer):
    """Signs with ECDSA inside a token; the token is asked only when it signs.

    Args:
        uri: The private key.
        public: The key pair's public half, 65 bytes on P-256 or 97 on P-384.
        pin: Of the token.

    Raises:
        KeyFormatError: The public key is none of these.
    """

    def __init__(self, uri: TokenUri, public: bytes, pin: bytes) -> None:
        if len(public) not in _DIGESTS:
            raise KeyFormatError("a key in a token is on P-256 or P-384")
        self.uri = uri
        self._digest = _DIGESTS[len(public)]
        self._key = verifying_key(public)
        self._pin = pin

    @classmethod
    def from_priv_key_uri(
        cls,
        priv_key_uri: str,
        public_key: Key,
        secrets_handler: SecretsHandler | None = None,
    ) -> "TokenSigner":
        """Returns the signer of a `pkcs11:` URI, as `Signer` asks for it.

        Raises:
            TokenUriError: Not such a URI.
            KeyFormatError: Not a key of a token.
            TokenKeyNotFoundError: There is nobody to ask for the PIN.
        """
        uri = TokenUri.parse(priv_key_uri)
        if secrets_handler is None:
            raise TokenKeyNotFoundError(f"nobody knows the PIN of {uri.of_token}")
        return cls(uri, raw_public(public_key), secrets_handler("PIN").encode())

    @property
    def public_key(self) -> SSlibKey:
        """The public half, as metadata names it."""
        return self._key

    def sign(self, payload: bytes) -> Signature:
        """Signs `payload`; the signature has been verified.

        Raises:
            TokenKeyNotFoundError: The key is not in the token, or another one is.
            TokenError: The token is not there, or refuses the PIN.
        """
        raw = sign_digest(self.uri, self._pin, self._digest(payload).digest())
        half = len(raw) // 2
        numbers = (int.from_bytes(part, "big") for part in (raw[:half], raw[half:]))
        der = encode_dss_signature(*numbers)
        signature = Signature(self._key.keyid, der.hex())
        try:
            self._key.verify_signature(signature, payload)
        except UnverifiedSignatureError as error:
            raise TokenKeyNotFoundError(
                f"{self.uri} is not the key pair it was: its signature does not verify"
            ) from error
        return signature
