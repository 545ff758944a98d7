"""Things that several records speak of: which of one is which of the other.

Only a number or a reference says so here; likeness is left to
`broker.core.identification`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from broker.core.identification.ranges import Series, parts_of
from broker.core.identification.serials import keys_of
from broker.core.identification.weapon import Weapon, weapons_in
from broker.core.registers.statement import (
    Fields,
    Statement,
    digest_in,
    folded,
    listed,
    number,
    plain,
    text,
)

_KIND: Final = "recovery-record"
_LABELLED: Final = ("make", "model", "calibre")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One item of a record.

    Attributes:
        label: In a few words, without its number: "pistol Example Works Model 17".
        item_class: "firearm".
        serial: As read, the frame's first; may be empty.
        reference: The author's own, such as an exhibit number; may be empty.
        quantity: How many; 0 means not stated.
        keys: Of all its serial numbers.
        serials: Every number as read, with its mask.
    """

    label: str
    item_class: str
    serial: str
    reference: str
    quantity: int
    keys: frozenset[str]
    serials: tuple[tuple[str, str], ...]

    def is_named_by(self, other: "Thing") -> bool:
        """Tells whether another record names the same item, by number or reference."""
        if self.reference and folded(self.reference) == folded(other.reference):
            return True
        return bool(self.keys & other.keys)

    def count_within(self, series: Series) -> int | None:
        """Returns which one of a series it is; None if it is not certainly of it."""
        for raw, mask in self.serials:
            parts = parts_of(raw, mask)
            if parts is not None:
                head, count, foot = parts
                of_it = (head, foot) == (series.head, series.foot)
                if of_it and series.first <= count <= series.last:
                    return count
        return None


def thing(item: Fields) -> Thing:
    """Returns what an `Item` of any kind of content is."""
    found = weapons_in(_KIND, {"items": [item]})
    weapon = found[0] if found else Weapon(kind=_KIND, path="")
    item_class = plain(text(item, "itemClass"), "ITEM_CLASS_")
    sort = weapon.type.removeprefix("FIREARM_TYPE_").removeprefix("PART_KIND_")
    named = [getattr(weapon, name) for name in _LABELLED]
    words = [sort.lower().replace("_", "-") or item_class, *named]
    read = [(one.raw, one.mask) for one in weapon.serials]
    return Thing(
        label=" ".join(filter(None, words)) or text(item, "description"),
        item_class=item_class,
        serial=read[0][0] if read else "",
        reference=text(item, "reference"),
        quantity=number(item, "quantity"),
        keys=frozenset(key for raw, mask in read for key in keys_of(raw, mask).k0),
        serials=tuple(read),
    )


def things(fields: Fields) -> tuple[Thing, ...]:
    """Returns the items of a content, in its order."""
    return tuple(map(thing, listed(fields, "items")))


def referring(statements: Iterable[Statement]) -> dict[bytes, list[Statement]]:
    """Returns the statements that refer to a message, by its digest."""
    found: dict[bytes, list[Statement]] = defaultdict(list)
    for one in statements:
        for reference in listed(one.fields, "references"):
            found[digest_in(reference, "messageDigest")].append(one)
    return found


def concerning(
    matter: Collection[Statement], others: Mapping[bytes, Sequence[Statement]]
) -> list[Statement]:
    """Returns what belongs to a matter, and what refers to a message of it.

    Args:
        matter: The matter.
        others: As `referring` gives it.

    Returns:
        Each once, oldest first.
    """
    found = {one.digest: one for one in matter}
    for digest in list(found):
        found |= {one.digest: one for one in others.get(digest, ())}
    return sorted(found.values(), key=lambda one: one.order)
