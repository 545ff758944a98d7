"""Looking into a content as protobuf's JSON mapping gives it, whatever its form.

Contents were checked against their kinds before; this is for the type checker, and for
fields that a policy has taken out. What is looked for is left to the callers.
"""

from collections.abc import Iterator, Mapping
from typing import Final

_NOTHING: Final[Mapping[str, object]] = {}


def part(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Returns a part, or an empty one."""
    found = document.get(name)
    return found if isinstance(found, Mapping) else _NOTHING


def parts(document: Mapping[str, object], name: str) -> Iterator[Mapping[str, object]]:
    """Yields the parts of a list; none when there is no list."""
    found = document.get(name)
    if isinstance(found, list | tuple):
        yield from (one for one in found if isinstance(one, Mapping))


def text(document: Mapping[str, object], name: str) -> str:
    """Returns a text, or an empty one."""
    found = document.get(name)
    return found if isinstance(found, str) else ""


def texts(document: Mapping[str, object], name: str) -> Iterator[str]:
    """Yields the texts of a list; none when there is no list."""
    found = document.get(name)
    if isinstance(found, list | tuple):
        yield from (one for one in found if isinstance(one, str))


def word(name: str, prefix: str) -> str:
    """Returns a word of a closed list without its prefix; nothing if not stated."""
    found = name.removeprefix(prefix)
    return "" if found == "UNSPECIFIED" else found
