"""Reads what officers write: YAML or JSON, without anything that could surprise."""

from collections.abc import Hashable
from datetime import date, datetime
from pathlib import Path
from typing import Final

import yaml

from broker.core.errors import DocumentError, DocumentProblem

_MAX_SIZE: Final = 4 << 20  # bytes


class _Loader(yaml.SafeLoader):
    """YAML without types of its own, and without the same name twice."""

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 - PyYAML's
    ) -> dict[Hashable, object]:
        """Refuses a name that is there already: which of the two was meant?"""
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the name {key!r} is there twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def load_file(path: Path) -> object:
    """Reads a YAML or JSON file. Dates become text, as protobuf's JSON wants them.

    Raises:
        DocumentError: It cannot be read, or is neither.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_SIZE + 1)
    except OSError as error:
        raise _problem(str(path), f"a readable file: {error.strerror}") from error
    if len(data) > _MAX_SIZE:
        raise _problem("more than 4 MiB", "a smaller file")
    try:
        return _plain(yaml.load(data, Loader=_Loader))  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = (
            f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the file"
        )
        raise _problem(place, f"YAML or JSON: {error.problem}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _problem("something else", f"YAML or JSON: {error}") from error


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
