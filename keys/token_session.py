"""Sessions with a token: its library, the PIN, and what is told when it fails.

What is done in a session is left to `tokens`. One session at a time in a process: a
login belongs to all sessions that a process has with a token, and so does a logout.
"""

import hashlib
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pkcs11
from pkcs11 import exceptions as raised

from keys.errors import (
    TokenError,
    TokenKeyNotFoundError,
    TokenNotFoundError,
    TokenPinError,
)
from keys.token_uri import TokenUri

MODULE_VARIABLE: Final = "ROGATORY_PKCS11_MODULE"
"""Names the library that speaks to the tokens of this machine, by its path."""

_MODULE_FOLDERS: Final = tuple(
    Path(folder)
    for folder in (
        "/usr/lib/softhsm",
        "/usr/lib/x86_64-linux-gnu/softhsm",
        "/usr/lib/aarch64-linux-gnu/softhsm",
        "/usr/lib64/softhsm",
        "/usr/local/lib/softhsm",
        "/usr/lib/x86_64-linux-gnu/pkcs11",
        "/usr/lib/aarch64-linux-gnu/pkcs11",
        "/usr/lib64/pkcs11",
        "/usr/lib/pkcs11",
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu",
        "/usr/lib64",
        "/usr/lib",
        "/usr/local/lib",
    )
)
_MODULE_NAMES: Final = ("softhsm2", "opensc-pkcs11", "ykcs11")  # the first one there

_LOCK: Final = threading.RLock()
_REFUSED: Final[set[bytes]] = set()
"""Digests of PINs that a token refused: a service must not try one again and again."""
_REFUSED_KEY: Final = secrets.token_bytes(32)

_PIN_REFUSED: Final = (raised.PinIncorrect, raised.PinInvalid, raised.PinLenRange)
_PIN_UNUSABLE: Final = (
    raised.PinLocked,
    raised.PinExpired,
    raised.UserPinNotInitialized,
)
TOKEN_GONE: Final = (
    raised.TokenNotPresent,
    raised.TokenNotRecognised,
    raised.DeviceRemoved,
    raised.SlotIDInvalid,
    raised.NoSuchToken,
)
_NO_KEY: Final = (
    raised.NoSuchKey,
    raised.KeyHandleInvalid,
    raised.ObjectHandleInvalid,
)


@contextmanager
def session(
    uri: TokenUri, pin: bytes, *, write: bool = False
) -> Iterator[pkcs11.Session]:
    """Opens the token that `uri` names, and closes it in the end.

    A PIN that the token refused is not shown to it again by this process, and none is
    shown that would be the last try.

    Raises:
        TokenNotFoundError: No library, no such token, or several that fit.
        TokenPinError: The PIN is wrong, or must not be tried.
        TokenKeyNotFoundError: The key that was looked for inside is not there.
        TokenError: The token failed in another way.
    """
    with _LOCK, _told(uri):
        token = _find(uri)
        opened = _login(uri, token, pin, write=write)
        try:
            yield opened
        finally:
            # A token that was pulled out is logged out; a second error hides the first.
            with suppress(raised.PKCS11Error):
                opened.close()


def module_path(uri: TokenUri) -> Path:
    """Returns the library that speaks to the token.

    Raises:
        TokenNotFoundError: There is none where it should be.
    """
    named = uri.module_path or (
        None if uri.module_name else os.environ.get(MODULE_VARIABLE)
    )
    if named:
        path = Path(named)
        if not path.is_file():
            raise TokenNotFoundError(f"{path} is no library for tokens: no such file")
        return path
    names = (uri.module_name,) if uri.module_name else _MODULE_NAMES
    for name in names:
        for folder in _MODULE_FOLDERS:
            for path in (folder / f"lib{name}.so", folder / f"{name}.so"):
                if path.is_file():
                    return path
    raise TokenNotFoundError(
        f"no library for tokens ({', '.join(names)}) was found; install the token's "
        f"PKCS#11 library and name it: {MODULE_VARIABLE}=/path/to/library.so"
    )


def _find(uri: TokenUri) -> pkcs11.Token:
    path = module_path(uri)
    try:
        library = pkcs11.lib(str(path))
        tokens = _initialised(library.get_slots(token_present=True))
        if not _matching(uri, tokens):
            # Some libraries look for tokens only once, when they are started.
            library.reinitialize()
            tokens = _initialised(library.get_slots(token_present=True))
    except raised.PKCS11Error as error:
        raise TokenNotFoundError(
            f"the library {path} does not work ({type(error).__name__} {error}".rstrip()
            + f"); name the token's own: {MODULE_VARIABLE}=/path/to/library.so"
        ) from error
    found = _matching(uri, tokens)
    if len(found) == 1:
        return found[0]
    if found:
        serials = ", ".join(_serial(token) for token in found)
        raise TokenNotFoundError(
            f"several tokens are {uri.of_token}: add ;serial= with one of {serials}"
        )
    seen = ", ".join(sorted(repr(token.label) for token in tokens)) or "none at all"
    raise TokenNotFoundError(
        f"no token {uri.of_token} is there (found through {path}: {seen}); insert it, "
        f"or name its library: {MODULE_VARIABLE}=/path/to/library.so"
    )


def _initialised(slots: list[pkcs11.Slot]) -> list[pkcs11.Token]:
    tokens = []
    for slot in slots:
        with suppress(raised.PKCS11Error):  # one that is broken does not hide others
            tokens.append(slot.get_token())
    return [one for one in tokens if pkcs11.TokenFlag.TOKEN_INITIALIZED in one.flags]


def _matching(uri: TokenUri, tokens: list[pkcs11.Token]) -> list[pkcs11.Token]:
    return [
        token
        for token in tokens
        if uri.token in {None, token.label}
        and uri.serial in {None, _serial(token)}
        and uri.manufacturer in {None, token.manufacturer_id}
        and uri.model in {None, token.model}
    ]


def _serial(token: pkcs11.Token) -> str:
    return token.serial.rstrip(b"\0 ").decode("utf-8", errors="replace")


def _login(
    uri: TokenUri, token: pkcs11.Token, pin: bytes, *, write: bool
) -> pkcs11.Session:
    if pkcs11.TokenFlag.USER_PIN_LOCKED in token.flags:
        raise TokenPinError(
            f"the token {uri.of_token} is locked after too many wrong PINs; whoever "
            "holds its security officer's PIN can unlock it with the token's own tool"
        )
    if pkcs11.TokenFlag.USER_PIN_FINAL_TRY in token.flags:
        raise TokenPinError(
            f"one more wrong PIN would lock the token {uri.of_token}: nothing was "
            "tried. Log in once with the token's own tool, then repeat this"
        )
    tried = hashlib.blake2b(
        token.serial + b"\0" + token.label.encode() + b"\0" + pin, key=_REFUSED_KEY
    ).digest()
    if tried in _REFUSED:
        raise _refused(uri)
    try:
        return token.open(rw=write, user_pin=_pin_text(uri, pin))
    except _PIN_REFUSED:
        _REFUSED.add(tried)
        raise _refused(uri) from None


def _refused(uri: TokenUri) -> TokenPinError:
    return TokenPinError(
        f"the token {uri.of_token} refuses the PIN; do not guess: a token locks itself "
        "after a few wrong ones"
    )


def _pin_text(uri: TokenUri, pin: bytes) -> str:
    try:
        text = pin.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if not text:
        # Not shown to the token: it would count as a try.
        raise TokenPinError(f"a PIN of the token {uri.of_token} is needed, as text")
    return text


@contextmanager
def _told(uri: TokenUri) -> Iterator[None]:
    try:
        yield
    except _PIN_UNUSABLE as error:
        raise TokenPinError(
            f"the PIN of the token {uri.of_token} cannot be used "
            f"({type(error).__name__}); set one with the token's own tool"
        ) from error
    except TOKEN_GONE as error:
        raise TokenNotFoundError(
            f"the token {uri.of_token} is not there any more; insert it again"
        ) from error
    except _NO_KEY as error:
        raise TokenKeyNotFoundError(f"there is no key {uri}") from error
    except raised.PKCS11Error as error:
        raise TokenError(
            f"the token {uri.of_token} did not do it ({type(error).__name__} "
            f"{error}".rstrip()
            + "); its own tool may say more"
        ) from error
