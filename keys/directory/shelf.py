"""What parties published, as it is kept locally: each file whole, under its own name.

What is on the shelf is worth no more than what is fetched: it is held against the
digest that was signed each time it is used. Signatures are left to `resolving`.
"""

from pathlib import Path
from typing import Final

from tuf.api.exceptions import (
    DownloadHTTPError,
    DownloadLengthMismatchError,
    LengthOrHashMismatchError,
)
from tuf.api.metadata import MetaFile, TargetFile, Targets

from keys.directory.roles import MAX_TARGET_SIZE, metadata_path, target_path
from keys.directory.updating import Fetch, explained
from keys.errors import RefreshError
from keys.framing import sha256

_NOT_FOUND: Final = 404
_MAX_METADATA: Final = 1_000_000  # bytes: one message of the bus


def kept_name(target: TargetFile) -> str:
    """Returns the name under which a record or policy is kept."""
    # Not the hash itself: a hostile one could be a path.
    return sha256(repr(sorted(target.hashes.items())).encode()).hex()


class Shelf:
    """Files of parties: taken from the disk, or fetched and kept there.

    Records and policies lie under names that follow from their content, so that an
    older state of the directory stays whole while a newer one is fetched.

    Args:
        fetch: How to get what is not here.
        metadata: Folder of the parties' metadata, one file for each role.
        targets: Folder of records and policies.

    Attributes:
        used: Names of the files in `targets` that were asked for.
    """

    def __init__(self, fetch: Fetch, metadata: Path, targets: Path) -> None:
        self._fetch = fetch
        self._metadata = metadata
        self._targets = targets
        self.used: set[str] = set()

    def metadata(self, role: str, meta: MetaFile) -> bytes:
        """Returns the metadata of a role that the snapshot names.

        Raises:
            UnreachableError: Nobody answered.
            RefreshError: It is not there, or not what the snapshot names.
        """
        if not meta.hashes:
            raise RefreshError(f"the snapshot names no digest of {role}")
        with explained():
            path = self._metadata / f"{role}.json"
            return self._held(path, meta) or self._fetched(
                metadata_path(role, meta.version), path, meta, _MAX_METADATA
            )

    def target(self, targets: Targets, path: str) -> bytes | None:
        """Returns a record or policy that metadata names; None if it names none.

        Raises:
            UnreachableError: Nobody answered.
            RefreshError: It is not there, or not what was signed.
        """
        target = targets.targets.get(path)
        if target is None:
            return None
        if target.length > MAX_TARGET_SIZE:
            raise RefreshError(f"{path} has more than {MAX_TARGET_SIZE} bytes")
        name = kept_name(target)
        self.used.add(name)
        with explained():
            kept = self._targets / name
            held = self._held(kept, target)
            if held is not None:
                return held
            digest = next(iter(target.hashes.values()))
            return self._fetched(target_path(path, digest), kept, target, target.length)

    def needed(self, targets: Targets, path: str) -> bytes:
        """Returns a file as `target` does.

        Raises:
            UnreachableError: Nobody answered.
            RefreshError: It is not named, not there, or not what was signed.
        """
        data = self.target(targets, path)
        if data is None:
            raise RefreshError(f"{path} is not published")
        return data

    def _held(self, path: Path, expected: MetaFile | TargetFile) -> bytes | None:
        try:
            data = path.read_bytes()
            expected.verify_length_and_hashes(data)
        except (FileNotFoundError, LengthOrHashMismatchError):
            return None
        return data

    def _fetched(
        self, url: str, path: Path, expected: MetaFile | TargetFile, most: int
    ) -> bytes:
        data = self._fetch(url)
        if data is None:
            raise DownloadHTTPError(f"{url} is not there", _NOT_FOUND)
        if len(data) > (expected.length or most):
            raise DownloadLengthMismatchError(f"{url} has {len(data)} bytes")
        expected.verify_length_and_hashes(data)
        # Replaced, never written into: a verified copy shares the file.
        temporary = path.with_name(f".{path.name}.new")
        temporary.write_bytes(data)
        temporary.replace(path)
        return data
