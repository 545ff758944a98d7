"""A hub with a time-stamp authority, with a wrong one, and with none."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from broker.app.founding import HubPlan, make_hub
from broker.app.hub_folder import Hub, open_hub
from broker.app.timekeeping import (
    Stamps,
    keep_time,
    look_at_stamps,
    stamp_figures,
)
from broker.core.audit.stamps import Outage
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.log_store import LogStore
from broker.infra.stamp_store import StampStore
from broker.settings import HubFolder
from keys.keystore import UNSAFE_THROWAWAY_COST
from keys.timestamps import verify_timestamp
from tests.time_authority import TimeAuthority, make_authority, served
from tests.unit.broker.infra.sample_log import entries
from tests.world import LOG_KEY

ORIGIN = LOG_KEY.verifier.name

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TimeAuthority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Hub:
    root = tmp_path_factory.mktemp("hub") / "hub"
    plan = HubPlan(name="Test", bus_url="tls://127.0.0.1:1")
    make_hub(root, plan, b"x", now_ms=SYSTEM_CLOCK.now_ms(), cost=UNSAFE_THROWAWAY_COST)
    made = open_hub(root, b"x")
    with LogStore.open(made.folder.log, origin=ORIGIN) as log:
        log.append(entries(1, 3), last_sequence=3, sign=LOG_KEY.sign_note)
    return made


def with_authority(hub: Hub, url: str, pem: Path | None) -> Hub:
    """Returns the same hub with an authority set, and nothing time-stamped yet."""
    for file in hub.folder.root.glob("stamps.sqlite3*"):
        file.unlink()
    changes = {"timestamp_url": url, "timestamp_authorities": pem}
    return replace(hub, settings=hub.settings.model_copy(update=changes))


async def test_a_running_hub_gets_a_time_stamp_that_verifies(
    plain: Hub, authority: TimeAuthority
) -> None:
    stop = asyncio.Event()
    with served(authority) as url:
        hub = with_authority(plain, url, authority.folder / "root.pem")
        assert Stamps(hub.folder).opened() is None
        assert [one.text for one in look_at_stamps(hub)] == ["none yet"]
        assert [*stamp_figures(hub)] == []
        running = asyncio.ensure_future(keep_time(hub, stop))
        while (kept := Stamps(hub.folder).opened()) is None or not kept.newest():  # noqa: ASYNC110 - a file sets no event
            await asyncio.sleep(0.02)
        stop.set()
        await running
    found = kept.newest()
    assert found is not None
    assert found.size == 3
    verify_timestamp(found.token, found.note.encode(), authority.certificate)
    [finding] = look_at_stamps(hub)
    assert finding.well
    assert "on 3 entries" in finding.text
    figures = {one.name: one.values[""] for one in stamp_figures(hub)}
    assert figures == {
        "timestamp_outage": 0.0,
        "timestamp_newest_timestamp_seconds": found.at_ms / 1000,
    }


def test_an_outage_is_seen_in_check_and_figures(
    plain: Hub, authority: TimeAuthority
) -> None:
    hub = with_authority(plain, "http://127.0.0.1:1/", authority.folder / "root.pem")
    store = StampStore(hub.folder.stamps)
    store.note_outage(Outage(since_ms=1_800_000_000_000, reason="nobody there"))
    store.close()
    [finding] = look_at_stamps(hub)
    assert not finding.well
    assert "none since 2027-01-15T08:00:00.000Z: nobody there; none yet" in finding.text
    assert "docs/timestamps.md" in finding.hint
    assert [one.values[""] for one in stamp_figures(hub)] == [1.0]


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:1/", "gopher://x/"])
async def test_settings_that_cannot_be_used_stop_nothing(plain: Hub, url: str) -> None:
    hub = with_authority(plain, url, Path("/nowhere/root.pem") if url else None)
    with capture_logs() as said:
        await keep_time(hub, asyncio.Event())
    assert [one["log_level"] for one in said] == (["error"] if url else [])
    assert [one.well for one in look_at_stamps(hub)] == ([False] if url else [])
    assert not hub.folder.stamps.exists()


def test_whom_to_trust_has_to_be_set(plain: Hub, tmp_path: Path) -> None:
    hub = with_authority(plain, "http://127.0.0.1:1/", None)
    [finding] = look_at_stamps(hub)
    assert "set timestamp_authorities to a PEM file" in finding.text
    empty = tmp_path / "empty.pem"
    empty.touch()
    [finding] = look_at_stamps(with_authority(plain, "http://127.0.0.1:1/", empty))
    assert "no certificate" in finding.text


async def test_a_hub_without_a_log_has_nothing_to_stamp(
    plain: Hub, authority: TimeAuthority, tmp_path: Path
) -> None:
    hub = with_authority(plain, "http://127.0.0.1:1/", authority.folder / "root.pem")
    hub = replace(hub, folder=HubFolder(tmp_path))
    stop = asyncio.Event()
    running = asyncio.ensure_future(keep_time(hub, stop))
    while not hub.folder.stamps.exists():  # noqa: ASYNC110 - a file sets no event
        await asyncio.sleep(0.02)
    stop.set()
    await running
    assert not look_for_outage(hub)


def look_for_outage(hub: Hub) -> bool:
    store = StampStore(hub.folder.stamps)
    try:
        return store.outage() is not None
    finally:
        store.close()
