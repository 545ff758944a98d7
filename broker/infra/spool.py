"""What comes in piece by piece, kept on the disk until it is whole: encrypted, unnamed.

Its key is in memory only, and the file has no name: after a crash nothing is left of it
that anybody could read. What is made of it is left to the callers.
"""

import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, Self

from broker.infra.store_errors import store_errors
from keys.sealing import CONTENT_KEY_SIZE, protect, unprotect

_PIECE: Final = 256 * 1024  # bytes, before they are encrypted
_LENGTH_SIZE: Final = 4  # bytes
_DOING: Final = "keep what comes in"


class Spool:
    """A file that is written once, and read once.

    Args:
        folder: Where it lies, without a name; made when missing.

    Raises:
        StoreError: It cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        with store_errors(_DOING):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed in `close`
        self._key = secrets.token_bytes(CONTENT_KEY_SIZE)
        self._piece = bytearray()
        self._count = 0
        self.size = 0

    def write(self, data: bytes) -> None:
        """Adds some bytes.

        Raises:
            StoreFullError: No room left on the disk.
            StoreError: They cannot be kept.
        """
        self.size += len(data)
        self._piece += data
        while len(self._piece) >= _PIECE:
            self._put(bytes(self._piece[:_PIECE]))
            del self._piece[:_PIECE]

    def read(self) -> bytes:
        """Returns all that was written.

        Raises:
            StoreError: It cannot be read.
            ContentError: Somebody has changed it.
        """
        parts = []
        with store_errors(_DOING):
            self._file.seek(0)
            for number in range(self._count):
                length = int.from_bytes(self._file.read(_LENGTH_SIZE), "big")
                kept = self._file.read(length)
                parts.append(unprotect(self._key, kept, context=_context(number)))
        return b"".join([*parts, bytes(self._piece)])

    def close(self) -> None:
        """Lets go of it; nothing is left."""
        # What could not be written is tried once more, and is not wanted any more.
        with suppress(OSError):
            self._file.close()

    def __enter__(self) -> Self:
        """Gives itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Lets go of it."""
        self.close()

    def _put(self, piece: bytes) -> None:
        kept = protect(self._key, piece, context=_context(self._count))
        with store_errors(_DOING):
            self._file.write(len(kept).to_bytes(_LENGTH_SIZE, "big"))
            self._file.write(kept)
            # A full disk shows itself here, and not when there is no time to say so.
            self._file.flush()
        self._count += 1


def _context(number: int) -> bytes:
    return b"spool/%d" % number
