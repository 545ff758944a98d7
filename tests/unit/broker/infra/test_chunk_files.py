"""Chunks on the disk: whole or not there, whatever crashes or is full."""

import errno
import os
from pathlib import Path

import pytest

from broker.core.errors import RefusedError, StoreError, StoreFullError
from broker.infra import chunk_files
from broker.infra.chunk_files import ChunkFiles
from tests.attached_files import sealed_file

FILE = sealed_file()


@pytest.fixture
def files(tmp_path: Path) -> ChunkFiles:
    return ChunkFiles(tmp_path / "a folder" / "files")


def stored(files: ChunkFiles) -> None:
    files.begin(FILE.blob, FILE.manifest.to_bytes())
    for number, chunk in enumerate(FILE.chunks):
        files.put(FILE.blob, number, chunk)


def test_what_is_stored_is_found_again(files: ChunkFiles) -> None:
    assert files.manifest(FILE.blob) is None
    assert files.missing(FILE.blob) is None
    assert list(files.blobs()) == []
    files.begin(FILE.blob, FILE.manifest.to_bytes())
    assert files.missing(FILE.blob) == tuple(range(len(FILE.chunks)))
    stored(files)
    assert files.missing(FILE.blob) == ()
    assert files.manifest(FILE.blob) == FILE.manifest
    assert files.get(FILE.blob, 2) == FILE.chunks[2]
    assert list(files.blobs()) == [FILE.blob]
    assert files.remove(FILE.blob)
    assert not files.remove(FILE.blob)
    assert files.get(FILE.blob, 2) is None
    assert files.free_size() > 0


def test_only_their_owner_may_read_them(files: ChunkFiles, tmp_path: Path) -> None:
    stored(files)
    for path in (tmp_path / "a folder" / "files").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0


def test_a_swapped_or_changed_chunk_is_not_stored(files: ChunkFiles) -> None:
    files.begin(FILE.blob, FILE.manifest.to_bytes())
    for number, wrong in ((0, FILE.chunks[1]), (9999, b""), (1, FILE.chunks[1][:-1])):
        with pytest.raises(RefusedError):
            files.put(FILE.blob, number, wrong)
    assert files.missing(FILE.blob) == tuple(range(len(FILE.chunks)))


def test_the_list_of_another_file_is_not_stored(files: ChunkFiles) -> None:
    with pytest.raises(RefusedError):
        files.begin(bytes(32), FILE.manifest.to_bytes())
    with pytest.raises(StoreError, match="nothing is known"):
        files.put(FILE.blob, 0, FILE.chunks[0])
    assert list(files.blobs()) == []


def test_a_full_disk_leaves_nothing_behind(
    files: ChunkFiles, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    files.begin(FILE.blob, FILE.manifest.to_bytes())

    def full(path: Path, data: bytes) -> None:
        path.write_bytes(data[:10])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(chunk_files, "write_durably", full)
    with pytest.raises(StoreFullError):
        files.put(FILE.blob, 0, FILE.chunks[0])
    monkeypatch.undo()
    assert list(tmp_path.rglob("*.part")) == []
    stored(files)
    assert files.missing(FILE.blob) == ()


def test_what_a_crash_left_half_written_is_not_taken_for_a_chunk(
    files: ChunkFiles, tmp_path: Path
) -> None:
    files.begin(FILE.blob, FILE.manifest.to_bytes())
    folder = tmp_path / "a folder" / "files" / FILE.blob.hex()
    (folder / ".0123456789ab.part").write_bytes(FILE.chunks[0][:5])
    assert files.missing(FILE.blob) == tuple(range(len(FILE.chunks)))
    stored(files)
    assert files.remove(FILE.blob)
    assert not folder.exists()


def test_a_damaged_list_is_noticed(files: ChunkFiles, tmp_path: Path) -> None:
    files.begin(FILE.blob, FILE.manifest.to_bytes())
    path = tmp_path / "a folder" / "files" / FILE.blob.hex() / "manifest"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(StoreError, match="damaged"):
        files.manifest(FILE.blob)
    assert files.remove(FILE.blob)


def test_foreign_names_in_the_folder_are_left_alone(
    files: ChunkFiles, tmp_path: Path
) -> None:
    stored(files)
    (tmp_path / "a folder" / "files" / "notes").mkdir()
    assert list(files.blobs()) == [FILE.blob]
