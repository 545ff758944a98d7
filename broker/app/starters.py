"""Starter policies: complete, commented files that a party makes its own.

What they say is left to the files under examples/policies/starters.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker.app.example_files import examples_folder
from broker.core.errors import ConfigurationError
from keys.identity import PartyId

_FOLDER: Final = Path("policies") / "starters"
_TITLE: Final = re.compile(r"^# STARTER: (.+)\.$", re.MULTILINE)
_PARTY: Final = re.compile(r"^party: [A-Z]{3}$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """A policy to start from.

    Attributes:
        name: What it is asked for by.
        title: What it is, in a few words.
        text: The file.
    """

    name: str
    title: str
    text: str

    def made_for(self, party: PartyId) -> str:
        """Returns the text with `party` in the place of the one it was written for."""
        return _PARTY.sub(f"party: {party}", self.text, count=1)


def starters() -> dict[str, Starter]:
    """Returns every starter by its name.

    Raises:
        ConfigurationError: They are not part of this installation.
    """
    found = {}
    for path in sorted((examples_folder() / _FOLDER).glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        title = _TITLE.search(text)
        found[path.stem] = Starter(
            name=path.stem, title=title[1] if title else path.stem, text=text
        )
    if not found:
        raise ConfigurationError("the starters are not part of this installation")
    return found
