"""Speaks to the HTTP interface of a Rogatory node; see `Client` and `AsyncClient`."""

from rogatory_client.asynchronous import AsyncClient
from rogatory_client.client import Client
from rogatory_client.connection import Connection
from rogatory_client.errors import (
    ClientError,
    ForgedError,
    RefusedError,
    UnreachableError,
)
from rogatory_client.events import Event
from rogatory_client.webhooks import verify_webhook

__all__ = [
    "AsyncClient",
    "Client",
    "ClientError",
    "Connection",
    "Event",
    "ForgedError",
    "RefusedError",
    "UnreachableError",
    "verify_webhook",
]
