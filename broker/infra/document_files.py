"""Reads what officers write: YAML or JSON, without anything that could surprise."""

from collections.abc import Hashable
from datetime import date, datetime
from pathlib import Path
from typing import Final

import yaml

from broker.core.errors import DocumentError, DocumentProblem

_MAX_SIZE: Final = 4 << 20  # bytes


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


def lines_of(path: Path) -> dict[str, int]:
    """Returns on which line each place of a file stands that `load_file` has read.

    Returns:
        Lines from 1 by place, as problems name it: "offices[1].telephone". Empty when
        the file has changed so that it cannot be read any more.
    """
    lines: dict[str, int] = {}
    try:
        root = yaml.compose(path.read_bytes()[:_MAX_SIZE], Loader=_Loader)
    except (OSError, yaml.YAMLError, RecursionError):
        return lines
    pending: list[tuple[str, yaml.Node]] = [] if root is None else [("", root)]
    while pending:
        place, node = pending.pop()
        lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            pending += [(f"{place}[{n}]", one) for n, one in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                inner = f"{place}.{key.value}" if place else str(key.value)
                lines[inner] = key.start_mark.line + 1
                pending.append((inner, value))
    return lines


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
