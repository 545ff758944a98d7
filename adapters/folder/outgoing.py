"""The folder that deliveries are written to: one file each, whole or not at all."""

import os
import re
from pathlib import Path
from typing import Final

from adapters.delivered import delivered_json, withdrawn_json
from adapters.errors import RejectedError, SystemAwayError
from adapters.values import Delivery, Withdrawal

_KIND: Final = re.compile(r"[a-z][a-z0-9-]{0,59}\Z")
_FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class OutFolder:
    """Writes files that other programs pick up.

    Names are made of the kind and the digest of the message, and of nothing that
    anybody abroad has written.

    Args:
        folder: It has to exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, delivery: Delivery) -> tuple[str, bytes]:
        """Writes a delivery; the same again writes the same.

        Returns:
            The name of the file, and what is in it.

        Raises:
            RejectedError: Its kind cannot be part of a name.
            SystemAwayError: The folder is not there, or takes nothing.
        """
        kind = delivery.kind.partition("/")[0]
        if not _KIND.match(kind):
            raise RejectedError("its kind cannot name a file", code="unfit-name")
        name, data = f"{kind}-{delivery.message_digest.hex()}.json", b""
        data = delivered_json(delivery)
        self._put(name, data)
        return name, data

    def withdraw(self, withdrawal: Withdrawal) -> tuple[str, bytes]:
        """Removes what was written, and says so to whoever has taken it.

        Returns:
            The name of the file that says so, and what is in it.

        Raises:
            SystemAwayError: The folder is not there, or takes nothing.
        """
        digest = withdrawal.message_digest.hex()
        name, data = f"withdrawn-{digest}.json", withdrawn_json(withdrawal)
        # First the word, then the deed: a crash between the two repeats both.
        self._put(name, data)
        try:
            # Also what a crash, or a full disk, has left of writing it.
            for path in self._folder.glob(f"*-{digest}.json*"):
                if path.name != name:
                    path.unlink(missing_ok=True)
            self._sync()
        except OSError as error:
            raise _away(self._folder, error) from error
        return name, data

    def _put(self, name: str, data: bytes) -> None:
        part = self._folder / f".{name}.part"
        try:
            part.unlink(missing_ok=True)  # of a crash
            with os.fdopen(os.open(part, _FLAGS, 0o640), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._folder / name)
            self._sync()
        except OSError as error:
            raise _away(self._folder, error) from error

    def _sync(self) -> None:
        handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _away(folder: Path, error: OSError) -> SystemAwayError:
    return SystemAwayError(f"{folder}: {error.strerror}")
