"""The sender of webhooks, put together, and run as long as the interface is.

What is sent, when and how often, is left to `broker.services.webhook_sender`.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from broker.api.models_events import event_model
from broker.api.models_webhooks import WebhookBody
from broker.api.roles import Role
from broker.api.routes_events import audience_of
from broker.api.settings import ApiSettings
from broker.api.state import Services
from broker.core.errors import ConfigurationError, StoreError
from broker.core.happened import Happened
from broker.core.status import iso_time
from broker.core.webhooks import Webhook
from broker.infra.adapter_lock import sole_runner
from broker.services.webhook_sender import WebhookPorts, WebhookSender
from broker.web.calling import Calls
from broker.web.listed_hosts import ListedHosts
from broker.web.webhook_signature import WebhookSecret
from keys.sealing import protect, unprotect

_LABEL: Final = b"webhook/"
_ASK_S: Final = 5.0  # whether the other process is still there


def webhook_sender(services: Services) -> WebhookSender:
    """Returns what calls the webhooks of a node.

    Raises:
        ConfigurationError: The authorities that the operator has named cannot be read.
    """
    store, calls = services.node.store, _calls(services)

    def is_known(webhook: Webhook) -> bool:
        registered = store.find_client(webhook.client)
        if registered is not None:
            return registered.holds(services.clock.now_ms())
        return _is_issued(services.settings, webhook)

    return WebhookSender(
        WebhookPorts(
            store=store,
            post=calls.post,
            body=event_body,
            secret=lambda webhook: secret_of(services, webhook),
            is_known=is_known,
            clock=services.clock,
        )
    )


@asynccontextmanager
async def webhooks_beside(services: Services) -> AsyncIterator[WebhookSender]:
    """Calls webhooks as long as the block lasts.

    Raises:
        ConfigurationError: The authorities that the operator has named cannot be read.
    """
    sender, stop = webhook_sender(services), asyncio.Event()
    running = asyncio.create_task(_run_alone(sender, services, stop))
    try:
        yield sender
    finally:
        stop.set()
        await running


async def _run_alone(
    sender: WebhookSender, services: Services, stop: asyncio.Event
) -> None:
    """Sends unless another process of this node does: nobody is told twice by two."""
    while not stop.is_set():
        with (
            suppress(ConfigurationError, StoreError),
            sole_runner(services.node.folder.root / "webhooks"),
        ):
            await sender.run(stop)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _ASK_S)


def _is_issued(settings: ApiSettings, webhook: Webhook) -> bool:
    """Tells whether a client of an issuer's may be told what its webhook is told.

    It is registered in the settings, where an operator may take something away.
    """
    for one in settings.oidc.clients if settings.oidc else ():
        if one.client == webhook.client and Role.ADMINISTER in one.roles:
            now = audience_of(one)
            before = webhook.audience
            return now.everything or (
                not before.everything
                and before.desks <= now.desks
                and before.agency in {"", now.agency}
            )
    return False


def event_body(happened: Happened) -> bytes:
    """Returns what is sent about an event."""
    event = event_model(happened)
    body = WebhookBody(type=event.event, timestamp=event.occurred_at, data=event)
    return body.model_dump_json(exclude_none=True).encode()


def trial_body(now_ms: int) -> bytes:
    """Returns what is sent in order to try an address."""
    body = WebhookBody(type="test", timestamp=iso_time(now_ms), data=None)
    return body.model_dump_json(exclude_none=True).encode()


def protected_secret(
    services: Services, webhook_id: bytes, secret: WebhookSecret
) -> bytes:
    """Returns a secret as it is kept: under the node's own key."""
    key = services.keys.holder.store_key
    return protect(key, secret.key, context=_LABEL + webhook_id)


def secret_of(services: Services, webhook: Webhook) -> WebhookSecret:
    """Returns what the calls of a webhook are signed with.

    Raises:
        ContentError: It was protected under another key.
    """
    key = services.keys.holder.store_key
    context = _LABEL + webhook.webhook_id
    return WebhookSecret(unprotect(key, webhook.protected, context=context))


def _calls(services: Services) -> Calls:
    settings, context = services.settings, None
    if settings.webhook_authorities is not None:
        path = services.node.folder.root / settings.webhook_authorities
        try:
            context = ssl.create_default_context(cafile=str(path))
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError(
                f"webhook_authorities {path} cannot be read: {error}"
            ) from error
    else:
        context = ssl.create_default_context()
    return Calls(allowed=ListedHosts(settings.webhook_hosts), context=context)
