"""Keys inside tokens: made there, used there, never taken out.

P-256 and P-384 for signing, AES-256 for wrapping: what tokens hold today. How a token
is found and opened is left to `token_session`.
"""

import secrets
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final

import pkcs11
from pkcs11 import (
    Attribute,
    KeyType,
    MechanismFlag,
    ObjectClass,
    exceptions as raised,
)

from keys.errors import (
    TokenError,
    TokenKeyExistsError,
    TokenKeyNotFoundError,
    UnwrapError,
)
from keys.token_session import TOKEN_GONE, session
from keys.token_uri import KeyClass, TokenUri

_ID_SIZE: Final = 8  # bytes
_WRAPPING_KEY_BITS: Final = 256
_TAG_BITS: Final = 128
_OCTET_STRING: Final = 0x04  # tag of DER
_UNCOMPRESSED: Final = 0x04  # first byte of a point
_UNEXTRACTABLE: Final = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
_GCM_NONCE_SIZE: Final = 12  # bytes


class Curve(Enum):
    """The curves that tokens sign with; the value is the DER of its name (RFC 5480)."""

    P256 = bytes.fromhex("06082a8648ce3d030107")
    P384 = bytes.fromhex("06052b81040022")

    @property
    def point_size(self) -> int:
        """Bytes of a public key: an uncompressed point (SEC 1, 2.3.3)."""
        return 65 if self is Curve.P256 else 97


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKey:
    """A key pair inside a token.

    Attributes:
        uri: Names the private key, by label and identifier.
        public: The public key, an uncompressed point: 65 or 97 bytes.
    """

    uri: TokenUri
    public: bytes


def generate_key_pair(
    uri: TokenUri, pin: bytes, *, label: str, curve: Curve = Curve.P256
) -> TokenKey:
    """Makes a key pair inside the token; the private key cannot leave it.

    Args:
        uri: The token; what it says of a key is not looked at.
        pin: Of the token.
        label: Name of the new key; must be free.
        curve: Of the key.

    Raises:
        TokenKeyExistsError: The label is taken.
        TokenError: The token is not there, refuses the PIN, or cannot do it.
    """
    named = uri.naming(
        label=label, key_id=secrets.token_bytes(_ID_SIZE), kind=KeyClass.SIGNING
    )
    with session(named, pin, write=True) as opened:
        _check_free(opened, uri, label)
        domain = opened.create_domain_parameters(
            KeyType.EC, {Attribute.EC_PARAMS: curve.value}, local=True
        )
        public, private = domain.generate_keypair(
            id=named.id,
            label=label,
            store=True,
            capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
            private_template=_UNEXTRACTABLE,
        )
        _check_captive(private, named)
        return TokenKey(uri=named, public=_point(public, named))


def find_key_pair(uri: TokenUri, pin: bytes) -> TokenKey:
    """Returns a key pair that the token holds.

    Raises:
        TokenKeyNotFoundError: There is none, several fit, or it is of another kind.
        TokenError: The token is not there, refuses the PIN, or its key could leave it.
    """
    _check_kind(uri, KeyClass.SIGNING)
    with session(uri, pin) as opened:
        private = _signing_key(opened, uri)
        _check_captive(private, uri)
        label, key_id = private[Attribute.LABEL], private[Attribute.ID]
        found = uri.naming(
            label=label or uri.object, key_id=key_id or None, kind=KeyClass.SIGNING
        )
        # A token may label the halves of a pair differently; it identifies them alike.
        half = replace(found, object=None) if found.id else found
        public = _the_key(opened, half, ObjectClass.PUBLIC_KEY, KeyType.EC)
        return TokenKey(uri=found, public=_point(public, uri))


def sign_digest(uri: TokenUri, pin: bytes, digest: bytes) -> bytes:
    """Signs a digest with ECDSA inside the token.

    Returns:
        The two numbers of the signature, one after the other, each as long as the
        order of the curve: 64 or 96 bytes.

    Raises:
        TokenError: The token or the key is not there, or it refuses the PIN.
    """
    with session(uri, pin) as opened:
        key = _signing_key(opened, uri)
        again: dict[str, str] = {}
        if _flag(key, Attribute.ALWAYS_AUTHENTICATE):
            again["pin"] = pin.decode("utf-8")
        return bytes(key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA, **again))


def generate_wrapping_key(uri: TokenUri, pin: bytes, *, label: str) -> TokenUri:
    """Makes an AES-256 key inside the token that cannot leave it.

    Arguments and errors are those of `generate_key_pair`.

    Returns:
        The URI of the key.
    """
    named = uri.naming(
        label=label, key_id=secrets.token_bytes(_ID_SIZE), kind=KeyClass.WRAPPING
    )
    with session(named, pin, write=True) as opened:
        _check_free(opened, uri, label)
        key = opened.generate_key(
            KeyType.AES,
            _WRAPPING_KEY_BITS,
            id=named.id,
            label=label,
            store=True,
            capabilities=MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT,
            template=_UNEXTRACTABLE,
        )
        _check_captive(key, named)
    return named


def wrap(uri: TokenUri, pin: bytes, data: bytes, context: bytes) -> bytes:
    """Encrypts with AES-256-GCM inside the token.

    Args:
        uri: An AES-256 key in a token.
        pin: Of the token.
        data: What to encrypt: a key, not more.
        context: What `unwrap` must be told as well.

    Returns:
        A random nonce of 12 bytes, and what was encrypted with its tag of 16.

    Raises:
        TokenError: The token or the key is not there, or its key could leave it.
    """
    _check_kind(uri, KeyClass.WRAPPING)
    nonce = secrets.token_bytes(_GCM_NONCE_SIZE)
    with session(uri, pin) as opened:
        key = _wrapping_key(opened, uri)
        _check_captive(key, uri)
        return nonce + bytes(key.encrypt(data, **_gcm(nonce, context)))


def unwrap(uri: TokenUri, pin: bytes, wrapped: bytes, context: bytes) -> bytes:
    """Returns what `wrap` was given.

    Raises:
        UnwrapError: `wrapped` was not made with this key, or for another context.
        TokenError: The token or the key is not there, or it refuses the PIN.
    """
    _check_kind(uri, KeyClass.WRAPPING)
    nonce, sealed = wrapped[:_GCM_NONCE_SIZE], wrapped[_GCM_NONCE_SIZE:]
    with session(uri, pin) as opened:
        key = _wrapping_key(opened, uri)
        try:
            return bytes(key.decrypt(sealed, **_gcm(nonce, context)))
        except raised.PKCS11Error as error:
            if isinstance(error, TOKEN_GONE):
                raise
            # Tokens do not agree on what to say about a tag that does not verify.
            raise UnwrapError(f"{uri} does not open it") from error


def _gcm(nonce: bytes, context: bytes) -> dict[str, Any]:
    return {
        "mechanism": pkcs11.Mechanism.AES_GCM,
        "mechanism_param": pkcs11.GCMParams(nonce, context, _TAG_BITS),
    }


def _signing_key(opened: pkcs11.Session, uri: TokenUri) -> Any:  # noqa: ANN401 - see below
    return _the_key(opened, uri, ObjectClass.PRIVATE_KEY, KeyType.EC)


def _wrapping_key(opened: pkcs11.Session, uri: TokenUri) -> Any:  # noqa: ANN401 - see below
    return _the_key(opened, uri, ObjectClass.SECRET_KEY, KeyType.AES)


def _the_key(
    opened: pkcs11.Session, uri: TokenUri, kind: ObjectClass, key_type: KeyType
) -> Any:  # noqa: ANN401 - what a key can do is known when it is found, not before
    if uri.object is None and uri.id is None:
        raise TokenKeyNotFoundError(f"{uri} names no key: say object= or id=")
    wanted: dict[Attribute, Any] = {Attribute.CLASS: kind, Attribute.KEY_TYPE: key_type}
    if uri.object is not None:
        wanted[Attribute.LABEL] = uri.object
    if uri.id is not None:
        wanted[Attribute.ID] = uri.id
    # To its end: a search that is left open outlives the session, and complains.
    found = list(opened.get_objects(wanted))
    if not found:
        raise TokenKeyNotFoundError(f"there is no key {uri} in its token")
    if len(found) > 1:
        raise TokenKeyNotFoundError(f"several keys are {uri}: say id=")
    return found[0]


def _check_kind(uri: TokenUri, kind: KeyClass) -> None:
    if uri.type not in {None, kind}:
        raise TokenKeyNotFoundError(f"{uri} is of type {uri.type}, not {kind}")


def _check_free(opened: pkcs11.Session, uri: TokenUri, label: str) -> None:
    others = list(opened.get_objects({Attribute.LABEL: label}))
    if others:
        key_id = others[0][Attribute.ID] or None
        taken = replace(uri.of_token, object=label, id=key_id)
        raise TokenKeyExistsError(
            f"the token holds {taken} already: choose another object=, or, to use "
            "that key, name it with its id="
        )


def _check_captive(key: pkcs11.Key, uri: TokenUri) -> None:
    if _flag(key, Attribute.EXTRACTABLE) or not _flag(key, Attribute.SENSITIVE):
        raise TokenError(
            f"{uri} could leave its token: use a key that was made in the token, "
            "sensitive and not extractable"
        )


def _flag(key: pkcs11.Key, attribute: Attribute) -> bool:
    try:
        return bool(key[attribute])
    except raised.AttributeTypeInvalid:
        return False  # a token that does not know the attribute


def _point(public: pkcs11.Key, uri: TokenUri) -> bytes:
    parameters, point = public[Attribute.EC_PARAMS], bytes(public[Attribute.EC_POINT])
    for curve in Curve:
        if parameters != curve.value:
            continue
        # Most tokens give the point inside of an octet string, some without.
        inner = point.removeprefix(bytes((_OCTET_STRING, curve.point_size)))
        if len(inner) == curve.point_size and inner[0] == _UNCOMPRESSED:
            return inner
    raise TokenKeyNotFoundError(f"{uri} is not a key on P-256 or P-384")
