"""Files that only their owner may touch. What keystores do with them: see there."""

from pathlib import Path

import pytest

from keys.errors import KeystoreError, KeystorePermissionError
from keys.private_files import move_private, read_private, write_private


def test_what_is_written_is_private_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a folder" / "key"
    write_private(path, b"data")
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_private(path) == b"data"
    path.chmod(0o640)
    with pytest.raises(KeystorePermissionError, match="chmod 600"):
        read_private(path)


def test_no_more_is_read_than_a_keystore_can_have(tmp_path: Path) -> None:
    path = tmp_path / "large"
    write_private(path, bytes((1 << 20) + 1))
    assert len(read_private(path)) == 1 << 20


def test_a_part_takes_the_place_of_the_whole(tmp_path: Path) -> None:
    part, path = tmp_path / "part", tmp_path / "whole"
    write_private(part, b"new")
    write_private(path, b"old")
    move_private(part, path)
    assert read_private(path) == b"new"
    assert not part.exists()
    with pytest.raises(KeystoreError, match="cannot write"):
        move_private(part, path)
    assert read_private(path) == b"new"
