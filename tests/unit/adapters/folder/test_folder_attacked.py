"""Files and folders as an attacker, or a crash, would leave them."""

import os

import pytest

from adapters.drop_folder import DropFolder
from adapters.errors import SystemAwayError
from adapters.folder.outgoing import OutFolder
from tests.adapter_world import example_delivery, withdrawal_of
from tests.unit.adapters.folder.test_folder import Folders, dropped, folders, until

__all__ = ["folders"]


async def test_what_a_crash_has_left_of_writing_goes_when_it_is_taken_back(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery, other = (example_delivery("diversion-alert", number) for number in (1, 2))
    out = OutFolder(folders.out)
    out.write(other)

    def killed(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", killed)
        with pytest.raises(SystemAwayError):
            out.write(delivery)
    [left] = folders.out.glob(".*.part")
    assert delivery.message_digest.hex() in left.name
    out.withdraw(withdrawal_of(delivery))
    assert {one.name for one in folders.out.iterdir()} == {
        f"withdrawn-{delivery.message_digest.hex()}.json",
        f"diversion-alert-{other.message_digest.hex()}.json",
    }


async def test_a_number_of_thousands_of_digits_is_refused_and_the_next_file_taken(
    folders: Folders,
) -> None:
    (folders.drop / "a.json").write_bytes(b'{"kind": ' + b"1" * 5000 + b"}")
    (folders.drop / "b.json").write_bytes(dropped())
    async with folders.running():
        await until(lambda: folders.desk.proposed)
        await until(lambda: folders.left == {"a.json.refused", "a.json.error.txt"})
    assert len(folders.desk.letters) == 1


async def test_a_file_that_cannot_be_moved_does_not_hold_the_others(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse = DropFolder.refuse

    def stuck(self: DropFolder, name: str, reason: str) -> None:
        if name == "a.json":
            raise PermissionError(1, "Operation not permitted")
        refuse(self, name, reason)

    monkeypatch.setattr(DropFolder, "refuse", stuck)
    (folders.drop / "a.json").write_bytes(b"no JSON")
    (folders.drop / "b.json").write_bytes(dropped())
    with pytest.raises(SystemAwayError):
        async with folders.running():
            await until(lambda: folders.desk.proposed)
    assert folders.left == {"a.json"}


@pytest.mark.parametrize("name", ["REPORT.TMP", "report.Part"])
async def test_a_half_written_file_is_left_alone_in_whatever_letters_it_says_so(
    folders: Folders, name: str
) -> None:
    (folders.drop / name).write_bytes(dropped())
    (folders.drop / "whole.json").write_bytes(dropped(caseReference="KEN-2"))
    async with folders.running():
        await until(lambda: folders.desk.proposed)
    assert folders.left == {name}


async def test_a_name_of_many_bytes_is_refused_and_the_next_file_taken(
    folders: Folders,
) -> None:
    name = "ж" * 125  # 250 bytes: nothing fits behind it
    (folders.drop / name).write_bytes(dropped())
    (folders.drop / "я.json").write_bytes(dropped())
    async with folders.running():
        await until(lambda: folders.desk.proposed)
        await until(lambda: name not in folders.left)
    assert {one.rpartition(".")[2] for one in folders.left} == {"refused", "txt"}
