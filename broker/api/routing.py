"""All that the interface offers: one table of routers, one of what runs beside them."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from fastapi import APIRouter

from broker.api import (
    routes_adapters,
    routes_attachments,
    routes_cases,
    routes_events,
    routes_health,
    routes_messages,
    routes_node,
    routes_pending,
    routes_statements,
    routes_submitting,
    routes_watching,
    routes_webhooks,
)
from broker.api.state import Services
from broker.api.webhook_beside import webhooks_beside

PREFIX = "/v1"
"""What every path begins with."""

ROUTERS: tuple[APIRouter, ...] = (
    routes_health.router,
    routes_node.router,
    routes_submitting.router,
    routes_messages.router,
    routes_statements.router,
    routes_pending.router,
    routes_events.router,
    routes_webhooks.router,
    routes_attachments.router,
    routes_cases.router,
    routes_watching.router,
    routes_adapters.router,
)
"""A line for each file of routes."""

BESIDE: tuple[Callable[[Services], AbstractAsyncContextManager[object]], ...] = (
    webhooks_beside,
)
"""What runs as long as the interface does; what each gives is found in the state of the
application, under the name of its type: `app.state.beside[Type]`."""
