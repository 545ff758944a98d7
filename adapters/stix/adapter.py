"""The adapter `taxii`: deliveries as STIX 2.1, to be polled, pushed, or both.

What is made of a delivery is left to `adapters.stix.mapping`, what clients are shown to
`adapters.stix.taxii_app`.
"""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from typing import Final

import structlog

from adapters.contract import AdapterDefaults, AdapterKind, Desk
from adapters.errors import RejectedError, SystemAwayError
from adapters.reading import NOT_REPORTED, REPORTED, name_of
from adapters.secret import SecretError
from adapters.stix.ledger import BLOCK_US, Export, Ledger
from adapters.stix.mapping import Mapped, StixObject, map_delivery
from adapters.stix.pushing import Push
from adapters.stix.revoking import revoked_objects
from adapters.stix.settings import ServerSettings, TaxiiSettings
from adapters.stix.shelf import Shelf, revocation
from adapters.stix.taxii_app import TaxiiServer
from adapters.values import Consumed, Delivery, Emission, Finding, Withdrawal
from broker.core.adapting import above
from broker.core.errors import ConfigurationError
from broker.core.handling import Handling
from broker.web.server import ServerPlan, peer_certificate, serve
from broker.web.tls import server_context
from keys.framing import sha256

_LEDGER: Final = "exports.sqlite"
_SWEEP_S: Final = 60.0
"""How often is looked for what may not be kept any longer."""


class TaxiiAdapter(AdapterDefaults):
    """Deliveries as STIX 2.1.

    Args:
        settings: What the operator has set.
        desk: What the node gives.

    Attributes:
        listening: Set once clients can connect to the server.
        port: On which it listens; 0 before.
    """

    def __init__(self, settings: TaxiiSettings, desk: Desk) -> None:
        self._desk = desk
        self._server = settings.server
        self._pushed = settings.push
        self._push = None if settings.push is None else Push(settings.push)
        self._ledger = Ledger(desk.folder / _LEDGER)
        self._shelf = Shelf(self._ledger, desk.party)
        served = settings.server.collections if settings.server else ()
        self._collections = tuple(one.collection for one in served)
        self.listening = asyncio.Event()
        self.port = 0

    async def check(self) -> Sequence[Finding]:
        """Looks whether clients can be served, and the server to push to has it."""
        found = []
        if self._server is not None:
            found.append(_look_at_server(self._server))
        if self._push is not None:
            try:
                await self._push.look()
                found.append(Finding(ok=True, what="collection to push to"))
            except (SystemAwayError, RejectedError, SecretError) as error:
                advice = "look at [push] in the settings, and at the server"
                what = f"collection to push to: {error}"
                found.append(Finding(ok=False, what=what, advice=advice))
        return found

    async def deliver(self, delivery: Delivery) -> Consumed:
        """Puts it where clients find it, and pushes it; durable on return."""
        if name_of(delivery.kind) not in REPORTED:
            return Consumed(note=NOT_REPORTED)
        targets = self._targets(delivery)
        if not targets:
            return Consumed(note="no collection takes this kind with this handling")
        mapped = map_delivery(delivery, self._desk.party)
        if len(mapped.objects) > BLOCK_US:
            raise RejectedError("more objects than one export takes", code="too-large")
        known = self._ledger.add(export_of(delivery, mapped), self._desk.now_ms())
        if known.revoked_ms is not None:
            return Consumed(note="it was taken back before")
        self._shelf.put(known, mapped)
        if self._push is not None and self._push_takes(delivery.handling):
            # Before it is: what may be there has to be revoked there one day.
            self._ledger.note_pushed(delivery.message_digest, self._push.target)
            await _given(self._push, mapped.objects)
        told = json.dumps(mapped.objects, ensure_ascii=False, sort_keys=True).encode()
        return Consumed(
            emissions=tuple(
                Emission(target=target, sha256=sha256(told), handling=delivery.handling)
                for target in targets
            )
        )

    async def withdraw(self, withdrawal: Withdrawal) -> Consumed:
        """Revokes every object that was made of it, and forgets what it said."""
        digest = withdrawal.message_digest
        self._ledger.revoke(
            digest, withdrawal.at_ms, withdrawal.replacement, self._desk.now_ms()
        )
        self._shelf.drop(digest)
        export = self._ledger.find(digest)
        if export is None:
            return Consumed(note="it was not exported")
        # Whatever ceiling there is by now: what was given there is revoked there.
        if self._push is not None and self._ledger.was_pushed(
            digest, self._push.target
        ):
            await _given(
                self._push, revoked_objects(revocation(export, self._desk.party))
            )
        return Consumed(note=f"{len(export.ids)} objects revoked")

    async def run(self, stop: asyncio.Event) -> None:
        """Serves until `stop` is set, and takes back what has to be gone."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._sweep(stop))
                if self._server is not None:
                    await self._restore()
                    tasks.create_task(self._serve(self._server, stop))
        except ExceptionGroup as group:
            raise group.exceptions[0] from group

    async def _restore(self) -> None:
        # Contents are not kept here: what was exported is asked of the node again.
        async for delivery in self._desk.again(REPORTED):
            self._shelf.restore(delivery)

    async def _sweep(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._shelf.sweep(self._desk.now_ms())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _SWEEP_S)

    async def _serve(self, settings: ServerSettings, stop: asyncio.Event) -> None:
        server = TaxiiServer(
            self._shelf,
            self._collections,
            [one.client for one in settings.clients],
            settings.title,
            peer_certificate,
        )
        try:
            plan = ServerPlan(
                host=settings.host,
                port=settings.port,
                certificate=settings.certificate,
                key=settings.key,
                client_authorities=settings.client_authorities.read_bytes(),
                require_client=True,
            )
            await serve(server.application(), plan, stop, self._listening)
        except (ConfigurationError, OSError) as error:
            # Nothing is lost by it, and somebody can mend it while it is tried again.
            raise SystemAwayError(f"clients cannot be served: {error}") from error

    def _listening(self, port: int) -> None:
        self.port = port
        self.listening.set()
        structlog.get_logger("taxii").info("listening", port=port)

    def _targets(self, delivery: Delivery) -> list[str]:
        targets = [
            f"collection {one.title}"
            for one in self._collections
            if one.takes(delivery.kind, delivery.handling)
        ]
        if self._push_takes(delivery.handling):
            targets.append("collection of another server")
        return targets

    def _push_takes(self, handling: Handling) -> bool:
        return self._pushed is not None and not above(self._pushed.ceiling, handling)


def _look_at_server(settings: ServerSettings) -> Finding:
    """Tells whether what the server is to show can be read; opens no port."""
    what = f"certificates of the server on {settings.host}:{settings.port}"
    try:
        authorities = settings.client_authorities.read_bytes()
        server_context(
            settings.certificate, settings.key, authorities, require_client=True
        )
    except (ConfigurationError, OSError) as error:
        return Finding(ok=False, what=what, advice=str(error))
    return Finding(ok=True, what=what)


async def _given(push: Push, objects: Sequence[StixObject]) -> None:
    try:
        await push.give(objects)
    except SecretError as error:
        raise SystemAwayError(str(error)) from error


def export_of(delivery: Delivery, mapped: Mapped) -> Export:
    """Returns what the ledger remembers of a delivery, which is none of its content."""
    return Export(
        digest=delivery.message_digest,
        kind=delivery.kind,
        handling=delivery.handling,
        created_ms=delivery.created_ms,
        keep_until_ms=delivery.keep_until_ms,
        ids=tuple(str(one["id"]) for one in mapped.made if "modified" in one),
    )


KIND: Final = AdapterKind(
    name="taxii",
    title="STIX 2.1 by TAXII 2.1: a server of our own, and push to one of others",
    settings=TaxiiSettings,
    make=TaxiiAdapter,
)
