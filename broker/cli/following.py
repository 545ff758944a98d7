"""`rogatory status`: what became of a message that was sent, and how that is shown."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from broker.app.node_folder import Node
from broker.cli.approved import approvers
from broker.cli.decided import decision_fields, decision_lines
from broker.cli.handling_words import restriction_fields
from broker.cli.options import JsonOption, NodeOption
from broker.cli.output import note, print_json, print_table
from broker.cli.session import find, node_session
from broker.core.errors import ConfigurationError
from broker.core.model import Header, Stage, message_id_text
from broker.core.reviews.clocks import ASKING_KINDS
from broker.core.reviews.watching import KeptFinding
from broker.core.reviews.words import describe
from broker.core.status import MessageStatus, Step, iso_time, message_status
from broker.infra.clock import SYSTEM_CLOCK

_ANSWERS: Final = {
    Stage.ACKNOWLEDGED: "acknowledged",
    Stage.ACTED: "acted upon",
    Stage.REFUSED: "declined",
}

IdArgument = Annotated[
    str, typer.Argument(help="Message id or digest, or the beginning of one.")
]


def status(
    message: IdArgument, node_dir: NodeOption = None, as_json: JsonOption = False
) -> None:
    """Shows what became of a message that was sent, recipient by recipient."""
    with node_session(node_dir) as node:
        found = find(node, message)
        if found.sent is None:
            raise ConfigurationError(
                "this message was received, not sent; see it with: rogatory inbox"
            )
        header = found.sent.header
        known = status_of(node, found.sent.message_digest)
        decided = node.store.decisions_about(found.sent.message_digest)
        approved = approvers(node, found.sent.message_digest)
        doubts = node.store.receipt_findings(found.sent.message_digest)
        taken_back = bool(node.store.notices_sent(found.sent.message_digest))
    if as_json:
        print_json(
            {
                **header_fields(header),
                **status_fields(known),
                "decided": decision_fields(decided),
                "approved": approved,
                "doubts": [finding_fields(one) for one in doubts],
            }
        )
        return
    note(f"{header.kind} {message_id_text(header.message_id)}, {header.handling}")
    for line in decision_lines(decided):
        note(line)
    for by in approved:
        note(f"approved by {by['officer']}, {by['at']}")
    print_table(("to", "stage", "at", "said by", "why"), _rows(known), empty="")
    for one in doubts:
        if one.settled_ms is None:
            note(f"warning: {describe(one.finding)}")
    if taken_back:
        name = message_id_text(header.message_id)
        note(f"It was taken back or replaced: rogatory recalls list {name}")
    if known.expired:
        note("It has expired: whoever has not opened it will not get it any more.")


def _rows(known: MessageStatus) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for recipient in known.recipients:
        for step in recipient.steps:
            why = f"{step.code}: {step.detail}" if step.code else ""
            at = short_time(step.at_ms)
            rows.append((recipient.party, step.stage.name, at, _author(step), why))
        if not recipient.steps:
            waiting = "with the hub" if known.submitted_ms else "QUEUED here"
            rows.append((recipient.party, waiting, "", "", ""))
    return rows


def status_of(node: Node, digest: bytes) -> MessageStatus:
    """Returns how far a message has come that this node sent.

    Raises:
        ConfigurationError: It sent none of that digest.
    """
    found = node.store.find_sent(digest)
    if found is None:
        raise ConfigurationError("no such message was sent")
    return message_status(
        found.header,
        [line.receipt for line in node.store.ledger(digest)],
        submitted_ms=node.store.submitted_ms(digest),
        now_ms=SYSTEM_CLOCK.now_ms(),
    )


def status_fields(status: MessageStatus) -> dict[str, object]:
    """Returns how far a message has come, as commands print it."""
    submitted = status.submitted_ms
    return {
        "submitted": None if submitted is None else iso_time(submitted),
        "expired": status.expired,
        "recipients": [
            {
                "party": recipient.party,
                "stages": [
                    {
                        "stage": step.stage.name,
                        "at": iso_time(step.at_ms),
                        "by": step.by,
                        "code": step.code or None,
                        "detail": step.detail or None,
                        "authority": step.authority or None,
                        "decided_by": step.decider.name.lower(),
                    }
                    for step in recipient.steps
                ],
            }
            for recipient in status.recipients
        ],
    }


def furthest(status: MessageStatus, party: str) -> str:
    """Returns in a word how far it has come with one recipient."""
    step = next(r.furthest for r in status.recipients if r.party == party)
    if step is None:
        return "with the hub" if status.submitted_ms else "queued"
    return step.stage.name.lower()


def _author(step: Step) -> str:
    """Returns who says it: a node, or an authority by a person or a system."""
    if not step.authority:
        return step.by
    return f"{step.by}: {step.authority} ({step.decider.name.lower()})"


def header_fields(header: Header) -> dict[str, object]:
    """Returns what a header says, as commands print it."""
    return {
        "id": message_id_text(header.message_id),
        "kind": header.kind,
        # Plain text: YAML writes no types of ours.
        "from": str(header.origin),
        "to": [str(party) for party in header.parties],
        "handling": str(header.handling),
        "restrictions": restriction_fields(header.handling),
        "sealed": iso_time(header.created_ms),
        "expires": iso_time(header.expires_ms),
        "case": header.case_reference or None,
        "in_reply_to": header.in_reply_to.hex() or None,
        # What is missing here was held back: it is not unknown.
        "withheld": [field.word for field in header.withheld],
    }


def said_fields(said: Mapping[Stage, int]) -> dict[str, str]:
    """Returns what we have said of a received message, and when."""
    return {stage.name: iso_time(at_ms) for stage, at_ms in said.items()}


def answer_words(
    kind: str, said: Mapping[Stage, int], *, taken_back: bool = False
) -> str:
    """Returns what an authority here has said of a message, after its state.

    Nobody waits for the acknowledgement of what was taken back.
    """
    if Stage.OPENED not in said:
        return ""
    words = [word for stage, word in _ANSWERS.items() if stage in said]
    if not words and kind in ASKING_KINDS and not taken_back:
        words = ["to be acknowledged"]
    return "".join(f", {word}" for word in words)


def finding_fields(kept: KeptFinding) -> dict[str, object]:
    """Returns what is wrong with a receipt, as programs read it."""
    finding, settled_ms = kept.finding, kept.settled_ms
    return {
        "message": finding.message_digest.hex(),
        "kind": finding.kind.value,
        "ours": finding.ours,
        "clock": finding.clock.value,
        "party": finding.party,
        "stage": finding.stage.name,
        "due": iso_time(finding.due_ms),
        "over_ms": finding.over_ms,
        "alarm": kept.alarm,
        "settled": None if settled_ms is None else iso_time(settled_ms),
        "text": describe(finding),
    }


def short_time(at_ms: int) -> str:
    """Returns a time for a table: UTC, to the second."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
