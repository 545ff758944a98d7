"""A part of a document, read without minding what is wrong with its shape.

What is of the wrong shape reads as absent: the schema reports it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from broker.core.codec.problems import child

_DIGITS_MAX: Final = 20  # of the largest number that any field holds


@dataclass(frozen=True, slots=True)
class Section:
    """Fields of a message, and where they stand.

    Attributes:
        path: As "items[0].firearm"; empty for the document itself.
        fields: By JSON name.
    """

    path: str
    fields: Mapping[str, object]

    @classmethod
    def of(cls, document: object, path: str = "") -> Self:
        """Reads a document; what is no mapping has no fields."""
        return cls(path, document if isinstance(document, Mapping) else {})

    def at(self, name: str) -> str:
        """Returns the path of a field."""
        return child(self.path, name)

    def has(self, name: str) -> bool:
        """Tells whether a field is there and says something."""
        return self.fields.get(name) not in (None, "", [], {}, 0, False)

    def text(self, name: str) -> str:
        """Returns a text; empty when there is none."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""

    def word(self, name: str, prefix: str) -> str:
        """Returns a value of a closed list without its prefix: "PISTOL"."""
        return self.text(name).removeprefix(prefix)

    def number(self, name: str) -> int | None:
        """Returns a whole number, also one that stands as text."""
        value = self.fields.get(name)
        if isinstance(value, bool) or not isinstance(value, int | str):
            return None
        text = str(value)
        fits = len(text) <= _DIGITS_MAX and text.isascii() and text.isdigit()
        return int(text) if fits else None

    def texts(self, name: str) -> tuple[str, ...]:
        """Returns the texts of a list."""
        value = self.fields.get(name)
        listed = value if isinstance(value, list) else []
        return tuple(one for one in listed if isinstance(one, str))

    def inner(self, name: str) -> "Section":
        """Returns a part; one without fields when there is none."""
        return Section.of(self.fields.get(name), self.at(name))

    def inners(self, name: str) -> tuple["Section", ...]:
        """Returns the parts of a list."""
        value = self.fields.get(name)
        return tuple(
            Section.of(one, child(self.at(name), position))
            for position, one in enumerate(value if isinstance(value, list) else [])
        )
