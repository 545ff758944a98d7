"""Recall and correction: who may take a message back, and who has complied.

What they look like on the wire is left to `broker.core.codec.recall`, carrying them out
to `broker.services.recall_keeper`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from broker.core.errors import Code, RefusedError
from broker.core.model import Header, Receipt, Stage
from broker.core.protocol_kinds import CORRECTION, PROTOCOL_KINDS, RECALL
from broker.core.words import Word
from keys.identity import HUB, PartyId


class Reason(Word):
    """Why a message is taken back or replaced."""

    ERROR = 1
    WRONG_RECIPIENT = 2
    SOURCE_WITHDREW = 3
    LEGAL_ORDER = 4
    SAFETY = 5
    NO_LONGER_NEEDED = 6
    PROVIDER_RECALLED = 7


class Outcome(Word):
    """What became of a content that was taken back, at one recipient."""

    DESTROYED = 1
    NOT_HELD = 2
    GONE_BEFORE = 3
    KEPT_BY_LAW = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A recall, or a correction when it names what takes the message's place.

    Attributes:
        message_digest: The message that was wrong, 32 bytes.
        reason: Why.
        replacement: The message that takes its place, or empty.
        destroy: Whether the content is to be destroyed; always so for a recall.
    """

    message_digest: bytes
    reason: Reason
    replacement: bytes = b""
    destroy: bool = True

    @property
    def kind(self) -> str:
        """The kind of the message that carries it."""
        return CORRECTION if self.replacement else RECALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Downstream:
    """Somebody who had a content from a recipient.

    Attributes:
        party: A party that it was passed on to; None for a desk at home.
        copy_digest: The message in which that party got it, 32 bytes, or empty.
        desk: A desk or agency at home; empty for a party.
        at_ms: When it had it, in ms since the epoch.
        told: Whether it has been told.
    """

    party: PartyId | None = None
    copy_digest: bytes = b""
    desk: str = ""
    at_ms: int = 0
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """A recipient's answer to a notice that asks for destruction.

    Attributes:
        notice_digest: The message that carries the notice, 32 bytes.
        message_digest: The message that was taken back, 32 bytes.
        outcome: What became of its content.
        at_ms: When, in ms since the epoch.
        downstream: Who else had it from there.
    """

    notice_digest: bytes
    message_digest: bytes
    outcome: Outcome
    at_ms: int
    downstream: tuple[Downstream, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SentNotice:
    """A notice that this node has sent.

    Attributes:
        digest: Of the message that carries it, 32 bytes.
        at_ms: When it was sealed, in ms since the epoch.
        parties: Whom it went to.
    """

    digest: bytes
    notice: Notice
    at_ms: int
    parties: tuple[PartyId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """An attestation as it came.

    Attributes:
        digest: Of the message that carries it, 32 bytes.
        by: Who attests.
    """

    digest: bytes
    by: PartyId
    said: Attestation


class Standing(StrEnum):
    """How far a recipient has come with taking a message back."""

    UNTOLD = "not told"
    TOLD = "told"
    REACHED = "reached"
    MARKED = "marked"
    OVERDUE = "overdue"
    REFUSED = "refused"
    KEPT = "kept by law"
    COMPLIED = "complied"


SETTLED: Final = frozenset({Standing.COMPLIED, Standing.MARKED})
"""With these nothing is left to be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """Where one recipient stands.

    Attributes:
        since_ms: Since when, in ms since the epoch; None while it was not told.
        outcome: What it attested; None before.
        downstream: Who else had the content from it, as it attested.
    """

    party: PartyId
    standing: Standing
    since_ms: int | None
    outcome: Outcome | None = None
    downstream: tuple[Downstream, ...] = ()


def check_notice(notice: Notice, carrier: Header) -> None:
    """Refuses a notice that contradicts the header it came under.

    Raises:
        RefusedError: INVALID_RECALL.
    """
    if carrier.in_reply_to != notice.message_digest:
        raise RefusedError(Code.INVALID_RECALL, "it answers another message")
    if notice.replacement == notice.message_digest:
        raise RefusedError(Code.INVALID_RECALL, "a message cannot replace itself")


def check_attestation(said: Attestation, carrier: Header) -> None:
    """Refuses an attestation that contradicts the header it came under.

    Raises:
        RefusedError: INVALID_RECALL.
    """
    if carrier.in_reply_to != said.notice_digest:
        raise RefusedError(Code.INVALID_RECALL, "it answers another message")


def check_may_recall(by: PartyId, target: Header) -> None:
    """Returns if `by` may take back the message of `target`.

    Only whoever sealed a message can take it back, and only what people have written:
    neither a recall nor the answer to one can be made undone.

    Raises:
        RefusedError: INVALID_RECALL.
    """
    if target.origin != by:
        raise RefusedError(Code.INVALID_RECALL, f"the message is of {target.origin}")
    if target.kind in PROTOCOL_KINDS:
        raise RefusedError(Code.INVALID_RECALL, f"a {target.kind} stays as it is")


def untold(parties: Collection[PartyId], sent: Iterable[SentNotice]) -> list[PartyId]:
    """Returns the recipients of a message whom no notice about it was sealed to."""
    told = {party for one in sent for party in one.parties}
    return [party for party in parties if party not in told]


def compliance(
    parties: Sequence[PartyId],
    sent: Sequence[SentNotice],
    attested: Iterable[Attested],
    receipts: Iterable[Receipt],
    *,
    now_ms: int,
    within_ms: int,
) -> tuple[Compliance, ...]:
    """Returns where each recipient stands; in which order things arrived is nothing.

    Args:
        parties: The recipients of the message.
        sent: The notices about it.
        attested: What was attested in answer to them.
        receipts: About the notices, by whomever.
        now_ms: The present.
        within_ms: How long a recipient has for its attestation.
    """
    answers, said = list(attested), list(receipts)
    return tuple(
        _standing(
            party,
            [one for one in sent if party in one.parties],
            [one for one in answers if one.by == party],
            [one for one in said if one.by in (party, HUB)],
            now_ms - within_ms,
        )
        for party in parties
    )


def _standing(
    party: PartyId,
    told: list[SentNotice],
    answers: list[Attested],
    receipts: list[Receipt],
    due_before_ms: int,
) -> Compliance:
    if answers:
        newest = max(answers, key=lambda one: (one.said.at_ms, one.digest)).said
        kept = newest.outcome is Outcome.KEPT_BY_LAW
        return Compliance(
            party=party,
            standing=Standing.KEPT if kept else Standing.COMPLIED,
            since_ms=newest.at_ms,
            outcome=newest.outcome,
            downstream=newest.downstream,
        )
    if not told:
        return Compliance(party=party, standing=Standing.UNTOLD, since_ms=None)
    # A party that refused one notice and opened another has been reached.
    waits = [one for one in told if not _at(one, receipts, {Stage.REFUSED})]
    if not waits:
        at_ms = max(_at(one, receipts, {Stage.REFUSED}) or 0 for one in told)
        return Compliance(party=party, standing=Standing.REFUSED, since_ms=at_ms)
    return _unanswered(party, waits, receipts, due_before_ms)


def _unanswered(
    party: PartyId,
    waits: list[SentNotice],
    receipts: list[Receipt],
    due_before_ms: int,
) -> Compliance:
    first_ms = min(one.at_ms for one in waits)
    opened = [_at(one, receipts, {Stage.OPENED}) for one in waits]
    there = [_at(one, receipts, {Stage.DELIVERED, Stage.OPENED}) for one in waits]
    if not any(one.notice.destroy for one in waits) and any(opened):
        standing, since_ms = Standing.MARKED, min(at for at in opened if at)
    elif first_ms <= due_before_ms:
        standing, since_ms = Standing.OVERDUE, first_ms
    elif any(there):
        standing, since_ms = Standing.REACHED, min(at for at in there if at)
    else:
        standing, since_ms = Standing.TOLD, first_ms
    return Compliance(party=party, standing=standing, since_ms=since_ms)


def _at(sent: SentNotice, receipts: list[Receipt], stages: set[Stage]) -> int | None:
    """Returns when somebody first said one of `stages` about a notice."""
    times = (
        one.at_ms
        for one in receipts
        if one.message_digest == sent.digest and one.stage in stages
    )
    return min(times, default=None)
