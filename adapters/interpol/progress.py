"""How far a long delivery has come, for when it is given up and comes again.

A node gives an adapter so much time for one thing. Without this a slow register and a
message of fifty firearms would begin anew for ever, and hold up all that comes after.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from adapters.interpol.drafts import Hit
from adapters.interpol.filing import Found
from adapters.values import Delivery, Emission


@dataclass(slots=True, kw_only=True)
class Step:
    """What was done about one firearm.

    Attributes:
        emissions: What the register was given.
        hits: What it has that a person should see.
    """

    emissions: list[Emission] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)


class Progress:
    """The steps of one delivery, in memory: forgotten with the next one."""

    def __init__(self) -> None:
        self._key = ""
        self._done: dict[int, Step] = {}

    async def each(
        self,
        delivery: Delivery,
        found: Sequence[Found],
        take: Callable[[Found], Awaitable[Step]],
    ) -> tuple[list[Emission], list[Hit]]:
        """Takes every firearm that was not yet, and returns what was done about all.

        Args:
            delivery: It may have come before.
            found: Its firearms.
            take: Does what is to be done about one.
        """
        if delivery.key != self._key:
            self._key, self._done = delivery.key, {}
        for one in found:
            if one.item not in self._done:
                self._done[one.item] = await take(one)
        steps = [self._done[one.item] for one in found]
        return (
            [emission for step in steps for emission in step.emissions],
            [hit for step in steps for hit in step.hits],
        )

    def forget(self) -> None:
        """Forgets it: it is done with, or taken back."""
        self._key, self._done = "", {}
