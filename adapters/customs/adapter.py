"""The adapter for customs: alerts become a watch-list, reports of posts become drafts.

What an entry says is left to `adapters.customs.drawing`, what goes out where to the
outlets, and what a report becomes to `adapters.customs.reports`.
"""

import asyncio
import contextlib
import json
from collections.abc import Iterator, Sequence
from typing import Final

import structlog

from adapters.contract import AdapterDefaults, AdapterKind, Desk
from adapters.customs.book import Book
from adapters.customs.drawing import Drawing
from adapters.customs.folder_outlet import FolderOutlet
from adapters.customs.mqtt_outlet import MqttOutlet
from adapters.customs.outlet import Outlet
from adapters.customs.report_intake import (
    DailyShare,
    ReportIntake,
    ReportKeeper,
    address_of,
)
from adapters.customs.settings import CustomsSettings
from adapters.customs.signing import ListSigner
from adapters.customs.watchlist import Entry
from adapters.customs.webhook_outlet import WebhookOutlet
from adapters.customs.wire import encoded, entry_json
from adapters.errors import SystemAwayError
from adapters.values import Consumed, Delivery, Emission, Finding, Received, Withdrawal
from broker.core.errors import ConfigurationError
from broker.core.handling import Handling
from keys.framing import sha256

_LOOK_S: Final = 60.0  # between looks for what is over, and for what a broker has lost
_PARTY_KEY_MIN: Final = 32  # bytes


class CustomsAdapter(AdapterDefaults):
    """Keeps border posts informed, and takes in what they report.

    Args:
        settings: As the operator has set them.
        desk: What the node gives.

    Raises:
        ConfigurationError: A key, a certificate or an address is none.
        SecretError: A secret is not where the settings say.
    """

    def __init__(self, settings: CustomsSettings, desk: Desk) -> None:
        self._desk = desk
        self._signer = ListSigner(settings.signing_key)
        self._names_compared = settings.party_key is not None
        drawing = Drawing(
            party=desk.party,
            party_key=_party_key(settings),
            keep_days=settings.keep_days,
        )
        self._book = Book(desk, drawing)
        self._giving = asyncio.Lock()
        self._outlets = tuple(self._made(settings))
        self._reports = ReportKeeper(
            desk, Handling.parse(settings.report_handling), self._book.watchlist
        )
        self._intake: ReportIntake | None = None
        if settings.mqtt is not None and settings.mqtt.reports:
            self._intake = ReportIntake(
                settings.mqtt.for_reports(),
                self._reports,
                self._signer,
                f"rogatory-{desk.name}-in",
                DailyShare(settings.mqtt.reports_a_day, desk.now_ms),
            )

    def __repr__(self) -> str:
        return f"CustomsAdapter({', '.join(one.name for one in self._outlets)})"

    async def check(self) -> Sequence[Finding]:
        """Looks at every way out, and says by which key posts know the list."""
        # To leave them out is a choice: posts do without.
        names = Finding(
            ok=True,
            what="names of parties are on the list, as tokens"
            if self._names_compared
            else "names of parties are left out, for want of a party_key",
        )
        jwk = json.dumps(self._signer.public_key)
        key = Finding(ok=True, what=f"lists are signed by the key {jwk}")
        async with self._giving:  # both go by the same name at a broker
            found = [await one.check() for one in self._outlets]
        return (*found, names, key)

    async def deliver(self, delivery: Delivery) -> Consumed:
        """Puts a delivery on the list, and gives the list out.

        Raises:
            SystemAwayError: A way out cannot be reached.
            RejectedError: It cannot be combined with what it updates.
        """
        entry = await self._book.take(delivery)
        await self._give_out()
        if entry is None:
            return Consumed(note="leaves nothing on the watch-list")
        return Consumed(emissions=tuple(self._emissions(entry)))

    async def withdraw(self, withdrawal: Withdrawal) -> Consumed:
        """Takes off the list what rests on a message, everywhere.

        Raises:
            SystemAwayError: A way out cannot be reached.
        """
        name = await self._book.withdraw(withdrawal)
        await self._give_out()
        if not name:
            return Consumed(note="nothing of it is on the watch-list")
        return Consumed(note=f"withdrawn from entry {name}")

    async def mend(self, received: Received) -> None:
        """Takes in a report again that was set aside.

        Raises:
            RejectedError: It still cannot be used.
            StoreError: It could not be stored.
        """
        await self._reports.propose(received.data, address_of(received))

    async def run(self, stop: asyncio.Event) -> None:
        """Takes in reports, and keeps the list current, until `stop` is set."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_current(stop))
            if self._intake is not None:
                group.create_task(self._intake.run(stop))

    def _made(self, settings: CustomsSettings) -> Iterator[Outlet]:
        if settings.folder is not None:
            yield FolderOutlet(settings.folder, self._signer)
        if settings.webhook is not None:
            yield WebhookOutlet(settings.webhook, self._signer, self._desk.now_ms)
        if settings.mqtt is not None:
            identifier = f"rogatory-{self._desk.name}-out"
            yield MqttOutlet(
                settings.mqtt,
                self._signer,
                identifier,
                self._desk.now_ms,
                self._book.store.place_of,
            )

    def _emissions(self, entry: Entry) -> Iterator[Emission]:
        given = sha256(encoded(entry_json(entry)))
        for outlet in self._outlets:
            yield Emission(
                target=f"{outlet.name}: entry {entry.entry_id} v{entry.version}",
                sha256=given,
                handling=entry.handling,
            )

    async def _give_out(self) -> None:
        """Gives every way out what it does not have yet.

        One that is away keeps none of the others waiting.

        Raises:
            SystemAwayError: At least one is away.
        """
        away: list[str] = []
        async with self._giving:
            for outlet in self._outlets:
                given = self._book.store.given(outlet.name, outlet.place)
                change = await self._book.change_after(given)
                if change.revision == given:
                    continue
                try:
                    await outlet.give(change, self._book.watchlist)
                except SystemAwayError as error:
                    away.append(str(error))
                else:
                    self._note_given(outlet, change.revision)
        if away:
            raise SystemAwayError("; ".join(away))

    async def _keep_current(self, stop: asyncio.Event) -> None:
        """Drops what is over, and gives out again what was lost there."""
        log = structlog.get_logger("customs")
        while not stop.is_set():
            try:
                await self._look()
            except SystemAwayError as error:
                log.warning("list-waits", why=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _LOOK_S)

    async def _look(self) -> None:
        await self._book.expire()
        await self._give_out()
        listed = await self._book.watchlist()
        if listed.revision == 0:
            return
        away: list[str] = []
        for outlet in self._outlets:
            try:
                async with self._giving:
                    held = await outlet.holds(listed)
            except SystemAwayError as error:
                away.append(str(error))
                continue
            if not held:
                self._note_given(outlet, 0)
        await self._give_out()
        if away:
            raise SystemAwayError("; ".join(away))

    def _note_given(self, outlet: Outlet, revision: int) -> None:
        self._book.store.note_given(outlet.name, outlet.place, revision)


def _party_key(settings: CustomsSettings) -> bytes:
    """Returns the key of the tokens of names; empty when names are not compared.

    Raises:
        ConfigurationError: It is so short that it could be guessed.
        SecretError: It is not there.
    """
    if settings.party_key is None:
        return b""
    key = settings.party_key.read()
    if len(key) < _PARTY_KEY_MIN:
        raise ConfigurationError(
            f"{settings.party_key}: {_PARTY_KEY_MIN} bytes or more are needed"
        )
    return key


def _made(settings: CustomsSettings, desk: Desk) -> CustomsAdapter:
    return CustomsAdapter(settings, desk)


KIND: Final = AdapterKind(
    name="customs",
    title="watch-list for border posts and customs; seizure reports from them",
    settings=CustomsSettings,
    make=_made,
)
