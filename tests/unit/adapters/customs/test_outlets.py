"""The list as files and by webhook: signed, whole, and gone when it must be."""

import csv
import io
import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from adapters.customs.adapter import CustomsAdapter
from adapters.customs.folder_outlet import CURRENT
from adapters.customs.wire import CSV_COLUMNS
from adapters.errors import SystemAwayError
from adapters.memory_desk import MemoryDesk
from broker.core.handling import Handling, IntendedUse, Restrictions
from tests.adapter_world import example_delivery, withdrawal_of
from tests.border_post import verified
from tests.customs_world import adapter_in, customs_desk, signer_in, update_of

HANDLING = Handling.parse(
    "TLP:AMBER+STRICT H2 PAP:RED",
    Restrictions(
        no_onward=True,
        release_to=("customs",),
        retention_days=30,
        purposes=frozenset({IntendedUse.TRANSFER_CONTROL}),
    ),
)


@pytest.fixture
def customs(tmp_path: Path) -> MemoryDesk:
    (tmp_path / "out").mkdir()
    return customs_desk(tmp_path)


def adapter(desk: MemoryDesk) -> CustomsAdapter:
    folder = desk.folder.parent
    return adapter_in(folder, desk, folder=str(folder / "out"))


def out(desk: MemoryDesk) -> Path:
    return desk.folder.parent / "out"


def snapshot(desk: MemoryDesk) -> Path:
    return out(desk) / "snapshots" / (out(desk) / CURRENT).read_text().strip()


def checked(folder: Path, desk: MemoryDesk) -> dict[str, object]:
    """Returns the signed statement of a folder, once every file agrees with it."""
    key = signer_in(desk.folder.parent).public_key
    said = verified((folder / "signature.jws").read_bytes(), key)
    assert set(said["files"]) == {one.name for one in folder.iterdir()} - {
        "signature.jws"
    }
    for name, digest in said["files"].items():
        assert sha256((folder / name).read_bytes()).hexdigest() == digest
    return said


async def test_a_snapshot_and_then_changes_are_written_and_signed(
    customs: MemoryDesk,
) -> None:
    made = adapter(customs)
    for one in customs.deliveries:
        await made.deliver(one)
    whole = checked(snapshot(customs), customs)
    assert (whole["after"], whole["revision"]) == (0, 1)
    changes = sorted((out(customs) / "changes").iterdir())
    assert [checked(one, customs)["after"] for one in changes] == [1, 2, 3]
    document = json.loads((changes[0] / "change.json").read_bytes())
    assert [one["version"] for one in document["entries"]] == [2]


async def test_what_is_delivered_again_writes_nothing_and_answers_the_same(
    customs: MemoryDesk,
) -> None:
    made, alert = adapter(customs), customs.deliveries[0]
    first = await made.deliver(alert)
    before = {one: one.stat().st_mtime_ns for one in out(customs).rglob("*")}
    assert await made.deliver(alert) == first
    assert await adapter(customs).deliver(alert) == first
    assert before == {one: one.stat().st_mtime_ns for one in out(customs).rglob("*")}


async def test_a_crash_before_the_cursor_moved_writes_the_same_again(
    customs: MemoryDesk,
) -> None:
    made, alert = adapter(customs), customs.deliveries[0]
    first = await made.deliver(alert)
    files = {one: one.read_bytes() for one in out(customs).rglob("*.j*")}
    made._book.store.note_given(
        "folder", str(out(customs)), 0
    )  # as if it had not been noted
    assert await adapter(customs).deliver(alert) == first
    assert files == {one: one.read_bytes() for one in out(customs).rglob("*.j*")}


async def test_what_is_withdrawn_is_in_no_file_any_more(customs: MemoryDesk) -> None:
    made = adapter(customs)
    for one in customs.deliveries:
        await made.deliver(one)
    await made.withdraw(withdrawal_of(customs.deliveries[0]))
    left = b"".join(one.read_bytes() for one in out(customs).rglob("*.*"))
    assert b"CSQU3054383" not in left
    assert b"CSQU3054383" not in b"".join(
        one.read_bytes() for one in customs.folder.rglob("*.*")
    )
    assert checked(snapshot(customs), customs)["revision"] == 5
    assert list((out(customs) / "changes").iterdir()) == []


async def test_a_new_snapshot_is_due_after_so_many_changes(
    customs: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.customs.folder_outlet.CHANGES_MAX", 2)
    made = adapter(customs)
    for one in customs.deliveries:
        await made.deliver(one)
    assert checked(snapshot(customs), customs)["revision"] == 4
    assert list((out(customs) / "changes").iterdir()) == []
    assert len(list((out(customs) / "snapshots").iterdir())) == 1


async def test_handling_and_restrictions_travel_with_every_entry(
    customs: MemoryDesk,
) -> None:
    alert = example_delivery("diversion-alert", 7, handling=HANDLING)
    customs.deliveries.append(alert)
    consumed = await adapter(customs).deliver(alert)
    assert [one.handling for one in consumed.emissions] == [HANDLING]
    (entry,) = json.loads((snapshot(customs) / "watchlist.json").read_bytes())[
        "entries"
    ]
    assert entry["handling"] == "TLP:AMBER+STRICT H2 PAP:RED"
    assert entry["restrictions"] == {
        "release_to": ["customs"],
        "no_onward": True,
        "retention_days": 30,
        "purposes": ["TRANSFER_CONTROL"],
    }


async def test_a_post_is_not_told_whose_information_it_is_nor_any_name(
    customs: MemoryDesk,
) -> None:
    await adapter(customs).deliver(customs.deliveries[0])
    text = (snapshot(customs) / "watchlist.json").read_text()
    for secret in ("BEL-2026-0042", "Brokerage", "TEST-000-111", "signature", "title"):
        assert secret not in text
    assert customs.deliveries[0].message_id not in text


async def test_the_table_has_a_row_for_each_criterion_and_no_formula(
    customs: MemoryDesk,
) -> None:
    alert = customs.deliveries[0]
    strange = update_of(
        alert,
        serialRanges=[{"first": {"raw": "=1+1"}, "last": {"raw": "=1+9"}}],
    )
    customs.deliveries.append(strange)
    made = adapter(customs)
    await made.deliver(alert)
    await made.deliver(strange)
    (change,) = (out(customs) / "changes").iterdir()
    rows = list(csv.reader(io.StringIO((change / "change.csv").read_text())))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert ["container", "CSQU3054383"] in [row[-2:] for row in rows]
    assert ["route", "BEL>KEN"] in [row[-2:] for row in rows]
    assert not [cell for row in rows for cell in row if cell.startswith("=")]


async def test_a_folder_that_is_away_is_tried_again_and_nothing_is_lost(
    customs: MemoryDesk,
) -> None:
    made, alert = adapter(customs), customs.deliveries[0]
    shutil.rmtree(out(customs))
    with pytest.raises(SystemAwayError):
        await made.deliver(alert)
    assert not (await made.check())[0].ok
    out(customs).mkdir()
    await made.deliver(alert)
    assert checked(snapshot(customs), customs)["revision"] == 1
