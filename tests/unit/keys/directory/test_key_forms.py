"""One key stands in metadata in one form, under one name, or it counts twice."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from securesystemslib.signer import CryptoSigner, Key, Signer, SSlibKey
from tuf.api.metadata import Metadata, Root, Targets, Timestamp

from keys.directory.signers import (
    ROLE_KEY_SIZES,
    STEWARD_KEY_SIZES,
    check_one_form,
    public_of,
    raw_public,
    role_key,
    role_signer,
    steward_key,
    steward_signer,
    verifying_key,
)
from keys.directory.stewardship import check_root
from keys.errors import CeremonyError, KeyFormatError
from tests.unit.keys.directory.federation import NOW_MS, seed
from tests.unit.keys.directory.hand_signed import _root

_P256 = CryptoSigner(ec.derive_private_key(7, ec.SECP256R1()))
_P384 = CryptoSigner(ec.derive_private_key(7, ec.SECP384R1()))
_P521 = CryptoSigner(ec.derive_private_key(7, ec.SECP521R1()))
_ED25519 = role_signer(seed("a"))
_MLDSA65 = steward_signer(seed("a"))


@pytest.mark.parametrize(
    ("signer", "size"), [(_ED25519, 32), (_P256, 65), (_P384, 97), (_MLDSA65, 1952)]
)
def test_a_public_key_comes_back_from_its_bytes(signer: Signer, size: int) -> None:
    public = public_of(signer)
    assert len(public) == size
    assert verifying_key(public) == signer.public_key
    assert raw_public(signer.public_key) == public


def test_roles_and_stewards_have_keys_of_their_kinds() -> None:
    for signer in (_P256, _P384):
        public = public_of(signer)
        assert role_key(public) == steward_key(public) == signer.public_key
    assert role_key(public_of(_ED25519)) == _ED25519.public_key
    assert steward_key(public_of(_MLDSA65)) == _MLDSA65.public_key
    with pytest.raises(KeyFormatError, match="none of them has 1952 bytes"):
        role_key(public_of(_MLDSA65))
    with pytest.raises(KeyFormatError, match="none of them has 32 bytes"):
        steward_key(public_of(_ED25519))


@pytest.mark.parametrize("size", [0, 31, 33, 49, 64, 66, 133, 1951, 1953])
def test_bytes_of_another_length_are_no_key(size: int) -> None:
    for read in (verifying_key, role_key, steward_key):
        with pytest.raises(KeyFormatError):
            read(bytes(size))


@pytest.mark.parametrize("size", [65, 97])
@pytest.mark.parametrize("first", [0, 2, 3, 4, 6])
def test_attack_a_point_that_is_on_no_curve(first: int, size: int) -> None:
    with pytest.raises(KeyFormatError):
        verifying_key(bytes([first]) + bytes(size - 1))


def _with(key: Key, **changes: Any) -> Key:  # noqa: ANN401 - fields of several types
    fields: dict[str, Any] = {
        "keyid": key.keyid,
        "keytype": key.keytype,
        "scheme": key.scheme,
        "keyval": dict(key.keyval),
    }
    return SSlibKey(**fields | changes)


def _public(text: str) -> dict[str, str]:
    return {"public": text}


_PEM = str(_P256.public_key.keyval["public"])
_DER = _P256._private_key.public_key().public_bytes(
    Encoding.DER, PublicFormat.SubjectPublicKeyInfo
)
_COMPRESSED = (
    ec.derive_private_key(7, ec.SECP256R1())
    .public_key()
    .public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
)
_RSA = SSlibKey.from_crypto(rsa.generate_private_key(65537, 2048).public_key())


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(_with(_P256.public_key, keyid="00" * 32), id="another name"),
        pytest.param(
            _with(_ED25519.public_key, keyid="00" * 32), id="the same, Ed25519"
        ),
        pytest.param(
            _with(_P256.public_key, keyval=_public(_PEM + "\n")), id="one line more"
        ),
        pytest.param(
            _with(_P256.public_key, keyval=_public(_PEM.replace("\n", "\r\n"))),
            id="other line ends",
        ),
        pytest.param(
            _with(_P256.public_key, keyval=_public("a word before\n" + _PEM)),
            id="words before",
        ),
        pytest.param(
            _with(_P256.public_key, keyval={"public": _PEM, "private": ""}),
            id="one value more",
        ),
        pytest.param(
            _with(_P256.public_key, keytype="ecdsa-sha2-nistp256"), id="older type"
        ),
        pytest.param(
            _with(_P256.public_key, scheme="ecdsa-sha2-nistp384"), id="other scheme"
        ),
        pytest.param(
            _with(_P256.public_key, unrecognized_fields={"x": 1}), id="a field more"
        ),
        pytest.param(
            _with(
                _ED25519.public_key, keyval=_public(public_of(_ED25519).hex().upper())
            ),
            id="capitals",
        ),
        pytest.param(
            _with(_ED25519.public_key, keyval=_public(f" {public_of(_ED25519).hex()}")),
            id="a blank",
        ),
        pytest.param(_with(_ED25519.public_key, keyval=_public("xyz")), id="no hex"),
        pytest.param(_with(_P256.public_key, keyval=_public("no PEM")), id="no PEM"),
        pytest.param(_P521.public_key, id="another curve"),
        pytest.param(_RSA, id="RSA"),
    ],
)
def test_attack_a_key_in_another_form_or_of_another_kind(key: Key) -> None:
    for sizes in (ROLE_KEY_SIZES, STEWARD_KEY_SIZES):
        with pytest.raises(KeyFormatError):
            check_one_form(key, sizes)


def test_a_key_in_its_form_is_taken_where_its_kind_is() -> None:
    for signer in (_ED25519, _P256, _P384):
        check_one_form(signer.public_key, ROLE_KEY_SIZES)
    for signer in (_MLDSA65, _P256, _P384):
        check_one_form(signer.public_key, STEWARD_KEY_SIZES)
    with pytest.raises(KeyFormatError, match="or kind"):
        check_one_form(_MLDSA65.public_key, ROLE_KEY_SIZES)
    with pytest.raises(KeyFormatError, match="or kind"):
        check_one_form(_ED25519.public_key, STEWARD_KEY_SIZES)


def _signed(change: Callable[[Root], None], *stewards: Signer) -> bytes:
    root = _root(1, stewards, 1, public_of(role_signer(seed("online"))), NOW_MS)
    change(root)
    metadata = Metadata(root)
    for signer in stewards:
        metadata.sign(signer, append=True)
    return metadata.to_bytes()


def test_a_root_of_stewards_in_files_and_tokens_is_taken() -> None:
    root = check_root(
        _signed(lambda _: None, _MLDSA65, _P256, _P384), current=None, now_ms=NOW_MS
    )
    assert len(root.roles[Root.type].keyids) == 3


def _twice(root: Root) -> None:
    alias = _with(_P256.public_key, keyid="alias")
    for role in (Root.type, Targets.type):
        root.add_key(alias, role)


def _ed25519_steward(root: Root) -> None:
    root.add_key(_ED25519.public_key, Targets.type)


def _unknown(root: Root) -> None:
    root.roles[Targets.type].keyids.append("nobody")


def _online_mldsa(root: Root) -> None:
    root.add_key(steward_signer(seed("b")).public_key, Timestamp.type)


def _online_steward(root: Root) -> None:
    root.add_key(_P256.public_key, Timestamp.type)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_twice, "under another name"),
        (_ed25519_steward, "or kind"),
        (_online_mldsa, "or kind"),
        (_online_steward, "that of a steward"),
        (_unknown, "not found"),
    ],
)
def test_attack_a_root_whose_keys_are_not_what_they_seem(
    change: Callable[[Root], None], why: str
) -> None:
    with pytest.raises(CeremonyError, match=why):
        check_root(_signed(change, _MLDSA65, _P256), current=None, now_ms=NOW_MS)
