"""Keys in tokens: made inside, used inside, and there to stay."""

from dataclasses import replace
from hashlib import sha256, sha384

import pkcs11
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    Prehashed,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from pkcs11 import Attribute, KeyType, ObjectClass, exceptions as raised

from keys.errors import (
    TokenError,
    TokenKeyExistsError,
    TokenKeyNotFoundError,
    TokenPinError,
    UnwrapError,
)
from keys.token_session import session
from keys.token_uri import KeyClass, TokenUri
from keys.tokens import (
    Curve,
    _point,
    find_key_pair,
    generate_key_pair,
    generate_wrapping_key,
    sign_digest,
    unwrap,
    wrap,
)
from tests.tokens import PIN


def _verify(public: bytes, signature: bytes, digest: bytes) -> None:
    large = len(public) == Curve.P384.point_size
    half = len(signature) // 2
    ec.EllipticCurvePublicKey.from_encoded_point(
        ec.SECP384R1() if large else ec.SECP256R1(), public
    ).verify(
        encode_dss_signature(
            int.from_bytes(signature[:half], "big"),
            int.from_bytes(signature[half:], "big"),
        ),
        digest,
        ec.ECDSA(Prehashed(SHA384() if large else SHA256())),
    )


@pytest.mark.parametrize("curve", Curve)
def test_a_key_pair_signs_for_its_public_key(token: TokenUri, curve: Curve) -> None:
    key = generate_key_pair(token, PIN, label="steward", curve=curve)
    digest = (sha256 if curve is Curve.P256 else sha384)(b"data").digest()
    signature = sign_digest(key.uri, PIN, digest)
    assert len(key.public) == curve.point_size
    _verify(key.public, signature, digest)
    with pytest.raises(InvalidSignature):
        _verify(key.public, signature, bytes(len(digest)))


def test_a_key_pair_is_found_again_by_label_or_identifier(token: TokenUri) -> None:
    key = generate_key_pair(token, PIN, label="steward é")
    generate_key_pair(token, PIN, label="another")
    assert key.uri.type is KeyClass.SIGNING
    assert find_key_pair(key.uri, PIN) == key
    assert find_key_pair(replace(token, object="steward é"), PIN) == key
    assert find_key_pair(replace(token, id=key.uri.id), PIN) == key


@pytest.mark.parametrize("generate", [generate_key_pair, generate_wrapping_key])
def test_a_label_that_is_taken_is_refused_and_says_how_to_use_what_is_there(
    token: TokenUri, generate: object
) -> None:
    assert callable(generate)
    key = generate_key_pair(token, PIN, label="steward")
    with pytest.raises(TokenKeyExistsError) as refusal:
        generate(token, PIN, label="steward")
    assert str(replace(key.uri, type=None)) in str(refusal.value)
    assert find_key_pair(key.uri, PIN) == key


@pytest.mark.parametrize(
    "attribute", [Attribute.VALUE, Attribute.SENSITIVE, Attribute.EXTRACTABLE]
)
@pytest.mark.parametrize("kind", [ObjectClass.PRIVATE_KEY, ObjectClass.SECRET_KEY])
def test_attack_a_key_is_taken_out_of_its_token(
    token: TokenUri, kind: ObjectClass, attribute: Attribute
) -> None:
    generate_key_pair(token, PIN, label="steward")
    generate_wrapping_key(token, PIN, label="keystore")

    def take(key: pkcs11.Key) -> None:
        if attribute is Attribute.VALUE:
            bytes(key[attribute])
        else:  # made extractable first
            key[attribute] = attribute is Attribute.EXTRACTABLE

    with session(token, PIN, write=True) as opened:
        key = opened.get_key(kind)
        with pytest.raises(raised.PKCS11Error):
            take(key)


def test_attack_a_key_is_wrapped_out_of_its_token(token: TokenUri) -> None:
    generate_key_pair(token, PIN, label="steward")
    with session(token, PIN, write=True) as opened:
        other = opened.generate_key(KeyType.AES, 256, store=False)
        assert isinstance(other, pkcs11.WrapMixin)
        key = opened.get_key(ObjectClass.PRIVATE_KEY)
        with pytest.raises(raised.KeyUnextractable):
            other.wrap_key(key)


def test_a_key_that_could_leave_its_token_is_not_used(token: TokenUri) -> None:
    with session(token, PIN, write=True) as opened:
        domain = opened.create_domain_parameters(
            KeyType.EC, {Attribute.EC_PARAMS: Curve.P256.value}, local=True
        )
        loose = {Attribute.EXTRACTABLE: True}
        domain.generate_keypair(
            label="loose", id=b"1", store=True, private_template=loose
        )
        opened.generate_key(
            KeyType.AES, 256, label="wrap", id=b"2", store=True, template=loose
        )
    with pytest.raises(TokenError, match="could leave its token"):
        find_key_pair(replace(token, object="loose"), PIN)
    with pytest.raises(TokenError, match="could leave its token"):
        wrap(replace(token, id=b"2"), PIN, b"key", b"")


def test_a_key_on_another_curve_is_not_taken(token: TokenUri) -> None:
    with session(token, PIN, write=True) as opened:
        opened.create_domain_parameters(
            KeyType.EC,
            {Attribute.EC_PARAMS: bytes.fromhex("06052b81040023")},  # secp521r1
            local=True,
        ).generate_keypair(
            label="large",
            id=b"1",
            store=True,
            private_template={Attribute.EXTRACTABLE: False},
        )
    with pytest.raises(TokenKeyNotFoundError, match="P-256 or P-384"):
        find_key_pair(replace(token, object="large"), PIN)


def test_a_point_is_read_with_and_without_its_octet_string() -> None:
    point = b"\x04" + bytes(64)
    for given in (point, b"\x04\x41" + point):
        public = {Attribute.EC_PARAMS: Curve.P256.value, Attribute.EC_POINT: given}
        assert _point(public, TokenUri(token="K")) == point  # type: ignore[arg-type]  # read as a mapping
    for given in (b"", point[:-1], b"\x02" + point[1:]):
        public = {Attribute.EC_PARAMS: Curve.P256.value, Attribute.EC_POINT: given}
        with pytest.raises(TokenKeyNotFoundError):
            _point(public, TokenUri(token="K"))  # type: ignore[arg-type]  # likewise


def test_a_key_that_is_not_named_or_not_there_is_told(token: TokenUri) -> None:
    with pytest.raises(TokenKeyNotFoundError, match="names no key"):
        find_key_pair(token, PIN)
    with pytest.raises(TokenKeyNotFoundError, match="there is no key"):
        find_key_pair(replace(token, object="steward"), PIN)
    with pytest.raises(TokenKeyNotFoundError, match="there is no key"):
        sign_digest(replace(token, id=b"\x01"), PIN, bytes(32))
    with pytest.raises(TokenKeyNotFoundError, match="not private"):
        find_key_pair(replace(token, type=KeyClass.WRAPPING, object="x"), PIN)
    with pytest.raises(TokenKeyNotFoundError, match="not secret-key"):
        wrap(replace(token, type=KeyClass.SIGNING, object="x"), PIN, b"", b"")


def test_several_keys_of_one_label_are_told_apart_by_identifier(
    token: TokenUri,
) -> None:
    with session(token, PIN, write=True) as opened:
        for key_id in (b"\x01", b"\x02"):
            opened.create_domain_parameters(
                KeyType.EC, {Attribute.EC_PARAMS: Curve.P256.value}, local=True
            ).generate_keypair(
                label="twin",
                id=key_id,
                store=True,
                private_template={Attribute.EXTRACTABLE: False},
            )
    with pytest.raises(TokenKeyNotFoundError, match="say id="):
        find_key_pair(replace(token, object="twin"), PIN)
    first, second = (
        find_key_pair(replace(token, object="twin", id=key_id), PIN)
        for key_id in (b"\x01", b"\x02")
    )
    assert first.public != second.public


def test_what_was_wrapped_is_unwrapped_in_its_context(token: TokenUri) -> None:
    uri = generate_wrapping_key(token, PIN, label="keystore")
    wrapped = wrap(uri, PIN, b"a file key", b"context")
    assert unwrap(uri, PIN, wrapped, b"context") == b"a file key"
    assert wrap(uri, PIN, b"a file key", b"context") != wrapped
    other = generate_wrapping_key(token, PIN, label="another")
    for key, data, context in (
        (uri, wrapped, b"another context"),
        (uri, wrapped[:-1] + bytes([wrapped[-1] ^ 1]), b"context"),
        (uri, wrapped[:20], b"context"),
        (other, wrapped, b"context"),
    ):
        with pytest.raises(UnwrapError):
            unwrap(key, PIN, data, context)


def test_a_token_that_fails_while_unwrapping_is_not_a_wrong_key(
    token: TokenUri, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = generate_wrapping_key(token, PIN, label="keystore")
    wrapped = wrap(uri, PIN, b"key", b"")

    class Gone:
        def decrypt(self, *_: object, **__: object) -> bytes:
            raise raised.DeviceRemoved

    monkeypatch.setattr("keys.tokens._wrapping_key", lambda *_: Gone())
    with pytest.raises(TokenError, match="not there any more"):
        unwrap(uri, PIN, wrapped, b"")


def test_a_key_that_asks_for_the_pin_each_time_gets_it(
    token: TokenUri, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = generate_key_pair(token, PIN, label="steward")
    given: list[object] = []

    class Strict(dict[Attribute, bool]):
        def sign(self, *_: object, pin: str | None = None, **__: object) -> bytes:
            given.append(pin)
            return bytes(64)

    for always in (True, False):
        strict = Strict({Attribute.ALWAYS_AUTHENTICATE: always})
        monkeypatch.setattr("keys.tokens._signing_key", lambda *_, one=strict: one)
        sign_digest(key.uri, PIN, bytes(32))
    assert given == [PIN.decode(), None]


def test_nothing_is_made_with_a_wrong_pin(token: TokenUri) -> None:
    with pytest.raises(TokenPinError):
        generate_key_pair(token, b"wrong", label="steward")
    with pytest.raises(TokenKeyNotFoundError):
        find_key_pair(replace(token, object="steward"), PIN)


def test_an_attribute_that_a_token_does_not_know_is_not_set(
    token: TokenUri, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Simple:
        def __getitem__(self, _: object) -> bool:
            raise raised.AttributeTypeInvalid

        def sign(self, *_: object, **given: object) -> bytes:
            assert "pin" not in given
            return bytes(64)

    monkeypatch.setattr("keys.tokens._signing_key", lambda *_: Simple())
    assert sign_digest(token, PIN, bytes(32)) == bytes(64)
