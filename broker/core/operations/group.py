"""The closed group that an operation message opens: who may be in it, and how long.

Who is in it is left to `broker.core.operations.membership`.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from broker.core.errors import Code, RefusedError
from keys.errors import PartyCodeError
from keys.identity import PartyId

_DAY_MS = 86_400_000


class Phase(StrEnum):
    """Where an operation is."""

    AHEAD = "ahead"
    RUNNING = "running"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What one operation message lays down; nothing changes it.

    Attributes:
        digest: Of the message: it names the group.
        name: Code name; content, and shown to members only.
        opener: Who opened it; a member from the beginning.
        members: Everybody who may be in it, with the opener.
        first: First day (UTC) on which anything is shared.
        last: Last day, included.
        objective: What it is about.
    """

    digest: bytes
    name: str
    opener: PartyId
    members: frozenset[PartyId]
    first: dt.date
    last: dt.date
    objective: str = ""

    @property
    def starts_ms(self) -> int:
        """The first ms in which anything may be shared."""
        return _midnight_ms(self.first)

    @property
    def ends_ms(self) -> int:
        """The last ms in which anything may be shared."""
        return _midnight_ms(self.last) + _DAY_MS - 1

    def others(self, party: PartyId) -> frozenset[PartyId]:
        """Returns the members but one."""
        return self.members - {party}

    def phase(self, now_ms: int) -> Phase:
        """Returns where it is by its days alone."""
        if now_ms < self.starts_ms:
            return Phase.AHEAD
        return Phase.RUNNING if now_ms <= self.ends_ms else Phase.OVER


def group_in(
    document: Mapping[str, object],
    *,
    digest: bytes,
    by: PartyId,
    to: Collection[PartyId],
) -> Group:
    """Returns the group that a message opens.

    Args:
        document: Its content, of the kind operation/1, as its kind demands.
        digest: Its name; empty for one that is about to be sent.
        by: Who opens it.
        to: Whom it goes to.

    Raises:
        RefusedError: OUTSIDE_OPERATION: whoever opens it is no member, a member is no
            party, or it does not go to all others, so that they would not all know the
            same group.
    """
    listed = document.get("members")
    try:
        members = frozenset(
            PartyId(str(one)) for one in (listed if isinstance(listed, list) else ())
        )
    except PartyCodeError as error:
        raise _outside(f"{error}: no code of a party") from None
    if by not in members:
        raise _outside(f"{by} opens it, and has to be one of its members")
    if strangers := set(to) - members:
        raise _outside(f"{_codes(strangers)}: it goes to members only")
    if missing := members - {by} - set(to):
        raise _outside(f"{_codes(missing)}: it goes to all its members at once")
    return Group(
        digest=digest,
        name=str(document.get("name", "")),
        opener=by,
        members=members,
        first=dt.date.fromisoformat(str(document["from"])),
        last=dt.date.fromisoformat(str(document["until"])),
        objective=str(document.get("objective", "")),
    )


def _outside(why: str) -> RefusedError:
    return RefusedError(Code.OUTSIDE_OPERATION, why)


def _codes(parties: Collection[PartyId]) -> str:
    return ", ".join(sorted(parties))


def _midnight_ms(day: dt.date) -> int:
    moment = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    return int(moment.timestamp() * 1000)
