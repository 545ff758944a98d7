"""Closed vocabularies: numbers on the wire, words in files that people write.

What each word means is left to the modules that define one.
"""

from enum import IntEnum
from typing import Self


class Word(IntEnum):
    """A number that people write as a word: LIGHT_WEAPON is "light-weapon"."""

    @property
    def word(self) -> str:
        """How policy files write it: small letters, hyphens."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def words(cls) -> tuple[str, ...]:
        """Returns every word, in the order of the numbers."""
        return tuple(member.word for member in cls)

    @classmethod
    def from_word(cls, word: str) -> Self | None:
        """Returns the member that `word` means, or None."""
        return next((member for member in cls if member.word == word), None)
