"""Files that people attach, and files that are written out for them."""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.errors import Code, ConfigurationError, RefusedError, StoreError
from broker.infra.attachment_files import read_whole, write_parts
from keys.framing import sha256

DATA = b"the file"
DIGEST = sha256(DATA)


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(DATA)
    assert read_whole(path, len(DATA)) == DATA


def test_what_cannot_be_attached_says_why(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "large").write_bytes(DATA)
    os.mkfifo(tmp_path / "endless")
    for name, why in (
        ("empty", "is empty"),
        ("large", "more than 7 bytes"),
        ("endless", "not a file"),
        (".", "cannot read|not a file"),
        ("missing", "cannot read"),
    ):
        with pytest.raises(ConfigurationError, match=why):
            read_whole(tmp_path / name, 7)


def test_a_file_appears_whole_and_private(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    path = write_parts(folder, "a.txt", [DATA[:3], DATA[3:]], DIGEST)
    assert path == folder / "a.txt"
    assert path.read_bytes() == DATA
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in folder.iterdir()] == ["a.txt"]


def test_nothing_that_is_there_is_replaced(tmp_path: Path) -> None:
    taken = tmp_path / "a.txt"
    taken.write_bytes(b"mine")
    path = write_parts(tmp_path, "a.txt", [DATA], DIGEST)
    assert path.name == f"a-{DIGEST.hex()[:8]}.txt"
    # Again: it is there, and stays as it is.
    assert write_parts(tmp_path, "a.txt", [DATA], DIGEST) == path
    assert taken.read_bytes() == b"mine"
    path.write_bytes(b"changed by somebody")
    with pytest.raises(ConfigurationError, match="another folder"):
        write_parts(tmp_path, "a.txt", [DATA], DIGEST)
    assert sorted(tmp_path.iterdir()) == sorted([taken, path])


def test_a_link_that_waits_for_the_file_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(DATA)
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.txt").symlink_to(victim)
    path = write_parts(out, "a.txt", [b"other"], sha256(b"other"))
    assert path.name != "a.txt"
    assert victim.read_bytes() == DATA
    (out / "b.txt").symlink_to(out / "nowhere")
    assert write_parts(out, "b.txt", [DATA], DIGEST).name != "b.txt"
    assert not (out / "nowhere").exists()


def test_a_file_that_proves_wrong_at_its_end_never_appears(tmp_path: Path) -> None:
    def parts() -> Iterator[bytes]:
        yield DATA
        raise RefusedError(Code.INVALID_ATTACHMENT, "it is not the file")

    with pytest.raises(RefusedError):
        write_parts(tmp_path, "a.txt", parts(), DIGEST)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_none_is_an_error_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="could not write"):
        write_parts(tmp_path / "file", "a.txt", [DATA], DIGEST)


def test_a_memory_stick_that_knows_no_links_takes_files_and_loses_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_self: Path, _target: Path) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    there = tmp_path / "a.txt"
    there.write_bytes(b"another file")
    path = write_parts(tmp_path, "a.txt", [DATA], DIGEST)
    assert path != there
    assert path.read_bytes() == DATA
    assert there.read_bytes() == b"another file"
    assert write_parts(tmp_path, "a.txt", [DATA], DIGEST) == path
    assert {one.name for one in tmp_path.iterdir()} == {there.name, path.name}
