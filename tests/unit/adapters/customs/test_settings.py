"""What an operator can set, and what is refused before anything is given out."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519
from pydantic import ValidationError

from adapters.customs.adapter import KIND
from adapters.customs.signing import ListSigner
from adapters.memory_desk import MemoryDesk
from adapters.secret import Secret, SecretError
from broker.core.errors import ConfigurationError
from tests.border_post import verified
from tests.customs_world import adapter_in, settings_in, signer_in, write_keys


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    write_keys(tmp_path)
    return tmp_path


MQTT = {
    "host": "broker",
    "authority": "/a.pem",
    "certificate": "/c.pem",
    "key": "/k.pem",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"folder": "relative"},
        {"folder": "/out", "unknown": 1},
        {"folder": "/out", "signing_key": "the key itself"},
        {"folder": "/out", "keep_days": 0},
        {"folder": "/out", "report_handling": "secret"},
        {"mqtt": {**MQTT, "version": "3"}},
        {"mqtt": {**MQTT, "root": "a/#"}},
        {"mqtt": {**MQTT, "posts": ["+"]}},
        {"mqtt": {**MQTT, "posts": ["a/b"]}},
        {"mqtt": {**MQTT, "posts": ["a.b"]}},
        {"mqtt": {**MQTT, "posts": ["post\n"]}},
        {"mqtt": {**MQTT, "password": "x"}},
        {"mqtt": {**MQTT, "reports_key": "/r.pem"}},
        {"webhook": {"url": "https://a.example/", "secret": "file:/s"}},
    ],
)
def test_settings_that_are_none_are_refused(
    keys: Path, wrong: dict[str, object]
) -> None:
    with pytest.raises(ValidationError):
        settings_in(keys, **wrong)


def test_a_signature_is_verified_by_a_library_of_somebody_else(keys: Path) -> None:
    signer = signer_in(keys)
    assert verified(signer.sign(b'{"a":1}'), signer.public_key) == {"a": 1}
    assert "d" not in signer.public_key
    assert signer.sign(b"x") == signer.sign(b"x")


def pem(key: ec.EllipticCurvePrivateKey | ed448.Ed448PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@pytest.mark.parametrize(
    "key",
    [
        b"not a key",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        pem(ec.generate_private_key(ec.SECP256R1())),
        pem(ed448.Ed448PrivateKey.generate()),
        ed25519.Ed25519PrivateKey.generate()
        .public_key()
        .public_bytes(
            serialization.Encoding.PEM,
            serialization.PublicFormat.SubjectPublicKeyInfo,
        ),
    ],
    ids=["text", "damaged", "p-256", "ed448", "public"],
)
def test_any_other_key_is_refused_and_not_repeated(tmp_path: Path, key: bytes) -> None:
    (tmp_path / "signing.pem").write_bytes(key)
    with pytest.raises(ConfigurationError) as error:
        signer_in(tmp_path)
    assert key.decode().splitlines()[0] not in str(error.value)


def test_a_key_of_names_that_can_be_guessed_is_refused(
    keys: Path, desk: MemoryDesk
) -> None:
    (keys / "party.key").write_text("short")
    with pytest.raises(ConfigurationError):
        adapter_in(keys, desk, folder="/out")


def test_a_secret_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SecretError):
        ListSigner(Secret(f"file:{tmp_path / 'none'}"))


def test_no_secret_shows_in_what_is_printed(keys: Path, desk: MemoryDesk) -> None:
    made = adapter_in(keys, desk, folder="/out")
    stated = settings_in(keys, folder="/out")
    shown = f"{made!r} {made._signer!r} {made._book._drawing!r} {stated!r}"
    assert "p" * 32 not in shown
    assert (keys / "signing.pem").read_text().splitlines()[1] not in shown


async def test_a_look_changes_nothing(keys: Path, desk: MemoryDesk) -> None:
    (keys / "out").mkdir()
    made = adapter_in(keys, desk, folder=str(keys / "out"), party_key=None)
    findings = await made.check()
    assert [one.ok for one in findings] == [True, True, True]
    assert "left out, for want of a party_key" in findings[1].what
    assert list((keys / "out").iterdir()) == []


def test_the_kind_is_what_the_entry_point_names() -> None:
    assert KIND.name == "customs"
