"""Who takes part: party codes and key identifiers as types of their own."""

from typing import Final, NewType, Self

from keys.errors import PartyCodeError
from keys.framing import labelled_digest

_SIZE: Final = 3  # letters

KeyId = NewType("KeyId", bytes)
"""SHA-256 over a whole public key, 32 bytes."""

HUB: Final = "HUB"
"""The name the hub signs under. Not assigned by ISO 3166-1 or ICAO Doc 9303."""


class PartyId(str):
    """A party code: ISO 3166-1 alpha-3, or ICAO Doc 9303 for an organisation.

    Only the form is checked here; whether the code is a member is the
    directory's to say.

    Raises:
        PartyCodeError: The text is not three capital letters, or is the hub's name.
    """

    __slots__ = ()

    def __new__(cls, code: str) -> Self:
        """Checks the form of `code`."""
        letters = code.isascii() and code.isalpha() and code.isupper()
        if len(code) != _SIZE or not letters or code == HUB:
            raise PartyCodeError(code)
        return super().__new__(cls, code)


def signing_key_id(raw: bytes) -> KeyId:
    """Returns the identifier of a whole hybrid signing key."""
    return KeyId(labelled_digest(b"rogatory/key/signing/1", raw))


def encryption_key_id(raw: bytes) -> KeyId:
    """Returns the identifier of a whole encryption key."""
    return KeyId(labelled_digest(b"rogatory/key/encryption/1", raw))
