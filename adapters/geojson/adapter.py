"""The adapter `geojson`: routes as one GeoJSON file that is always the present one.

What a corridor is, and how it is written, is left to `broker.core.routes`.
"""

import asyncio
import contextlib
import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from adapters.contract import AdapterDefaults, AdapterKind, Desk
from adapters.errors import SystemAwayError
from adapters.geojson.feed_file import replace_file, sweep_parts
from adapters.geojson.places_file import read_places
from adapters.geojson.standing import KINDS, ROUTE, standing
from adapters.reading import name_of
from adapters.values import Consumed, Delivery, Emission, Finding, Withdrawal
from broker.core.errors import HandlingError
from broker.core.handling import Tlp
from broker.core.routes.fusion import Fusion, fuse
from broker.core.routes.geojson import feature_collection
from broker.core.routes.periods import day_of
from keys.framing import sha256

_LOOK_S: Final = 600.0
"""How often is looked whether a new day has come, on which reports expire."""


def _level(value: object) -> Tlp:
    if isinstance(value, Tlp):
        return value
    try:
        return Tlp.from_label(value if isinstance(value, str) else "")
    except HandlingError as error:
        raise ValueError(str(error)) from error


class GeojsonSettings(BaseModel):
    """What an operator sets."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    file: Path = Field(description="which file; its folder has to be there")
    level: Annotated[Tlp, BeforeValidator(_level)] = Field(
        default="TLP:AMBER",
        validate_default=True,
        description="the highest label of what is in it",
    )
    places: Path | None = Field(
        default=None, description="a list with the columns code, latitude, longitude"
    )


class GeojsonAdapter(AdapterDefaults):
    """Routes as one file.

    Args:
        settings: What the operator has set.
        desk: What the node gives.
    """

    def __init__(self, settings: GeojsonSettings, desk: Desk) -> None:
        self._settings = settings
        self._desk = desk
        self._known: dict[bytes, Delivery] | None = None
        self._gone: set[bytes] = set()
        self._loading = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._changes = 0
        self._written: tuple[int, dt.date] | None = None
        self._shown: frozenset[bytes] = frozenset()
        self._digest = b""

    async def check(self) -> Sequence[Finding]:
        """Looks whether the file could be written, and the list of places read."""
        folder = self._settings.file.parent
        found = [
            Finding(
                ok=folder.is_dir(),
                what=f"folder {folder}",
                advice="" if folder.is_dir() else "make it, for the node's user",
            )
        ]
        try:
            read_places(self._settings.places)
        except SystemAwayError as error:
            advice = "give a file with the columns code, latitude, longitude"
            found.append(Finding(ok=False, what=str(error), advice=advice))
        return found

    async def deliver(self, delivery: Delivery) -> Consumed:
        """Has the file say what is known now; it is on the disk on return."""
        if name_of(delivery.kind) not in KINDS:
            return Consumed(note="nothing for a map of routes")
        known = await self._all()
        if delivery.message_digest not in known:
            known[delivery.message_digest] = delivery
            self._changes += 1
        await self._up_to_date()
        if delivery.message_digest not in self._shown:
            return Consumed(note=self._why_not(delivery))
        emission = Emission(
            target=f"file {self._settings.file.name}",
            sha256=self._digest,
            handling=delivery.handling,
        )
        return Consumed(emissions=(emission,))

    async def withdraw(self, withdrawal: Withdrawal) -> Consumed:
        """Has the file say nothing of it any more."""
        digest = withdrawal.message_digest
        self._gone.add(digest)
        known = await self._all()
        was_there = known.pop(digest, None) is not None
        self._changes += 1
        await self._up_to_date()
        return Consumed(note="taken out" if was_there else "it was not in it")

    async def run(self, stop: asyncio.Event) -> None:
        """Takes out what expires, until `stop` is set."""
        async with self._writing:
            sweep_parts(self._settings.file)
        while not stop.is_set():
            with contextlib.suppress(SystemAwayError):
                await self._all()
                await self._up_to_date()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _LOOK_S)

    async def _all(self) -> dict[bytes, Delivery]:
        """Returns what there is to draw; asked of the node once, then kept."""
        async with self._loading:
            if self._known is None:
                found = {
                    one.message_digest: one async for one in self._desk.again(KINDS)
                }
                # Taken back while it was being asked for.
                for digest in self._gone:
                    found.pop(digest, None)
                self._known = found
            return self._known

    async def _up_to_date(self) -> None:
        # Putting many routes together takes a while; nobody else has to wait for it.
        async with self._writing:
            await asyncio.to_thread(self._write)

    def _write(self) -> None:
        """Writes the file, unless it says all of it already."""
        # What changes while this is written is written next.
        now = self._changes, day_of(self._desk.now_ms())
        if self._written == now and self._settings.file.exists():
            return
        fusion, places = self._fused(now[1]), read_places(self._settings.places)
        made = feature_collection(fusion.corridors, places, fusion.level)
        data = (json.dumps(made, indent=1, ensure_ascii=False) + "\n").encode()
        replace_file(self._settings.file, data)
        self._written, self._digest = now, sha256(data)
        self._shown = frozenset(
            report.bearing.message
            for corridor in fusion.corridors
            for report in corridor.reports
        )

    def _fused(self, today: dt.date) -> Fusion:
        reports = standing(list((self._known or {}).values())).values()
        return fuse(reports, level=self._settings.level, today=today)

    def _why_not(self, delivery: Delivery) -> str:
        if name_of(delivery.kind) != ROUTE:
            return "a step; the file says what stands after it"
        left_out = self._fused(day_of(self._desk.now_ms())).left_out
        for report, why in left_out:
            if report.bearing.message == delivery.message_digest:
                return why.value
        return "withdrawn or replaced by its provider"


KIND: Final = AdapterKind(
    name="geojson",
    title="GeoJSON: routes as one file for programs that draw maps",
    settings=GeojsonSettings,
    make=GeojsonAdapter,
)
