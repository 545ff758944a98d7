"""Secrets by reference: a setting says where a secret is, and never what it is."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import BeforeValidator

_SCHEMES: Final = ("file:", "env:")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}\Z")
_MAX_SIZE: Final = 65_536  # bytes


class SecretError(Exception):
    """A secret that is not where the configuration says."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret is: "file:/run/secrets/token" or "env:CUSTOMS_TOKEN"."""

    reference: str

    def read(self) -> bytes:
        """Returns the secret, without white space around it.

        Raises:
            SecretError: It is not there, or empty.
        """
        scheme, _, place = self.reference.partition(":")
        if scheme == "env":
            found = os.environ.get(place, "").encode()
        else:
            try:
                with Path(place).open("rb") as file:
                    found = file.read(_MAX_SIZE)
            except OSError as error:
                raise SecretError(
                    f"{self.reference}: cannot be read: {error.strerror}"
                ) from error
        if not found.strip():
            raise SecretError(f"{self.reference}: there is nothing")
        return found.strip()

    def __str__(self) -> str:
        return self.reference


def _secret(value: object) -> Secret:
    if isinstance(value, Secret):
        return value
    text = value if isinstance(value, str) else ""
    scheme = next((one for one in _SCHEMES if text.startswith(one)), "")
    place = text.removeprefix(scheme)
    if scheme == "file:" and Path(place).is_absolute():
        return Secret(text)
    if scheme == "env:" and _VARIABLE.match(place):
        return Secret(text)
    # The value is not repeated: it may be the secret itself.
    raise ValueError(
        "a secret is given by reference: file:/absolute/path or env:VARIABLE"
    )


SecretRef = Annotated[Secret, BeforeValidator(_secret)]
"""The type of a setting that refers to a secret."""
