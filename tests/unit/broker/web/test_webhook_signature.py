"""Signatures on webhooks: as the scheme has them, and hard to forge."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis.strategies import binary

from broker.web.errors import ForgedWebhookError
from broker.web.webhook_signature import (
    ID,
    SIGNATURE,
    TIMESTAMP,
    WINDOW_MS,
    WebhookSecret,
    sign,
    verify,
)

NOW_MS = 1_790_000_000_000
SECRET = WebhookSecret(b"s" * 32)
BODY = b'{"event":"message.received"}'


def test_the_example_of_the_scheme_comes_out_as_published() -> None:
    # From the libraries of the scheme's own authors.
    secret = WebhookSecret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = sign(
        secret,
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330_000,
        b'{"test": 2432232314}',
    )
    assert signed == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@given(binary(max_size=200), binary(min_size=24, max_size=64))
def test_what_is_signed_verifies(body: bytes, key: bytes) -> None:
    secret = WebhookSecret(key)
    assert WebhookSecret.parse(secret.text) == secret
    assert verify(secret, sign(secret, "evt_1", NOW_MS, body), NOW_MS, body) == "evt_1"


@pytest.mark.parametrize(
    "change",
    [
        {ID: "evt_2"},
        {ID: "evt_1.1"},
        {ID: ""},
        {TIMESTAMP: str(NOW_MS // 1000 + 1)},
        {TIMESTAMP: "-1"},
        {TIMESTAMP: "1e9"},
        {TIMESTAMP: "٣"},
        {SIGNATURE: ""},
        {SIGNATURE: "v1,"},
        {SIGNATURE: "v1,!!!!"},
        {SIGNATURE: "v1,ключ"},
        {SIGNATURE: "v2," + b64encode(b"x" * 32).decode()},
    ],
)
def test_a_forged_webhook_is_refused(change: dict[str, str]) -> None:
    headers = sign(SECRET, "evt_1", NOW_MS, BODY) | change
    with pytest.raises(ForgedWebhookError):
        verify(SECRET, headers, NOW_MS, BODY)


def test_a_forged_webhook_with_another_body_or_secret_is_refused() -> None:
    headers = sign(SECRET, "evt_1", NOW_MS, BODY)
    with pytest.raises(ForgedWebhookError):
        verify(SECRET, headers, NOW_MS, BODY + b" ")
    with pytest.raises(ForgedWebhookError):
        verify(WebhookSecret.new(), headers, NOW_MS, BODY)


@pytest.mark.parametrize("sign_of", [-1, 1])
def test_an_old_webhook_that_is_sent_again_is_refused(sign_of: int) -> None:
    headers = sign(SECRET, "evt_1", NOW_MS, BODY)
    verify(SECRET, headers, NOW_MS + sign_of * WINDOW_MS, BODY)
    with pytest.raises(ForgedWebhookError, match="five minutes"):
        verify(SECRET, headers, NOW_MS + sign_of * (WINDOW_MS + 1000), BODY)


def test_one_of_two_secrets_is_enough_while_one_is_replaced() -> None:
    headers = sign(SECRET, "evt_1", NOW_MS, BODY)
    other = sign(WebhookSecret.new(), "evt_1", NOW_MS, BODY)[SIGNATURE]
    headers[SIGNATURE] = f"{other} {headers[SIGNATURE]}"
    verify(SECRET, headers, NOW_MS, BODY)


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_!", "whsec_é"])
def test_a_secret_that_is_none_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="24 to 64 bytes"):
        WebhookSecret.parse(text)


def test_a_secret_is_not_shown() -> None:
    secret = WebhookSecret.new()
    assert secret.text not in repr(secret)
    assert repr(secret.key) not in repr(secret)


def test_an_id_that_could_be_read_as_something_else_is_not_signed() -> None:
    with pytest.raises(ValueError, match="letters"):
        sign(SECRET, "a.1", NOW_MS, BODY)
