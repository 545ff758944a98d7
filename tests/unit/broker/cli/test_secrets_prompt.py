"""Where a secret comes from, and what a person is asked for."""

import io
from pathlib import Path

import pytest
from pydantic import SecretStr

from broker.cli.secrets_prompt import new_secret, passphrase_for, secret_for
from broker.core.errors import ConfigurationError
from broker.settings import HubSettings
from keys import keystore
from keys.custody import Use, make_signer
from keys.errors import KeystoreError
from keys.keystore import UNSAFE_THROWAWAY_COST
from keys.token_uri import TokenUri
from tests.tokens import PIN

PASSPHRASE = b"correct horse"


class Terminal(io.StringIO):
    """A standard input with a person at it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the person is asked; the answer is always the same."""
    prompts: list[str] = []

    def answer(prompt: str) -> str:
        prompts.append(prompt)
        return "typed"

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", answer)
    return prompts


def test_a_person_is_asked_for_the_passphrase_of_a_file(
    tmp_path: Path, asked: list[str]
) -> None:
    path = tmp_path / "steward.keys"
    make_signer(path, PASSPHRASE, use=Use.STEWARD, cost=UNSAFE_THROWAWAY_COST)
    assert secret_for(path, None) == b"typed"
    assert asked == [f"Passphrase of {path}: "]


def test_a_person_is_asked_for_the_pin_of_the_token_that_a_file_names(
    tmp_path: Path, asked: list[str], token: TokenUri
) -> None:
    signer, store = tmp_path / "steward.keys", tmp_path / "node.keys"
    make_signer(signer, PIN, use=Use.STEWARD, token=token)
    keystore.save(store, {}, PIN, token=token)
    for path in (signer, store):
        assert secret_for(path, None) == b"typed"
    assert asked == [f"PIN of the token {token}: "] * 2


def test_a_file_with_the_secret_goes_before_a_question(
    tmp_path: Path, asked: list[str]
) -> None:
    path, given = tmp_path / "node.keys", tmp_path / "secret"
    keystore.save(path, {}, PASSPHRASE, cost=UNSAFE_THROWAWAY_COST)
    given.write_bytes(b"from a file\n")
    assert secret_for(path, given) == b"from a file"
    assert new_secret(given, None) == b"from a file"
    assert new_secret(given, TokenUri(token="K")) == b"from a file"
    assert asked == []


def test_a_new_passphrase_is_typed_twice_and_a_pin_once(asked: list[str]) -> None:
    assert new_secret(None, None) == b"typed"
    assert len(asked) == 2
    assert new_secret(None, TokenUri(token="K")) == b"typed"
    assert asked[2:] == ["PIN of the token pkcs11:token=K: "]


def test_nobody_is_asked_where_nobody_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    path = tmp_path / "node.keys"
    with pytest.raises(KeystoreError, match="cannot read"):
        secret_for(path, None)
    keystore.save(path, {}, PASSPHRASE, cost=UNSAFE_THROWAWAY_COST)
    with pytest.raises(ConfigurationError, match="passphrase or a PIN is needed"):
        secret_for(path, None)


@pytest.mark.parametrize(
    ("answers", "why"),
    [(["one", "two"], "not the same"), ([""], "nothing was typed")],
)
def test_answers_that_are_no_passphrase_are_refused(
    asked: list[str],
    monkeypatch: pytest.MonkeyPatch,
    answers: list[str],
    why: str,
) -> None:
    left = iter(answers)
    monkeypatch.setattr("getpass.getpass", lambda _: next(left))
    with pytest.raises(ConfigurationError, match=why):
        new_secret(None, None)
    assert asked == []


def test_a_setting_goes_before_a_question(asked: list[str]) -> None:
    settings = HubSettings(name="Test", passphrase=SecretStr("set"))
    assert passphrase_for(settings, None) == b"set"
    assert asked == []
    assert passphrase_for(HubSettings(name="Test"), None) == b"typed"
