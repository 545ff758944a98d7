"""A diversion alert as it stands: what was said first, and all that was added since.

Nothing is ever rewritten: an update stands beside what it corrects, with who said it
when. The state between two parties is left to `broker.core.cases.diversion`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Final

from broker.core.cases.alert_values import (
    OF_ISSUER,
    STEP,
    UPDATE,
    AlertMessage,
    AlertView,
    Answered,
    Ask,
    Corrected,
    Reply,
    Statement,
    Update,
)
from keys.identity import PartyId

_ACTS: Final[Mapping[object, Answered]] = MappingProxyType(
    {
        "CASE_ACT_START": Answered.UNDER_WAY,
        "CASE_ACT_REPORT": Answered.REPORTED,
        "CASE_ACT_DECLINE": Answered.DECLINED,
    }
)
_DIGITS_MAX: Final = 9  # of a place in a list

_Replies = Mapping[tuple[PartyId, bytes], Sequence[AlertMessage]]


def alert_view(alert: AlertMessage, messages: Iterable[AlertMessage]) -> AlertView:
    """Returns an alert as it stands, whatever order messages came in.

    Args:
        alert: The alert.
        messages: Updates and steps, about this or about others.
    """
    within = _within(alert, messages)
    updates = [one for one in within if one.kind == UPDATE]
    steps = tuple(one for one in within if one.kind == STEP)
    ordered = tuple(_in_order(updates))
    contradicted = _contradicted(ordered)
    replies = _replies(steps)
    return AlertView(
        alert=alert,
        updates=tuple(
            Update(
                message=one,
                contradicted=(one.by, one.number) in contradicted,
                counts=one.by == alert.by or one.document.get("kind") not in OF_ISSUER,
            )
            for one in ordered
        ),
        missing=_missing(ordered),
        corrections=tuple(_corrections(alert, ordered)),
        asks=tuple(
            ask for one in (alert, *ordered) for ask in _asks(one, alert, replies)
        ),
        steps=steps,
    )


def value_at(document: Mapping[str, object], path: str) -> object | None:
    """Returns what stands at a path such as "items[0].firearm.model", or None."""
    found: object = document
    for step in re.findall(r"[^.\[\]]+", path):
        if isinstance(found, Mapping):
            found = found.get(step)
        elif isinstance(found, list) and (place := _place(step)) < len(found):
            found = found[place]
        else:
            return None
    return found


def _place(step: str) -> int:
    """Returns the place in a list that a step names; beyond all of them for none."""
    known = step.isascii() and step.isdecimal() and len(step) <= _DIGITS_MAX
    return int(step) if known else 10**_DIGITS_MAX


def _contradicted(updates: Iterable[AlertMessage]) -> frozenset[tuple[PartyId, int]]:
    """Returns under which numbers a party says more than one thing."""
    first: dict[tuple[PartyId, int], AlertMessage] = {}
    return frozenset(
        (one.by, one.number)
        for one in updates
        if first.setdefault((one.by, one.number), one).document != one.document
    )


def _replies(steps: Iterable[AlertMessage]) -> _Replies:
    """Returns what each party says of what each message asks, oldest first."""
    found: dict[tuple[PartyId, bytes], list[AlertMessage]] = {}
    for one in steps:
        if one.document.get("act") in _ACTS:
            found.setdefault((one.by, one.in_reply_to), []).append(one)
    return found


def _within(
    alert: AlertMessage, messages: Iterable[AlertMessage]
) -> list[AlertMessage]:
    """Returns what parties to an alert say in reply to it, or to such replies."""
    parties = {alert.by, *alert.to}
    replies: dict[bytes, dict[bytes, AlertMessage]] = {}
    for one in messages:
        if one.by in parties and one.kind in {UPDATE, STEP}:
            replies.setdefault(one.in_reply_to, {})[one.digest] = one
    found: dict[bytes, AlertMessage] = {}
    ahead = [alert.digest]
    while ahead:
        for digest, one in replies.pop(ahead.pop(), {}).items():
            found[digest] = one
            ahead.append(digest)
    return sorted(found.values(), key=lambda one: one.order)


def _in_order(updates: Iterable[AlertMessage]) -> Iterator[AlertMessage]:
    """Yields updates by time, but those of each party by its own numbers."""
    waiting: dict[PartyId, list[AlertMessage]] = {}
    for one in sorted(updates, key=lambda one: (one.number, one.order), reverse=True):
        waiting.setdefault(one.by, []).append(one)
    while waiting:
        by = min(waiting, key=lambda party: waiting[party][-1].order)
        yield waiting[by].pop()
        if not waiting[by]:
            del waiting[by]


def _missing(updates: Iterable[AlertMessage]) -> dict[PartyId, tuple[int, ...]]:
    """Returns the numbers below the highest that no update bears; not all of many."""
    numbers: dict[PartyId, set[int]] = {}
    for one in updates:
        numbers.setdefault(one.by, set()).add(one.number)
    found = {}
    for party, here in sorted(numbers.items()):
        # A number far beyond what is here shows the gap before it, not every number.
        last = min(max(here), 2 * len(here) + 1)
        if absent := tuple(n for n in range(1, last) if n not in here):
            found[party] = absent
    return found


def _corrections(
    alert: AlertMessage, updates: Iterable[AlertMessage]
) -> Iterator[Corrected]:
    said = [
        (str(one.get("field")), message, one)
        for message in updates
        for one in message.listed("corrections")
    ]
    # The sort is stable: what was said of one field stays in order.
    for field, found in groupby(
        sorted(said, key=lambda one: one[0]), lambda one: one[0]
    ):
        original = value_at(alert.document, field)
        yield Corrected(
            field=field,
            original="" if original is None else str(original),
            statements=tuple(
                Statement(
                    message=message,
                    was=str(one.get("was", "")),
                    value=str(one.get("is", "")),
                )
                for _, message, one in found
            ),
        )


def _asks(
    message: AlertMessage, alert: AlertMessage, replies: _Replies
) -> Iterator[Ask]:
    for number, one in enumerate(message.listed("asks"), 1):
        of = str(one.get("of", ""))
        parties = {*message.to} & {alert.by, *alert.to}
        yield Ask(
            message=message,
            number=number,
            what=str(one.get("kind", "")),
            by_when=str(one.get("byWhen", "")),
            detail=str(one.get("detail", "")),
            replies=tuple(
                _reply(party, number, replies.get((party, message.digest), ()))
                for party in sorted(parties)
                if of in {"", party}
            ),
        )


def _reply(party: PartyId, number: int, steps: Iterable[AlertMessage]) -> Reply:
    """Returns what a party said of one thing: its last word counts."""
    own = [one for one in steps if _speaks_of(one, number)]
    answered = _ACTS[own[-1].document["act"]] if own else Answered.OPEN
    return Reply(party=party, answered=answered, steps=tuple(own))


def _speaks_of(step: AlertMessage, number: int) -> bool:
    """Tells whether a step is about what has a number; without any, about all."""
    numbers = step.document.get("asks")
    return not numbers or (isinstance(numbers, list) and number in numbers)
