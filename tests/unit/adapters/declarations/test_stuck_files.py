"""Files that cannot be done with just now stay, and hold up no others."""

import asyncio
from pathlib import Path

import pytest

from adapters.declarations.adapter import KIND, DeclarationAdapter
from adapters.declarations.settings import DeclarationSettings
from adapters.drop_folder import DropFolder
from adapters.errors import SystemAwayError
from adapters.memory_desk import MemoryDesk
from broker.core.errors import StoreError
from tests.adapter_world import example_delivery
from tests.declaration_world import example

_ALERT = example_delivery("diversion-alert")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def desk(tmp_path: Path) -> MemoryDesk:
    folder = tmp_path / "own"
    folder.mkdir(mode=0o700)
    return MemoryDesk(folder, [_ALERT], time_ms=_ALERT.received_ms)


async def _made(desk: MemoryDesk, inbox: Path) -> DeclarationAdapter:
    settings = DeclarationSettings(inbox=inbox, poll_s=0.01)
    adapter = KIND.make(settings, desk)
    assert isinstance(adapter, DeclarationAdapter)
    await adapter.deliver(_ALERT)
    return adapter


def _names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


async def _until_gone(adapter: DeclarationAdapter, file: Path) -> None:
    """Has an adapter take files in until one of them is gone."""
    stop = asyncio.Event()
    running = asyncio.create_task(adapter.run(stop))
    async with asyncio.timeout(20):
        while file.name in _names(file.parent):
            assert not running.done()
            await asyncio.sleep(0.005)
    stop.set()
    await running


@pytest.mark.parametrize("what", ["propose", "set_aside"])
async def test_a_file_stays_while_nothing_can_be_stored(
    desk: MemoryDesk, inbox: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    async def full(*_: object) -> str:
        raise StoreError("the disk is full")

    data = example("manifest.xml") if what == "propose" else b"<nothing/>"
    adapter = await _made(desk, inbox)
    (inbox / "a.xml").write_bytes(data)
    with monkeypatch.context() as patched:
        patched.setattr(MemoryDesk, what, full)
        with pytest.raises(SystemAwayError):
            await adapter.run(asyncio.Event())
    assert (inbox / "a.xml").read_bytes() == data
    await _until_gone(adapter, inbox / "a.xml")
    assert len(desk.proposed) + len(desk.letters) == 1


async def test_a_file_that_is_stuck_does_not_hold_the_others(
    desk: MemoryDesk, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed = DropFolder.remove

    def remove(self: DropFolder, name: str) -> None:
        if name == "a.xml":
            raise OSError(5, "Input/output error")
        removed(self, name)

    monkeypatch.setattr(DropFolder, "remove", remove)
    adapter = await _made(desk, inbox)
    for name in ("a.xml", "b.xml"):
        (inbox / name).write_bytes(example("manifest.xml"))
    with pytest.raises(SystemAwayError):
        await adapter.run(asyncio.Event())
    assert _names(inbox) == ["a.xml"]
    assert len(desk.proposed) == 1


async def test_goods_are_screened_while_no_more_dead_letters_are_taken(
    desk: MemoryDesk, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> int:
        raise StoreError("10,000 dead letters wait for a person")

    monkeypatch.setattr(MemoryDesk, "set_aside", full)
    adapter = await _made(desk, inbox)
    (inbox / "a.xml").write_bytes(b"<nothing/>")
    (inbox / "b.xml").write_bytes(example("manifest.xml"))
    with pytest.raises(SystemAwayError):
        await adapter.run(asyncio.Event())
    assert _names(inbox) == ["a.xml"]
    assert len(desk.proposed) == 1


async def test_a_manifest_that_replaces_one_while_that_is_screened_is_screened_too(
    desk: MemoryDesk, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = await _made(desk, inbox)
    file, read = inbox / "manifest.xml", DropFolder.read
    file.write_bytes(b"<nothing/>")

    def replaced(self: DropFolder, name: str) -> object:
        found = read(self, name)
        if found.data == b"<nothing/>":
            (inbox / ".next").write_bytes(example("manifest.xml"))
            (inbox / ".next").replace(file)
        return found

    monkeypatch.setattr(DropFolder, "read", replaced)
    await _until_gone(adapter, file)
    assert len(desk.proposed) == 1
