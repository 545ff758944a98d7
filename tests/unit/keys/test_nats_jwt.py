"""Tests of `keys.nats_jwt`."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from keys.errors import KeyFormatError
from keys.nats_jwt import (
    UNRESTRICTED,
    AccountClaim,
    AccountLimits,
    Export,
    Import,
    Permissions,
    StreamExport,
    StreamImport,
    account_jwt,
    deletion_jwt,
    operator_jwt,
    user_jwt,
)
from keys.nkeys import KeyKind, NatsKey, decode_public

NOW_S = 1_800_000_000
OPERATOR = NatsKey(KeyKind.OPERATOR, bytes([1]) * 32)
ACCOUNT = NatsKey(KeyKind.ACCOUNT, bytes([2]) * 32)
OTHER = NatsKey(KeyKind.ACCOUNT, bytes([3]) * 32)
USER = NatsKey(KeyKind.USER, bytes([4]) * 32)


def read(jwt: str, issuer: NatsKey) -> dict[str, Any]:
    """Checks the signature and returns the claims."""
    header, claims, signature = (
        base64.urlsafe_b64decode(part + "==") for part in jwt.split(".")
    )
    assert json.loads(header) == {"typ": "JWT", "alg": "ed25519-nkey"}
    raw = decode_public(issuer.public, issuer.kind)
    signed = jwt.rpartition(".")[0].encode()
    Ed25519PublicKey.from_public_bytes(raw).verify(signature, signed)
    parsed: dict[str, Any] = json.loads(claims)
    assert parsed["iss"] == issuer.public
    assert parsed["iat"] == NOW_S
    assert parsed["nats"]["version"] == 2
    return parsed


CLAIM = AccountClaim(
    account=ACCOUNT.public, name="KEN", limits=AccountLimits(connections=3)
)


def account_claims(claim: AccountClaim = CLAIM) -> dict[str, Any]:
    return read(account_jwt(OPERATOR, claim, now_s=NOW_S), OPERATOR)


def user_claims(permissions: Permissions) -> dict[str, Any]:
    jwt = user_jwt(
        ACCOUNT, USER.public, name="node", permissions=permissions, now_s=NOW_S
    )
    return read(jwt, ACCOUNT)


def test_an_operator_speaks_for_itself() -> None:
    jwt = operator_jwt(OPERATOR, name="f", system_account=ACCOUNT.public, now_s=NOW_S)
    claims = read(jwt, OPERATOR)
    assert claims["sub"] == OPERATOR.public
    assert claims["nats"]["system_account"] == ACCOUNT.public


def test_an_account_has_no_storage_unless_given() -> None:
    limits = account_claims()["nats"]["limits"]
    assert limits["conn"] == 3
    assert limits["leaf"] == 0
    assert limits["disk_storage"] == limits["mem_storage"] == 0
    assert limits["streams"] == limits["consumer"] == 0


def test_an_export_names_the_token_that_the_server_checks() -> None:
    export = Export(
        name="in",
        subject="x.in.*",
        account_token_position=3,
        silence_s=60,
        streamed=True,
    )
    (said,) = account_claims(replace(CLAIM, exports=(export,)))["nats"]["exports"]
    assert said == {
        "name": "in",
        "subject": "x.in.*",
        "type": "service",
        "account_token_position": 3,
        "response_type": "Stream",
        "response_threshold": 60_000_000_000,
    }


def test_an_import_keeps_its_subject_unless_it_has_a_local_one() -> None:
    imports = (
        Import(name="a", account=OTHER.public, subject="s"),
        Import(name="b", account=OTHER.public, subject="s", local_subject="here"),
    )
    same, local = account_claims(replace(CLAIM, imports=imports))["nats"]["imports"]
    assert same["local_subject"] == "s"
    assert local["local_subject"] == "here"
    assert local["account"] == OTHER.public


def test_what_is_told_to_all_names_no_token_and_no_other_subject() -> None:
    told = StreamExport(name="news", subject="x.news")
    heard = StreamImport(name="news", account=OTHER.public, subject="x.news")
    said = account_claims(replace(CLAIM, exports=(told,), imports=(heard,)))["nats"]
    assert said["exports"] == [{"name": "news", "subject": "x.news", "type": "stream"}]
    assert said["imports"] == [
        {
            "name": "news",
            "subject": "x.news",
            "account": OTHER.public,
            "type": "stream",
        }
    ]


def test_revoked_users_are_named_with_their_time() -> None:
    claims = account_claims(replace(CLAIM, revoked={USER.public: NOW_S}))
    assert claims["nats"]["revocations"] == {USER.public: NOW_S}


def test_a_user_without_permissions_may_do_nothing() -> None:
    nats = user_claims(Permissions())["nats"]
    assert nats["pub"] == nats["sub"] == {"deny": [">"]}
    assert "resp" not in nats


def test_a_user_may_do_what_is_named_and_nothing_else() -> None:
    nats = user_claims(Permissions(publish=("a", "b"), subscribe=("c",), replies=True))[
        "nats"
    ]
    assert nats["pub"] == {"allow": ["a", "b"]}
    assert nats["sub"] == {"allow": ["c"]}
    assert nats["resp"]["max"] == 1


def test_a_user_lasts_until_it_expires() -> None:
    jwt = user_jwt(
        ACCOUNT,
        USER.public,
        name="node",
        permissions=UNRESTRICTED,
        now_s=NOW_S,
        expires_s=NOW_S + 60,
    )
    assert read(jwt, ACCOUNT)["exp"] == NOW_S + 60
    assert "exp" not in user_claims(UNRESTRICTED)


def test_a_deletion_names_the_accounts() -> None:
    claims = read(deletion_jwt(OPERATOR, [ACCOUNT.public], now_s=NOW_S), OPERATOR)
    assert claims["nats"]["type"] == "generic"
    assert claims["nats"]["accounts"] == [ACCOUNT.public]


def test_two_claims_have_two_identifiers() -> None:
    assert account_claims()["jti"] != account_claims(replace(CLAIM, name="BEL"))["jti"]


def test_an_account_cannot_sign_as_operator() -> None:
    claim = AccountClaim(account=OTHER.public, name="x", limits=AccountLimits())
    with pytest.raises(KeyFormatError):
        operator_jwt(ACCOUNT, name="x", system_account=OTHER.public, now_s=NOW_S)
    with pytest.raises(KeyFormatError):
        account_jwt(ACCOUNT, claim, now_s=NOW_S)
    with pytest.raises(KeyFormatError):
        deletion_jwt(ACCOUNT, [OTHER.public], now_s=NOW_S)


def test_a_user_cannot_sign_users() -> None:
    with pytest.raises(KeyFormatError):
        user_jwt(USER, USER.public, name="x", permissions=UNRESTRICTED, now_s=NOW_S)


@pytest.mark.parametrize("stranger", ["", "x.in.>", USER.public, OPERATOR.public])
def test_what_is_no_account_cannot_be_claimed_to_be_one(stranger: str) -> None:
    claim = AccountClaim(account=stranger, name="x", limits=AccountLimits())
    with pytest.raises(KeyFormatError):
        account_jwt(OPERATOR, claim, now_s=NOW_S)
    with pytest.raises(KeyFormatError):
        operator_jwt(OPERATOR, name="x", system_account=stranger, now_s=NOW_S)
    with pytest.raises(KeyFormatError):
        deletion_jwt(OPERATOR, [stranger], now_s=NOW_S)


def test_only_users_are_revoked_or_claimed_to_be_users() -> None:
    with pytest.raises(KeyFormatError):
        account_claims(replace(CLAIM, revoked={ACCOUNT.public: NOW_S}))
    with pytest.raises(KeyFormatError):
        user_jwt(ACCOUNT, OTHER.public, name="x", permissions=UNRESTRICTED, now_s=NOW_S)
