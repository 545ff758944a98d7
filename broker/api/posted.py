"""What the interface posts to others, for its description: nobody calls these here.

Posting it is left to `broker.api.webhook_beside`.
"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Header

from broker.api.models_webhooks import WebhookBody

POSTED: Final = APIRouter()
"""The calls, as OpenAPI's `webhooks`."""

ANSWERS: Final[dict[str, Any]] = {
    "2XX": {"description": "Taken, durably; it is not sent again."},
    "410": {"description": "Nobody is here any more: the webhook is parked."},
    "default": {"description": "Not taken: it is sent again later, before any other."},
}
"""What the receiver may answer, and what follows."""


@POSTED.post("event", operation_id="postEvent", summary="Something has happened")
def event(
    _body: WebhookBody,
    webhook_id: Annotated[
        str,
        Header(
            alias="webhook-id",
            description="The same whenever the same is sent again.",
        ),
    ],
    webhook_timestamp: Annotated[
        str, Header(alias="webhook-timestamp", description="Seconds since the epoch.")
    ],
    webhook_signature: Annotated[
        str,
        Header(
            alias="webhook-signature",
            description="Standard Webhooks v1: to be checked over the bytes as they "
            "came, before anything else is done with them.",
        ),
    ],
) -> None:
    """Tells a registered address of an event; it may come twice."""
    raise NotImplementedError((webhook_id, webhook_timestamp, webhook_signature))
