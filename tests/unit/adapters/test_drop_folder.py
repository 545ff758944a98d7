"""What lies in a folder is taken in whole, once, and never through a link."""

import os
from pathlib import Path

import pytest

from adapters.drop_folder import DropFolder, GoneError, UnfitFileError
from adapters.errors import SystemAwayError


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def drop(inbox: Path) -> DropFolder:
    return DropFolder(inbox, size_max=100)


def test_a_file_is_taken_when_it_has_stood_unchanged(
    inbox: Path, drop: DropFolder
) -> None:
    file = inbox / "manifest.xml"
    file.write_bytes(b"half")
    assert drop.look() == []
    file.write_bytes(b"half and half")
    assert drop.look() == []
    assert drop.look() == ["manifest.xml"]


def test_a_half_written_file_under_another_name_is_left_alone(
    inbox: Path, drop: DropFolder
) -> None:
    for name in (
        ".hidden",
        "a.part",
        "a.tmp",
        "a.filepart",
        "a.refused",
        "a.error.txt",
    ):
        (inbox / name).write_bytes(b"x")
    drop.look()
    assert drop.look() == []
    assert len(list(inbox.iterdir())) == 6


def test_what_is_read_is_called_by_its_name_and_its_content(
    inbox: Path, drop: DropFolder
) -> None:
    (inbox / "a.xml").write_bytes(b"one")
    first = drop.read("a.xml")
    assert first.data == b"one"
    assert drop.read("a.xml").key == first.key
    (inbox / "a.xml").write_bytes(b"two")
    assert drop.read("a.xml").key != first.key


def test_a_symbolic_link_out_of_the_folder_is_refused(
    inbox: Path, drop: DropFolder, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (inbox / "a.xml").symlink_to(secret)
    with pytest.raises(UnfitFileError) as raised:
        drop.read("a.xml")
    assert raised.value.code == "no-file"
    drop.refuse("a.xml", "no-file: it is no plain file")
    assert secret.read_bytes() == b"secret"
    assert (inbox / "a.xml.refused").is_symlink()


def test_a_second_name_of_a_file_elsewhere_is_refused(
    inbox: Path, drop: DropFolder, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    os.link(tmp_path / "secret", inbox / "a.xml")
    with pytest.raises(UnfitFileError) as raised:
        drop.read("a.xml")
    assert raised.value.code == "hard-link"


def test_a_pipe_that_nobody_writes_to_does_not_hold_anything_up(
    inbox: Path, drop: DropFolder
) -> None:
    os.mkfifo(inbox / "a.xml")
    with pytest.raises(UnfitFileError):
        drop.read("a.xml")


def test_a_folder_in_the_folder_is_refused(inbox: Path, drop: DropFolder) -> None:
    (inbox / "a.xml").mkdir()
    with pytest.raises(UnfitFileError):
        drop.read("a.xml")


def test_a_huge_file_is_refused_without_reading_it_whole(
    inbox: Path, drop: DropFolder
) -> None:
    with (inbox / "a.xml").open("wb") as file:
        file.truncate(10**12)  # a terabyte of nothing
    with pytest.raises(UnfitFileError) as raised:
        drop.read("a.xml")
    assert raised.value.code == "too-large"
    drop.refuse("a.xml", "too-large")
    assert (inbox / "a.xml.error.txt").read_text() == "too-large\n"
    drop.look()
    assert drop.look() == []


def test_what_was_refused_before_is_not_overwritten(
    inbox: Path, drop: DropFolder
) -> None:
    for content in (b"one", b"two"):
        (inbox / "a.xml").write_bytes(content)
        drop.refuse("a.xml", "no")
    assert (inbox / "a.xml.refused").read_bytes() == b"one"
    assert (inbox / "a.xml.2.refused").read_bytes() == b"two"


def test_nothing_is_written_through_a_link_that_waits_there(
    inbox: Path, drop: DropFolder, tmp_path: Path
) -> None:
    target = tmp_path / "target"
    target.write_text("as it was")
    (inbox / ".a.xml.error.txt.part").symlink_to(target)
    (inbox / "a.xml.error.txt").symlink_to(target)
    drop.explain("a.xml", "because")
    assert target.read_text() == "as it was"
    assert (inbox / "a.xml.error.txt").read_text() == "because\n"


def test_a_name_with_control_characters_is_refused(
    inbox: Path, drop: DropFolder
) -> None:
    (inbox / "a\n.xml").write_bytes(b"x")
    with pytest.raises(UnfitFileError) as raised:
        drop.read("a\n.xml")
    assert raised.value.code == "name"


def test_a_folder_that_is_gone_is_away(inbox: Path, drop: DropFolder) -> None:
    inbox.rmdir()
    with pytest.raises(SystemAwayError):
        drop.look()


def test_a_file_that_is_gone_is_away_and_removing_it_is_harmless(
    drop: DropFolder,
) -> None:
    with pytest.raises(GoneError):
        drop.read("a.xml")
    drop.remove("a.xml")


def test_a_file_that_this_user_may_not_read_is_refused(
    inbox: Path, drop: DropFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    (inbox / "a.xml").write_bytes(b"x")
    # The tests may run as a user who may read everything.
    monkeypatch.setattr("adapters.drop_folder.os.open", denied)
    with pytest.raises(UnfitFileError) as raised:
        drop.read("a.xml")
    assert raised.value.code == "unreadable"


def test_what_takes_the_place_of_a_file_that_is_being_used_is_taken_in_its_turn(
    inbox: Path, drop: DropFolder
) -> None:
    (inbox / "manifest.xml").write_bytes(b"one")
    drop.look()
    assert drop.look() == ["manifest.xml"]
    assert drop.read("manifest.xml").data == b"one"
    (inbox / ".new").write_bytes(b"two")
    (inbox / ".new").replace(inbox / "manifest.xml")
    drop.remove("manifest.xml")
    drop.look()
    assert drop.look() == ["manifest.xml"]
    assert drop.read("manifest.xml").data == b"two"
    drop.remove("manifest.xml")
    assert list(inbox.iterdir()) == []


def test_a_file_that_is_written_to_after_the_look_is_not_read_by_halves(
    inbox: Path, drop: DropFolder
) -> None:
    (inbox / "a.xml").write_bytes(b"whole")
    drop.look()
    assert drop.look() == ["a.xml"]
    (inbox / "a.xml").write_bytes(b"ha")
    with pytest.raises(GoneError):
        drop.read("a.xml")
    assert (inbox / "a.xml").read_bytes() == b"ha"


def test_files_that_cannot_be_removed_do_not_keep_the_others_from_being_taken(
    inbox: Path, drop: DropFolder
) -> None:
    for number in range(45):
        (inbox / f"a{number:02}").write_bytes(b"stuck")
    drop.look()
    seen = {name for _ in range(3) for name in drop.look()}
    assert len(seen) == 45
    (inbox / "z").write_bytes(b"new")
    drop.look()
    assert drop.look()[0] == "z"


def test_a_long_name_of_many_bytes_is_refused_and_explained(
    inbox: Path, drop: DropFolder
) -> None:
    name = "税" * 85  # 255 bytes, the most that a name may have
    (inbox / name).write_bytes(b"x")
    with pytest.raises(UnfitFileError):
        drop.read(name)
    drop.refuse(name, "name: too long")
    assert sorted(one.suffix for one in inbox.iterdir()) == [".refused", ".txt"]


def test_a_file_that_vanishes_during_a_look_keeps_no_other_waiting(
    inbox: Path, drop: DropFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.xml", "b.xml"):
        (inbox / name).write_bytes(b"x")
    listed = list(os.scandir(inbox))
    (inbox / "a.xml").unlink()

    class Found:
        def __enter__(self) -> list["os.DirEntry[str]"]:
            return listed

        def __exit__(self, *_: object) -> None:
            return None

    monkeypatch.setattr("adapters.drop_folder.os.scandir", lambda _: Found())
    drop.look()
    assert drop.look() == ["b.xml"]
