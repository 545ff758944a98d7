"""Tokens that an issuer has made whom the operator believes (OpenID Connect).

Fetching the issuer's keys is left to `broker.api.issuer_keys`; what a token stands for
here is in the settings, and never in the token.
"""

from collections.abc import Mapping
from typing import Any, Final, Protocol

import jwt

from broker.api.answering import problem
from broker.api.oidc_settings import OidcSettings
from broker.api.problems import ApiCode, ProblemError
from broker.api.roles import Caller

_TOKEN_MAX: Final = 8192  # characters
_TIME_MAX_S: Final = 2**40  # seconds since the epoch
_NO_TIMES: Final[Any] = {
    "require": ["exp", "iss", "aud"],
    # Times are compared with our own clock, below.
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "enforce_minimum_key_length": True,
}
_WHY: Final[Mapping[type[Exception], str]] = {
    jwt.InvalidAudienceError: "the token is for another audience",
    jwt.InvalidIssuerError: "the token is of another issuer",
    jwt.InvalidSignatureError: "the token is not signed by its issuer",
    jwt.InvalidAlgorithmError: "the token is signed in a way that is not taken",
    jwt.MissingRequiredClaimError: "the token does not say whose, for whom, how long",
}


class KeySource(Protocol):
    """Where the keys of an issuer are."""

    def find(self, key_id: str, now_ms: int) -> Mapping[str, Any] | None:
        """Returns a public key as JSON (RFC 7517); None if the issuer has none such.

        Raises:
            KeysAwayError: They cannot be had.
        """
        ...


class KeysAwayError(Exception):
    """The keys of an issuer cannot be had, or are none."""


class OidcTokens:
    """Believes the tokens of one issuer.

    Args:
        settings: Whose, for whom, and what they stand for.
        keys: The issuer's keys.
    """

    def __init__(self, settings: OidcSettings, keys: KeySource) -> None:
        self._settings = settings
        self._keys = keys
        self._callers = {
            one.value: Caller(
                client=one.client,
                agency=one.agency,
                roles=one.roles,
                desks=one.desks,
            )
            for one in settings.clients
        }

    def caller_of(self, token: str, now_ms: int) -> Caller:
        """Returns whose a token is.

        1. It names a key of the issuer, and one of our algorithms. 2. It is signed with
        that key, by our issuer, for our audience. 3. It holds now, and not for longer
        than it should. 4. Its claim is that of a client we know.

        Raises:
            ProblemError: UNAUTHENTICATED, and why; UNAVAILABLE: the issuer's keys
                cannot be had.
        """
        if len(token) > _TOKEN_MAX:
            raise _refused("the token is too long")
        # 1.
        key = self._key(token, now_ms)
        # 2.
        settings = self._settings
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=list(settings.algorithms),
                audience=settings.audience,
                issuer=settings.issuer,
                options=_NO_TIMES,
            )
        except (jwt.PyJWTError, ValueError) as error:
            raise _refused(_why(error)) from error
        # 3.
        self._check_times(claims, now_ms // 1000)
        # 4.
        value = claims.get(settings.claim)
        found = self._callers.get(value) if isinstance(value, str) else None
        if found is None:
            raise _refused(f"nobody is known here by this {settings.claim}")
        return found

    def _key(self, token: str, now_ms: int) -> jwt.PyJWK:
        try:
            head = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError) as error:
            raise _refused("it is no token") from error
        algorithm, key_id = head.get("alg"), head.get("kid")
        if algorithm not in self._settings.algorithms:
            raise _refused(_WHY[jwt.InvalidAlgorithmError])
        if not isinstance(key_id, str):
            raise _refused("the token does not name a key")
        try:
            found = self._keys.find(key_id, now_ms)
        except KeysAwayError as error:
            raise problem(
                ApiCode.UNAVAILABLE,
                "the keys of the token's issuer cannot be had",
                headers={"Retry-After": "30"},
            ) from error
        if found is None:
            raise _refused("the token names a key that its issuer does not have")
        if found.get("alg") not in {None, algorithm} or found.get("use") == "enc":
            raise _refused(_WHY[jwt.InvalidAlgorithmError])
        try:
            # The algorithm that we take decides how the key is read: a public key
            # never becomes a shared secret.
            return jwt.PyJWK(dict(found), algorithm=algorithm)
        except (jwt.PyJWTError, ValueError, KeyError, TypeError) as error:
            raise _refused(_WHY[jwt.InvalidAlgorithmError]) from error

    def _check_times(self, claims: Mapping[str, Any], now_s: int) -> None:
        # Some issuers leave out nbf: then it holds from when it was made.
        begins: Any = claims.get("nbf", claims.get("iat"))
        ends: Any = claims.get("exp")
        # Written so that what compares with nothing (NaN) is refused.
        if not all(
            isinstance(one, int | float) and 0 <= one < _TIME_MAX_S
            for one in (begins, ends)
        ):
            raise _refused("the token does not say from when, and how long, it holds")
        begins_s, ends_s = float(begins), float(ends)
        leeway_s = self._settings.leeway_s
        if now_s >= ends_s + leeway_s:
            raise _refused("the token has expired")
        if now_s < begins_s - leeway_s:
            raise _refused("the token does not hold yet")
        if ends_s - begins_s > self._settings.lifetime_max_s:
            raise _refused("the token holds for longer than is taken here")


def _refused(why: str) -> ProblemError:
    return problem(ApiCode.UNAUTHENTICATED, why)


def _why(error: Exception) -> str:
    return next(
        (words for kind, words in _WHY.items() if isinstance(error, kind)),
        "it is no token",
    )
