"""Sealed files on the disk: a folder for each, a file for each chunk.

Who may have them kept is left to `broker.infra.blob_store` at the hub, what they are
to `broker.infra.attachment_files` at a node.
"""

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from broker.core.attachments.manifest import Manifest
from broker.core.errors import RefusedError, StoreError
from broker.infra.store_errors import store_errors

_NAME: Final = re.compile(r"[0-9a-f]{64}\Z")
_MANIFEST: Final = "manifest"


class ChunkFiles:
    """Chunks of sealed files, each written whole or not at all.

    What has the name of a chunk was checked against the list of digests before, so
    that whoever goes on after a crash need not ask for it again.

    Args:
        root: The folder, made when something is stored.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def begin(self, blob: bytes, manifest: bytes) -> None:
        """Stores the list of chunks of a file, durably, unless it is there.

        Raises:
            RefusedError: INVALID_ATTACHMENT: the list of another file, or none.
            StoreFullError: No room left.
            StoreError: It cannot be written.
        """
        Manifest.named(blob, manifest)
        if self.manifest(blob) is None:
            self._write(self._folder(blob) / _MANIFEST, manifest)

    def manifest(self, blob: bytes) -> Manifest | None:
        """Returns the list of chunks of a file; None if nothing of it is here.

        Raises:
            StoreError: It cannot be read.
        """
        data = self._read(self._folder(blob) / _MANIFEST)
        if data is None:
            return None
        try:
            return Manifest.named(blob, data)
        except RefusedError as error:
            raise StoreError(f"the list in {self._folder(blob)} is damaged") from error

    def put(self, blob: bytes, number: int, sealed: bytes) -> None:
        """Stores one chunk of a file whose list is here.

        Durable once `missing` says that nothing is missing: a chunk that a power cut
        took is missing then.

        Raises:
            RefusedError: INVALID_ATTACHMENT: not that chunk.
            StoreFullError: No room left.
            StoreError: There is no list, or it cannot be written.
        """
        manifest = self.manifest(blob)
        if manifest is None:
            raise StoreError(f"nothing is known of the file {blob.hex()[:16]}")
        manifest.check_chunk(number, sealed)
        self._write(self._chunk(blob, number), sealed, sync_folder=False)

    def get(self, blob: bytes, number: int) -> bytes | None:
        """Returns one chunk; None if it is not here.

        Raises:
            StoreError: It cannot be read.
        """
        return self._read(self._chunk(blob, number))

    def missing(self, blob: bytes) -> tuple[int, ...] | None:
        """Returns which chunks are not here, ascending; None if nothing is.

        Raises:
            StoreError: The folder cannot be read.
        """
        manifest = self.manifest(blob)
        if manifest is None:
            return None
        with store_errors(f"read {self._folder(blob)}"):
            there = {entry.name for entry in self._folder(blob).iterdir()}
            numbers = range(len(manifest.digests))
            missing = tuple(one for one in numbers if f"{one:05d}" not in there)
            if not missing:
                _sync(self._folder(blob))
        return missing

    def remove(self, blob: bytes) -> bool:
        """Removes all that is here of a file; tells whether there was anything.

        Raises:
            StoreError: It cannot be removed.
        """
        folder = self._folder(blob)
        if not folder.is_dir():
            return False
        with store_errors(f"remove {folder}"):
            # The list first: what is left after a crash is a file without one, of
            # which nobody takes anything for whole.
            (folder / _MANIFEST).unlink(missing_ok=True)
            shutil.rmtree(folder)
            _sync(self._root)
        return True

    def blobs(self) -> Iterator[bytes]:
        """Yields every file of which anything is here, in no order.

        Raises:
            StoreError: The folder cannot be read.
        """
        with store_errors(f"read {self._root}"):
            entries = list(self._root.iterdir()) if self._root.is_dir() else []
        for entry in entries:
            if _NAME.match(entry.name):
                yield bytes.fromhex(entry.name)

    def free_size(self) -> int:
        """Returns how many bytes the disk has left for this."""
        with store_errors(f"look at {self._root}"):
            there = self._root if self._root.is_dir() else self._root.parent
            return shutil.disk_usage(there).free

    def _folder(self, blob: bytes) -> Path:
        return self._root / blob.hex()

    def _chunk(self, blob: bytes, number: int) -> Path:
        return self._folder(blob) / f"{number:05d}"

    def _read(self, path: Path) -> bytes | None:
        with store_errors(f"read {path}"):
            try:
                return path.read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None

    def _write(self, path: Path, data: bytes, *, sync_folder: bool = True) -> None:
        with store_errors(f"store {path}"):
            if not path.parent.is_dir():
                self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
                path.parent.mkdir(mode=0o700, exist_ok=True)
                _sync(self._root)
            part = path.with_name(f".{secrets.token_hex(6)}.part")
            try:
                write_durably(part, data)
                part.replace(path)
            except BaseException:
                with suppress(OSError):
                    part.unlink(missing_ok=True)
                raise
            if sync_folder:
                _sync(path.parent)


def write_durably(path: Path, data: bytes) -> None:
    """Writes a new file that only its owner may read, and has it on the disk.

    Raises:
        OSError: It is there already, or cannot be written.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
