"""What is late, missing or contradictory among the receipts about one message.

Pure: receipts, clocks and the present in, findings out. The same receipts give the
same findings, in whichever order they came and however often. Raising alarms is left
to `broker.services.receipt_watch`, words to `broker.core.reviews.words`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from broker.core.model import Receipt, Stage
from broker.core.protocol_kinds import PROTOCOL_KINDS, UPKEEP_KINDS
from broker.core.reviews.clocks import Clock, ReceiptClocks
from broker.core.reviews.findings import (
    Conflict,
    FindingKind,
    Heard,
    Notes,
    Review,
    Reviewed,
)
from keys.identity import HUB

_STAIRS: Final = (Stage.DELIVERED, Stage.OPENED, Stage.ACKNOWLEDGED, Stage.ACTED)
"""What a recipient says, in the order in which it comes true."""


def review_sent(
    message: Reviewed,
    heard: Iterable[Heard],
    submitted_ms: int | None,
    clocks: ReceiptClocks,
    now_ms: int,
) -> Review:
    """Reviews what others have said about a message of ours.

    Args:
        message: The message.
        heard: Every receipt about it, those that contradict another included.
        submitted_ms: When the hub's stream took it; None while it waits here.
        clocks: How long everything may take.
        now_ms: The present, or until when everything has come in that came for us.
    """
    notes = Notes(message=message, clocks=clocks, now_ms=now_ms)
    said = _by_author(heard)
    hub = said.get(HUB, _NOTHING)
    for author, words in said.items():
        _check_times(notes, author, words)
    if submitted_ms is not None:
        notes.wait(HUB, Stage.ACCEPTED, Clock.ACCEPTED, submitted_ms, hub.first)
    _check_hub(notes, hub, said)
    for party in message.parties:
        words = said.get(party, _NOTHING)
        _check_stairs(notes, party, words)
        if _is_awaited(message.kind, hub):
            _await_party(notes, party, words, hub.first[Stage.ACCEPTED])
    return notes.review()


def review_received(
    message: Reviewed,
    said: Mapping[Stage, int],
    received_ms: int,
    clocks: ReceiptClocks,
    now_ms: int,
) -> Review:
    """Reviews what we owe to the origin of a message.

    Args:
        message: The message.
        said: What we have said about it, and when.
        received_ms: When it was stored here.
        clocks: How long everything may take.
        now_ms: The present.
    """
    notes = Notes(message=message, clocks=clocks, now_ms=now_ms, ours=True)
    if message.kind not in UPKEEP_KINDS:
        delivered = {Stage.DELIVERED: received_ms}
        _await_steps(notes, message.origin, {**delivered, **said})
    return notes.review()


@dataclass(frozen=True, slots=True)
class _Words:
    """What one author has said: of each stage the earliest, and everything."""

    first: Mapping[Stage, int]
    heard: Sequence[Heard]


_NOTHING: Final = _Words({}, ())


def _by_author(heard: Iterable[Heard]) -> dict[str, _Words]:
    came: dict[Receipt, int] = {}
    for one in heard:
        # The same receipt can come again; the first time is when it came.
        known = came.get(one.receipt, one.came_ms)
        came[one.receipt] = min(known, one.came_ms)
    ordered = sorted(came, key=lambda one: (one.by, one.at_ms, one.nonce))
    said: dict[str, list[Heard]] = {}
    for receipt in ordered:
        words = said.setdefault(receipt.by, [])
        words.append(Heard(receipt=receipt, came_ms=came[receipt]))
    return {
        author: _Words(
            # Ascending by time: the earliest of each stage is written last.
            {one.receipt.stage: one.receipt.at_ms for one in reversed(words)},
            words,
        )
        for author, words in said.items()
    }


def _check_times(notes: Notes, author: str, words: _Words) -> None:
    """Finds what was said twice, ahead of its time, or told long after."""
    for one in words.heard:
        receipt, lag_ms = one.receipt, one.came_ms - one.receipt.at_ms
        stage, at_ms = receipt.stage, receipt.at_ms
        earliest_ms = words.first[stage]
        twins = [other for other in words.heard if other.receipt.stage is stage]
        if len(twins) > 1:
            over_ms = at_ms - earliest_ms
            notes.conflict(Conflict.TWICE, author, stage, earliest_ms, over_ms)
        if not one.came_ms:
            continue
        if -lag_ms > notes.clocks.skew_ms:
            future = Conflict.FROM_THE_FUTURE
            notes.conflict(future, author, stage, one.came_ms, -lag_ms)
        told_ms = notes.span_ms(Clock.TOLD)
        if lag_ms > told_ms + notes.clocks.skew_ms:
            due_ms, over_ms = at_ms + told_ms, lag_ms - told_ms
            late = FindingKind.LATE
            notes.note(late, Clock.TOLD, author, stage, due_ms, over_ms)


def _check_hub(notes: Notes, hub: _Words, said: Mapping[str, _Words]) -> None:
    """Finds where the hub contradicts itself, or is contradicted."""
    refused_ms = hub.first.get(Stage.REFUSED)
    accepted_ms = hub.first.get(Stage.ACCEPTED)
    if refused_ms is not None and accepted_ms is not None:
        both = Conflict.REFUSED_AND_ACCEPTED
        notes.conflict(both, HUB, Stage.REFUSED, refused_ms)
    for party, words in said.items():
        if party == HUB:
            continue
        for stage, at_ms in words.first.items():
            if refused_ms is not None:
                notes.conflict(Conflict.REFUSED_AND_DELIVERED, party, stage, at_ms)
            if accepted_ms is not None and accepted_ms - at_ms > notes.clocks.skew_ms:
                before = Conflict.BEFORE_ACCEPTANCE
                notes.conflict(before, party, stage, accepted_ms, accepted_ms - at_ms)


def _check_stairs(notes: Notes, party: str, words: _Words) -> None:
    """Finds steps that a recipient left out, or took in the wrong order."""
    first = words.first
    optional = {Stage.ACKNOWLEDGED} if notes.message.kind in PROTOCOL_KINDS else set()
    stairs = [one for one in _STAIRS if one in first or one not in optional]
    for below, above in pairwise(stairs):
        if above not in first:
            continue
        if below not in first:
            # What was signed later can come earlier: it is waited for first.
            ripe_ms = first[above] + notes.span_ms(Clock.TOLD)
            if notes.now_ms > ripe_ms:
                left = Conflict.STEP_LEFT_OUT
                notes.conflict(left, party, below, first[above])
            else:
                notes.pending.append(ripe_ms + 1)
        elif first[below] - first[above] > notes.clocks.skew_ms:
            over_ms = first[below] - first[above]
            notes.conflict(Conflict.WRONG_ORDER, party, above, first[below], over_ms)
    _check_refusal(notes, party, first)


def _check_refusal(notes: Notes, party: str, first: Mapping[Stage, int]) -> None:
    """Finds what was said after a refusal; after an act, nothing is refused."""
    refused_ms = first.get(Stage.REFUSED)
    if refused_ms is None:
        return
    for stage in _STAIRS:
        at_ms = first.get(stage)
        if at_ms is None:
            continue
        if at_ms > refused_ms or stage is Stage.ACTED:
            over_ms = abs(at_ms - refused_ms)
            after = Conflict.AFTER_REFUSAL
            notes.conflict(after, party, stage, refused_ms, over_ms)


def _is_awaited(kind: str, hub: _Words) -> bool:
    """Tells whether recipients have to say something.

    Of what only keeps a link in order nothing is missed: whoever is silent is noticed
    by its heartbeat that does not come.
    """
    accepted = Stage.ACCEPTED in hub.first and Stage.REFUSED not in hub.first
    return accepted and kind not in UPKEEP_KINDS


def _await_party(notes: Notes, party: str, words: _Words, accepted_ms: int) -> None:
    notes.wait(party, Stage.DELIVERED, Clock.DELIVERED, accepted_ms, words.first)
    _await_steps(notes, party, words.first)


def _await_steps(notes: Notes, party: str, said: Mapping[Stage, int]) -> None:
    """Waits for what a recipient says by itself, and then for its authority."""
    if Stage.DELIVERED in said:
        answers = _of(said, {*_STAIRS[1:], Stage.REFUSED})
        begins_ms = said[Stage.DELIVERED]
        notes.wait(party, Stage.OPENED, Clock.OPENED, begins_ms, answers)
    message = notes.message
    asks = notes.clocks.until_acknowledged_ms(message.kind) is not None
    if Stage.OPENED in said and asks and not message.taken_back:
        answers = _of(said, {*_STAIRS[2:], Stage.REFUSED})
        begins_ms = said[Stage.OPENED]
        notes.wait(party, Stage.ACKNOWLEDGED, Clock.ACKNOWLEDGED, begins_ms, answers)


def _of(said: Mapping[Stage, int], stages: Collection[Stage]) -> dict[Stage, int]:
    return {stage: at_ms for stage, at_ms in said.items() if stage in stages}
