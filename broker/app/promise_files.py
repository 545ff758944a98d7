"""The file that shows a broken promise to anybody: written at a node, checked anywhere.

It is one line that names the form, one line of JSON (`broker.core.codec.promises`), and
then all leaf hashes of the log, 32 bytes each. What it shows is judged by
`broker.core.broken_promises`.
"""

import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from broker.core.audit.merkle import HASH_SIZE
from broker.core.audit.promise import DirectoryFiles, PromiseProof
from broker.core.broken_promises import ShownBroken, verify_broken
from broker.core.codec.promises import MAX_HEAD, decode_promise, encode_promise
from broker.core.errors import ConfigurationError, ProofError
from broker.core.evidence.directories import trusted_chain
from broker.infra.store_errors import store_errors
from keys.directory.history import History
from keys.directory.model import DirectoryView
from keys.directory.roles import metadata_path
from keys.directory.stewardship import read_root
from keys.errors import DirectoryError
from keys.framing import sha256

FORM: Final = b"rogatory/broken-promise/1\n"
SUFFIX: Final = ".promise"
_CHUNK: Final = 4096 * HASH_SIZE  # bytes read at a time
_ROOT: Final = re.compile(r"metadata/([1-9][0-9]{0,9})\.root\.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """What a file was found to show.

    Attributes:
        broken: The promise, and what shows it to be broken.
        directory: Version of the directory that names the keys.
        root_sha256: Of the root that was believed, 32 bytes.
    """

    broken: ShownBroken
    directory: int
    root_sha256: bytes


async def write_promise(
    path: Path, shown: PromiseProof, leaves: AsyncIterator[bytes]
) -> None:
    """Writes a file, whole or not at all; it is durable on return.

    Args:
        path: Where to; what is there is replaced.
        shown: What is to be shown.
        leaves: All leaf hashes of the log in order, many at a time.

    Raises:
        StoreError: It cannot be written.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    with store_errors(f"write {path}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb") as file:
                file.write(FORM)
                file.write(encode_promise(shown))
                async for some in leaves:
                    file.write(some)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def check_promise_file(path: Path, pin: bytes) -> CheckedFile:
    """Checks what a file shows, without a network, a clock or anything else.

    Args:
        path: The file.
        pin: SHA-256 of the root metadata to believe, 32 bytes.

    Raises:
        ConfigurationError: There is no such file.
        ProofError: It shows nothing; the sentence says why.
    """
    try:
        with path.open("rb") as file:
            shown = _head(file)
            view = _directory(shown.directory, pin)
            broken = verify_broken(shown, _leaves(file), view)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    return CheckedFile(broken=broken, directory=view.version, root_sha256=pin)


def directory_files(
    root: bytes, fetch: Callable[[str], bytes | None], view: DirectoryView
) -> DirectoryFiles:
    """Returns what it takes to believe a directory's federation record, and no more.

    Blocks while it fetches.

    Args:
        root: The root metadata that this machine was given to trust.
        fetch: How to get what the hub serves.
        view: The directory that is meant.

    Raises:
        ProofError: What the hub serves does not lead from that root to it.
    """
    files: dict[str, bytes] = {}

    def recording(path: str) -> bytes | None:
        data = fetch(path)
        if data is not None:
            files[path] = data
        return data

    try:
        # From the first on, so that it can be checked with whichever root is known.
        first = 1 if recording(metadata_path("root", 1)) else _version(root)
        trusted_chain(recording, first, sha256(root))
        history = History(root, recording)
        signed_ms = history.snapshot(view.version).signed_at_ms
        history.view(view.version, view.snapshot_digest, signed_ms, only=())
    except DirectoryError as error:
        raise ProofError(
            f"the hub does not serve the directory it has: {error}"
        ) from error
    return DirectoryFiles(version=view.version, files=files)


def _head(file: BinaryIO) -> PromiseProof:
    if file.readline(len(FORM)) != FORM:
        raise ProofError("this is no file that shows a broken promise")
    line = file.readline(MAX_HEAD + 1)
    return decode_promise(line)


def _leaves(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        if len(chunk) % HASH_SIZE:
            raise ProofError("the file ends within a leaf")
        for at in range(0, len(chunk), HASH_SIZE):
            yield chunk[at : at + HASH_SIZE]


def _directory(given: DirectoryFiles, pin: bytes) -> DirectoryView:
    found = [_ROOT.fullmatch(path) for path in given.files]
    first = min((int(one[1]) for one in found if one), default=0)
    try:
        _, root = trusted_chain(given.files.get, first, pin)
        history = History(root, given.files.get)
        snapshot = history.snapshot(given.version)
        # Judged by the time it was signed: whether it is in force now is another
        # question, and not what a promise of the past depends on.
        return history.view(
            given.version, snapshot.digest, snapshot.signed_at_ms, only=()
        )
    except DirectoryError as error:
        raise ProofError(f"the directory in the file does not hold: {error}") from error


def _version(root: bytes) -> int:
    return int(read_root(root).signed.version)
