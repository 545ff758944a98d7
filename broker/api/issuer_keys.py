"""The public keys of an issuer of tokens: from a file, or from its address, kept.

What is believed under them is left to `broker.api.oidc`.
"""

import json
import ssl
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import httpx2

from broker.api.oidc import KeysAwayError
from broker.api.oidc_settings import OidcSettings
from broker.core.errors import ConfigurationError

_FRESH_MS: Final = 3_600_000
"""For how long keys are used without asking again."""
_KEPT_MS: Final = 86_400_000
"""For how long they are used when the issuer cannot be asked."""
_AGAIN_MS: Final = 60_000
"""Nobody who names an unknown key makes us ask more often than that."""
_WAIT_S: Final = 5.0
_SIZE_MAX: Final = 262_144  # bytes
_KEYS_MAX: Final = 100

Keys = Mapping[str, Mapping[str, Any]]


class IssuerKeys:
    """Keeps the keys of an issuer, and asks again when it has to.

    Args:
        fetch: Returns them as JSON (RFC 7517); raises KeysAwayError.
    """

    def __init__(self, fetch: Callable[[], bytes]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._keys: Keys = {}
        self._known_ms: int | None = None
        self._asked_ms: int | None = None

    def find(self, key_id: str, now_ms: int) -> Mapping[str, Any] | None:
        """Returns a key by its id.

        Raises:
            KeysAwayError: There are none that could be used still.
        """
        if self._is_fresh(now_ms) and key_id in self._keys:
            return self._keys[key_id]
        # One asks, and nobody waits for it: whoever makes keys up would otherwise
        # have everybody wait for a slow issuer.
        if self._lock.acquire(blocking=False):
            try:
                self._ask(key_id, now_ms)
            finally:
                self._lock.release()
        elif key_id not in self._keys:
            raise KeysAwayError("the issuer is being asked")
        if not _within(self._known_ms, now_ms, _KEPT_MS):
            raise KeysAwayError("the issuer's keys cannot be had")
        return self._keys.get(key_id)

    def _is_fresh(self, now_ms: int) -> bool:
        return _within(self._known_ms, now_ms, _FRESH_MS)

    def _ask(self, key_id: str, now_ms: int) -> None:
        if self._is_fresh(now_ms) and key_id in self._keys:
            return
        if _within(self._asked_ms, now_ms, _AGAIN_MS):
            return
        self._asked_ms = now_ms
        try:
            self._keys = _read(self._fetch())
        except KeysAwayError:
            # Those known before are used until they are too old.
            return
        self._known_ms = now_ms


def _within(since_ms: int | None, now_ms: int, span_ms: int) -> bool:
    """Tells whether something was that short a while ago.

    What was in the future was before the clock was put back: nobody knows how long.
    """
    return since_ms is not None and 0 <= now_ms - since_ms < span_ms


def keys_of(settings: OidcSettings, folder: Path) -> IssuerKeys:
    """Returns the keys of the issuer that the settings name.

    Args:
        settings: With its address, or a file.
        folder: That relative paths are meant from.

    Raises:
        ConfigurationError: The authorities cannot be read.
    """
    if settings.jwks_file is not None:
        file = folder / settings.jwks_file
        return IssuerKeys(lambda: _from_file(file))
    context = _context(settings, folder)
    return IssuerKeys(lambda: _from_address(settings.jwks_url, context))


def _from_file(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(_SIZE_MAX)
    except OSError as error:
        raise KeysAwayError(f"{file}: {error.strerror}") from error


def _from_address(url: str, context: ssl.SSLContext) -> bytes:
    found = bytearray()
    try:
        with (
            httpx2.Client(
                verify=context,
                timeout=_WAIT_S,
                follow_redirects=False,
                trust_env=False,
            ) as client,
            client.stream("GET", url) as answer,
        ):
            answer.raise_for_status()
            for piece in answer.iter_bytes():
                found += piece
                if len(found) > _SIZE_MAX:
                    raise KeysAwayError("the answer is too large")
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise KeysAwayError(f"{url}: {type(error).__name__}") from error
    return bytes(found)


def _context(settings: OidcSettings, folder: Path) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.jwks_authorities is None:
        return context
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_verify_locations(cafile=folder / settings.jwks_authorities)
    except (ssl.SSLError, OSError) as error:
        raise ConfigurationError(
            f"oidc.jwks_authorities cannot be read: {error}"
        ) from error
    return context


def _read(data: bytes) -> Keys:
    try:
        listed = json.loads(data)["keys"]
        if not isinstance(listed, list) or len(listed) > _KEYS_MAX:
            raise KeysAwayError("it is no set of keys")
        return {
            one["kid"]: one
            for one in listed
            if isinstance(one, dict)
            and isinstance(one.get("kid"), str)
            # A secret, shared or not, has no place among public keys.
            and one.get("kty") in {"RSA", "EC", "OKP"}
            and "d" not in one
        }
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise KeysAwayError("it is no set of keys") from error
