"""Boxes of bits: few and large ones for the same points.

A box has one side in each dimension: the classes it takes in, as bits. What the classes
are is left to `broker.core.policy.regions`.
"""

from collections.abc import Iterator, Sequence, Set as AbstractSet
from typing import Final, TypeAlias

Box: TypeAlias = tuple[int, ...]

_WIDENED_MOST: Final = 24  # boxes; more of them are left apart, which is as right


def joined(boxes: AbstractSet[Box]) -> set[Box]:
    """Joins disjoint boxes that differ in one side alone, until there are none."""
    left = set(boxes)
    count = None
    while count != len(left):
        count = len(left)
        # The last dimensions first: those at the front are what people look for.
        for place in reversed(range(len(next(iter(left), ())))):
            sides: dict[tuple[Box, Box], int] = {}
            for box in left:
                key = (box[:place], box[place + 1 :])
                sides[key] = sides.get(key, 0) | box[place]
            left = {(*before, side, *after) for (before, after), side in sides.items()}
    return left


def widened(boxes: AbstractSet[Box], every: Box, held: int = 0) -> list[Box]:
    """Returns boxes that can overlap, as large as the points of `boxes` allow.

    Args:
        boxes: Disjoint.
        every: The whole of each side.
        held: How many sides, from the first on, stay as they are.
    """
    ordered = sorted(boxes)
    if len(ordered) > _WIDENED_MOST:
        return ordered
    large = sorted({_grown(box, ordered, every, held) for box in ordered}, key=_rank)
    kept: list[Box] = list(large)
    for box in reversed(large):
        others = [one for one in kept if one != box]
        if inside(box, others):
            kept = others
    return kept


def inside(box: Box, boxes: Sequence[Box]) -> bool:
    """Tells whether every point of a box is in one of `boxes`."""
    for number, other in enumerate(boxes):
        if all(one & two for one, two in zip(box, other, strict=True)):
            rest = boxes[number + 1 :]
            return all(inside(piece, rest) for piece in _outside(box, other))
    return False


def _outside(box: Box, other: Box) -> Iterator[Box]:
    """Yields disjoint boxes for the points of `box` that are not in `other`."""
    for place, side in enumerate(other):
        beyond = box[place] & ~side
        if beyond:
            yield (*box[:place], beyond, *box[place + 1 :])
        box = (*box[:place], box[place] & side, *box[place + 1 :])


def _grown(box: Box, boxes: Sequence[Box], every: Box, held: int) -> Box:
    """Returns a box around `box` that no side of can be larger."""
    for place in reversed(range(held, len(box))):
        missing = every[place] & ~box[place]
        for bits in [missing, *_ones(missing)]:
            if bits & ~box[place]:
                larger = (*box[:place], box[place] | bits, *box[place + 1 :])
                # What is added has to be inside; the rest is.
                added = (*box[:place], bits & ~box[place], *box[place + 1 :])
                if inside(added, boxes):
                    box = larger
    return box


def _rank(box: Box) -> tuple[int, Box]:
    """Orders boxes by size, those that take in most classes first."""
    return -sum(side.bit_count() for side in box), box


def _ones(mask: int) -> Iterator[int]:
    while mask:
        yield mask & -mask
        mask &= mask - 1
