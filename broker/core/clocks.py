"""Whose clock is wrong, as far as what is at hand tells.

Two clocks that disagree do not say which of them is wrong. What other parties have
signed says more: each of their receipts stands beside one of the hub's about the same
message. Asking for the time is left to `broker.app`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from broker.core.model import Receipt, Stage

TOLERANCE_MS: Final = 60_000
"""By which clocks may differ without a word."""
_RECENT_MS: Final = 86_400_000  # what is older says little about clocks of today
_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 3_600_000
_WITNESSES_NAMED: Final = 3


class Verdict(Enum):
    """What is found about two clocks."""

    AGREE = auto()
    OURS_IS_WRONG = auto()
    THE_HUBS_IS_WRONG = auto()
    THEY_DISAGREE = auto()


_TODO: Final = {
    Verdict.AGREE: "",
    Verdict.OURS_IS_WRONG: "set it (NTP)",
    Verdict.THE_HUBS_IS_WRONG: "tell the hub's operator to set it (NTP)",
    Verdict.THEY_DISAGREE: "compare with a third clock, and set the wrong one (NTP)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """Our clock beside the hub's.

    Attributes:
        ahead_ms: How far ours is ahead of the hub's; negative when it is behind.
        with_hub: Parties whose clock agrees with the hub's.
        with_us: Parties whose clock agrees with ours, and not with the hub's.
    """

    ahead_ms: int
    with_hub: tuple[str, ...] = ()
    with_us: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Who is wrong, if that can be told: whoever stands alone."""
        if abs(self.ahead_ms) <= TOLERANCE_MS:
            return Verdict.AGREE
        if self.with_hub and not self.with_us:
            return Verdict.OURS_IS_WRONG
        if self.with_us and not self.with_hub:
            return Verdict.THE_HUBS_IS_WRONG
        return Verdict.THEY_DISAGREE

    def describe(self) -> str:
        """Returns what was found, as a sentence."""
        by = _span(abs(self.ahead_ms))
        side = "ahead of" if self.ahead_ms > 0 else "behind"
        match self.verdict:
            case Verdict.AGREE:
                return "agrees with the hub's"
            case Verdict.OURS_IS_WRONG:
                others = _names(self.with_hub)
                return (
                    f"this machine's clock is {by} {side} the hub's and that of "
                    f"{others}"
                )
            case Verdict.THE_HUBS_IS_WRONG:
                other = "behind" if self.ahead_ms > 0 else "ahead of"
                return (
                    f"the hub's clock is {by} {other} this machine's and that of "
                    f"{_names(self.with_us)}"
                )
            case Verdict.THEY_DISAGREE:
                return (
                    f"this machine's clock is {by} {side} the hub's; which of them is "
                    "wrong cannot be told from here"
                )

    def advise(self, skew_ms: int) -> str:
        """Returns what to do, and what fails as long as nothing is done.

        Args:
            skew_ms: By which a message may be ahead of whoever judges it.
        """
        todo = _TODO[self.verdict]
        if abs(self.ahead_ms) <= skew_ms:
            return todo
        ours = (
            "what is sent from here is refused by the hub"
            if self.ahead_ms > 0
            else "what others send is refused here"
        )
        return f"{todo}; until then {ours} (from-the-future)"


@dataclass(slots=True)
class Witnesses:
    """What parties' receipts say about their clocks beside the hub's.

    A party can say that it has a message only after the hub has taken it. How long
    after depends on when its node ran: the shortest time counts.
    """

    _after_ms: dict[str, int] = field(default_factory=dict)

    def hear(self, receipts: Iterable[Receipt], since_ms: int) -> None:
        """Takes in all receipts about one message, but for those before `since_ms`."""
        accepted_ms = None
        delivered: dict[str, int] = {}
        for receipt in receipts:
            if receipt.at_ms < since_ms:
                continue
            if receipt.stage is Stage.ACCEPTED:
                accepted_ms = receipt.at_ms
            elif receipt.stage is Stage.DELIVERED:
                delivered[receipt.by] = receipt.at_ms
        if accepted_ms is None:
            return
        for party, at_ms in delivered.items():
            known = self._after_ms.get(party)
            after = at_ms - accepted_ms
            self._after_ms[party] = after if known is None else min(known, after)

    def after_ms(self) -> Mapping[str, int]:
        """Returns how long after the hub each party was, by its clock, at least."""
        return self._after_ms


def read_clocks(
    *, asked_ms: int, hub_ms: int, answered_ms: int, witnesses: Mapping[str, int]
) -> ClockReading:
    """Compares our clock with the hub's.

    Args:
        asked_ms: Our time when the hub was asked for its own.
        hub_ms: What it said.
        answered_ms: Our time when it was heard.
        witnesses: From `Witnesses.after_ms`.
    """
    # It said so some time between the two: what lies between is no disagreement.
    ahead_ms = max(asked_ms - hub_ms, 0) + min(answered_ms - hub_ms, 0)
    with_hub = []
    with_us = []
    for party, after_ms in sorted(witnesses.items()):
        if abs(after_ms) <= TOLERANCE_MS:
            with_hub.append(party)
        # Being late proves nothing, having a message before the hub took it does.
        elif after_ms < 0 and abs(after_ms - ahead_ms) <= TOLERANCE_MS:
            with_us.append(party)
    return ClockReading(
        ahead_ms=ahead_ms, with_hub=tuple(with_hub), with_us=tuple(with_us)
    )


def recent_ms(now_ms: int) -> int:
    """Returns since when receipts say something about the clocks of today.

    A day, and another for the clock being wrong itself.
    """
    return now_ms - 2 * _RECENT_MS


def _span(span_ms: int) -> str:
    minutes = round(span_ms / _MINUTE_MS)
    if span_ms < 2 * _HOUR_MS:
        return f"{minutes} minutes" if minutes != 1 else "a minute"
    return f"{round(span_ms / _HOUR_MS)} hours"


def _names(parties: tuple[str, ...]) -> str:
    named = ", ".join(parties[:_WITNESSES_NAMED])
    more = len(parties) - _WITNESSES_NAMED
    return f"{named} and {more} more" if more > 0 else named
