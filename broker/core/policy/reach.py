"""Whether any question is permitted, and which: searching a space for one that is.

Gathering all questions that are answered alike is left to `broker.core.policy.regions`.
"""

from collections.abc import Mapping
from itertools import compress
from typing import Final

from broker.core.policy.aspects import Value
from broker.core.policy.space import Row, Space, later_asking

ANY: Final[Mapping[str, Value]] = {}


def permitted(
    space: Space, permits: int, denials: int, among: Mapping[str, Value] = ANY
) -> bool:
    """Tells whether a question is met by one of some permits and by no denial.

    Args:
        space: The questions.
        permits: As bits.
        denials: Those that can be in their way, as bits.
        among: Values that the question must have, by aspect.
    """
    return any(permitted_in(row, permits, denials, among) for row in space.rows)


def permitted_in(
    row: Row, permits: int, denials: int, among: Mapping[str, Value] = ANY
) -> bool:
    """Answers as `permitted` for the parties of one row."""
    later = later_asking(row.dimensions)
    seen: set[tuple[int, int]] = set()
    stack = [(0, row.met & (permits | denials))]
    while stack:
        depth, met = stack.pop()
        # Not permitted any more; or denied for good by what asks nothing more.
        if not met & permits or met & denials & ~later[depth] or (depth, met) in seen:
            continue
        seen.add((depth, met))
        if depth == len(row.dimensions):
            return True
        one = row.dimensions[depth]
        wanted = among.get(one.aspect)
        chosen = [wanted is None or wanted in values for values in one.classes]
        stack += [
            (depth + 1, met & covered) for covered in compress(one.covered, chosen)
        ]
    return False


def within(space: Space, inner: int, outer: int) -> bool:
    """Tells whether every question that meets one rule meets another.

    Args:
        space: The questions.
        inner: Bit of the one.
        outer: Bit of the other.
    """
    return all(
        not row.met >> inner & 1
        or (
            row.met >> outer & 1
            and all(
                not covered >> inner & 1 or covered >> outer & 1
                for one in row.dimensions
                for covered in one.covered
            )
        )
        for row in space.rows
    )


def meet(space: Space, rule: int, other: int, but: str = "") -> bool:
    """Tells whether a question meets both of two rules.

    Args:
        space: The questions.
        rule: Bit of the one.
        other: Bit of the other.
        but: An aspect that is not looked at.
    """
    both = 1 << rule | 1 << other
    return any(
        row.met & both == both
        and all(
            one.aspect == but or any(covered & both == both for covered in one.covered)
            for one in row.dimensions
        )
        for row in space.rows
    )
