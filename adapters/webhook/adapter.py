"""The adapter `webhook`: deliveries posted as JSON, signed, again until they are taken.

How an address may be called is left to `broker.web.calling`; trying again, to whatever
runs the adapter.
"""

import ssl
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from adapters.contract import AdapterDefaults, AdapterKind, Desk
from adapters.delivered import MEDIA_TYPE, delivered_json, withdrawn_json
from adapters.errors import RejectedError, SystemAwayError
from adapters.secret import SecretError, SecretRef
from adapters.values import Consumed, Delivery, Emission, Finding, Withdrawal
from broker.web.calling import CallLimits, post
from broker.web.errors import CallbackRefusedError, CallFailedError
from broker.web.listed_hosts import ListedHosts
from broker.web.webhook_signature import WebhookSecret, sign
from keys.framing import frame, sha256

_REJECTING: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
"""What says that this delivery will never be taken; anything else may pass."""
BODY_MAX: Final = 16 << 20  # bytes
"""Of what is posted: far more than a message makes, once it is written out."""


class WebhookSettings(BaseModel):
    """One address, and the secret that both sides know."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(
        description="where deliveries are posted to; https", max_length=2000
    )
    host: str = Field(
        description="the host that may be called: name, name:port, or with @network "
        "where its addresses are inside"
    )
    secret: SecretRef = Field(description='"whsec_…", such as file:/run/secrets/hook')
    authority: Path | None = Field(
        default=None, description="certificates that are believed; else the machine's"
    )
    timeout_s: float = Field(
        default=30.0, ge=1, le=120, description="seconds that a call may take"
    )


class WebhookAdapter(AdapterDefaults):
    """Posts what comes to one address.

    Args:
        settings: What the operator has set.
        desk: What the node gives.
    """

    def __init__(self, settings: WebhookSettings, desk: Desk) -> None:
        self._settings = settings
        self._desk = desk

    async def check(self) -> Sequence[Finding]:
        """Says whether the address may be called, and the secret is there."""
        return [
            self._address(),
            _secret(self._settings.secret),
            _authority(self._settings.authority),
        ]

    async def deliver(self, delivery: Delivery) -> Consumed:
        """Posts a delivery; raises as the contract says."""
        body = delivered_json(delivery)
        await self._post(delivery.key, body)
        emission = Emission(
            target=f"webhook {self._settings.host}",
            sha256=sha256(body),
            handling=delivery.handling,
        )
        return Consumed(emissions=(emission,))

    async def withdraw(self, withdrawal: Withdrawal) -> Consumed:
        """Posts that something must not be used any more; raises as `deliver` does."""
        await self._post(withdrawal.key, withdrawn_json(withdrawal))
        return Consumed(note="the system was told")

    async def _post(self, key: str, body: bytes) -> None:
        settings = self._settings
        if len(body) > BODY_MAX:
            # Tried again it would be as large, and nothing behind it would be given.
            raise RejectedError("more than one call may bring", code="too-large")
        try:
            # Read each time: a secret that was replaced is used at once.
            secret = WebhookSecret.parse(settings.secret.read().decode())
            # By digest: the same id whenever the same is sent again.
            webhook_id = sha256(frame(self._desk.name.encode(), key.encode())).hex()
            signed = sign(secret, webhook_id, self._desk.now_ms(), body)
            answer = await post(
                settings.url,
                body,
                {"Content-Type": MEDIA_TYPE, **signed},
                ListedHosts((settings.host,)),
                context=_trusted(settings.authority),
                limits=CallLimits(
                    whole_s=settings.timeout_s, request_max_size=BODY_MAX
                ),
            )
        except (ValueError, SecretError, OSError) as error:
            # An operator can put that right, and nothing is lost until then.
            raise SystemAwayError(f"webhook: {type(error).__name__}") from error
        except (CallbackRefusedError, CallFailedError) as error:
            raise SystemAwayError(f"webhook: {error}") from error
        if answer.status in _REJECTING:
            code = f"http-{answer.status}"
            raise RejectedError("the system does not take it", code=code, payload=body)
        if not answer.is_success:
            raise SystemAwayError(f"webhook: answered with {answer.status}")

    def _address(self) -> Finding:
        try:
            ListedHosts((self._settings.host,)).target(self._settings.url)
        except (ValueError, CallbackRefusedError) as error:
            return Finding(ok=False, what="the address", advice=str(error))
        return Finding(ok=True, what=f"{self._settings.host} may be called")


def _secret(reference: SecretRef) -> Finding:
    try:
        WebhookSecret.parse(reference.read().decode())
    except (ValueError, SecretError) as error:
        return Finding(ok=False, what="the secret", advice=str(error))
    return Finding(ok=True, what=f"the secret is there: {reference}")


def _authority(path: Path | None) -> Finding:
    try:
        _trusted(path)
    except OSError as error:
        what = f"{path}: {error.strerror or 'no certificates'}"
        return Finding(ok=False, what=what, advice="Name a file of certificates, PEM.")
    return Finding(ok=True, what="certificates to believe are there")


def _trusted(path: Path | None) -> ssl.SSLContext | None:
    return None if path is None else ssl.create_default_context(cafile=path)


KIND = AdapterKind(
    name="webhook",
    title="an address that deliveries are posted to, signed",
    settings=WebhookSettings,
    make=WebhookAdapter,
)
