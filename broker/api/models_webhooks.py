"""Webhooks as other systems register and see them, and what is sent to them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from broker.api.models_events import Event, EventName, event_name
from broker.api.times import Moment, moment
from broker.core.webhooks import (
    Webhook as KeptWebhook,
    WebhookState,
    WebhookTry as KeptTry,
)


class NewWebhook(BaseModel):
    """An address that is to be told of what happens."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[
        str,
        Field(
            min_length=1,
            max_length=2048,
            description="Where to post to: https, and a host that the operator of the "
            "node has listed.",
        ),
    ]
    events: Annotated[
        list[EventName],
        Field(max_length=20, description="Only these; empty: all of them."),
    ] = []
    after: Annotated[
        int | None,
        Field(
            ge=0,
            le=(1 << 53) - 1,
            description="Number of the event after which it begins; else with what "
            "happens from now on.",
        ),
    ] = None


class Webhook(BaseModel):
    """A webhook."""

    webhook_id: str
    client: Annotated[
        str,
        Field(
            description="Who registered it; what that client "
            "might be told of then, it is told of."
        ),
    ]
    url: str
    events: list[EventName]
    created_at: Moment
    state: WebhookState
    after: Annotated[int, Field(description="Number of the last event it has taken.")]
    failures: Annotated[int, Field(description="In a row, until now.")]
    next_try_at: Moment | None = None
    problem: Annotated[str | None, Field(description="What the last failure was.")] = (
        None
    )


class CreatedWebhook(Webhook):
    """A webhook that was just made, with its secret: it is shown this once."""

    secret: Annotated[
        str, Field(description="Signs every call (Standard Webhooks, v1).")
    ]


class Webhooks(BaseModel):
    """The webhooks of a node."""

    webhooks: list[Webhook]


class WebhookResumption(BaseModel):
    """From where a webhook is to go on."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[
        int | None,
        Field(
            ge=0,
            le=(1 << 53) - 1,
            description="Number of the event after which it goes on; else where it "
            "was. To pass over an event that it never takes, name that one.",
        ),
    ] = None


class WebhookTry(BaseModel):
    """One call of a webhook."""

    sequence: Annotated[
        int | None, Field(description="Number of the event; none: it was a test.")
    ] = None
    at: Moment
    status: Annotated[int | None, Field(description="What was answered.")] = None
    problem: Annotated[
        str | None, Field(description="Why it does not count as taken.")
    ] = None


class WebhookTries(BaseModel):
    """The newest calls of a webhook, newest first."""

    deliveries: list[WebhookTry]


class WebhookBody(BaseModel):
    """What is posted to a webhook."""

    type: EventName | Literal["test"]
    timestamp: Moment
    data: Annotated[Event | None, Field(description="The event.")] = None


def webhook_model(webhook: KeptWebhook) -> Webhook:
    """Returns a webhook as it is shown."""
    waits = webhook.failures and webhook.state is WebhookState.ACTIVE
    return Webhook(
        webhook_id=webhook.webhook_id.hex(),
        client=webhook.client,
        url=webhook.url,
        events=[event_name(one) for one in sorted(webhook.events)],
        created_at=moment(webhook.made_ms),
        state=webhook.state,
        after=webhook.cursor,
        failures=webhook.failures,
        next_try_at=moment(webhook.next_ms) if waits else None,
        problem=webhook.problem or None,
    )


def try_model(tried: KeptTry) -> WebhookTry:
    """Returns a call as it is shown."""
    return WebhookTry(
        sequence=tried.sequence or None,
        at=moment(tried.at_ms),
        status=tried.status,
        problem=tried.problem or None,
    )
