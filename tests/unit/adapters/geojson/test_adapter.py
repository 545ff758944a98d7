"""The file of routes: always whole, always the present one."""

import asyncio
import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.errors import SystemAwayError
from adapters.geojson.adapter import KIND, GeojsonAdapter, GeojsonSettings
from adapters.geojson.feed_file import replace_file
from adapters.memory_desk import MemoryDesk
from adapters.values import Delivery
from tests.adapter_world import example_delivery, example_document, withdrawal_of
from tests.world import KEN, MEX

DAY_MS = 86_400_000


def adapter(desk: MemoryDesk, **settings: Any) -> GeojsonAdapter:  # noqa: ANN401 - settings as TOML has them
    given = {"file": desk.folder.parent / "routes.geojson", **settings}
    made = KIND.make(GeojsonSettings.model_validate(given), desk)
    assert isinstance(made, GeojsonAdapter)
    return made


def written(desk: MemoryDesk) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (desk.folder.parent / "routes.geojson").read_text()
    )
    return found


def corridors(desk: MemoryDesk) -> list[dict[str, Any]]:
    told = [one["properties"] for one in written(desk)["features"]]
    return [one for one in told if one["feature"] == "corridor"]


def route(number: int = 1, **fields: Any) -> Delivery:  # noqa: ANN401 - fields of a delivery
    return example_delivery("route-intelligence", number, **fields)


async def given(desk: MemoryDesk, made: GeojsonAdapter, *deliveries: Delivery) -> None:
    for one in deliveries:
        desk.deliveries.append(one)
        await made.deliver(one)


async def test_a_route_is_in_the_file_with_its_handling(desk: MemoryDesk) -> None:
    delivery = route(handling="TLP:AMBER H2")
    desk.deliveries.append(delivery)
    consumed = await adapter(desk).deliver(delivery)
    [emission] = consumed.emissions
    assert emission.handling == delivery.handling
    [corridor] = corridors(desk)
    assert corridor["handling"] == "TLP:AMBER H2"
    assert written(desk)["type"] == "FeatureCollection"


async def test_what_is_above_the_level_is_not_in_the_file(desk: MemoryDesk) -> None:
    made = adapter(desk, level="TLP:GREEN")
    consumed = await made.deliver(route())
    assert consumed.emissions == ()
    assert consumed.note == "above the level"
    assert corridors(desk) == []


async def test_what_was_taken_back_leaves_the_file(desk: MemoryDesk) -> None:
    made = adapter(desk)
    await given(desk, made, route())
    consumed = await made.withdraw(withdrawal_of(desk.deliveries[0]))
    assert consumed.note == "taken out"
    assert corridors(desk) == []
    assert "Postal hub" not in json.dumps(written(desk))


async def test_a_withdrawal_after_a_restart_leaves_the_file_too(
    desk: MemoryDesk,
) -> None:
    await given(desk, adapter(desk), route())
    await adapter(desk).withdraw(withdrawal_of(desk.deliveries[0]))
    assert corridors(desk) == []


async def test_a_newer_version_of_its_provider_takes_the_place(
    desk: MemoryDesk,
) -> None:
    first = route(1)
    newer = route(
        2, in_reply_to=first.message_digest, content={"trend": "TREND_FALLING"}
    )
    await given(desk, adapter(desk), first, newer)
    [corridor] = corridors(desk)
    assert corridor["trends_told"] == {"falling": 1}
    assert corridor["reports"] == 1


async def test_nobody_replaces_what_another_has_told(desk: MemoryDesk) -> None:
    first = route(1)
    other = route(
        2,
        in_reply_to=first.message_digest,
        origin=MEX,
        provider=MEX,
        content={"trend": "TREND_FALLING"},
    )
    await given(desk, adapter(desk), first, other)
    assert sum(one["reports"] for one in corridors(desk)) == 2


async def test_a_step_of_its_provider_withdraws_a_route(desk: MemoryDesk) -> None:
    first = route(1)
    document = example_document("case-step", act="CASE_ACT_WITHDRAW")
    step = example_delivery(
        "case-step", 2, in_reply_to=first.message_digest, document=document
    )
    made = adapter(desk)
    await given(desk, made, first, step)
    assert corridors(desk) == []
    consumed = await made.deliver(first)
    assert consumed.note == "withdrawn or replaced by its provider"


async def test_a_copy_of_a_route_counts_once(desk: MemoryDesk) -> None:
    first = route(1)
    copy = replace(route(2), origin=KEN, document=first.document)
    await given(desk, adapter(desk), first, copy)
    [corridor] = corridors(desk)
    assert corridor["reports"] == 1


async def test_a_route_leaves_the_file_on_the_day_after_it_expires(
    desk: MemoryDesk,
) -> None:
    made = adapter(desk)
    await given(desk, made, route())
    desk.time_ms += 400 * DAY_MS
    stop = asyncio.Event()
    running = asyncio.create_task(made.run(stop))
    async with asyncio.timeout(10):
        while corridors(desk):  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.01)
    stop.set()
    await running


async def test_a_list_of_places_puts_countries_on_the_map(
    desk: MemoryDesk, tmp_path: Path
) -> None:
    places = tmp_path / "places.csv"
    places.write_text("code,latitude,longitude\nMEX,23.6,-102.5\nXXX,999,0\n")
    await given(desk, adapter(desk, places=places), route())
    stops = [
        one
        for one in written(desk)["features"]
        if one["properties"].get("precision") == "country"
    ]
    assert [one["geometry"]["coordinates"] for one in stops] == [[-102.5, 23.6]]


async def test_a_folder_that_is_not_there_is_away(desk: MemoryDesk) -> None:
    made = adapter(desk, file=desk.folder / "none" / "routes.geojson")
    with pytest.raises(SystemAwayError):
        await made.deliver(route())
    [finding] = await made.check()
    assert not finding.ok


async def test_a_reader_never_finds_half_a_file(
    desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = adapter(desk)
    await given(desk, made, route(1))
    before = written(desk)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("adapters.geojson.feed_file.os.fsync", full)
    with pytest.raises(SystemAwayError, match="No space"):
        await made.deliver(route(2))
    assert written(desk) == before
    assert list(desk.folder.parent.glob(".routes.geojson.*")) == []


async def test_a_link_in_place_of_the_file_is_replaced_and_not_followed(
    desk: MemoryDesk, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("of somebody else")
    (desk.folder.parent / "routes.geojson").symlink_to(elsewhere)
    await given(desk, adapter(desk), route())
    assert elsewhere.read_text() == "of somebody else"
    assert corridors(desk)


@pytest.mark.parametrize(
    "settings", [{"level": "secret"}, {"colour": "green"}, {"file": 3}]
)
def test_settings_that_do_not_hold_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        GeojsonSettings.model_validate({"file": "/srv/routes.geojson", **settings})


async def test_what_comes_while_the_file_is_written_is_written_next(
    desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly(path: Path, data: bytes) -> None:
        begun.set()
        go_on.wait(10)
        replace_file(path, data)

    monkeypatch.setattr("adapters.geojson.adapter.replace_file", slowly)
    made, stop = adapter(desk), asyncio.Event()
    running = asyncio.create_task(made.run(stop))
    await asyncio.to_thread(begun.wait, 10)
    delivering = asyncio.create_task(made.deliver(route()))
    await asyncio.sleep(0)
    go_on.set()
    consumed = await delivering
    assert consumed.emissions
    assert corridors(desk)
    stop.set()
    await running
