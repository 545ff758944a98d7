"""What may be shared in a closed group: by whom, with whom, and when.

Asked before something is sent, and again of what has come: a sender that was tampered
with must not get anything counted.
"""

from broker.core.errors import Code, RefusedError
from broker.core.operations.group import Phase
from broker.core.operations.membership import Membership, Said, membership
from keys.identity import PartyId


def check_sharing(
    known: Membership, *, by: PartyId, to: frozenset[PartyId], at_ms: int
) -> None:
    """Refuses what somebody shares that does not belong into a group.

    A recipient that has left since, or is in it by a word that is still on its way,
    is no fault of the sender's: only whoever never joined is outside.

    Args:
        known: Who is in it, as far as is known now.
        by: Who shares it.
        to: With whom.
        at_ms: When it was, or is, sealed, in ms since the epoch.

    Raises:
        RefusedError: OUTSIDE_OPERATION.
    """
    group = known.group
    if by not in group.members:
        raise _outside(f"{by} is no member")
    match known.phase(at_ms):
        case Phase.AHEAD:
            raise _outside(f"it begins on {group.first}")
        case Phase.OVER:
            raise _outside("it is over: what was shared can only be read")
        case Phase.RUNNING:
            pass
    joined_ms = known.joined_ms.get(by)
    if joined_ms is None or joined_ms > at_ms:
        raise _outside(f"{by} has not joined")
    if known.left_ms.get(by, at_ms) < at_ms:
        raise _outside(f"{by} has left")
    if strangers := to - group.members:
        raise _outside(f"{_codes(strangers)}: no member")
    if waiting := {party for party in to if party not in known.joined_ms}:
        raise _outside(f"{_codes(waiting)}: not joined")


def check_report(
    known: Membership, *, by: PartyId, to: frozenset[PartyId], now_ms: int
) -> None:
    """Refuses a report that is about to be sent: it goes to all who are in the group.

    Raises:
        RefusedError: OUTSIDE_OPERATION.
    """
    check_sharing(known, by=by, to=to, at_ms=now_ms)
    inside = frozenset(known.inside) - {by}
    if gone := to - inside:
        raise _outside(f"{_codes(gone)}: left")
    if missing := inside - to:
        raise _outside(f"{_codes(missing)}: a report goes to all that have joined")


def check_statement(known: Membership, said: Said) -> None:
    """Refuses a statement about membership that would have no effect.

    Args:
        known: Who is in the group.
        said: What is about to be said, under a digest that no message has.

    Raises:
        RefusedError: OUTSIDE_OPERATION.
    """
    after = membership(known.group, (*known.statements, said))
    for one in after.without_effect:
        if one.said.digest == said.digest:
            raise _outside(one.why)


def untold(known: Membership, by: PartyId, to: frozenset[PartyId]) -> tuple[str, ...]:
    """Returns who is in a group now and was not told of something, ascending."""
    return tuple(sorted(frozenset(known.inside) - to - {by}))


def _outside(why: str) -> RefusedError:
    return RefusedError(Code.OUTSIDE_OPERATION, why)


def _codes(parties: frozenset[PartyId] | set[PartyId]) -> str:
    return ", ".join(sorted(parties))
