"""The folder adapter: what is dropped is taken once, and what is refused says why."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import ValidationError

from adapters.errors import RejectedError
from adapters.folder.adapter import FolderAdapter
from adapters.folder.settings import FolderSettings
from adapters.memory_desk import MemoryDesk
from adapters.values import Received
from broker.core.errors import Code, RefusedError, StoreError
from tests.adapter_world import (
    AdapterWorld,
    bound_deliveries,
    example_document,
    withdrawal_of,
)

PATIENCE_S = 10.0


def dropped(**changes: object) -> bytes:
    """Returns a document as a system would drop it."""
    document = {
        "kind": "diversion-alert/1",
        "handling": "TLP:AMBER",
        "to": ["BEL"],
        "caseReference": "KEN-1",
        "content": example_document("diversion-alert"),
    }
    return json.dumps({**document, **changes}).encode()


class Folders:
    """Two folders and a desk."""

    def __init__(self, place: Path, desk: MemoryDesk) -> None:
        self.desk = desk
        self.out, self.drop = place / "out", place / "drop"
        for folder in (self.out, self.drop):
            folder.mkdir(mode=0o700)

    def adapter(self, **changes: object) -> FolderAdapter:
        fields = {"out": self.out, "drop": self.drop, "look_s": 0.02, **changes}
        return FolderAdapter(FolderSettings.model_validate(fields), self.desk)

    @asynccontextmanager
    async def running(self, **changes: object) -> AsyncIterator[None]:
        stop = asyncio.Event()
        task = asyncio.create_task(self.adapter(**changes).run(stop))
        try:
            yield
        finally:
            stop.set()
            await asyncio.wait_for(task, PATIENCE_S)

    @property
    def left(self) -> set[str]:
        return {path.name for path in self.drop.iterdir()}


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - a folder sets no event
            await asyncio.sleep(0.01)


@pytest.fixture
def folders(tmp_path: Path, desk: MemoryDesk) -> Folders:
    return Folders(tmp_path, desk)


async def test_a_dropped_document_waits_for_a_person_unless_said_otherwise(
    folders: Folders,
) -> None:
    (folders.drop / "alert.json").write_bytes(dropped())
    async with folders.running():
        await until(lambda: not folders.left)
    [proposal] = folders.desk.proposed.values()
    assert proposal.submission.handling == "TLP:AMBER"
    assert proposal.submission.to == ("BEL",)
    assert folders.desk.submitted == {}


async def test_the_same_file_dropped_twice_is_sent_once(folders: Folders) -> None:
    for _ in range(2):
        (folders.drop / "alert.json").write_bytes(dropped())
        async with folders.running(dropped="send"):
            await until(lambda: not folders.left)
    assert len(folders.desk.submitted) == 1


async def test_a_crash_before_a_file_is_removed_sends_it_once_on_a_real_node(
    at_node: AdapterWorld, tmp_path: Path
) -> None:
    drop = tmp_path / "drop"
    drop.mkdir(mode=0o700)
    settings = FolderSettings(drop=drop, dropped="send", look_s=0.02)
    for _ in range(2):
        (drop / "alert.json").write_bytes(dropped())
        stop = asyncio.Event()
        adapter = FolderAdapter(settings, at_node.desk())
        task = asyncio.create_task(adapter.run(stop))
        await until(lambda: not list(drop.iterdir()))
        stop.set()
        await asyncio.wait_for(task, PATIENCE_S)
    assert len(at_node.side.store.sent_of_kind("diversion-alert/1")) == 1


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("cut.json", dropped()[:-20], "no-json"),
        ("twice.json", b'{"kind": "a", "kind": "b"}', "no-json"),
        ("deep.json", b"[" * 200_000, "no-json"),
        ("bytes.json", b"\xff\xfe\x00", "no-json"),
        ("label.json", dropped(handling="TLP:ORANGE"), "invalid-content"),
        ("none.json", dropped(handling=None), "invalid-content"),
        ("kind.json", dropped(kind="no-such/1"), "invalid-content"),
        ("content.json", dropped(content={"serial": "X"}), "invalid-content"),
        ("party.json", dropped(to=["../../etc"]), "invalid-content"),
        (
            "bounds.json",
            dropped(restrictions={"retentionDays": 3}),
            "not-here",
        ),
    ],
)
async def test_a_refused_file_is_kept_with_a_file_beside_it_that_says_why(
    folders: Folders, name: str, data: bytes, code: str
) -> None:
    (folders.drop / name).write_bytes(data)
    async with folders.running():
        await until(lambda: f"{name}.error.txt" in folders.left)
    assert folders.left == {f"{name}.refused", f"{name}.error.txt"}
    assert (folders.drop / f"{name}.refused").read_bytes() == data
    said = (folders.drop / f"{name}.error.txt").read_text(encoding="utf-8")
    assert said.startswith(code)
    assert len(folders.desk.letters) == 1
    assert not folders.desk.proposed


async def test_a_file_without_handling_is_refused(folders: Folders) -> None:
    document = json.loads(dropped())
    del document["handling"]
    (folders.drop / "a.json").write_text(json.dumps(document), encoding="utf-8")
    async with folders.running():
        await until(lambda: "a.json.error.txt" in folders.left)
    said = (folders.drop / "a.json.error.txt").read_text(encoding="utf-8")
    assert said.startswith("no-handling")


async def test_what_policy_refuses_says_so_beside_the_file(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> tuple[bytes, ...]:
        raise RefusedError(Code.EXPORT_POLICY, "BEL: no rule permits it")

    monkeypatch.setattr(MemoryDesk, "submit", refuse)
    (folders.drop / "a.json").write_bytes(dropped())
    async with folders.running(dropped="send"):
        await until(lambda: "a.json.error.txt" in folders.left)
    said = (folders.drop / "a.json.error.txt").read_text(encoding="utf-8")
    assert said.startswith("export-policy\nBEL: no rule permits it")


async def test_path_traversal_in_a_folder_drop_reads_nothing_outside(
    folders: Folders, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.json"
    outside.write_bytes(dropped())
    (folders.drop / "link.json").symlink_to(outside)
    os.link(outside, folders.drop / "second-name.json")
    (folders.drop / "..%2foutside.json").symlink_to("../outside.json")
    os.mkfifo(folders.drop / "pipe.json")
    (folders.drop / "folder.json").mkdir()
    (folders.drop / "folder.json" / "inner.json").write_bytes(dropped())
    async with folders.running():
        await until(lambda: sum(n.endswith(".error.txt") for n in folders.left) >= 4)
    assert folders.desk.proposed == {}
    assert outside.read_bytes() == dropped()


async def test_a_half_written_file_is_left_alone_until_it_is_whole(
    folders: Folders,
) -> None:
    whole, growing = dropped(), folders.drop / "slow.json"
    (folders.drop / "later.json.part").write_bytes(whole[:50])
    async with folders.running(look_s=0.2):
        for end in range(100, len(whole), len(whole) // 4):
            growing.write_bytes(whole[:end])
            await asyncio.sleep(0.1)
            assert folders.desk.letters == {}
        growing.write_bytes(whole)
        await until(lambda: "slow.json" not in folders.left)
    assert len(folders.desk.proposed) == 1
    assert folders.left == {"later.json.part"}


async def test_a_file_that_is_too_large_is_refused_unread(folders: Folders) -> None:
    with (folders.drop / "huge.json").open("wb") as file:
        file.truncate(1 << 30)
    async with folders.running():
        await until(lambda: "huge.json.error.txt" in folders.left)
    said = (folders.drop / "huge.json.error.txt").read_text(encoding="utf-8")
    assert said.startswith("too-large")


async def test_while_the_node_takes_nothing_files_stay_where_they_are(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> str:
        raise StoreError("no room left")

    monkeypatch.setattr(MemoryDesk, "propose", full)
    (folders.drop / "a.json").write_bytes(dropped())
    with pytest.raises(StoreError):
        await asyncio.wait_for(folders.adapter().run(asyncio.Event()), PATIENCE_S)
    assert folders.left == {"a.json"}


async def test_what_a_person_mended_is_taken_in(folders: Folders) -> None:
    mended = Received(
        key="a", data=dropped(), media_type="application/json", source="folder"
    )
    await folders.adapter().mend(mended)
    assert len(folders.desk.proposed) == 1
    with pytest.raises(RejectedError):
        await folders.adapter().mend(
            Received(key="b", data=b"{}", media_type="", source="folder")
        )


async def test_a_written_file_says_its_handling_first_and_all_of_it(
    folders: Folders,
) -> None:
    strict = bound_deliveries()[1]
    await folders.adapter().deliver(strict)
    [path] = folders.out.iterdir()
    assert path.name == f"diversion-alert-{strict.message_digest.hex()}.json"
    said = json.loads(path.read_bytes())
    assert list(said)[:2] == ["event", "handling"]
    assert said["handling"]["labels"] == "TLP:AMBER+STRICT H1 H2"
    assert said["handling"]["retention_days"] == 30
    assert said["content"] == strict.document


async def test_a_withdrawal_says_so_to_whoever_has_taken_the_file(
    folders: Folders,
) -> None:
    first, second = bound_deliveries()
    adapter = folders.adapter()
    for one in (first, second):
        await adapter.deliver(one)
    await adapter.withdraw(withdrawal_of(first, replacement=b"\x01" * 32))
    names = {path.name for path in folders.out.iterdir()}
    assert names == {
        f"withdrawn-{first.message_digest.hex()}.json",
        f"diversion-alert-{second.message_digest.hex()}.json",
    }
    said = json.loads(
        (folders.out / f"withdrawn-{first.message_digest.hex()}.json").read_bytes()
    )
    assert "content" not in said
    assert said["replaced_by"] == "01" * 32


async def test_nothing_is_written_through_a_link_in_the_out_folder(
    folders: Folders, tmp_path: Path
) -> None:
    victim, [delivery, _] = tmp_path / "victim", bound_deliveries()
    victim.write_bytes(b"kept")
    name = f"diversion-alert-{delivery.message_digest.hex()}.json"
    for one in (name, f".{name}.part"):
        (folders.out / one).symlink_to(victim)
    await folders.adapter().deliver(delivery)
    assert victim.read_bytes() == b"kept"
    assert not (folders.out / name).is_symlink()


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"out": "relative"},
        {"out": "/a/../b"},
        {"out": "/a", "drop": "/a"},
        {"out": "/a", "dropped": "approve"},
    ],
)
def test_settings_that_do_not_hold_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FolderSettings.model_validate(fields)


async def test_a_look_tells_of_folders_that_are_missing_or_open_to_others(
    folders: Folders,
) -> None:
    assert all(one.ok for one in await folders.adapter().check())
    folders.out.chmod(0o707)
    folders.drop.rmdir()
    assert [one.ok for one in await folders.adapter().check()] == [True, False, False]
