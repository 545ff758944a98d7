"""Questions of a space that are answered alike, gathered into few boxes.

What the answers are is left to whoever asks; words for a box to
`broker.core.policy.wording`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from broker.core.policy.aspects import ASPECTS, Value
from broker.core.policy.boxes import Box, joined, widened
from broker.core.policy.dimensions import Dimension
from broker.core.policy.space import Row, Space, later_asking
from keys.identity import PartyId

A = TypeVar("A")

_NONE = 0  # the node of questions without an answer worth telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Region(Generic[A]):
    """A box of questions with one answer.

    Attributes:
        parties: The other parties.
        values: By aspect the values that a question has; an aspect that is missing
            does not matter.
        unsaid: By aspect the values that it does not have, for the same aspects.
        answer: What all of them are answered.
    """

    parties: frozenset[PartyId]
    values: Mapping[str, frozenset[Value]]
    unsaid: Mapping[str, frozenset[Value]]
    answer: A


def regions(
    space: Space, answer: Callable[[int], A | None], *, differing: bool
) -> list[Region[A]]:
    """Returns the questions that have an answer, in few boxes, in a fixed order.

    Boxes with the same answer can overlap.

    Args:
        space: The questions.
        answer: What a question is answered that meets these rules (as bits); None when
            it is not worth telling.
        differing: Whether only questions count on which the two sides of the space can
            differ; then those that meet the same rules of both are passed over.
    """
    diagram = _Diagram(space=space, answer=answer, differing=differing)
    alike: dict[int, list[PartyId]] = {}
    for row in space.rows:
        root = diagram.root(row)
        if root != _NONE:
            alike.setdefault(root, []).extend(row.parties)
    found: dict[object, Region[A]] = {}
    for root, parties in alike.items():
        for box, leaf in merged(list(diagram.boxes(root))):
            values = {one.aspect: _values(one, chosen) for one, chosen in box}
            unsaid = {
                one.aspect: _values(one, _every(one) & ~chosen) for one, chosen in box
            }
            # Parties that are told apart by other questions may be alike in these.
            key = (tuple(values.items()), tuple(unsaid.items()), leaf)
            before = found[key].parties if key in found else frozenset[PartyId]()
            found[key] = Region(
                parties=before.union(parties),
                values=values,
                unsaid=unsaid,
                answer=diagram.answers[leaf],
            )
    return list(found.values())


_Box = dict[Dimension, int]  # classes of each dimension, as bits
_Node = tuple[Dimension, tuple[tuple[int, int], ...]]


class _Diagram(Generic[A]):
    """A decision diagram: each node an aspect, equal nodes once."""

    def __init__(
        self, *, space: Space, answer: Callable[[int], A | None], differing: bool
    ) -> None:
        self.answers: dict[int, A] = {}
        self._space = space
        self._answer = answer
        self._differing = differing
        self._nodes: dict[int, _Node] = {}
        self._ids: dict[object, int] = {}
        self._known: dict[tuple[tuple[Dimension, ...], int], int] = {}

    def root(self, row: Row) -> int:
        return self._node(row.dimensions, later_asking(row.dimensions), row.met)

    def _node(
        self, dimensions: tuple[Dimension, ...], later: list[int], met: int
    ) -> int:
        """Returns the node for what `dimensions` make of the rules `met`."""
        met = self._space.settled(met, later[0])
        if self._differing and self._same(met):
            return _NONE
        while dimensions and not met & dimensions[0].asking:
            dimensions, later = dimensions[1:], later[1:]
        if not dimensions:
            return self._leaf(met)
        key = (dimensions, met)
        if key not in self._known:
            self._known[key] = self._branches(dimensions, later, met)
        return self._known[key]

    def _branches(
        self, dimensions: tuple[Dimension, ...], later: list[int], met: int
    ) -> int:
        below: dict[int, int] = {}
        nodes: dict[int, int] = {}
        for number, covered in enumerate(dimensions[0].covered):
            kept = met & covered
            if kept not in nodes:
                nodes[kept] = self._node(dimensions[1:], later[1:], kept)
            child = nodes[kept]
            below[child] = below.get(child, 0) | 1 << number
        if len(below) == 1:
            return next(iter(below))
        node = (
            dimensions[0],
            tuple((chosen, child) for child, chosen in below.items()),
        )
        found = self._ids.setdefault(node, len(self._ids) + 1)
        self._nodes[found] = node
        return found

    def _leaf(self, met: int) -> int:
        answer = self._answer(met)
        if answer is None:
            return _NONE
        found = self._ids.setdefault(("answer", answer), len(self._ids) + 1)
        self.answers[found] = answer
        return found

    def _same(self, met: int) -> bool:
        old, new = self._space.sides
        return met & (old.permits | old.denials) == met & (new.permits | new.denials)

    def boxes(self, node: int) -> Iterator[tuple[_Box, int]]:
        """Yields a box for each way from `node` to an answer."""
        if node in self.answers:
            yield {}, node
        elif node != _NONE:
            dimension, branches = self._nodes[node]
            for chosen, child in branches:
                for box, leaf in self.boxes(child):
                    yield {dimension: chosen, **box}, leaf


def merged(
    boxes: list[tuple[_Box, int]],
) -> Iterator[tuple[list[tuple[Dimension, int]], int]]:
    """Yields few boxes for the same questions, the answers in a fixed order."""
    dimensions = {dimension: None for box, _ in boxes for dimension in box}
    order = sorted(dimensions, key=lambda one: _PLACES[one.aspect])
    every = tuple(map(_every, order))
    # What is said of one kind is not said again with others.
    held = sum(one.aspect == "kind" for one in order)
    by_leaf: dict[int, set[Box]] = {}
    for box, leaf in boxes:
        sides = tuple(box.get(one, _every(one)) for one in order)
        by_leaf.setdefault(leaf, set()).add(sides)
    for leaf, alike in sorted(by_leaf.items()):
        for sides in sorted(widened(joined(alike), every, held)):
            chosen = zip(order, sides, strict=True)
            yield [(one, bits) for one, bits in chosen if bits != _every(one)], leaf


def _every(dimension: Dimension) -> int:
    return (1 << len(dimension.classes)) - 1


@lru_cache(maxsize=4096)  # boxes share their sides
def _values(dimension: Dimension, chosen: int) -> frozenset[Value]:
    return frozenset(
        value
        for number, values in enumerate(dimension.classes)
        if chosen >> number & 1
        for value in values
    )


_PLACES = {aspect.name: place for place, aspect in enumerate(ASPECTS)}
