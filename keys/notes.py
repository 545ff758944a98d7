"""Signed notes (C2SP signed-note): short texts with Ed25519 signatures below them.

What the text of a note says is left to those who sign it.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from keys.errors import KeyFormatError, SignatureError
from keys.framing import sha256

SEED_SIZE: Final = 32  # bytes
MAX_NOTE_SIZE: Final = 1 << 20  # characters
MAX_SIGNATURES: Final = 100  # lines; the specification asks for 16 at least
ED25519: Final = b"\x01"
"""The signature type of a plain Ed25519 signature over the text."""
NAME: Final = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]{1,255}")
"""The form of a key's name: no spaces, plus signs or control characters."""

_KEY_ID_SIZE: Final = 4  # bytes
_FORBIDDEN: Final = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_LINE: Final = re.compile(r"— (?P<name>[^ ]+) (?P<value>[A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSignature:
    """One signature line, of a key that is known or not.

    Attributes:
        name: Name of the key.
        key_id: Identifier of the key, 4 bytes: a hint, not a commitment.
        value: The signature, in the form of its type.
    """

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        """The line as it stands in a note, with its end of line."""
        return f"— {self.name} {_to_base64(self.key_id + self.value)}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note taken apart; nothing about it has been verified.

    A cosignature is added by making a note with one signature more.

    Attributes:
        body: The text, with its last end of line.
        signatures: The lines below it, in order.
    """

    body: str
    signatures: tuple[NoteSignature, ...]

    @property
    def text(self) -> str:
        """The note as it is handed round."""
        return self.body + "\n" + "".join(one.line for one in self.signatures)

    @classmethod
    def parse(cls, text: str) -> "Note":
        """Takes a note apart, strictly.

        Raises:
            SignatureError: Not the form of a signed note.
        """
        if len(text) > MAX_NOTE_SIZE:
            raise SignatureError(f"a note of more than {MAX_NOTE_SIZE} characters")
        # The text may hold empty lines itself: the last one ends it.
        above, _, below = text.rpartition("\n\n")
        body = above + "\n"
        _check_body(body)
        if not below.endswith("\n"):
            raise SignatureError("a note without signature lines")
        lines = below.removesuffix("\n").split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise SignatureError(f"a note with more than {MAX_SIGNATURES} signatures")
        return cls(body=body, signatures=tuple(_parse_line(line) for line in lines))


class NoteVerifier:
    """A public key that signs notes under a name.

    Args:
        name: Name of the key: no spaces, no plus sign.
        public_key: Raw Ed25519 public key, 32 bytes.

    Raises:
        KeyFormatError: Not such a name, or not such a key.
    """

    __slots__ = ("_key", "key_id", "name", "public_key")

    def __init__(self, name: str, public_key: bytes) -> None:
        _check_name(name)
        try:
            self._key = Ed25519PublicKey.from_public_bytes(public_key)
        except ValueError as error:
            raise KeyFormatError("not an Ed25519 public key") from error
        self.name = name
        self.public_key = public_key
        identity = sha256(name.encode() + b"\n" + ED25519 + public_key)
        self.key_id = identity[:_KEY_ID_SIZE]

    @property
    def vkey(self) -> str:
        """The key as text: name, identifier and key, joined by plus signs."""
        encoded = _to_base64(ED25519 + self.public_key)
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    @classmethod
    def from_vkey(cls, text: str) -> "NoteVerifier":
        """Reads the text form.

        Raises:
            KeyFormatError: Not the text form of an Ed25519 key, or one whose
                identifier is not its own.
        """
        # The key is base64 and may hold plus signs; a name may not.
        name, _, rest = text.partition("+")
        encoded = rest.partition("+")[2]
        try:
            raw = base64.b64decode(encoded.encode("ascii"), validate=True)
        except (UnicodeEncodeError, binascii.Error) as error:
            raise KeyFormatError("the text of a note key does not decode") from error
        if raw[:1] != ED25519:
            raise KeyFormatError("not the text of an Ed25519 note key")
        verifier = cls(name, raw[1:])
        if verifier.vkey != text:
            raise KeyFormatError("the text of a note key is not in its one form")
        return verifier

    def verify(self, text: str) -> str:
        """Checks that this key signed a note and returns the text above the signatures.

        Signatures of other keys are ignored, as witnesses add theirs. One in this
        key's name that does not verify spoils the note, whatever else is on it.

        Raises:
            SignatureError: Not a note, not signed by this key, or not validly.
        """
        note = Note.parse(text)
        own = [
            one
            for one in note.signatures
            if one.name == self.name and one.key_id == self.key_id
        ]
        if not own:
            raise SignatureError(f"the note is not signed by {self.name}")
        for one in own:
            try:
                self._key.verify(one.value, note.body.encode())
            except InvalidSignature as error:
                raise SignatureError(
                    f"the signature of {self.name} does not verify"
                ) from error
        return note.body


class NoteKey:
    """A private key that signs notes under a name.

    Args:
        name: Name of the key: no spaces, no plus sign.
        seed: The private key, 32 random bytes (RFC 8032).

    Raises:
        KeyFormatError: Not such a name, or not such a seed.
    """

    __slots__ = ("_key", "verifier")

    def __init__(self, name: str, seed: bytes) -> None:
        if len(seed) != SEED_SIZE:
            raise KeyFormatError(f"the seed of a note key is {SEED_SIZE} bytes long")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = NoteVerifier(name, self._key.public_key().public_bytes_raw())

    def sign(self, body: str) -> str:
        """Returns the signature line for `body`, with its end of line.

        Raises:
            SignatureError: `body` could not be read back: it is empty, lacks its last
                end of line, or holds control characters.
        """
        return self._signature(body).line

    def sign_note(self, body: str) -> str:
        """Returns the note: `body` with this key's signature below.

        Raises:
            SignatureError: As `sign`.
        """
        return Note(body=body, signatures=(self._signature(body),)).text

    def _signature(self, body: str) -> NoteSignature:
        _check_body(body)
        return NoteSignature(
            name=self.verifier.name,
            key_id=self.verifier.key_id,
            value=self._key.sign(body.encode()),
        )


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise KeyFormatError(f"{name[:80]!r} cannot be the name of a note key")


def _check_body(body: str) -> None:
    if body in {"", "\n"} or not body.endswith("\n") or _FORBIDDEN.search(body):
        raise SignatureError("not a text that a note can carry")


def _parse_line(line: str) -> NoteSignature:
    found = _LINE.fullmatch(line)
    if found is None or not NAME.fullmatch(found["name"]):
        raise SignatureError("a line of the note is not a signature")
    try:
        value = base64.b64decode(found["value"], validate=True)
    except binascii.Error as error:
        raise SignatureError("a signature of the note does not decode") from error
    # Base64 has spare bits: refuse the forms that decode alike, so that one
    # signature has one text.
    if len(value) <= _KEY_ID_SIZE or _to_base64(value) != found["value"]:
        raise SignatureError("a signature of the note is not in its one form")
    return NoteSignature(
        name=found["name"], key_id=value[:_KEY_ID_SIZE], value=value[_KEY_ID_SIZE:]
    )


def _to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
