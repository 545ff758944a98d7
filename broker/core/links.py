"""What two parties owe each other about the numbers of their messages, as values.

Between one origin and one recipient every message has a number: what is missing can be
asked for, and whoever has nothing to say still sends a heartbeat. Encodings are left to
the codec, verification of what is sent again to `broker.core.flows.resending`, sending
and keeping to the services.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from keys.identity import PartyId

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS
UPKEEP_LIFETIME_MS: Final = 7 * DAY_MS
"""How long what keeps a link may be delivered: a week away leaves no gaps."""

_LONGEST_PAUSE_MS: Final = DAY_MS
_DOUBLINGS_MAX: Final = 12
_GROUPED: Final = (3, 4)  # share of the period after which a pair joins a heartbeat
_PATIENCE: Final = 2  # announced periods that a party may keep silent
_ANSWER_PAUSE_MS: Final = MINUTE_MS


class ResendOutcome(Enum):
    """What an origin says about a number that it was asked for."""

    SENT_AGAIN = 1
    REFUSED_BY_HUB = 2
    EXPIRED = 3
    UNDER_WAY = 4
    UNKNOWN = 5
    TOO_LARGE = 6


class Closure(StrEnum):
    """Why a number is not missing any more, although it did not come by itself."""

    SENT_AGAIN = "sent-again"
    HELD = "held"
    REFUSED_BY_HUB = "refused-by-hub"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    TOO_LARGE = "too-large"


CLOSING: Final[Mapping[ResendOutcome, Closure]] = {
    ResendOutcome.EXPIRED: Closure.EXPIRED,
    ResendOutcome.UNKNOWN: Closure.UNKNOWN,
    ResendOutcome.TOO_LARGE: Closure.TOO_LARGE,
}
"""Outcomes for which the origin's word alone is enough: they bring nothing in."""

LOST: Final = frozenset({Closure.UNKNOWN, Closure.TOO_LARGE})
"""Closures that leave somebody without a message that may matter to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTuning:
    """How patient a node is.

    Attributes:
        grace_ms: How long a number may be missing before it is asked for.
        heartbeat_every_ms: How long a party may hear nothing from us.
        numbers_max: Numbers in one request.
        requests_max: Requests without any answer, until a person has to see to it.
    """

    grace_ms: int = 5 * MINUTE_MS
    heartbeat_every_ms: int = DAY_MS
    numbers_max: int = 100
    requests_max: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Resent:
    """An origin's answer about one number.

    Attributes:
        number: The one that was asked for.
        message_digest: Of the message; empty where it is not known.
        envelope: SENT_AGAIN: with the wrap of the one who asked alone.
        receipt: SENT_AGAIN and REFUSED_BY_HUB: what the hub said about it.
        proof: What binds that to the hub's signature.
    """

    number: int
    outcome: ResendOutcome
    message_digest: bytes = b""
    envelope: bytes = b""
    receipt: bytes = b""
    proof: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingNumber:
    """A number of one origin that has not come.

    Attributes:
        since_ms: When a later one was noticed, in ms since the epoch.
        asked_ms: When it was asked for last; None if it was not.
        times: How often it was.
    """

    number: int
    since_ms: int
    asked_ms: int | None = None
    times: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How asking one party goes.

    Attributes:
        requested_ms: When it was asked last; None if never.
        unanswered: Requests since it last answered.
    """

    requested_ms: int | None = None
    unanswered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """When a party spoke last, by its own clock.

    Attributes:
        number: Of its newest message.
        sealed_ms: When that was sealed, in ms since the epoch.
        next_within_ms: What its newest heartbeat announced; 0 if none ever did.
    """

    number: int
    sealed_ms: int
    next_within_ms: int = 0

    @property
    def due_ms(self) -> int | None:
        """When it will have spoken again, by its own announcement; None without one."""
        return self.sealed_ms + self.next_within_ms if self.next_within_ms else None


def scan_numbers(
    present: Iterable[int], floor: int, room: int
) -> tuple[tuple[int, ...], int]:
    """Finds what is missing in a sequence.

    Args:
        present: Numbers that are there, above `floor`, ascending.
        floor: Up to here everything was looked at before.
        room: How many missing ones to find at most: an origin may skip millions.

    Returns:
        The missing ones, ascending, and the new floor.
    """
    missing: list[int] = []
    at = floor
    for number in present:
        while at + 1 < number:
            if len(missing) >= room:
                return tuple(missing), at
            at += 1
            missing.append(at)
        at = max(at, number)
    return tuple(missing), at


def numbers_to_ask(
    missing: Sequence[MissingNumber],
    asking: Asking,
    now_ms: int,
    tuning: LinkTuning,
) -> tuple[int, ...]:
    """Returns which numbers to ask a party for now, ascending; most often none.

    A number is asked for when it has been missing for the grace, and then ever more
    rarely. A party is asked ever more rarely as long as it answers nothing at all, and
    in the end not by itself any more: two nodes whose answers get lost on the way must
    not go on asking for each other's answers.
    """
    if asking.unanswered >= tuning.requests_max:
        return ()
    if asking.requested_ms is not None:
        pause_ms = _doubled(tuning.grace_ms, asking.unanswered)
        if not _is_over(pause_ms, asking.requested_ms, now_ms):
            return ()
    due = sorted(one.number for one in missing if _is_due(one, now_ms, tuning))
    return tuple(due[: tuning.numbers_max])


def _is_due(one: MissingNumber, now_ms: int, tuning: LinkTuning) -> bool:
    if one.asked_ms is None:
        return _is_over(tuning.grace_ms, one.since_ms, now_ms)
    return _is_over(_doubled(tuning.grace_ms, one.times), one.asked_ms, now_ms)


def _is_over(pause_ms: int, since_ms: int, now_ms: int) -> bool:
    """Tells whether a pause is over; a clock that was set back makes none longer."""
    return abs(now_ms - since_ms) >= pause_ms


def _doubled(pause_ms: int, times: int) -> int:
    """Returns a pause that doubles each time after the first, up to a day."""
    doublings = min(max(times - 1, 0), _DOUBLINGS_MAX)
    return max(pause_ms, min(pause_ms << doublings, _LONGEST_PAUSE_MS))


def may_answer(times: int, answered_ms: int, now_ms: int) -> bool:
    """Tells whether to answer about a number once more.

    Whoever asks in earnest asks more rarely than this; whoever does not is not to fill
    our outbox.

    Args:
        times: How often it was answered to the same party.
        answered_ms: When last, in ms since the epoch.
        now_ms: The present.
    """
    return not times or _is_over(_doubled(_ANSWER_PAUSE_MS, times), answered_ms, now_ms)


def parties_to_greet(
    last_sent_ms: Mapping[PartyId, int], now_ms: int, tuning: LinkTuning
) -> tuple[PartyId, ...]:
    """Returns who gets a heartbeat now, in one message for all; most often nobody.

    Only what we sent counts, not what we heard: otherwise two nodes would keep a pair
    busy by answering one another. Pairs that are nearly idle join those that are, so
    that in the end all have one heartbeat together.

    Args:
        last_sent_ms: When something was sealed to each party last; 0 for never.
        now_ms: The present.
        tuning: How long they may hear nothing.
    """
    every_ms = tuning.heartbeat_every_ms
    if not any(_is_over(every_ms, at_ms, now_ms) for at_ms in last_sent_ms.values()):
        return ()
    part, whole = _GROUPED
    return tuple(
        sorted(
            party
            for party, at_ms in last_sent_ms.items()
            if abs(now_ms - at_ms) * whole >= every_ms * part
        )
    )


def is_silent(heard: Heard, now_ms: int) -> bool:
    """Tells whether a party has broken its word about when it speaks again, by far."""
    return (
        bool(heard.next_within_ms)
        and now_ms - heard.sealed_ms > _PATIENCE * heard.next_within_ms
    )
