"""Keys to sign with: in a file or in a token, opened with one secret."""

import json
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pkcs11 import Attribute

from keys import keystore
from keys.custody import (
    TokenKeyFile,
    Use,
    make_signer,
    open_signer,
    protection,
)
from keys.directory.signers import public_of
from keys.errors import (
    KeyFormatError,
    KeystoreError,
    KeystoreFormatError,
    KeystorePermissionError,
    KeystoreUnlockError,
    TokenKeyExistsError,
    TokenKeyNotFoundError,
    TokenNotFoundError,
    TokenPinError,
)
from keys.keystore import UNSAFE_THROWAWAY_COST
from keys.token_session import module_path, session
from keys.token_uri import TokenUri
from keys.tokens import Curve, generate_key_pair
from tests.tokens import PIN, Tokens

PASSPHRASE = b"correct horse"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "stewards" / "steward-1.keys"


@pytest.mark.parametrize(
    ("use", "scheme", "size"),
    [(Use.STEWARD, "ml-dsa-65/1", 1952), (Use.ROLE, "ed25519", 32)],
)
def test_a_key_in_a_file_signs_after_it_was_opened_again(
    path: Path, use: Use, scheme: str, size: int
) -> None:
    made = make_signer(path, PASSPHRASE, use=use, cost=UNSAFE_THROWAWAY_COST)
    opened = open_signer(path, PASSPHRASE)
    assert opened.public_key == made.public_key
    assert opened.public_key.scheme == scheme
    assert len(public_of(opened)) == size
    made.public_key.verify_signature(opened.sign(b"data"), b"data")
    assert protection(path) is None
    with pytest.raises(KeystoreUnlockError):
        open_signer(path, b"another")


@pytest.mark.parametrize("use", Use)
def test_a_key_in_a_token_signs_after_it_was_opened_again(
    path: Path, token: TokenUri, use: Use
) -> None:
    made = make_signer(path, PIN, use=use, token=token)
    opened = open_signer(path, PIN)
    assert opened.public_key == made.public_key
    assert opened.public_key.scheme == "ecdsa-sha2-nistp256"
    assert len(public_of(opened)) == 65
    made.public_key.verify_signature(opened.sign(b"data"), b"data")
    found = protection(path)
    assert found is not None
    assert (found.of_token, found.object) == (token, f"rogatory-{use}")


def test_the_file_of_a_key_in_a_token_is_private_and_holds_no_secret(
    path: Path, token: TokenUri
) -> None:
    make_signer(path, PIN, use=Use.STEWARD, token=token)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    magic, fields = path.read_bytes().split(b"\n", 1)
    assert magic == b"rogatory/token-key/1"
    assert json.loads(fields).keys() == {"public", "uri", "use"}
    path.chmod(0o644)
    with pytest.raises(KeystorePermissionError):
        open_signer(path, PIN)


def test_a_path_to_a_library_is_used_and_not_written_down(
    path: Path, token: TokenUri
) -> None:
    by_path = replace(token, module_name=None, module_path=str(module_path(token)))
    make_signer(path, PIN, use=Use.STEWARD, token=by_path).sign(b"data")
    assert b"module-path" not in path.read_bytes()
    open_signer(path, PIN)


@pytest.mark.parametrize("curve", Curve)
def test_a_key_that_the_token_holds_already_is_taken_by_its_identifier(
    path: Path, token: TokenUri, curve: Curve
) -> None:
    key = generate_key_pair(token, PIN, label="made by an officer", curve=curve)
    signer = make_signer(
        path, PIN, use=Use.STEWARD, token=replace(token, id=key.uri.id)
    )
    assert public_of(signer) == key.public
    signature = open_signer(path, PIN).sign(b"data")
    signer.public_key.verify_signature(signature, b"data")


def test_no_key_is_written_over(path: Path, token: TokenUri) -> None:
    make_signer(path, PASSPHRASE, use=Use.ROLE, cost=UNSAFE_THROWAWAY_COST)
    before = path.read_bytes()
    for place in (None, token):
        with pytest.raises(KeystoreError, match="never written over"):
            make_signer(path, PIN, use=Use.ROLE, token=place)
    assert path.read_bytes() == before
    # Nothing was made in the token either.
    make_signer(path.with_name("other"), PIN, use=Use.ROLE, token=token)


def test_a_label_is_not_used_twice(path: Path, token: TokenUri) -> None:
    named = replace(token, object="root 2031")
    make_signer(path, PIN, use=Use.STEWARD, token=named)
    other = path.with_name("other")
    with pytest.raises(TokenKeyExistsError, match="root%202031"):
        make_signer(other, PIN, use=Use.STEWARD, token=named)
    assert not other.exists()


def test_the_wrong_pin_the_absent_token_and_the_absent_key_each_have_a_name(
    path: Path, token: TokenUri, token_folder: Tokens
) -> None:
    signer = make_signer(path, PIN, use=Use.STEWARD, token=token)
    with pytest.raises(TokenPinError):
        open_signer(path, b"wrong")
    token_folder.take_away()
    try:
        with pytest.raises(TokenNotFoundError):
            open_signer(path, PIN)
        with pytest.raises(TokenNotFoundError):
            signer.sign(b"data")
    finally:
        token_folder.bring_back()
    signer.sign(b"data")
    with session(token, PIN, write=True) as opened:
        for each in opened.get_objects():
            each.destroy()
    with pytest.raises(TokenKeyNotFoundError):
        open_signer(path, PIN)
    with pytest.raises(TokenKeyNotFoundError):
        signer.sign(b"data")


def test_attack_another_key_is_put_in_the_place_of_the_first(
    path: Path, token: TokenUri
) -> None:
    signer = make_signer(path, PIN, use=Use.STEWARD, token=token)
    uri = protection(path)
    assert uri is not None
    other = generate_key_pair(token, PIN, label="other").uri
    with session(token, PIN, write=True) as opened:
        for each in opened.get_objects():
            if each[Attribute.ID] == uri.id:
                each.destroy()
        for each in list(opened.get_objects()):
            assert each[Attribute.ID] == other.id
            each[Attribute.LABEL] = str(uri.object)
            each[Attribute.ID] = uri.id
    with pytest.raises(TokenKeyNotFoundError, match="another key"):
        open_signer(path, PIN)
    with pytest.raises(TokenKeyNotFoundError, match="does not verify"):
        signer.sign(b"data")


def _key_file() -> TokenKeyFile:
    return TokenKeyFile(
        use=Use.STEWARD,
        uri=TokenUri(token="K", object="x", id=b"\x01"),
        public=bytes.fromhex(
            "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
            "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
        ),
    )


def test_the_file_of_a_token_key_is_read_again() -> None:
    assert TokenKeyFile.from_bytes(_key_file().to_bytes()) == _key_file()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda data: data[:-1], id="cut short"),
        pytest.param(lambda data: data + b"\n", id="longer"),
        pytest.param(lambda data: data.replace(b'"use"', b'"usage"'), id="field"),
        pytest.param(lambda data: data.replace(b"steward", b"king"), id="use"),
        pytest.param(lambda data: data.replace(b"pkcs11:", b"file:"), id="scheme"),
        pytest.param(lambda data: data.replace(b"BGsX", b"BGsY"), id="no point"),
        pytest.param(lambda data: data.replace(b"BGsX", b"AAAA"), id="no key"),
        pytest.param(lambda data: data.replace(b"BGsX", b""), id="short key"),
        pytest.param(lambda data: data.replace(b": ", b":"), id="another form"),
        pytest.param(
            lambda data: data.replace(b'"uri": "', b'"uri": 7, "x": "'), id="no text"
        ),
        pytest.param(
            lambda data: data.replace(b'%01"', b'%01?module-path=/tmp/evil.so"'),
            id="code to run",
        ),
        pytest.param(lambda _: b"rogatory/token-key/1\n[[[", id="no JSON"),
        pytest.param(lambda _: b"rogatory/token-key/1\n" + b"[" * 9999, id="deep"),
        pytest.param(lambda _: b"rogatory/token-key/1\n[]", id="a list"),
        pytest.param(lambda _: b"", id="nothing"),
    ],
)
def test_a_changed_file_of_a_token_key_is_refused(
    path: Path, change: Callable[[bytes], bytes]
) -> None:
    data = change(_key_file().to_bytes())
    with pytest.raises(KeystoreFormatError):
        TokenKeyFile.from_bytes(data)
    path.parent.mkdir()
    path.write_bytes(data)
    path.chmod(0o600)
    for read in (protection, lambda path: open_signer(path, PIN)):
        with pytest.raises(KeystoreFormatError):
            read(path)


def test_a_keystore_of_other_keys_is_no_signer(path: Path) -> None:
    for keys in ({"store": bytes(32)}, {"steward": bytes(32), "role": bytes(32)}, {}):
        keystore.save(path, keys, PASSPHRASE, cost=UNSAFE_THROWAWAY_COST)
        with pytest.raises(KeystoreFormatError, match="no key to sign with"):
            open_signer(path, PASSPHRASE)


def test_a_seed_of_another_length_is_no_signer(path: Path) -> None:
    keystore.save(path, {"role": bytes(31)}, PASSPHRASE, cost=UNSAFE_THROWAWAY_COST)
    with pytest.raises(KeyFormatError):
        open_signer(path, PASSPHRASE)
