"""Tells addresses of what happens: in order, one event at a time, until it is taken.

What an event looks like is left to whoever runs this, calling to `broker.web.calling`.
An event may come twice, after a crash between the call and its note; the id of the call
is the same then.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Protocol

import structlog

from broker.core.errors import BrokerError
from broker.core.happened import Happened
from broker.core.ports import Clock
from broker.core.webhooks import Webhook, WebhookState, WebhookTry
from broker.services.looking import keep_looking
from broker.web.calling import CallAnswer
from broker.web.errors import CallbackRefusedError, CallFailedError
from broker.web.webhook_signature import WebhookSecret, sign
from keys.errors import KeysError

_LOOK_S: Final = 0.25
_REST_S: Final = 5.0  # after something that is no answer of an address
_PAGE: Final = 200  # events that are read at once
_PARKED: Final = WebhookState.PARKED
_PROBLEM_SIZE: Final = 300  # characters that are kept of what went wrong


class WebhookRecords(Protocol):
    """What the sender needs of the node's database."""

    def webhooks_due(self, now_ms: int) -> list[Webhook]:
        """Returns those for which there may be something, and which may be tried."""
        ...

    def find_webhook(self, webhook_id: bytes) -> Webhook | None:
        """Returns one of them."""
        ...

    def happened_after(self, sequence: int, limit: int = ...) -> list[Happened]:
        """Returns what happened after an event, in order."""
        ...

    def pass_over(self, webhook_id: bytes, cursor: int) -> None:
        """Notes that nothing up to an event is for an address."""
        ...

    def note_try(
        self, webhook: Webhook, tried: WebhookTry, *, park: bool
    ) -> Webhook | None:
        """Notes what came of a call; returns the webhook as it is now.

        None when somebody else has changed it meanwhile.
        """
        ...

    def park_webhook(self, webhook_id: bytes, problem: str) -> None:
        """Notes that nothing more is to be sent to an address, and why."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookPorts:
    """What the sender works with.

    Attributes:
        store: The node's database.
        post: Calls an address; raises as `broker.web.calling.post` does.
        body: Returns what is sent about an event.
        secret: Returns what the calls of a webhook are signed with; raises KeysError.
        is_known: Tells whether a webhook's client may still be told of all that.
        clock: The time.
    """

    store: WebhookRecords
    post: Callable[[str, bytes, Mapping[str, str]], Awaitable[CallAnswer]]
    body: Callable[[Happened], bytes]
    secret: Callable[[Webhook], WebhookSecret]
    is_known: Callable[[Webhook], bool]
    clock: Clock


class WebhookSender:
    """Calls addresses, side by side: one that hangs holds nobody else up.

    Args:
        ports: What it works with.
    """

    def __init__(self, ports: WebhookPorts) -> None:
        self._ports = ports
        self._serving: dict[bytes, asyncio.Task[None]] = {}
        self._log = structlog.get_logger("webhooks")

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set; calls under way are broken off then."""
        try:
            await keep_looking(
                self.look,
                stop,
                every_s=_LOOK_S,
                waiting="webhooks wait",
                name="webhooks",
                backoff_s=5.0,
            )
        finally:
            for task in self._serving.values():
                task.cancel()
            await asyncio.gather(*self._serving.values(), return_exceptions=True)

    async def look(self) -> None:
        """Begins to serve every address that is due and is not being served.

        Raises:
            StoreError: The store cannot be read.
        """
        now_ms = self._ports.clock.now_ms()
        due = await asyncio.to_thread(self._ports.store.webhooks_due, now_ms)
        for webhook in due:
            if webhook.webhook_id not in self._serving:
                task = asyncio.create_task(self._serve(webhook))
                self._serving[webhook.webhook_id] = task

    async def idle(self) -> None:
        """Returns once nobody is being served."""
        while self._serving:
            await asyncio.gather(*self._serving.values(), return_exceptions=True)

    async def test(self, webhook: Webhook, body: bytes) -> WebhookTry:
        """Sends something that is no event, once; returns what came of it.

        Raises:
            StoreError: It cannot be noted.
            ContentError: The secret was protected under another key.
        """
        tried = await self._call(webhook, 0, body)
        store = self._ports.store
        await asyncio.to_thread(store.note_try, webhook, tried, park=False)
        return tried

    async def _serve(self, webhook: Webhook) -> None:
        try:
            await self._tell_all(webhook)
        except (BrokerError, KeysError) as error:
            self._log.warning("webhook-waits", url=_host(webhook), problem=str(error))
            await asyncio.sleep(_REST_S)
        except Exception:  # noqa: BLE001 - a flaw of ours must not end the others
            self._log.exception("webhook-waits", url=_host(webhook))
            await asyncio.sleep(_REST_S)
        finally:
            del self._serving[webhook.webhook_id]

    async def _tell_all(self, webhook: Webhook) -> None:
        """Tells an address of everything that it waits for, or up to a failure."""
        store = self._ports.store
        batch = await asyncio.to_thread(store.happened_after, webhook.cursor, _PAGE)
        for happened in batch:
            if webhook.wants(happened):
                # Anew for each: a slow address takes long over so many.
                if not await asyncio.to_thread(self._ports.is_known, webhook):
                    await self._park(webhook)
                    return
                after = await self._tell(webhook, happened)
                if after is None or after.failures or after.state is _PARKED:
                    return
                webhook = after
        if batch and batch[-1].entry.sequence > webhook.cursor:
            end = batch[-1].entry.sequence
            await asyncio.to_thread(store.pass_over, webhook.webhook_id, end)

    async def _park(self, webhook: Webhook) -> None:
        problem = f"the client {webhook.client} may no longer be told of all that"
        store = self._ports.store
        await asyncio.to_thread(store.park_webhook, webhook.webhook_id, problem)
        self._log.warning("webhook-parked", url=_host(webhook), problem=problem)

    async def _tell(self, webhook: Webhook, happened: Happened) -> Webhook | None:
        """Tells an address of one event; returns None if it is not to be served now."""
        store, sequence = self._ports.store, happened.entry.sequence
        tried = await self._call(webhook, sequence, self._ports.body(happened))
        # Somebody may have removed it, or parked it, while it was being called.
        now = await asyncio.to_thread(store.find_webhook, webhook.webhook_id)
        if now is None or now.cursor != webhook.cursor:
            return None
        gone = tried.status == HTTPStatus.GONE
        park = bool(tried.problem) and (gone or now.is_hopeless(tried.at_ms))
        after = await asyncio.to_thread(store.note_try, now, tried, park=park)
        if park:
            self._log.warning(
                "webhook-parked", url=_host(webhook), problem=tried.problem
            )
        return after

    async def _call(self, webhook: Webhook, sequence: int, body: bytes) -> WebhookTry:
        at_ms = self._ports.clock.now_ms()
        called = f"{webhook.webhook_id.hex()}-{sequence or f'test-{at_ms}'}"
        signed = sign(self._ports.secret(webhook), called, at_ms, body)
        headers = {"Content-Type": "application/json", **signed}
        status, problem = None, ""
        try:
            answer = await self._ports.post(webhook.url, body, headers)
        except (CallbackRefusedError, CallFailedError) as error:
            problem = str(error)[:_PROBLEM_SIZE]
        else:
            status = answer.status
            if not answer.is_success:
                problem = f"it answers {status}"
        return WebhookTry(
            sequence=sequence, at_ms=at_ms, status=status, problem=problem
        )


def _host(webhook: Webhook) -> str:
    """Returns as much of an address as may be logged: its path may be a secret."""
    return "/".join(webhook.url.split("/")[:3])
