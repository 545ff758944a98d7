"""Writes the lines of a node's audit trail, in the transactions of its stores.

Reading them again is left to `trail_store`.
"""

import sqlite3
from typing import Final

from broker.core.model import Header, Receipt
from broker.core.records import Withholding
from broker.core.trails.trail import MessageHead, Role

_BETWEEN: Final = " "
"""Parties are stored as " BEL MEX ", so that " BEL " is found in it."""


def note_statement(db: sqlite3.Connection, receipt: Receipt) -> None:
    """Notes what somebody states, in the caller's transaction; the first one stays."""
    db.execute(
        "INSERT INTO trail (at_ms, stage, stated_by, stated_to, message_digest, code)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            receipt.at_ms,
            receipt.stage.value,
            receipt.by,
            receipt.to,
            receipt.message_digest,
            receipt.code,
        ),
    )


def note_head(db: sqlite3.Connection, head: MessageHead) -> None:
    """Notes what a message is, in the caller's transaction; the first one stays."""
    db.execute(
        "INSERT INTO message_heads VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (
            head.message_digest,
            head.role.value,
            head.kind,
            head.origin,
            stored_parties(head.parties),
            head.case_reference,
            head.in_reply_to,
            head.created_ms,
        ),
    )


def head_of(message_digest: bytes, header: Header, role: Role) -> MessageHead:
    """Returns what lists need of a header."""
    return MessageHead(
        message_digest=message_digest,
        role=role,
        kind=header.kind,
        origin=header.origin,
        parties=header.parties,
        case_reference=header.case_reference,
        in_reply_to=header.in_reply_to,
        created_ms=header.created_ms,
    )


def withheld_head(withheld: Withholding, own: str) -> MessageHead:
    """Returns what lists need of a withholding.

    Args:
        withheld: What was kept back.
        own: The party that did.
    """
    return MessageHead(
        message_digest=withheld.digest,
        role=Role.WITHHELD,
        kind=withheld.kind,
        origin=own,
        parties=withheld.recipients,
        created_ms=withheld.at_ms,
    )


def stored_parties(parties: tuple[str, ...]) -> str:
    """Returns parties in the form in which one of them is found by `stored_party`."""
    return _BETWEEN.join(("", *parties, ""))


def stored_party(party: str) -> str:
    """Returns what stands in the stored form of parties if this one is among them."""
    return f"{_BETWEEN}{party}{_BETWEEN}"


def read_parties(stored: str) -> tuple[str, ...]:
    """Returns the parties of a stored form."""
    return tuple(stored.split())
