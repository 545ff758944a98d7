"""`/webhooks`: addresses that are told of what happens, for whoever administers.

Calling them is left to `broker.services.webhook_sender`.
"""

import secrets
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Response

from broker.api.answering import problem
from broker.api.describing import refusals
from broker.api.models_webhooks import (
    CreatedWebhook,
    NewWebhook,
    Webhook,
    WebhookResumption,
    Webhooks,
    WebhookTries,
    WebhookTry,
    try_model,
    webhook_model,
)
from broker.api.problems import ApiCode
from broker.api.roles import Caller, Role
from broker.api.routes_events import audience_of
from broker.api.state import Services, ServicesHere, having
from broker.api.strict_body import StrictRoute
from broker.api.webhook_beside import protected_secret, trial_body, webhook_sender
from broker.core.feed import Event as Happening
from broker.core.webhooks import Webhook as KeptWebhook
from broker.web.errors import CallbackRefusedError
from broker.web.listed_hosts import ListedHosts
from broker.web.webhook_signature import WebhookSecret

_ID_SIZE: Final = 16  # bytes
_MAX: Final = 100

Administrator = Annotated[Caller, Depends(having(Role.ADMINISTER))]
WebhookId = Annotated[
    str, Path(pattern=r"^[0-9a-f]{32}$", description="As it was made or listed.")
]
router = APIRouter(prefix="/webhooks", tags=["webhooks"], route_class=StrictRoute)


@router.post(
    "",
    status_code=201,
    operation_id="createWebhook",
    summary="Have an address told",
    responses=refusals(
        ApiCode.UNSUPPORTED_MEDIA_TYPE, ApiCode.CALLBACK_REFUSED, ApiCode.TOO_MANY
    ),
)
def create(
    services: ServicesHere, caller: Administrator, wanted: NewWebhook
) -> CreatedWebhook:
    """Registers an address. It is told of what its client may be told of, and no more.

    Every call is signed; the secret is in this answer, and nowhere else.
    """
    try:
        ListedHosts(services.settings.webhook_hosts).target(wanted.url)
    except CallbackRefusedError as error:
        raise problem(ApiCode.CALLBACK_REFUSED, str(error)) from None
    store = services.node.store
    if len(store.webhooks()) >= _MAX:
        raise problem(ApiCode.TOO_MANY, f"there are {_MAX} webhooks; delete one")
    end = store.feed_end()
    if wanted.after is not None and wanted.after > end:
        raise problem(ApiCode.BAD_REQUEST, f"the last event is {end}")
    webhook_id, secret = secrets.token_bytes(_ID_SIZE), WebhookSecret.new()
    made = KeptWebhook(
        webhook_id=webhook_id,
        client=caller.client,
        url=wanted.url,
        audience=audience_of(caller),
        operates=True,
        events=frozenset(map(Happening, wanted.events)),
        protected=protected_secret(services, webhook_id, secret),
        made_ms=services.clock.now_ms(),
        cursor=end if wanted.after is None else wanted.after,
    )
    store.add_webhook(made)
    shown = webhook_model(made).model_dump()
    return CreatedWebhook(secret=secret.text, **shown)


@router.get("", operation_id="listWebhooks", summary="Which are there?")
def list_(services: ServicesHere, _caller: Administrator) -> Webhooks:
    """Returns every webhook of the node, without its secret."""
    found = services.node.store.webhooks()
    return Webhooks(webhooks=[webhook_model(one) for one in found])


@router.get(
    "/{webhook_id}",
    operation_id="getWebhook",
    summary="How is it?",
    responses=refusals(ApiCode.NOT_FOUND),
)
def show(
    services: ServicesHere, _caller: Administrator, webhook_id: WebhookId
) -> Webhook:
    """Returns one webhook."""
    return webhook_model(_found(services, webhook_id))


@router.delete(
    "/{webhook_id}",
    status_code=204,
    operation_id="deleteWebhook",
    summary="Tell it nothing more",
    response_class=Response,
    responses=refusals(ApiCode.NOT_FOUND),
)
def delete(
    services: ServicesHere, _caller: Administrator, webhook_id: WebhookId
) -> Response:
    """Forgets a webhook, its secret and its deliveries."""
    _found(services, webhook_id)
    services.node.store.remove_webhook(bytes.fromhex(webhook_id))
    return Response(status_code=204)


@router.post(
    "/{webhook_id}/test",
    operation_id="testWebhook",
    summary="Try it now",
    responses=refusals(ApiCode.NOT_FOUND),
)
async def test(
    services: ServicesHere, _caller: Administrator, webhook_id: WebhookId
) -> WebhookTry:
    """Posts a signed test, once, and says what came of it."""
    webhook = _found(services, webhook_id)
    body = trial_body(services.clock.now_ms())
    return try_model(await webhook_sender(services).test(webhook, body))


@router.post(
    "/{webhook_id}/resume",
    operation_id="resumeWebhook",
    summary="Go on with it",
    responses=refusals(ApiCode.UNSUPPORTED_MEDIA_TYPE, ApiCode.NOT_FOUND),
)
def resume(
    services: ServicesHere,
    _caller: Administrator,
    webhook_id: WebhookId,
    wanted: WebhookResumption,
) -> Webhook:
    """Has a webhook that was parked, or waits, tried again at once."""
    _found(services, webhook_id)
    end = services.node.store.feed_end()
    if wanted.after is not None and wanted.after > end:
        raise problem(ApiCode.BAD_REQUEST, f"the last event is {end}")
    services.node.store.resume_webhook(bytes.fromhex(webhook_id), wanted.after)
    return webhook_model(_found(services, webhook_id))


@router.get(
    "/{webhook_id}/deliveries",
    operation_id="listWebhookDeliveries",
    summary="What came of its calls?",
    responses=refusals(ApiCode.NOT_FOUND),
)
def deliveries(
    services: ServicesHere,
    _caller: Administrator,
    webhook_id: WebhookId,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> WebhookTries:
    """Returns the newest calls; of each webhook, 200 are kept."""
    _found(services, webhook_id)
    found = services.node.store.webhook_tries(bytes.fromhex(webhook_id), limit)
    return WebhookTries(deliveries=[try_model(one) for one in found])


def _found(services: Services, webhook_id: str) -> KeptWebhook:
    found = services.node.store.find_webhook(bytes.fromhex(webhook_id))
    if found is None:
        raise problem(ApiCode.NOT_FOUND, "no such webhook")
    return found
