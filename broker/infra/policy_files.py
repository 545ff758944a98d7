"""Policy files: read strictly, with the line and column of whatever does not fit.

What a policy says is left to `broker.core.policy`, and changing a file to
`broker.infra.policy_edits`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import yaml

from broker.core.errors import (
    ConfigurationError,
    DocumentError,
    DocumentProblem,
    PolicyError,
    Position,
)
from broker.core.policy.parse import parse_policy
from broker.core.policy.reader import shown
from broker.core.policy.rules import Policy
from broker.infra.document_files import Spot, load_bytes, read_file, spots_in

N = TypeVar("N", bound=yaml.Node)

# What YAML takes for the end of a line, and a comment with it, while editors, terminals
# and differences go on in the same line; and what shows text in another order.
_HIDING: Final = re.compile("\r(?!\n)|[\x85\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_HIDING_EXPECTED: Final = (
    "expected lines that end as people see it, and no signs that turn text around"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFile:
    """A policy as it stands in a file.

    Attributes:
        path: The file.
        text: What is in it.
        policy: What that means.
    """

    path: Path
    text: str
    policy: Policy
    _spots: Mapping[str, Spot] = field(repr=False, compare=False)

    def position(self, place: str, found: str = "") -> Position:
        """Returns where a place of the policy stands.

        Args:
            place: As problems and findings name it: "export[2]".
            found: What is meant there, when the place holds several things.
        """
        return _position(self._spots, str(self.path), place, found)

    def find(self, place: str) -> yaml.Node | None:
        """Returns what stands at a place of the text, or None."""
        spot = self._spots.get(place)
        return None if spot is None else spot.value

    def node(self, place: str, kind: type[N]) -> N:
        """Returns what stands at a place where the policy has something.

        Raises:
            ConfigurationError: Something else stands there.
        """
        found = self.find(place)
        if not isinstance(found, kind):
            raise ConfigurationError(f"{self.path}: nothing to change at {place}")
        return found


def read_policy(path: Path) -> PolicyFile:
    """Reads a policy file.

    Raises:
        PolicyError: It cannot be read or is not a policy; with the line and column of
            each place that does not fit.
    """
    try:
        data = read_file(path)
        document = load_bytes(data)
        text = data.decode("utf-8")
        spots = spots_in(data)
    except DocumentError as error:
        raise _not_read(error, path) from error
    except UnicodeDecodeError as error:
        raise PolicyError(
            [DocumentProblem("", "another encoding", "expected UTF-8", _top(path))]
        ) from error
    return _parsed(document, text, spots, path)


def policy_in(text: str, path: Path) -> PolicyFile:
    """Reads the text of a policy file; `path` is what errors call it.

    Raises:
        PolicyError: As `read_policy`.
    """
    data = text.encode()
    try:
        return _parsed(load_bytes(data), text, spots_in(data), path)
    except DocumentError as error:
        raise _not_read(error, path) from error


def _parsed(
    document: object, text: str, spots: Mapping[str, Spot], path: Path
) -> PolicyFile:
    _check_shows_all(text, path)
    try:
        policy = parse_policy(document)
    except PolicyError as error:
        placed = [
            (_position(spots, str(path), one.path, one.value), one)
            for one in error.problems
        ]
        placed.sort(key=lambda pair: (pair[0].line, pair[0].column))
        raise PolicyError(
            [
                DocumentProblem(one.path, one.value, one.expected, position)
                for position, one in placed
            ]
        ) from error
    return PolicyFile(path=path, text=text, policy=policy, _spots=spots)


def _check_shows_all(text: str, path: Path) -> None:
    """Refuses a text that says more, or other things, than people see in it."""
    problems = [
        DocumentProblem(
            "",
            ascii(found[0]),
            _HIDING_EXPECTED,
            Position(
                file=str(path),
                line=text.count("\n", 0, found.start()) + 1,
                column=found.start() - text.rfind("\n", 0, found.start()),
            ),
        )
        for found in _HIDING.finditer(text)
    ]
    if problems:
        raise PolicyError(problems)


def _not_read(error: DocumentError, path: Path) -> PolicyError:
    """Returns what to say of a file that is no YAML, or none that we read."""
    cause = error.__cause__
    mark = cause.problem_mark if isinstance(cause, yaml.MarkedYAMLError) else None
    position = _top(path) if mark is None else _at(mark, str(path))
    return PolicyError(
        [
            DocumentProblem(one.path, one.value, one.expected, position)
            for one in error.problems
        ]
    )


def _position(spots: Mapping[str, Spot], file: str, place: str, found: str) -> Position:
    spot = spots.get(place)
    while spot is None and place:
        # What is missing is shown where it would have to be.
        place = place[: max(place.rfind("."), place.rfind("["), 0)]
        spot = spots.get(place)
    if spot is None:
        return Position(file=file, line=1, column=1)
    return _at(_mark(spot, found), file)


def _mark(spot: Spot, found: str) -> yaml.Mark:
    """Returns where the name or the value begins that `found` shows."""
    if spot.key is not None and shown(spot.key.value) == found:
        return spot.key.start_mark
    if isinstance(spot.value, yaml.ScalarNode):
        return spot.value.start_mark
    pending = [spot.value]
    while pending:
        node = pending.pop(0)
        if isinstance(node, yaml.ScalarNode) and shown(node.value) == found:
            return node.start_mark
        if isinstance(node, yaml.SequenceNode):
            pending += node.value
        elif isinstance(node, yaml.MappingNode):
            pending += [one for _, one in node.value]
    return spot.mark


def _at(mark: yaml.Mark, file: str) -> Position:
    return Position(file=file, line=mark.line + 1, column=mark.column + 1)


def _top(path: Path) -> Position:
    return Position(file=str(path), line=1, column=1)
