"""Reaching a token: its library, its PIN, and what is said when it fails."""

import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pkcs11
import pytest
from pkcs11 import TokenFlag, exceptions as raised

from keys import token_session
from keys.errors import (
    TokenError,
    TokenKeyNotFoundError,
    TokenNotFoundError,
    TokenPinError,
)
from keys.token_session import MODULE_VARIABLE, module_path, session
from keys.token_uri import TokenUri
from tests.tokens import PIN, REQUIRED_VARIABLE, Tokens, require_softhsm

_URI = TokenUri(token="K")


def test_the_library_that_is_named_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_path, by_variable = tmp_path / "path.so", tmp_path / "variable.so"
    by_path.touch()
    by_variable.touch()
    monkeypatch.setenv(MODULE_VARIABLE, str(by_variable))
    assert module_path(_URI) == by_variable
    assert module_path(replace(_URI, module_path=str(by_path))) == by_path


def test_a_library_is_looked_for_where_libraries_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_session, "_MODULE_FOLDERS", (tmp_path / "no", tmp_path))
    monkeypatch.delenv(MODULE_VARIABLE, raising=False)
    with pytest.raises(TokenNotFoundError, match=MODULE_VARIABLE):
        module_path(_URI)
    (tmp_path / "opensc-pkcs11.so").touch()
    assert module_path(_URI) == tmp_path / "opensc-pkcs11.so"
    (tmp_path / "libsofthsm2.so").touch()
    assert module_path(_URI) == tmp_path / "libsofthsm2.so"
    named = replace(_URI, module_name="opensc-pkcs11")
    # What the URI says goes before what the machine says.
    monkeypatch.setenv(MODULE_VARIABLE, "/nowhere.so")
    assert module_path(named) == tmp_path / "opensc-pkcs11.so"
    with pytest.raises(TokenNotFoundError, match="no such file"):
        module_path(_URI)


def test_what_is_no_library_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "no library.so"
    path.write_text("text")
    uri = replace(_URI, module_path=str(path))
    with (
        pytest.raises(TokenNotFoundError, match="does not work"),
        session(uri, PIN),
    ):
        pass


def test_a_token_that_is_not_there_is_told_with_those_that_are(
    token: TokenUri,
) -> None:
    absent = replace(token, token="another")
    with (
        pytest.raises(TokenNotFoundError, match=f"found through .*'{token.token}'"),
        session(absent, PIN),
    ):
        pass


@pytest.mark.parametrize("name", ["serial", "manufacturer", "model"])
def test_a_token_that_differs_in_anything_is_another(
    token: TokenUri, name: str
) -> None:
    other = replace(token, **{name: "another"})  # type: ignore[arg-type]  # text, all three
    with pytest.raises(TokenNotFoundError), session(other, PIN):
        pass


def test_two_tokens_of_one_name_are_told_apart_by_their_serials(
    token: TokenUri, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = token_session._matching

    def twice(uri: TokenUri, tokens: list[pkcs11.Token]) -> list[pkcs11.Token]:
        return found(uri, tokens) * (1 if uri.serial else 2)

    monkeypatch.setattr(token_session, "_matching", twice)
    with (
        pytest.raises(TokenNotFoundError, match=";serial=") as error,
        session(token, PIN),
    ):
        pass
    serial = str(error.value).rsplit(maxsplit=1)[-1]
    with session(replace(token, serial=serial), PIN) as opened:
        assert opened.token.label == token.token


def test_a_wrong_pin_is_told_and_never_shown_to_the_token_again(
    token: TokenUri, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TokenPinError, match="do not guess"), session(token, b"wrong-1"):
        pass
    opened: list[bytes] = []
    with monkeypatch.context() as watched:
        watched.setattr(
            token_session, "_pin_text", lambda _uri, pin: opened.append(pin)
        )
        with pytest.raises(TokenPinError), session(token, b"wrong-1"):
            pass
    assert opened == []
    with session(token, PIN):
        pass


@pytest.mark.parametrize("pin", [b"", b"\xff\xfe"])
def test_what_cannot_be_a_pin_is_not_shown_to_the_token(
    token: TokenUri, pin: bytes
) -> None:
    with pytest.raises(TokenPinError, match="is needed, as text"), session(token, pin):
        pass


@dataclass
class _Stub:
    """A token that says something about its PIN."""

    flags: TokenFlag
    label: str = "K"
    serial: bytes = b"1"
    tries: list[str] = field(default_factory=list)

    def open(self, *, rw: bool, user_pin: str) -> None:
        self.tries.append(f"{user_pin} {rw}")


@pytest.mark.parametrize(
    ("flag", "what"),
    [
        (TokenFlag.USER_PIN_LOCKED, "is locked"),
        (TokenFlag.USER_PIN_FINAL_TRY, "nothing was tried"),
    ],
)
def test_the_last_try_is_left_to_a_person(flag: TokenFlag, what: str) -> None:
    stub = _Stub(flags=flag | TokenFlag.TOKEN_INITIALIZED)
    with pytest.raises(TokenPinError, match=what):
        token_session._login(_URI, cast("pkcs11.Token", stub), PIN, write=False)
    assert stub.tries == []


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (raised.PinLocked(), TokenPinError),
        (raised.PinExpired(), TokenPinError),
        (raised.UserPinNotInitialized(), TokenPinError),
        (raised.DeviceRemoved(), TokenNotFoundError),
        (raised.TokenNotPresent(), TokenNotFoundError),
        (raised.NoSuchKey(), TokenKeyNotFoundError),
        (raised.KeyHandleInvalid(), TokenKeyNotFoundError),
        (raised.GeneralError(), TokenError),
        (raised.SessionCount(), TokenError),
        (raised.MechanismInvalid(), TokenError),
    ],
)
def test_every_failure_of_a_token_has_a_name_of_ours(
    token: TokenUri, error: Exception, kind: type[Exception]
) -> None:
    with pytest.raises(kind) as told, session(token, PIN):
        raise error
    assert type(told.value) is kind
    assert token.token is not None
    assert token.token.split()[0] in str(told.value)


def test_errors_that_are_not_a_tokens_pass_through(token: TokenUri) -> None:
    with pytest.raises(ZeroDivisionError), session(token, PIN):
        raise ZeroDivisionError


def test_a_token_that_comes_and_goes_is_found_when_it_is_there(
    token: TokenUri, token_folder: Tokens
) -> None:
    with session(token, PIN):
        pass
    token_folder.take_away()
    try:
        with pytest.raises(TokenNotFoundError), session(token, PIN):
            pass
    finally:
        token_folder.bring_back()
    with session(token, PIN) as opened:
        assert opened.token.label == token.token


def test_threads_take_turns(token: TokenUri) -> None:
    inside: list[int] = []
    most: list[int] = []

    def use() -> None:
        with session(token, PIN):
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 8


def test_without_softhsm_tests_are_skipped_or_fail_but_never_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for missing in ("tests.tokens.module_path", "shutil.which"):
        with monkeypatch.context() as without:
            if missing == "shutil.which":
                without.setattr(missing, lambda _: None)
            else:
                without.setattr(token_session, "_MODULE_FOLDERS", ())
            without.delenv(REQUIRED_VARIABLE, raising=False)
            with pytest.raises(pytest.skip.Exception, match="not installed"):
                require_softhsm()
            without.setenv(REQUIRED_VARIABLE, "1")
            with pytest.raises(pytest.fail.Exception, match=REQUIRED_VARIABLE):
                require_softhsm()
