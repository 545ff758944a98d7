"""The diversion alerts of a node: all of them, one by name, and saying more about one.

What becomes of an alert is left to `broker.core.cases`; sending, to the dispatcher.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from broker.app.contents import Content, contents
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.core.cases.alert_values import (
    ALERT,
    OF_ISSUER,
    STEP,
    UPDATE,
    AlertMessage,
    AlertView,
    Answered,
    Ask,
)
from broker.core.cases.alert_view import alert_view
from broker.core.codec.documents import encode_document
from broker.core.errors import Code, ConfigurationError, RefusedError
from broker.core.model import message_id_text
from broker.core.outgoing import OutgoingDocument
from keys.identity import PartyId

STEP_KIND: Final = "case-step/1"
UPDATE_KIND: Final = "diversion-update/1"
_KINDS: Final = (ALERT, UPDATE, STEP)
_SHORT: Final = 8  # digits that the beginning of an id needs
_ACTS: Final = {
    Answered.UNDER_WAY: "CASE_ACT_START",
    Answered.REPORTED: "CASE_ACT_REPORT",
    Answered.DECLINED: "CASE_ACT_DECLINE",
}


def alerts(node: Node, keys: NodeKeys) -> list[tuple[Content, AlertView]]:
    """Returns every alert that this node may read, oldest first.

    Raises:
        StoreError: The store cannot be read.
        ContentError: Something was protected under another key.
    """
    return alerts_in(contents(node, keys, _KINDS))


def alerts_in(read: Iterable[Content]) -> list[tuple[Content, AlertView]]:
    """Returns the alerts among contents, each as it stands, oldest first.

    Args:
        read: Alerts, updates and steps, in any order.
    """
    known = [(one, _message(one)) for one in read]
    replies: dict[bytes, list[AlertMessage]] = {}
    for _, message in known:
        replies.setdefault(message.in_reply_to, []).append(message)
    found = [
        (content, alert_view(message, _beneath(message, replies)))
        for content, message in known
        if message.kind == ALERT
    ]
    return sorted(found, key=lambda one: one[1].alert.order)


def _beneath(
    alert: AlertMessage, replies: Mapping[bytes, Sequence[AlertMessage]]
) -> list[AlertMessage]:
    """Returns what answers an alert, or an answer to it, by however many steps."""
    found: list[AlertMessage] = []
    ahead = [alert]
    while ahead:
        answers = replies.get(ahead.pop().digest, ())
        found.extend(answers)
        ahead.extend(answers)
    return found


def alert_of(node: Node, keys: NodeKeys, name: str) -> tuple[Content, AlertView]:
    """Returns the one alert that is called so.

    Args:
        node: The node.
        keys: Its keys.
        name: Id or digest of the alert, or its beginning; or the reference of its
            case.

    Raises:
        ConfigurationError: There is none, or several.
        StoreError: The store cannot be read.
        ContentError: Something was protected under another key.
    """
    found = [one for one in alerts(node, keys) if _is_named(one[0], name)]
    if not found:
        raise ConfigurationError(f"no alert is called {name!r} here; see: alert list")
    if len(found) > 1:
        ids = ", ".join(view.alert.name for _, view in found)
        raise ConfigurationError(f"{name!r} could be several alerts: {ids}")
    return found[0]


def next_update(view: AlertView, party: PartyId) -> int:
    """Returns the number of a party's next update."""
    own = (one.message.number for one in view.updates if one.message.by == party)
    return max(own, default=0) + 1


def others(view: AlertView, party: PartyId) -> tuple[PartyId, ...]:
    """Returns whom a party's word about an alert is for: all others who have it."""
    return tuple(sorted({view.alert.by, *view.alert.to} - {party}))


def update_draft(
    content: Content,
    view: AlertView,
    party: PartyId,
    kind: str,
    *,
    plan: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Returns a file for an update, with what can be filled in.

    Args:
        content: The alert.
        view: The alert as it stands.
        party: Who updates.
        kind: "update", "correct", "cancel" or "resolve".
        plan: What was agreed, to be told; None for nothing.

    Raises:
        RefusedError: ILLEGAL_STEP, when it is the issuer's to do, or is over.
    """
    sort = f"UPDATE_KIND_{kind.upper()}"
    if sort in OF_ISSUER and view.alert.by != party:
        raise RefusedError(
            Code.ILLEGAL_STEP, f"only {view.alert.by}, who issued the alert, can do so"
        )
    if sort in OF_ISSUER and view.ending is not None:
        raise RefusedError(
            Code.ILLEGAL_STEP, "it is over; now possible: update, correct"
        )
    fields: dict[str, object] = {
        "kind": sort,
        "sequence": next_update(view, party),
        "reason": "",
    }
    if plan is not None:
        fields["plan"] = dict(plan)
    if kind == "correct":
        fields["corrections"] = [{"field": "", "was": "", "is": ""}]
    if kind == "resolve":
        fields["resolution"] = {"outcome": "", "date": ""}
    header = content.header
    file: dict[str, object] = {
        "kind": UPDATE_KIND,
        "handling": str(header.handling),
        "to": [str(one) for one in others(view, party)],
    }
    if header.case_reference:
        file["caseReference"] = header.case_reference
    return {**file, "content": fields}


def reply_to_asks(
    content: Content,
    answered: Answered,
    asks: Sequence[Ask],
    *,
    text: str = "",
    authority: str = "",
) -> list[OutgoingDocument]:
    """Returns what a party says of what is asked of it, for whoever asks.

    Args:
        content: The alert.
        answered: What it says; not OPEN.
        asks: What it is about; there is one message for each that asks.
        text: In words; or empty.
        authority: Office that says so; or empty.

    Raises:
        DocumentError: A text cannot be sent.
    """
    documents = []
    asking = {ask.message.digest: ask.message for ask in asks}
    for digest, message in asking.items():
        fields: dict[str, object] = {
            "act": _ACTS[answered],
            "asks": sorted(one.number for one in asks if one.message.digest == digest),
        }
        fields |= {"text": text} if text else {}
        fields |= {"authority": authority} if authority else {}
        documents.append(
            OutgoingDocument(
                kind=STEP_KIND,
                body=encode_document(STEP_KIND, fields),
                recipients=(message.by,),
                handling=content.header.handling,
                case_reference=content.header.case_reference,
                in_reply_to=digest,
            )
        )
    return documents


def asked_of(view: AlertView, party: PartyId) -> list[Ask]:
    """Returns what is asked of a party, in order: so people count it."""
    return [
        ask for ask in view.asks if any(reply.party == party for reply in ask.replies)
    ]


def ask_name(view: AlertView, ask: Ask) -> str:
    """Returns how people name something that is asked: it stays the same.

    Those of the alert are 1, 2, …; those of its issuer's first update, U1.1, U1.2, …;
    those of somebody else's, KEN-U1.1, ….
    """
    message = ask.message
    if message.digest == view.alert.digest:
        return str(ask.number)
    whose = "" if message.by == view.alert.by else f"{message.by}-"
    return f"{whose}U{message.number}.{ask.number}"


def _message(content: Content) -> AlertMessage:
    header = content.header
    return AlertMessage(
        digest=content.message_digest,
        name=message_id_text(header.message_id),
        kind=header.kind.partition("/")[0],
        by=header.origin,
        to=header.parties,
        at_ms=header.created_ms,
        in_reply_to=header.in_reply_to,
        document=content.document,
    )


def _is_named(content: Content, name: str) -> bool:
    header = content.header
    if name and header.case_reference == name:
        return True
    begin = name.lower().replace("-", "")
    return len(begin) >= _SHORT and any(
        one.hex().startswith(begin)
        for one in (header.message_id, content.message_digest)
    )
