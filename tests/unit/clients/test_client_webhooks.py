"""Webhooks as a receiver checks them: the node's own signature, forged and replayed."""

import base64
import hmac
from typing import Final

import pytest

from rogatory_client import ForgedError, verify_webhook

KEY: Final = b"k" * 32
SECRET: Final = "whsec_" + base64.b64encode(KEY).decode()
NOW_S: Final = 1_790_000_000.0
BODY: Final = b'{"event": "message.received"}'


def signed(body: bytes = BODY, key: bytes = KEY, at_s: float = NOW_S) -> dict[str, str]:
    stamp = str(int(at_s))
    mac = hmac.digest(key, f"msg_1.{stamp}.".encode() + body, "sha256")
    return {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": stamp,
        "Webhook-Signature": "v1a,other v1," + base64.b64encode(mac).decode(),
    }


def test_a_webhook_of_the_node_is_taken() -> None:
    assert verify_webhook(SECRET, signed(), BODY, NOW_S) == "msg_1"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (signed(key=b"x" * 32), BODY),
        (signed(), BODY + b" "),
        (signed(at_s=NOW_S - 301), BODY),
        (signed(at_s=NOW_S + 301), BODY),
        ({**signed(), "Webhook-Timestamp": "soon"}, BODY),
        ({**signed(), "Webhook-Id": "msg_2"}, BODY),
        ({**signed(), "Webhook-Signature": ""}, BODY),
        ({}, BODY),
    ],
    ids=[
        "another key",
        "a changed body",
        "replayed later",
        "ahead of time",
        "no time",
        "another id",
        "no signature",
        "no headers",
    ],
)
def test_a_forged_webhook_is_refused(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(ForgedError):
        verify_webhook(SECRET, headers, body, NOW_S)


def test_a_secret_that_is_none_is_refused() -> None:
    with pytest.raises(ForgedError):
        verify_webhook("whsec_%%%", signed(), BODY, NOW_S)
