"""Private keys in a file that only a token opens."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from keys.errors import (
    KeystoreFormatError,
    KeystoreUnlockError,
    TokenKeyExistsError,
    TokenKeyNotFoundError,
    TokenNotFoundError,
    TokenPinError,
)
from keys.keystore import UNSAFE_THROWAWAY_COST, load, protection, resave, save
from keys.token_uri import KeyClass, TokenUri
from keys.tokens import generate_key_pair
from tests.tokens import PIN, Tokens

MAGIC = b"rogatory/keystore/1\n"
PASSPHRASE = b"correct horse"
KEYS = {"signing": bytes(64), "store": bytes(range(32))}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a folder" / "node.keys"


def saved(path: Path) -> bytes:
    save(path, KEYS, PASSPHRASE, cost=UNSAFE_THROWAWAY_COST)
    return path.read_bytes()


def saved_under(token: TokenUri, path: Path) -> bytes:
    save(path, KEYS, PIN, token=token)
    return path.read_bytes()


def split(blob: bytes) -> tuple[dict[str, Any], bytes]:
    """Returns the header of a keystore, and what follows it."""
    start = len(MAGIC) + 4
    end = start + int.from_bytes(blob[len(MAGIC) : start], "big")
    return json.loads(blob[start:end]), blob[end:]


def header_of(blob: bytes) -> dict[str, Any]:
    return split(blob)[0]


def forge_header(
    path: Path,
    blob: bytes,
    **fields: Any,  # noqa: ANN401 - JSON
) -> None:
    """Puts other fields into the header of a keystore."""
    header, sealed = split(blob)
    put(path, json.dumps(header | fields, sort_keys=True).encode(), sealed)


def put(path: Path, header: bytes, sealed: bytes = bytes(32)) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(MAGIC + len(header).to_bytes(4, "big") + header + sealed)
    path.chmod(0o600)


def test_what_was_saved_under_a_token_is_loaded_with_its_pin(
    path: Path, token: TokenUri
) -> None:
    blob = saved_under(token, path)
    assert load(path, PIN) == KEYS
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KEYS["store"] not in blob
    found = protection(path)
    assert found is not None
    assert (found.of_token, found.type) == (token, KeyClass.WRAPPING)
    assert found.object == "rogatory-keystore"
    saved(path)
    assert protection(path) is None


def test_two_files_under_one_token_have_nothing_in_common(
    path: Path, token: TokenUri
) -> None:
    saved_under(token, path)
    key = protection(path)
    assert key is not None
    other = path.with_name("other.keys")
    save(other, KEYS, PIN, token=key)
    assert protection(other) == key
    headers = [header_of(file.read_bytes()) for file in (path, other)]
    assert headers[0]["wrapped"] != headers[1]["wrapped"]
    # Each is bound to its own header: neither opens with the other's.
    forge_header(other, other.read_bytes(), wrapped=headers[0]["wrapped"])
    with pytest.raises(KeystoreUnlockError, match="the file was changed"):
        load(other, PIN)


def test_a_label_that_the_token_knows_is_not_taken_for_a_new_key(
    path: Path, token: TokenUri
) -> None:
    saved_under(token, path)
    with pytest.raises(TokenKeyExistsError):
        saved_under(token, path.with_name("other"))
    assert not path.with_name("other").exists()


def test_what_is_saved_again_keeps_its_token(path: Path, token: TokenUri) -> None:
    saved_under(token, path)
    before = protection(path)
    resave(path, {"new": b"key"}, PIN)
    assert load(path, PIN) == {"new": b"key"}
    assert protection(path) == before


def test_attack_a_file_is_replaced_without_its_secret(
    path: Path, token: TokenUri
) -> None:
    blob = saved(path)
    with pytest.raises(KeystoreUnlockError):
        resave(path, {}, b"another")
    assert path.read_bytes() == blob
    blob = saved_under(token, path)
    with pytest.raises(TokenPinError):
        resave(path, {}, b"another")
    assert path.read_bytes() == blob


def test_without_the_token_its_pin_or_its_key_nothing_opens(
    path: Path, token: TokenUri, token_folder: Tokens
) -> None:
    blob = saved_under(token, path)
    with pytest.raises(TokenPinError):
        load(path, b"wrong")
    with pytest.raises(TokenPinError):
        load(path, PASSPHRASE)
    token_folder.take_away()
    try:
        with pytest.raises(TokenNotFoundError):
            load(path, PIN)
    finally:
        token_folder.bring_back()
    other = token_folder.make()
    uri = str(protection(path)).replace(
        str(token).partition("?")[0], str(other).partition("?")[0]
    )
    forge_header(path, blob, uri=uri)
    with pytest.raises(TokenKeyNotFoundError):
        load(path, PIN)


def test_attack_a_keystore_under_a_key_to_sign_with(
    path: Path, token: TokenUri
) -> None:
    key = generate_key_pair(token, PIN, label="steward").uri
    with pytest.raises(TokenKeyNotFoundError):
        save(path, KEYS, PIN, token=key)
    assert not path.exists()


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"kdf": "argon2id"}, id="a passphrase's after all"),
        pytest.param({"kdf": ["pkcs11"]}, id="a list"),
        pytest.param({"uri": 7}, id="a number"),
        pytest.param({"uri": "file:/etc/passwd"}, id="another scheme"),
        pytest.param({"uri": "pkcs11:token=K"}, id="no key"),
        pytest.param({"uri": "pkcs11:id=%01;token=K"}, id="another form"),
        pytest.param(
            {"uri": "pkcs11:token=K;id=%01?module-path=/tmp/evil.so"}, id="code to run"
        ),
        pytest.param({"uri": "pkcs11:token=K;id=%01?pin-value=1"}, id="a PIN"),
        pytest.param({"wrapped": ""}, id="nothing wrapped"),
        pytest.param({"wrapped": "AAAA"}, id="too little"),
        pytest.param({"wrapped": "AAAA" * 10_000}, id="far too much"),
        pytest.param({"wrapped": "not base64!"}, id="no base64"),
        pytest.param({"nonce": None}, id="no nonce"),
    ],
)
def test_a_hostile_header_is_refused_before_any_token_is_asked(
    path: Path, fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(*_: object) -> bytes:
        raise AssertionError("the token was asked")

    monkeypatch.setattr("keys.keystore.unwrap", ask)
    header = {
        "kdf": "pkcs11",
        "uri": "pkcs11:token=K;id=%01",
        "wrapped": "A" * 80,
        "nonce": "A" * 16,
    }
    put(path, b"")
    put(path, json.dumps(header | fields).encode())
    for read in (protection, lambda path: load(path, PIN)):
        with pytest.raises(KeystoreFormatError):
            read(path)


@pytest.mark.parametrize("field", ["wrapped", "nonce", "uri"])
def test_a_changed_header_opens_nothing(
    path: Path, token: TokenUri, field: str
) -> None:
    blob = saved_under(token, path)
    value = header_of(blob)[field]
    if field == "uri":  # the same key, by another name
        value = value.replace("object=rogatory-keystore;", "")
    else:
        value = ("A" if value[0] != "A" else "B") + value[1:]
    forge_header(path, blob, **{field: value})
    with pytest.raises(KeystoreUnlockError):
        load(path, PIN)
