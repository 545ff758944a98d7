"""`rogatory status`: what became of a message that was sent, and how that is shown."""

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
from broker.core.status import MessageStatus, iso_time, message_status
from broker.infra.clock import SYSTEM_CLOCK

# What was opened was opened, whatever somebody else says about it besides.
_ORDER: Final = {
    stage: rank
    for rank, stage in enumerate(
        (Stage.WITHHELD, Stage.ACCEPTED, Stage.DELIVERED, Stage.REFUSED, Stage.OPENED)
    )
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
    if as_json:
        print_json(
            {
                **header_fields(header),
                **status_fields(known),
                "decided": decision_fields(decided),
                "approved": approved,
            }
        )
        return
    note(f"{header.kind} {message_id_text(header.message_id)}, {header.handling}")
    for line in decision_lines(decided):
        note(line)
    for by in approved:
        note(f"approved by {by['officer']}, {by['at']}")
    rows = []
    for recipient in known.recipients:
        for step in recipient.steps:
            why = f"{step.code}: {step.detail}" if step.code else ""
            rows.append(
                (
                    recipient.party,
                    step.stage.name,
                    short_time(step.at_ms),
                    step.by,
                    why,
                )
            )
        if not recipient.steps:
            waiting = "with the hub" if known.submitted_ms else "QUEUED here"
            rows.append((recipient.party, waiting, "", "", ""))
    print_table(("to", "stage", "at", "said by", "why"), rows, empty="")
    if known.expired:
        note("It has expired: whoever has not opened it will not get it any more.")


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
                    }
                    for step in recipient.steps
                ],
            }
            for recipient in status.recipients
        ],
    }


def furthest(status: MessageStatus, party: str) -> str:
    """Returns in a word how far it has come with one recipient."""
    steps = next(r.steps for r in status.recipients if r.party == party)
    if not steps:
        return "with the hub" if status.submitted_ms else "queued"
    return max(steps, key=lambda step: _ORDER[step.stage]).stage.name.lower()


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


def short_time(at_ms: int) -> str:
    """Returns a time for a table: UTC, to the second."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
