"""Signers whose key is in a token."""

from pathlib import Path

import pytest
from securesystemslib.signer import SIGNER_FOR_URI_SCHEME, CryptoSigner, Signature
from tuf.api.metadata import Metadata, Targets

from keys.directory.publishing import publish
from keys.directory.roles import utc
from keys.directory.signers import (
    P256_SIZE,
    add_signature,
    public_of,
    role_key,
    role_signer,
)
from keys.directory.token_signer import TokenSigner
from keys.errors import (
    CeremonyError,
    KeyFormatError,
    TokenKeyNotFoundError,
    TokenNotFoundError,
    TokenPinError,
    TokenUriError,
)
from keys.token_uri import TokenUri
from keys.tokens import Curve, generate_key_pair
from tests.tokens import PIN, Tokens
from tests.unit.keys.directory.federation import (
    KEN,
    NOW_MS,
    Federation,
    seed,
)
from tests.unit.keys.directory.hand_signed import admit


def _signer(
    token: TokenUri, curve: Curve = Curve.P256, pin: bytes = PIN
) -> TokenSigner:
    key = generate_key_pair(token, PIN, label=curve.name, curve=curve)
    return TokenSigner(key.uri, key.public, pin)


@pytest.mark.parametrize(
    ("curve", "scheme"),
    [(Curve.P256, "ecdsa-sha2-nistp256"), (Curve.P384, "ecdsa-sha2-nistp384")],
)
def test_what_it_signs_is_what_tuf_verifies(
    token: TokenUri, curve: Curve, scheme: str
) -> None:
    signer = _signer(token, curve)
    assert signer.public_key.scheme == scheme
    metadata = Metadata(Targets(expires=utc(NOW_MS)))
    add_signature(metadata, signer)
    read = Metadata[Targets].from_bytes(metadata.to_bytes())
    signature = read.signatures[signer.public_key.keyid]
    signer.public_key.verify_signature(signature, read.signed_bytes)


def test_the_token_is_asked_only_when_it_signs(
    token: TokenUri, token_folder: Tokens
) -> None:
    signer = _signer(token)
    token_folder.take_away()
    try:
        again = TokenSigner(signer.uri, public_of(signer), PIN)
        assert again.public_key == signer.public_key
        with pytest.raises(TokenNotFoundError):
            again.sign(b"data")
    finally:
        token_folder.bring_back()


def test_the_pin_is_not_shown_by_repr(token: TokenUri) -> None:
    assert PIN.decode() not in repr(_signer(token))


def test_a_partys_role_can_be_in_a_token(tmp_path: Path, token: TokenUri) -> None:
    federation = Federation(tmp_path)
    signer = _signer(token)
    targets = admit(
        federation.repository.targets(),
        party=KEN,
        keys=[public_of(signer)],
        threshold=1,
        stewards=federation.agreeing,
        now_ms=NOW_MS,
    )
    federation.repository.install_targets(targets, NOW_MS)
    federation.repository.accept(federation.submission(KEN, signers=[signer]), NOW_MS)
    assert KEN in federation.client().refresh(NOW_MS).parties


def test_a_token_that_does_not_sign_is_told_by_its_own_name(token: TokenUri) -> None:
    signer = _signer(token, pin=b"wrong")
    with pytest.raises(TokenPinError):
        publish(
            KEN, signers=[signer], version=1, files={"record.pb": b""}, now_ms=NOW_MS
        )


def test_a_signer_is_made_from_a_uri_and_whoever_knows_the_pin(
    token: TokenUri,
) -> None:
    signer = _signer(token)
    assert "pkcs11" not in SIGNER_FOR_URI_SCHEME  # used directly, never by look-up
    made = TokenSigner.from_priv_key_uri(
        str(signer.uri), signer.public_key, lambda _: PIN.decode()
    )
    signer.public_key.verify_signature(made.sign(b"data"), b"data")
    with pytest.raises(TokenKeyNotFoundError, match="nobody knows the PIN"):
        TokenSigner.from_priv_key_uri(str(signer.uri), signer.public_key)
    with pytest.raises(TokenUriError):
        TokenSigner.from_priv_key_uri("hsm:2", signer.public_key)


def test_only_keys_on_two_curves_are_in_tokens() -> None:
    uri = TokenUri(token="K", object="x")
    ed25519 = role_signer(seed("a")).public_key
    with pytest.raises(KeyFormatError, match="P-256 or P-384"):
        TokenSigner.from_priv_key_uri(str(uri), ed25519, lambda _: "1")
    with pytest.raises(KeyFormatError, match="no such point"):
        TokenSigner(uri, b"\x04" + bytes(P256_SIZE - 1), PIN)
    with pytest.raises(KeyFormatError):
        role_key(b"\x02" + bytes(P256_SIZE - 1))


def test_a_signer_that_fails_in_its_own_way_is_a_ceremony_that_failed() -> None:
    class Broken(TokenSigner):
        def sign(self, payload: bytes) -> Signature:
            raise OSError(len(payload))

    public = public_of(CryptoSigner.generate_ecdsa())
    broken = Broken(TokenUri(token="K", object="x"), public, PIN)
    with pytest.raises(CeremonyError, match="cannot be signed"):
        add_signature(Metadata(Targets(expires=utc(NOW_MS))), broken)
