"""The story of one message as one reader can tell it: one line for each thing known.

Pure: what is known goes in as values, and comes out in one order. Where it is kept is
left to the stores, printing it to the interfaces. Nothing of a content is in it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from broker.core.admitted import Admission, HandedOut
from broker.core.decisions import DecisionRecord
from broker.core.model import Header, Receipt, Stage
from broker.core.pending import Released
from broker.core.protocol_kinds import ATTESTATION, CORRECTION, RECALL
from broker.core.records import Alarm
from broker.core.reviews.findings import ReceiptFinding
from broker.core.reviews.words import describe
from broker.core.sentences import describe_stage
from broker.core.status import iso_time
from broker.core.trails.timeline_words import (
    admission_words,
    decision_words,
    statement_words,
)
from broker.core.trails.trail import MessageHead, Role, TrailLine
from keys.identity import HUB


class What(IntEnum):
    """What a line of the story is about, in the order in which one leads to another.

    Where two lines bear the same time, the one that leads to the other comes first.
    """

    HELD = 1
    APPROVED = 2
    DECIDED = 3
    WITHHELD = 4
    SEALED = 5
    SUBMITTED = 6
    ACCEPTED = 7
    ARRIVED = 8
    DELIVERED = 9
    ADMITTED = 10
    OPENED = 11
    ACKNOWLEDGED = 12
    ACTED = 13
    REFUSED = 14
    HANDED_OUT = 15
    ANSWERED = 16
    RECALLED = 17
    ATTESTED = 18
    DESTROYED = 19
    ALARM = 20

    @property
    def word(self) -> str:
        """As commands print it: "handed-out"."""
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the story.

    Attributes:
        at_ms: When, by the clock of whoever says so, in ms since the epoch.
        what: What it is about.
        by: Who did or said it: a party, the hub, an officer.
        parties: Whom it concerns.
        text: What happened, in words that need nothing else.
        code: Of a refusal or a denial; empty otherwise.
        rules: The rules of a policy that decided.
        policy_digest: SHA-256 of that policy; empty when none was asked.
        message_digest: Another message that it is about; empty for this one.
        entry: Where it stands in the log, from 0; None when the reader cannot tell.
    """

    at_ms: int
    what: What
    by: str
    parties: tuple[str, ...] = ()
    text: str
    code: str = ""
    rules: tuple[str, ...] = ()
    policy_digest: bytes = b""
    message_digest: bytes = b""
    entry: int | None = None


_ANSWERS: Final = {
    RECALL: What.RECALLED,
    CORRECTION: What.RECALLED,
    ATTESTATION: What.ATTESTED,
}


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Returns a story in order: by time, then by what leads to what; each line once."""
    return tuple(sorted(set(events), key=_place))


def sealed(header: Header) -> Event:
    """Returns the line that a message was made."""
    withheld = ", ".join(field.word for field in header.withheld)
    less = f"; withheld or made less exact: {withheld}" if withheld else ""
    return Event(
        at_ms=header.created_ms,
        what=What.SEALED,
        by=header.origin,
        parties=header.parties,
        text=f"{header.kind} sealed under {header.handling}{less}",
        policy_digest=header.policy_digest,
    )


def submitted(header: Header, at_ms: int) -> Event:
    """Returns the line that the hub's stream holds a message."""
    return Event(
        at_ms=at_ms,
        what=What.SUBMITTED,
        by=header.origin,
        parties=(HUB,),
        text="handed to the hub",
    )


def arrived(header: Header, own: str, at_ms: int) -> Event:
    """Returns the line that a message was stored at its recipient's node."""
    return Event(
        at_ms=at_ms,
        what=What.ARRIVED,
        by=own,
        parties=(header.origin,),
        text="stored at this node",
    )


def released(record: Released, own: str, held_ms: int | None) -> Iterator[Event]:
    """Yields who had to approve a message, and did.

    Args:
        record: What is kept of the release.
        own: The party whose officers they are.
        held_ms: Since when the document had waited; None when that is not known.
    """
    if held_ms is not None:
        yield Event(
            at_ms=held_ms,
            what=What.HELD,
            by=own,
            text="waits until officers have approved the release",
        )
    for one in record.approved:
        yield Event(
            at_ms=one.at_ms,
            what=What.APPROVED,
            by=one.officer,
            parties=(own,),
            text="approved the release",
        )


def decided(records: Iterable[DecisionRecord], own: str) -> Iterator[Event]:
    """Yields what a policy answered: a line for all whom it treats alike.

    Args:
        records: The answers about one message, as they were kept.
        own: The party whose policy was asked, and whose node keeps them.
    """
    alike: dict[Event, list[str]] = {}
    for one in records:
        event = Event(
            at_ms=one.at_ms,
            what=What.DECIDED,
            by=own,
            text=decision_words(one),
            code=one.code,
            rules=one.rule_ids,
            policy_digest=one.policy_digest,
        )
        alike.setdefault(event, []).append(one.party)
    for event, parties in alike.items():
        yield Event(
            at_ms=event.at_ms,
            what=event.what,
            by=event.by,
            parties=tuple(sorted(parties)),
            text=event.text,
            code=event.code,
            rules=event.rules,
            policy_digest=event.policy_digest,
        )


def withheld(head: MessageHead, lines: Iterable[TrailLine]) -> Event:
    """Returns the line that a document did not leave for some.

    Args:
        head: Of the withholding.
        lines: What was stated about it: to the log, in a code.
    """
    return Event(
        at_ms=head.created_ms,
        what=What.WITHHELD,
        by=head.origin,
        parties=tuple(sorted(head.parties)),
        text=f"{head.kind} withheld; the log is told the code, and nothing else",
        code=next((line.code for line in lines), ""),
    )


def stated(receipts: Iterable[Receipt]) -> Iterator[Event]:
    """Yields what receipts state, in the words of their authors."""
    for receipt in receipts:
        yield Event(
            at_ms=receipt.at_ms,
            what=What[receipt.stage.name],
            by=receipt.by,
            parties=(receipt.to,) if receipt.to else (),
            text=statement_words(receipt),
            code=receipt.code,
        )


def listed(line: TrailLine) -> Event:
    """Returns what one line of the trail states, where its receipt is not at hand."""
    stage = Stage[line.stage]
    return Event(
        at_ms=line.at_ms,
        what=What[stage.name],
        by=line.by,
        parties=(line.to,) if line.to else (),
        text=describe_stage(stage),
        code=line.code,
    )


def contradicted(receipts: Iterable[Receipt]) -> Iterator[Event]:
    """Yields receipts that say otherwise than an earlier one of the same author."""
    for receipt in receipts:
        yield Event(
            at_ms=receipt.at_ms,
            what=What.ALARM,
            by=receipt.by,
            parties=(receipt.to,),
            text=f"said {receipt.stage.name} again, and otherwise than before: "
            f"{statement_words(receipt)}",
            code=receipt.code,
        )


def admitted(admission: Admission, own: str) -> Event:
    """Returns the line on which terms a message is here."""
    return Event(
        at_ms=admission.since_ms,
        what=What.ADMITTED,
        by=own,
        text=admission_words(admission),
        policy_digest=admission.policy_digest,
    )


def handed_out(given: Iterable[HandedOut], own: str) -> Iterator[Event]:
    """Yields which desks got a copy."""
    for one in given:
        purpose = f" for {one.purpose}" if one.purpose else ""
        yield Event(
            at_ms=one.at_ms,
            what=What.HANDED_OUT,
            by=own,
            parties=(one.desk,),
            text=f"handed out to {one.desk} of {one.agency}{purpose}",
        )


def answered(replies: Iterable[MessageHead]) -> Iterator[Event]:
    """Yields the messages that answer this one: replies, recalls, corrections."""
    for reply in replies:
        # A withholding answers nothing: nobody has got it.
        if reply.role is not Role.WITHHELD:
            yield Event(
                at_ms=reply.created_ms,
                what=_ANSWERS.get(reply.kind, What.ANSWERED),
                by=reply.origin,
                parties=reply.parties,
                text=f"answered with {reply.kind}",
                message_digest=reply.message_digest,
            )


def alarmed(alarms: Iterable[Alarm], own: str) -> Iterator[Event]:
    """Yields the alarms that a node raised about one message."""
    for alarm in alarms:
        yield Event(
            at_ms=alarm.at_ms,
            what=What.ALARM,
            by=own,
            text=f"{alarm.topic}: {alarm.text}",
        )


def _place(event: Event) -> tuple[int, What, str, tuple[str, ...], str]:
    return (event.at_ms, event.what, event.by, event.parties, event.text)


def found(findings: Iterable[tuple[ReceiptFinding, int | None]]) -> Iterator[Event]:
    """Yields what was late, missing or contradictory among the receipts.

    Args:
        findings: Each with when it was settled, in ms since the epoch; None while it
            is not.
    """
    for finding, settled_ms in findings:
        settled = "" if settled_ms is None else f"; settled {iso_time(settled_ms)}"
        yield Event(
            at_ms=finding.due_ms,
            what=What.ALARM,
            by=finding.party,
            text=f"{describe(finding)}{settled}",
        )
