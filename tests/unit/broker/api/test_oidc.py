"""Tokens of an issuer: believed for our audience, now, and under its own keys only."""

import base64
import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from pydantic import ValidationError

from broker.api.issuer_keys import IssuerKeys, keys_of
from broker.api.oidc import KeysAwayError, OidcTokens
from broker.api.oidc_settings import OidcSettings
from broker.api.problems import ProblemError
from broker.api.roles import Role
from tests.world import NOW_MS

_NOW_S: Final = NOW_MS // 1000
_EC: Final = ec.generate_private_key(ec.SECP256R1())
_ED: Final = ed25519.Ed25519PrivateKey.generate()
_RSA: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_OTHER: Final = ec.generate_private_key(ec.SECP256R1())
_CLIENT: Final = {
    "value": "customs-system",
    "client": "customs",
    "agency": "Customs",
    "roles": ["read", "submit"],
    "desks": ["customs"],
}
_BY: Final[Mapping[str, tuple[str, Any]]] = {
    "ES256": ("ec", _EC),
    "EdDSA": ("ed", _ED),
    "RS256": ("rsa", _RSA),
}


def jwks() -> bytes:
    """Returns the keys of the issuer, as it publishes them."""
    keys = [
        {"kid": "ec", **ECAlgorithm.to_jwk(_EC.public_key(), as_dict=True)},
        {"kid": "ed", **OKPAlgorithm.to_jwk(_ED.public_key(), as_dict=True)},
        {"kid": "rsa", **RSAAlgorithm.to_jwk(_RSA.public_key(), as_dict=True)},
        {"kid": "shared", "kty": "oct", "k": "c2VjcmV0"},
        {"kid": "private", **ECAlgorithm.to_jwk(_OTHER, as_dict=True)},
        {"kid": "broken", "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
    ]
    return json.dumps({"keys": keys}).encode()


def settings(**changes: object) -> OidcSettings:
    written = {
        "issuer": "https://login.example",
        "audience": "rogatory-ken",
        "jwks_url": "https://login.example/keys",
        "clients": [_CLIENT],
    }
    return OidcSettings.model_validate({**written, **changes})


def token(
    algorithm: str = "ES256",
    headers: dict[str, Any] | None = None,
    **changes: object,
) -> str:
    key_id, key = _BY[algorithm]
    claims = {
        "iss": "https://login.example",
        "aud": "rogatory-ken",
        "iat": _NOW_S,
        "nbf": _NOW_S,
        "exp": _NOW_S + 600,
        "client_id": "customs-system",
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(
        kept, key, algorithm=algorithm, headers=headers or {"kid": key_id}
    )


@pytest.fixture
def tokens() -> OidcTokens:
    return OidcTokens(settings(), IssuerKeys(jwks))


def refused(tokens: OidcTokens, text: str) -> str:
    with pytest.raises(ProblemError) as refusal:
        tokens.caller_of(text, NOW_MS)
    assert refusal.value.status == 401
    return refusal.value.detail


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "RS256"])
def test_a_good_token_stands_for_what_the_settings_say(
    tokens: OidcTokens, algorithm: str
) -> None:
    found = tokens.caller_of(token(algorithm), NOW_MS)
    assert (found.client, found.agency) == ("customs", "Customs")
    assert found.roles == {Role.READ, Role.SUBMIT}
    assert found.desks == {"customs"}


def test_one_without_nbf_holds_from_when_it_was_made(tokens: OidcTokens) -> None:
    assert tokens.caller_of(token(nbf=None), NOW_MS).client == "customs"
    assert "not hold yet" in refused(tokens, token(nbf=None, iat=_NOW_S + 60))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"exp": _NOW_S - 31, "nbf": _NOW_S - 600}, "expired"),
        ({"nbf": _NOW_S + 31}, "not hold yet"),
        ({"aud": "rogatory-bel"}, "another audience"),
        ({"aud": ["rogatory-bel", "x"]}, "another audience"),
        ({"aud": None}, "does not say"),
        ({"iss": "https://login.example.evil"}, "another issuer"),
        ({"iss": None}, "does not say"),
        ({"exp": None}, "does not say"),
        ({"exp": _NOW_S + 90_000}, "longer"),
        ({"exp": float("inf")}, "does not say"),
        ({"exp": float("nan")}, "does not say"),
        ({"exp": 10**400}, "does not say"),
        ({"exp": "tomorrow"}, "does not say"),
        ({"iat": None, "nbf": None}, "does not say"),
        ({"client_id": "somebody"}, "nobody is known"),
        ({"client_id": ["customs-system"]}, "nobody is known"),
        ({"client_id": None}, "nobody is known"),
    ],
    ids=str,
)
def test_a_token_that_says_the_wrong_thing_is_refused(
    tokens: OidcTokens, changes: dict[str, Any], why: str
) -> None:
    assert why in refused(tokens, token(**changes))


def test_a_token_signed_by_somebody_else_is_refused(tokens: OidcTokens) -> None:
    forged = jwt.encode({"exp": 1}, _OTHER, algorithm="ES256", headers={"kid": "ec"})
    assert "not signed" in refused(tokens, forged)


@pytest.mark.parametrize("key_id", ["shared", "private", "broken", "../ec", ""])
def test_a_key_that_the_issuer_does_not_have_is_refused(
    tokens: OidcTokens, key_id: str
) -> None:
    assert refused(tokens, token(headers={"kid": key_id}))


def test_a_token_without_a_signature_is_refused(tokens: OidcTokens) -> None:
    bare = jwt.encode({"exp": 1}, "", algorithm="none", headers={"kid": "ec"})
    assert "way that is not taken" in refused(tokens, bare)


def test_a_public_key_is_never_taken_for_a_shared_secret(tokens: OidcTokens) -> None:
    def part(value: object) -> bytes:
        raw = json.dumps(value).encode()
        return base64.urlsafe_b64encode(raw).rstrip(b"=")

    secret = json.dumps(ECAlgorithm.to_jwk(_EC.public_key(), as_dict=True)).encode()
    signed = part({"alg": "HS256", "kid": "ec"}) + b"." + part({"exp": 1})
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    proof = base64.urlsafe_b64encode(mac.sign(signed, secret)).rstrip(b"=")
    text = (signed + b"." + proof).decode()
    assert "way that is not taken" in refused(tokens, text)


@pytest.mark.parametrize(
    "text", ["", "a.b.c", "....", "é", "x" * 9000, "eyJhbGciOjF9.e30."]
)
def test_what_is_no_token_is_refused(tokens: OidcTokens, text: str) -> None:
    assert refused(tokens, text)


def counted(asked: list[bytes]) -> Callable[[], bytes]:
    """Returns what gives the keys, and notes that it was asked."""

    def fetch() -> bytes:
        asked.append(jwks())
        return asked[-1]

    return fetch


class TestTheKeysOfAnIssuer:
    def test_are_asked_for_once_and_kept(self) -> None:
        asked: list[bytes] = []
        keys = IssuerKeys(counted(asked))
        assert keys.find("ec", NOW_MS)
        assert keys.find("ed", NOW_MS + 3_599_000)
        assert len(asked) == 1
        assert keys.find("ed", NOW_MS + 3_600_000)
        assert len(asked) == 2

    def test_are_asked_for_again_at_most_once_a_minute_whoever_makes_keys_up(
        self,
    ) -> None:
        asked: list[bytes] = []
        keys = IssuerKeys(counted(asked))
        for second in range(120):
            assert keys.find(f"made-up-{second}", NOW_MS + second * 1000) is None
        assert len(asked) == 2

    def test_are_asked_for_again_after_the_clock_was_put_back(self) -> None:
        asked: list[bytes] = []
        keys = IssuerKeys(counted(asked))
        assert keys.find("ec", NOW_MS + 10**12)
        assert keys.find("ec", NOW_MS)
        assert keys.find("made-up", NOW_MS + 61_000) is None
        assert len(asked) == 3

    def test_keep_nobody_waiting_while_a_slow_issuer_is_asked(self) -> None:
        asked, answers = threading.Event(), threading.Event()
        first = True

        def slow() -> bytes:
            nonlocal first
            if not first:
                asked.set()
                assert answers.wait(10)
            first = False
            return jwks()

        keys = IssuerKeys(slow)
        assert keys.find("ec", NOW_MS)
        later_ms = NOW_MS + 61_000
        asking = threading.Thread(target=keys.find, args=("made-up", later_ms))
        asking.start()
        assert asked.wait(10)
        assert keys.find("ec", later_ms)
        with pytest.raises(KeysAwayError):
            keys.find("another", later_ms)
        answers.set()
        asking.join()

    def test_are_used_for_a_day_when_the_issuer_is_away(self) -> None:
        answers = [jwks()]

        def fetch() -> bytes:
            if not answers:
                raise KeysAwayError("away")
            return answers.pop()

        keys = IssuerKeys(fetch)
        assert keys.find("ec", NOW_MS)
        assert keys.find("ec", NOW_MS + 86_399_000)
        with pytest.raises(KeysAwayError):
            keys.find("ec", NOW_MS + 86_400_000)

    @pytest.mark.parametrize(
        "answer",
        [b"", b"[]", b"{}", b'{"keys": 1}', b'{"keys": [' + b"1," * 200 + b"1]}"],
    )
    def test_that_are_none_leave_nobody_in(self, answer: bytes) -> None:
        tokens = OidcTokens(settings(), IssuerKeys(lambda: answer))
        with pytest.raises(ProblemError) as refusal:
            tokens.caller_of(token(), NOW_MS)
        assert refusal.value.status == 503
        assert refusal.value.headers["Retry-After"]

    def test_may_lie_in_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "keys.json").write_bytes(jwks())
        named = settings(jwks_url="", jwks_file="keys.json")
        assert keys_of(named, tmp_path).find("ec", NOW_MS)
        with pytest.raises(KeysAwayError):
            keys_of(settings(jwks_url="", jwks_file="none"), tmp_path).find("x", NOW_MS)


@pytest.mark.parametrize(
    "changes",
    [
        {"jwks_url": "http://login.example/keys"},
        {"jwks_url": ""},
        {"jwks_file": "keys.json"},
        {"algorithms": ["HS256"]},
        {"algorithms": ["none"]},
        {"algorithms": []},
        {"clients": []},
        {"clients": [_CLIENT, _CLIENT]},
        {"clients": [{**_CLIENT, "roles": ["emperor"]}]},
        {"surprise": 1},
    ],
    ids=str,
)
def test_settings_that_cannot_be_meant_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        settings(**changes)
