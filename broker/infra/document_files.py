"""Reads what officers write: YAML or JSON, without anything that could surprise."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

import yaml

from broker.core.errors import DocumentError, DocumentProblem

_MAX_SIZE: Final = 4 << 20  # bytes
_WORDS: Final = {
    "character '\\t'": "a tab stands here; indent with spaces",
    "expected <block end>": "this line is not indented like those that it belongs to",
    "mapping values are not allowed here": "a colon stands where none can: put a text "
    "with a colon in quotes, or see whether the line before lacks one or this one is "
    "indented too far",
}
"""What the commonest slips are called by PyYAML, and what is said of them here."""


class _Loader(yaml.SafeLoader):
    """YAML without types of its own, references, and the same name twice."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuses references: a few lines of them stand for gigabytes."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(
                None, None, "references are not read", mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 - PyYAML's
    ) -> dict[Hashable, object]:
        """Refuses a name that is there already: which of the two was meant?"""
        seen: set[object] = set()
        for key_node, _ in node.value:
            # As text, which is what it becomes: 1 and "1" are the same name.
            key = str(self.construct_object(key_node, deep=True))
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the name {key!r} is there twice", key_node.start_mark
                )
            seen.add(key)
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) < len(seen):  # 1 and true are one name to Python
            raise yaml.constructor.ConstructorError(
                None, None, "two names mean the same", node.start_mark
            )
        return mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """What stands at one place of a file.

    Attributes:
        key: The name that leads to it; None in a list, and for the whole.
        value: The value.
    """

    key: yaml.Node | None
    value: yaml.Node

    @property
    def mark(self) -> yaml.Mark:
        """Where it begins, with its name if it has one."""
        return (self.key or self.value).start_mark


def _timestamp(loader: _Loader, node: yaml.ScalarNode) -> object:
    """Says where a day stands that there is not."""
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError as error:
        raise yaml.constructor.ConstructorError(
            None, None, f"{node.value} is no day: {error}", node.start_mark
        ) from error


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)


def load_file(path: Path) -> object:
    """Reads a YAML or JSON file. Dates become text, as protobuf's JSON wants them.

    Raises:
        DocumentError: It cannot be read, or is neither.
    """
    return load_bytes(read_file(path))


def read_file(path: Path) -> bytes:
    """Returns what is in a file, at most 4 MiB.

    Raises:
        DocumentError: It cannot be read, or is too large.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_SIZE + 1)
    except OSError as error:
        raise _problem(str(path), f"a readable file: {error.strerror}") from error
    if len(data) > _MAX_SIZE:
        raise _problem("more than 4 MiB", "a smaller file")
    return data


def load_bytes(data: bytes) -> object:
    """Reads YAML or JSON, as `load_file` does.

    Raises:
        DocumentError: It is neither; raised from `yaml.MarkedYAMLError` where a place
            in the file is to blame.
    """
    try:
        return _plain(yaml.load(data, Loader=_Loader))  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = (
            f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the file"
        )
        raise _problem(place, f"YAML or JSON: {_plain_words(error)}") from error
    except yaml.reader.ReaderError as error:
        if error.encoding == "unicode":
            found = f"a sign that cannot be seen (U+{error.character:04X})"
            raise _problem(found, "YAML or JSON") from error
        raise _problem("another encoding", "UTF-8") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _problem("something else", f"YAML or JSON: {error}") from error


def lines_of(path: Path) -> dict[str, int]:
    """Returns on which line each place of a file stands that `load_file` has read.

    Returns:
        Lines from 1 by place, as problems name it: "offices[1].telephone". Empty when
        the file has changed so that it cannot be read any more.
    """
    try:
        spots = spots_in(path.read_bytes()[:_MAX_SIZE])
    except (OSError, DocumentError):
        return {}
    return {place: spot.mark.line + 1 for place, spot in spots.items()}


def spots_in(data: bytes) -> dict[str, Spot]:
    """Returns what stands at each place of YAML or JSON that `load_bytes` has read.

    Returns:
        By place, as problems name it: "offices[1].telephone".

    Raises:
        DocumentError: It is neither.
    """
    try:
        root = yaml.compose(data, Loader=_Loader)
    except (yaml.YAMLError, RecursionError) as error:
        raise _problem("something else", f"YAML or JSON: {error}") from error
    spots: dict[str, Spot] = {}
    pending = [] if root is None else [("", Spot(key=None, value=root))]
    while pending:
        place, spot = pending.pop()
        spots.setdefault(place, spot)
        if isinstance(spot.value, yaml.SequenceNode):
            pending += [
                (f"{place}[{n}]", Spot(key=None, value=one))
                for n, one in enumerate(spot.value.value)
            ]
        elif isinstance(spot.value, yaml.MappingNode):
            for key, value in spot.value.value:
                inner = f"{place}.{key.value}" if place else str(key.value)
                pending.append((inner, Spot(key=key, value=value)))
    return spots


def _plain_words(error: yaml.MarkedYAMLError) -> str:
    """Returns what the reader says of a slip, for people who do not know its terms."""
    problem = error.problem or "it cannot be read"
    for said, words in _WORDS.items():
        if said in problem:
            return words
    return problem


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case date():
            return value.isoformat()
        case dict():
            return {
                key if isinstance(key, str) else str(key): _plain(one)
                for key, one in value.items()
            }
        case list():
            return [_plain(one) for one in value]
        case _:
            return value


def _problem(found: str, expected: str) -> DocumentError:
    return DocumentError([DocumentProblem("", found, f"expected {expected}")])
