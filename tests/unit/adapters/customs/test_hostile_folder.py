"""A folder in hostile hands, or put elsewhere: the list is there, and nothing else."""

import asyncio
import shutil
from pathlib import Path

import pytest

from adapters.customs.adapter import CustomsAdapter
from adapters.customs.folder_outlet import CURRENT
from adapters.errors import SystemAwayError
from adapters.memory_desk import MemoryDesk
from tests.adapter_world import withdrawal_of
from tests.customs_world import adapter_in, customs_desk, running


@pytest.fixture
def desk(tmp_path: Path) -> MemoryDesk:
    (tmp_path / "out").mkdir()
    return customs_desk(tmp_path)


def adapter(desk: MemoryDesk, name: str = "out") -> CustomsAdapter:
    folder = desk.folder.parent
    return adapter_in(folder, desk, folder=str(folder / name))


def content(folder: Path) -> dict[str, bytes]:
    """Returns every file of a folder, by its path in it."""
    return {
        str(one.relative_to(folder)): one.read_bytes()
        for one in folder.rglob("*")
        if one.is_file()
    }


@pytest.mark.parametrize("how", ["rolled back", "emptied", "falsified", "cut short"])
async def test_a_folder_that_was_tampered_with_is_written_anew(
    desk: MemoryDesk, how: str
) -> None:
    made, out = adapter(desk), desk.folder.parent / "out"
    alert, update, loss, _ = desk.deliveries
    await made.deliver(alert)
    shutil.copytree(out, out.parent / "before")
    await made.deliver(loss)
    await made.deliver(update)
    if how == "falsified":
        (file,) = out.rglob("watchlist.csv")
        file.write_bytes(b"entry_id\r\n")
    elif how == "cut short":
        shutil.rmtree(out / "changes" / "0000000002")
    else:
        shutil.rmtree(out)
        out.mkdir()
    if how == "rolled back":
        shutil.copytree(out.parent / "before", out, dirs_exist_ok=True)
    async with running(adapter(desk)):
        while content(out).get(CURRENT) != b"0000000003\n":
            assert desk.deliveries
            await asyncio.sleep(0.01)
    (name,) = {Path(one).parts[1] for one in content(out) if one != CURRENT}
    assert name == "0000000003"


async def test_another_folder_gets_the_whole_list(desk: MemoryDesk) -> None:
    alert, _, loss, _ = desk.deliveries
    await adapter(desk).deliver(alert)
    (desk.folder.parent / "other").mkdir()
    await adapter(desk, "other").deliver(loss)
    other = content(desk.folder.parent / "other")
    assert other[CURRENT] == b"0000000002\n"
    assert b"CSQU3054383" in other["snapshots/0000000002/watchlist.json"]


@pytest.mark.parametrize("parent", ["snapshots", "changes"])
async def test_nothing_is_written_or_destroyed_through_a_link(
    desk: MemoryDesk, parent: str
) -> None:
    out, elsewhere = desk.folder.parent / "out", desk.folder.parent / "elsewhere"
    (elsewhere / "0000000000").mkdir(parents=True)
    (elsewhere / "0000000000" / "node.sqlite").write_bytes(b"as it was")
    (out / parent).symlink_to(elsewhere)
    with pytest.raises(SystemAwayError, match="is a link"):
        await adapter(desk).deliver(desk.deliveries[0])
    assert content(elsewhere) == {"0000000000/node.sqlite": b"as it was"}


async def test_a_link_in_place_of_an_unfinished_file_is_not_followed(
    desk: MemoryDesk,
) -> None:
    out, target = desk.folder.parent / "out", desk.folder.parent / "target"
    target.write_bytes(b"as it was")
    (out / ".part-CURRENT").symlink_to(target)
    (out / "snapshots").mkdir()
    (out / "snapshots" / ".part-0000000001").symlink_to(desk.folder)
    await adapter(desk).deliver(desk.deliveries[0])
    assert target.read_bytes() == b"as it was"
    assert not (out / CURRENT).is_symlink()
    assert list(desk.folder.glob("watchlist.*")) == [desk.folder / "watchlist.sqlite"]


async def test_what_does_not_belong_there_keeps_no_recall_waiting(
    desk: MemoryDesk,
) -> None:
    made, out = adapter(desk), desk.folder.parent / "out"
    alert = desk.deliveries[0]
    await made.deliver(alert)
    (out / "snapshots" / "Thumbs.db").write_bytes(b"x")
    (out / "snapshots" / "latest").symlink_to(out / "snapshots" / "0000000001")
    await made.withdraw(withdrawal_of(alert))
    assert [one.name for one in (out / "snapshots").iterdir()] == ["0000000002"]
    assert b"CSQU3054383" not in b"".join(content(out).values())


async def test_files_of_the_list_are_closed_to_others(desk: MemoryDesk) -> None:
    await adapter(desk).deliver(desk.deliveries[0])
    out = desk.folder.parent / "out"
    assert not [one for one in out.rglob("*") if one.stat().st_mode & 0o007]
