"""Says of a document that it should answer a message, when it answers none.

Whether what it answers has a place for it is left to `broker.core.cases.stepping`.
"""

from typing import Final

from broker.cli.output import note
from broker.core.cases.registry import BY_OPENING
from broker.core.codec.case_events import told_by
from broker.core.codec.kinds import short_name
from broker.core.outgoing import OutgoingDocument

_STAND_ALONE: Final = frozenset({"contact-card", "onward-copy"})
_ENDING: Final = frozenset({"disposition-record"})
"""Kinds that open a matter of their own, and are meant to end another."""


def hint_at_reply(document: OutgoingDocument) -> None:
    """Notes that a document would not reach the matter that it is about."""
    if document.in_reply_to:
        return
    name = short_name(document.kind)
    if name in _ENDING:
        note(
            f"warning: a {name} that answers no message ends nothing but what its own "
            "references name: give --reply-to, with the recovery or the loss"
        )
        return
    opens = told_by(document.kind, document.body).event in BY_OPENING
    if not opens and name not in _STAND_ALONE:
        note(
            f"warning: a {name} belongs to a matter, and this one answers no message: "
            "give --reply-to, with the message that it answers"
        )
