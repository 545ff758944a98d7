"""What a message's story tells of taking it back: by whom, who complied, what is gone.

The rest of the story, and its order, are left to `broker.core.trails.timeline`.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from broker.core.recalls.recall import (
    Attestation,
    Attested,
    Notice,
    Outcome,
    SentNotice,
)
from broker.core.recalls.taken_back import DeskNotice, Destroyed, Hold, ReceivedNotice
from broker.core.trails.timeline import Event, What

_OUTCOMES: Final = {
    Outcome.DESTROYED: "its content is destroyed",
    Outcome.NOT_HELD: "it has no such content",
    Outcome.GONE_BEFORE: "its content had been destroyed before",
    Outcome.KEPT_BY_LAW: "its content has to be kept by law",
}


def taken_back(notices: Iterable[SentNotice], own: str) -> Iterator[Event]:
    """Yields the notices by which this party took a message back."""
    for one in notices:
        yield Event(
            at_ms=one.at_ms,
            what=What.RECALLED,
            by=own,
            parties=one.parties,
            text=_notice_words(one.notice),
            message_digest=one.digest,
        )


def attested(answers: Iterable[Attested], own: str) -> Iterator[Event]:
    """Yields what recipients answered to such notices."""
    for one in answers:
        yield Event(
            at_ms=one.said.at_ms,
            what=What.ATTESTED,
            by=one.by,
            parties=(own,),
            text=_attestation_words(one.said),
            message_digest=one.digest,
        )


def notified(notices: Iterable[ReceivedNotice], own: str) -> Iterator[Event]:
    """Yields the notices that others sent about a message, and what came of them."""
    for one in notices:
        yield Event(
            at_ms=one.received_ms,
            what=What.RECALLED,
            by=one.origin,
            parties=(own,),
            text=_notice_words(one.notice),
            message_digest=one.digest,
        )
        if one.outcome is not None and one.done_ms is not None:
            yield Event(
                at_ms=one.done_ms,
                what=What.ATTESTED,
                by=own,
                parties=(one.origin,),
                text=attested_words(one.outcome),
                message_digest=one.attested,
            )


def desks_told(notices: Iterable[DeskNotice], own: str) -> Iterator[Event]:
    """Yields what desks at home have to be told, and when they were."""
    for one in notices:
        what = "destroy" if one.destroy else "mark"
        yield Event(
            at_ms=one.at_ms,
            what=What.RECALLED,
            by=own,
            parties=(one.desk,),
            text=f"{one.desk} is to {what} its copy",
        )
        if one.told_ms is not None:
            yield Event(
                at_ms=one.told_ms,
                what=What.RECALLED,
                by=one.told_by,
                parties=(one.desk,),
                text=f"{one.desk} was told to {what} its copy",
            )


def kept(hold: Hold | None, own: str) -> Iterator[Event]:
    """Yields who demands that a message be kept."""
    if hold is not None:
        yield Event(
            at_ms=hold.at_ms,
            what=What.RECALLED,
            by=own,
            text=f"has to be kept, on demand of {hold.authority}",
        )


def destroyed(record: Destroyed | None, own: str) -> Iterator[Event]:
    """Yields that the content is gone."""
    if record is not None:
        yield Event(
            at_ms=record.at_ms,
            what=What.DESTROYED,
            by=own,
            text=f"content destroyed: {record.rule}",
            rules=(record.rule,),
        )


def attested_words(outcome: Outcome) -> str:
    """Returns what a recipient attests."""
    return f"attested: {_OUTCOMES[outcome]}"


def _notice_words(notice: Notice) -> str:
    done = "taken back"
    if notice.replacement:
        done = f"replaced by {notice.replacement.hex()[:12]}"
    left = "" if notice.destroy else "; the content may be kept, marked as replaced"
    return f"{done}: {notice.reason.word}{left}"


def _attestation_words(said: Attestation) -> str:
    had = [one.party or one.desk for one in said.downstream]
    others = f"; besides, it had gone to {', '.join(had)}" if had else ""
    return f"{attested_words(said.outcome)}{others}"
