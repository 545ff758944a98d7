"""By when everything was there, by clocks that are neither the hub's nor a party's.

Whether it was there at all is left to `log`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from broker.core.evidence.bundle import Stamp
from broker.core.evidence.findings import Findings, State
from broker.core.evidence.log import ShownLog, show_log
from broker.core.limits import Limits
from keys.directory.model import FederationRecord
from keys.directory.roles import instant
from keys.timestamps import verify_timestamp

TIME_TOPIC: Final = "time"

_SECOND_MS: Final = 1000
_SKEW_MS: Final = Limits().clock_skew_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A statement that the log is proved to hold.

    Attributes:
        index: Where.
        at_ms: When it was made, by its author's own word, in ms since the epoch.
        what: It, in few words.
    """

    index: int
    at_ms: int
    what: str


def check_times(
    log: ShownLog,
    seen: Sequence[Seen],
    stamp: Stamp | None,
    federation: FederationRecord,
    authorities: bytes,
    findings: Findings,
) -> None:
    """Says by when the statements were there, and which claim to be younger.

    Args:
        log: The state of the log that proves them.
        seen: The statements.
        stamp: The time-stamp; None if none is shown.
        federation: Names the log, whose checkpoint was stamped.
        authorities: Whose time-stamps are believed, PEM certificates; empty: none is
            asked for.
        findings: Gets what is found.
    """
    say = findings.about(TIME_TOPIC)
    say(
        State.UNPROVED,
        "That the clocks of those who state something were right: each time is in the "
        "words of whoever states it.",
    )
    if log.witnesses:
        seen_ms = min(one.time_s for one in log.witnesses) * _SECOND_MS
        say(
            State.PROVED,
            f"Every entry named here was in the log at {instant(seen_ms)}, by the "
            "clock of a witness.",
        )
        _mention_younger(seen, log.checkpoint.size, seen_ms, findings)
    if stamp is not None and authorities:
        check = partial(_check_stamp, log, seen, stamp, federation, authorities)
        findings.attempt(TIME_TOPIC, "Time-stamp", partial(check, findings))
    elif stamp is not None:
        say(
            State.UNPROVED,
            "What the time-stamp says: it is shown, and you named no authority whose "
            "time-stamps you believe.",
        )
    elif authorities:
        say(State.BROKEN, "Time-stamp: none is shown, and one was asked for.")
    else:
        say(
            State.UNPROVED,
            "When all this was logged: no time-stamp of an independent authority is "
            "shown.",
        )


def _check_stamp(
    log: ShownLog,
    seen: Sequence[Seen],
    stamp: Stamp,
    federation: FederationRecord,
    authorities: bytes,
    findings: Findings,
) -> None:
    """Checks what a time-stamp is about, whose it is, and what it covers.

    Raises:
        ProofError: It is about another log.
        TimestampError: It is not that of a trusted authority.
    """
    stamped = show_log(stamp.note, federation)
    stamped.joined(log, stamp.path)
    said = verify_timestamp(stamp.token, stamp.note.encode(), authorities)
    say = findings.about(TIME_TOPIC)
    size = stamped.checkpoint.size
    say(
        State.PROVED,
        f"Entries 0 to {size - 1} of the log were there at {instant(said.at_ms)}: a "
        f"time-stamp of {said.authority} on the checkpoint of {size} entries says so.",
    )
    _mention_younger(seen, size, said.at_ms, findings)
    if later := [one for one in seen if one.index >= size]:
        say(
            State.UNPROVED,
            f"When {len(later)} of the statements were logged: they came after that "
            "time-stamp.",
        )


def _mention_younger(
    seen: Sequence[Seen], size: int, at_ms: int, findings: Findings
) -> None:
    """Names statements that claim to be younger than a log which held them."""
    for one in seen:
        if one.index < size and one.at_ms > at_ms + _SKEW_MS:
            findings.add(
                State.CAUTION,
                TIME_TOPIC,
                f"{one.what}: it claims {instant(one.at_ms)}, and was in the log at "
                f"{instant(at_ms)} already: one of the clocks was wrong.",
            )
