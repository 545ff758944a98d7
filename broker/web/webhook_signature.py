"""Signatures on webhooks, after the Standard Webhooks scheme: `v1`, HMAC-SHA-256.

What is sent, and when it is sent again, is left to the callers. The scheme is at
https://www.standardwebhooks.com: three fields, `webhook-id`, `webhook-timestamp` in
seconds, and `webhook-signature`, which covers both and the body.
"""

import hmac
import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from broker.web.errors import ForgedWebhookError

ID: Final = "webhook-id"
TIMESTAMP: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"
WINDOW_MS: Final = 5 * 60_000
"""How far a time-stamp may be from the present, in ms: what the scheme recommends."""

_PREFIX: Final = "whsec_"
_VERSION: Final = "v1"
_NEW_SIZE: Final = 32  # bytes
_SIZES: Final = range(24, 65)  # bytes, by the scheme
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,128}\Z")  # no dot: it separates the parts
_TIME: Final = re.compile(r"[0-9]{1,12}\Z")
_SIGNATURES_MAX: Final = 16


@dataclass(frozen=True, slots=True)
class WebhookSecret:
    """What two sides know of each other: 24 to 64 bytes.

    Raises:
        ValueError: Not as many bytes.
    """

    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) not in _SIZES:
            raise ValueError("a webhook's secret has 24 to 64 bytes")

    @classmethod
    def new(cls) -> Self:
        """Returns one that nobody can guess."""
        return cls(secrets.token_bytes(_NEW_SIZE))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads "whsec_" and base64, as `text` gives it.

        Raises:
            ValueError: It is none; nothing of it is repeated.
        """
        encoded = text.strip().removeprefix(_PREFIX)
        try:
            return cls(b64decode(encoded, validate=True))
        except ValueError:  # of base64, or of the number of bytes
            raise ValueError(
                "a webhook's secret is whsec_ and 24 to 64 bytes in base64"
            ) from None

    @property
    def text(self) -> str:
        """As people hand it to each other."""
        return _PREFIX + b64encode(self.key).decode()


def sign(
    secret: WebhookSecret, webhook_id: str, now_ms: int, body: bytes
) -> dict[str, str]:
    """Returns the three fields that go with a body.

    Args:
        secret: Of the webhook.
        webhook_id: The same whenever the same is sent again: letters, digits, - and _.
        now_ms: When it is sent, in ms since the epoch; another each time.
        body: What is sent.

    Raises:
        ValueError: Not such an id.
    """
    if not _ID.match(webhook_id):
        raise ValueError("an id of a webhook has letters, digits, - and _ only")
    timestamp = str(now_ms // 1000)
    signed = b64encode(_mac(secret, webhook_id, timestamp, body)).decode()
    return {ID: webhook_id, TIMESTAMP: timestamp, SIGNATURE: f"{_VERSION},{signed}"}


def verify(
    secret: WebhookSecret, headers: Mapping[str, str], now_ms: int, body: bytes
) -> str:
    """Returns the id of a call that was signed with the secret, and lately.

    Whoever takes calls in has to remember ids for as long as the window: the same call
    may come twice.

    Args:
        secret: Of the webhook.
        headers: By name, in small letters.
        now_ms: The present, in ms since the epoch.
        body: As it came.

    Raises:
        ForgedWebhookError: It was not, or not lately.
    """
    webhook_id, timestamp = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    if not _ID.match(webhook_id) or not _TIME.match(timestamp):
        raise ForgedWebhookError(f"{ID} or {TIMESTAMP} is missing, or is none")
    expected = _mac(secret, webhook_id, timestamp, body)
    given = headers.get(SIGNATURE, "").split(" ")[:_SIGNATURES_MAX]
    # Several, while a secret is being replaced: any of them is enough.
    if not any(hmac.compare_digest(expected, one) for one in map(_signed, given)):
        raise ForgedWebhookError(f"{SIGNATURE} is not of this secret and body")
    if abs(int(timestamp) * 1000 - now_ms) > WINDOW_MS:
        raise ForgedWebhookError(f"{TIMESTAMP} is more than five minutes away")
    return webhook_id


def _mac(secret: WebhookSecret, webhook_id: str, timestamp: str, body: bytes) -> bytes:
    told = f"{webhook_id}.{timestamp}.".encode() + body
    return hmac.digest(secret.key, told, "sha256")


def _signed(given: str) -> bytes:
    version, _, encoded = given.partition(",")
    if version != _VERSION:
        return b""
    try:
        return b64decode(encoded, validate=True)
    except ValueError:
        return b""
