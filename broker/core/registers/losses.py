"""What stocks have lost, item by item and series by series, and what was found of it.

Finding it is left to `broker.core.identification`: here a record has to say that it is
about this loss.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from broker.core.identification.ranges import series_of
from broker.core.identification.weapon import SerialSpan
from broker.core.registers.recoveries import DISPOSITION, RECOVERY, ended_by
from broker.core.registers.spans import Span
from broker.core.registers.statement import (
    Fields,
    Statement,
    inner,
    listed,
    matters,
    number,
    plain,
    text,
    wordings,
)
from broker.core.registers.things import (
    Thing,
    concerning,
    referring,
    thing,
    things,
)

LOSS: Final = "stock-loss"
_FINDING: Final = frozenset({RECOVERY, DISPOSITION})


@dataclass(frozen=True, slots=True, kw_only=True)
class LostItem:
    """One item of a loss, and the records that say it was found."""

    thing: Thing
    found: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LostSeries:
    """A series of a loss.

    Attributes:
        span: First and last number.
        quantity: How many it holds: as stated, or as its numbers count; 0 when neither
            says so.
        found: Numbers of it that were found, as read.
    """

    span: SerialSpan
    quantity: int
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """One loss as it stands.

    Attributes:
        statement: The last report of it.
        first: Digest of the first one.
        kind: "lost", "stolen", "captured" or "missing".
        span: When.
        inventory_on: Day of the inventory that showed it; may be empty.
        holder: Who held the stock; may be empty.
        items: Single items.
        series: Series of numbers.
        ended: "closed", "withdrawn", or empty while it goes on.
    """

    statement: Statement
    first: bytes
    kind: str
    span: Span
    inventory_on: str
    holder: str
    items: tuple[LostItem, ...]
    series: tuple[LostSeries, ...]
    ended: str

    @property
    def complete(self) -> bool:
        """Whether all of it was found, as far as it can be counted, or it ended."""
        return bool(self.ended) or (
            all(one.found for one in self.items)
            and all(0 < one.quantity <= len(one.found) for one in self.series)
        )


def losses(statements: Collection[Statement]) -> tuple[Loss, ...]:
    """Returns every loss, oldest first, whatever order statements come in.

    A report in reply to an earlier one by the same party stands in its place. Anybody
    may have found something: records of recovery and disposition count that answer the
    report, or refer to it.

    Args:
        statements: Reports of losses, recovery records, certificates of disposition,
            and steps about them; others are passed over.
    """
    others = referring(one for one in statements if one.kind in _FINDING)
    return tuple(_loss(matter, others) for matter in matters(statements, LOSS))


def _loss(
    matter: Sequence[Statement], others: Mapping[bytes, Sequence[Statement]]
) -> Loss:
    chain = wordings(matter, LOSS)
    last = chain[-1]
    found = [
        (one, named)
        for one in concerning(matter, others)
        if one.kind in _FINDING
        for named in _things_of(one)
    ]
    fields = last.fields
    return Loss(
        statement=last,
        first=chain[0].digest,
        kind=plain(text(fields, "kind"), "LOSS_KIND_"),
        span=Span.of(inner(fields, "period")),
        inventory_on=text(fields, "inventoryOn"),
        holder=text(fields, "holder"),
        items=tuple(
            LostItem(
                thing=lost,
                found=tuple(one for one, named in found if lost.is_named_by(named)),
            )
            for lost in things(fields)
        ),
        series=tuple(
            _series(one, [named for _, named in found])
            for one in listed(fields, "serialRanges")
        ),
        ended=ended_by(matter, last.by),
    )


def _things_of(find: Statement) -> tuple[Thing, ...]:
    if find.kind == DISPOSITION:
        return things(find.fields)
    rows = listed(find.fields, "items")
    return tuple(thing(inner(row, "item")) for row in rows)


def _series(fields: Fields, found: Sequence[Thing]) -> LostSeries:
    span = SerialSpan(
        first=text(inner(fields, "first"), "raw"),
        last=text(inner(fields, "last"), "raw"),
        quantity=number(fields, "quantity"),
    )
    counted = series_of(span)
    if counted is None:
        return LostSeries(span=span, quantity=span.quantity, found=())
    # Each number once, in whatever spelling it was found.
    numbers = {
        count: one.serial
        for one in reversed(found)
        if (count := one.count_within(counted)) is not None
    }
    return LostSeries(
        span=span,
        quantity=span.quantity or counted.count,
        found=tuple(numbers[one] for one in sorted(numbers)),
    )
