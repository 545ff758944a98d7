"""A folder with one file of rows about seizures for each record that was delivered.

What the rows say is left to `adapters.declarations.cen`.
"""

import os
from pathlib import Path
from typing import Final

from adapters.declarations.cen import cen_csv, cen_rows
from adapters.errors import SystemAwayError
from adapters.values import Delivery, Emission
from keys.framing import sha256

_NAME_LENGTH: Final = 20  # hexadecimal digits


class CenFolder:
    """Writes and destroys files of rows.

    Args:
        folder: The folder; it has to exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, delivery: Delivery) -> Emission:
        """Writes the rows of a record; a second time changes nothing.

        Raises:
            SystemAwayError: The folder is not there, or full.
        """
        name = _name(delivery.message_digest)
        record = Path(name).stem
        data = cen_csv(cen_rows(delivery.document, record, delivery.handling))
        part = self._folder / f".{name}.part"
        try:
            part.unlink(missing_ok=True)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(descriptor)
            part.replace(self._folder / name)
            _sync(self._folder)
        except OSError as error:
            raise SystemAwayError(f"{self._folder}: {error.strerror}") from error
        return Emission(
            target=f"file {name}", sha256=sha256(data), handling=delivery.handling
        )

    def destroy(self, message_digest: bytes) -> None:
        """Destroys the rows of a record; harmless when there are none.

        Raises:
            SystemAwayError: The folder is not there.
        """
        try:
            (self._folder / _name(message_digest)).unlink(missing_ok=True)
            _sync(self._folder)
        except OSError as error:
            raise SystemAwayError(f"{self._folder}: {error.strerror}") from error


def _name(message_digest: bytes) -> str:
    return f"cen-{message_digest.hex()[:_NAME_LENGTH]}.csv"


def _sync(folder: Path) -> None:
    """Has the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
