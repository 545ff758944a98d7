"""Who is in a closed group: a pure function of the set of what its members have said.

There is no way back in: whoever has declined or left is invited by a new operation
message. What may be shared is left to `broker.core.operations.sharing`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from broker.core.operations.group import Group, Phase
from keys.identity import PartyId


class Act(StrEnum):
    """What a member can say of its own membership, or the opener of the whole."""

    JOIN = "join"
    DECLINE = "decline"
    LEAVE = "leave"
    CLOSE = "close"


class Standing(StrEnum):
    """How a party stands to a group."""

    OPENED = "opened"
    INVITED = "invited"
    JOINED = "joined"
    DECLINED = "declined"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One statement, as its message says it.

    Attributes:
        digest: Of the message.
        by: Who.
        to: Whom it went to.
        at_ms: When it was sealed, in ms since the epoch.
        act: What.
    """

    digest: bytes
    by: PartyId
    to: frozenset[PartyId]
    at_ms: int
    act: Act

    @property
    def order(self) -> tuple[int, bytes]:
        """By which what one party says is put in order."""
        return self.at_ms, self.digest


@dataclass(frozen=True, slots=True, kw_only=True)
class NoEffect:
    """A statement that changes nothing, and why."""

    said: Said
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """Who is in a group, as far as the statements known go.

    Attributes:
        group: The group.
        standing: Of each member.
        joined_ms: When each of those who ever were in it joined; the opener at 0.
        left_ms: When each of those who have left did so.
        closed_ms: When the opener ended it before its last day; None if it did not.
        statements: Everything that was said, in order.
        without_effect: What of it changes nothing.
    """

    group: Group
    standing: Mapping[PartyId, Standing]
    joined_ms: Mapping[PartyId, int]
    left_ms: Mapping[PartyId, int]
    closed_ms: int | None
    statements: tuple[Said, ...]
    without_effect: tuple[NoEffect, ...]

    @property
    def inside(self) -> tuple[PartyId, ...]:
        """Those who are in it now, ascending."""
        return tuple(
            sorted(
                party
                for party, standing in self.standing.items()
                if standing in (Standing.OPENED, Standing.JOINED)
            )
        )

    def phase(self, now_ms: int) -> Phase:
        """Returns where it is, by its days and by whether it was ended."""
        if self.closed_ms is not None and now_ms > self.closed_ms:
            return Phase.OVER
        return self.group.phase(now_ms)


def membership(group: Group, statements: Iterable[Said]) -> Membership:
    """Returns who is in a group, whatever order the statements came in.

    1. Only what a member tells all other members at once counts: everybody knows the
    same. 2. The opener's first word that it is over ends it. 3. Of each other member,
    what it said counts in the order in which it said it, until the end.

    Args:
        group: The group.
        statements: All that are known, each any number of times.
    """
    known = sorted({one.digest: one for one in statements}.values(), key=_order)
    # 1.
    odd = {one.digest: why for one in known if (why := _why_not(group, one))}
    # 2.
    ends = [
        one.at_ms
        for one in known
        if one.act is Act.CLOSE and one.digest not in odd and one.at_ms <= group.ends_ms
    ]
    closed_ms = min(ends, default=None)
    last_ms = group.ends_ms if closed_ms is None else closed_ms
    standing = dict.fromkeys(sorted(group.members), Standing.INVITED)
    standing[group.opener] = Standing.OPENED
    since_ms: dict[tuple[PartyId, Standing], int] = {}
    # 3.
    for one in known:
        if one.digest in odd:
            continue
        after = _AFTER.get((standing[one.by], one.act))
        if one.at_ms > last_ms:
            odd[one.digest] = "it was over"
        elif after is not None:
            standing[one.by] = after
            since_ms[one.by, after] = one.at_ms
        elif one.act is not Act.CLOSE:
            odd[one.digest] = f"{one.by} had {_WORDS[standing[one.by]]}"
    return Membership(
        group=group,
        standing=standing,
        joined_ms={group.opener: 0} | _of(since_ms, Standing.JOINED),
        left_ms=_of(since_ms, Standing.LEFT),
        closed_ms=closed_ms,
        statements=tuple(known),
        without_effect=tuple(
            NoEffect(said=one, why=odd[one.digest])
            for one in known
            if one.digest in odd
        ),
    )


_AFTER: Final[Mapping[tuple[Standing, Act], Standing]] = MappingProxyType(
    {
        (Standing.INVITED, Act.JOIN): Standing.JOINED,
        (Standing.INVITED, Act.DECLINE): Standing.DECLINED,
        (Standing.JOINED, Act.LEAVE): Standing.LEFT,
    }
)
_WORDS: Final[Mapping[Standing, str]] = MappingProxyType(
    {
        Standing.OPENED: "opened it",
        Standing.INVITED: "not joined",
        Standing.JOINED: "joined",
        Standing.DECLINED: "declined",
        Standing.LEFT: "left",
    }
)


def _of(
    since_ms: Mapping[tuple[PartyId, Standing], int], standing: Standing
) -> dict[PartyId, int]:
    return {party: at for (party, which), at in since_ms.items() if which is standing}


def _order(said: Said) -> tuple[int, bytes]:
    return said.order


def _why_not(group: Group, said: Said) -> str:
    """Returns why a statement cannot count whatever else is said; empty if it can."""
    if said.by not in group.members:
        return f"{said.by} is no member"
    if said.to != group.others(said.by):
        return "it did not go to all other members, and to them alone"
    if said.act is Act.CLOSE and said.by != group.opener:
        return f"only {group.opener} ends it"
    if said.act is not Act.CLOSE and said.by == group.opener:
        return f"{said.by} opened it, and can only end it"
    return ""
