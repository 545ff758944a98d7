"""Tokens for tests: SoftHSM 2, through the same PKCS#11 calls as hardware.

A process has one folder of tokens: the library reads where they are when it starts.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from keys.errors import TokenNotFoundError
from keys.token_session import module_path
from keys.token_uri import TokenUri

PIN: Final = b"2468-token"
OFFICER_PIN: Final = "13579-officer"
REQUIRED_VARIABLE: Final = "ROGATORY_REQUIRE_SOFTHSM"
_TOOL: Final = "softhsm2-util"
_SOFTHSM: Final = TokenUri(token="any", module_name="softhsm2")


class Tokens:
    """A folder of tokens, and how to make some.

    Args:
        folder: Where they are; SoftHSM is told.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "tokens"
        self.folder.mkdir(parents=True)
        configuration = folder / "softhsm2.conf"
        configuration.write_text(
            f"directories.tokendir = {self.folder}\n"
            "objectstore.backend = file\n"
            "log.level = ERROR\n"
        )
        os.environ["SOFTHSM2_CONF"] = str(configuration)
        self._made = 0

    def make(self, label: str = "token", pin: bytes = PIN) -> TokenUri:
        """Makes a token; a number makes its label its own."""
        self._made += 1
        label = f"{label} {self._made}"
        subprocess.run(  # noqa: S603 - a fixed command of this machine
            [
                *(str(shutil.which(_TOOL)), "--init-token", "--free"),
                *("--label", label),
                *("--pin", pin.decode(), "--so-pin", OFFICER_PIN),
            ],
            check=True,
            capture_output=True,
        )
        return TokenUri(token=label, module_name="softhsm2")

    def take_away(self) -> None:
        """Pulls all tokens out of the machine."""
        self.folder.rename(self.folder.with_name("elsewhere"))
        self.folder.mkdir()

    def bring_back(self) -> None:
        """Puts them in again."""
        self.folder.rmdir()
        self.folder.with_name("elsewhere").rename(self.folder)


def require_softhsm() -> None:
    """Skips the test when SoftHSM is not installed; fails it when it has to be."""
    try:
        module_path(_SOFTHSM)
        missing = shutil.which(_TOOL) is None
    except TokenNotFoundError:
        missing = True
    if not missing:
        return
    reason = "SoftHSM 2 is not installed (apt-get install softhsm2)"
    if os.environ.get(REQUIRED_VARIABLE):
        pytest.fail(f"{reason}, and {REQUIRED_VARIABLE} is set")
    pytest.skip(reason)
