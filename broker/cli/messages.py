"""`rogatory inbox`, `sent`, `show` and `status`: what a node holds."""

import sys
from datetime import UTC, datetime
from typing import Annotated, Final

import typer
import yaml

from broker.app.node_folder import Node
from broker.cli.doubts import doubts_about
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.secrets_prompt import unlock
from broker.cli.session import Found, find, id_of, node_session
from broker.core.codec.documents import decode_document
from broker.core.codec.envelope import decode_envelope
from broker.core.errors import ConfigurationError
from broker.core.model import Header, Stage, message_id_text
from broker.core.opening import read_content
from broker.core.records import InboxMessage, InboxState
from broker.core.status import MessageStatus, iso_time, message_status
from broker.infra.clock import SYSTEM_CLOCK
from keys.sealing import unprotect

_LISTED_SIZE: Final = 18  # signs of an id: its time, and 12 bits that are random
# What was opened was opened, whatever somebody else says about it besides.
_ORDER: Final = {
    stage: rank
    for rank, stage in enumerate(
        (Stage.WITHHELD, Stage.ACCEPTED, Stage.DELIVERED, Stage.REFUSED, Stage.OPENED)
    )
}

LimitOption = Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")]
IdArgument = Annotated[
    str, typer.Argument(help="Message id or digest, or the beginning of one.")
]


def inbox(
    limit: LimitOption = 50, node_dir: NodeOption = None, as_json: JsonOption = False
) -> None:
    """Lists what was received, newest first."""
    with node_session(node_dir) as node:
        messages = node.store.inbox(limit)
        gaps = node.store.gaps()
        doubts = doubts_about(node, messages)
    if as_json:
        print_json(
            {
                "messages": [
                    {**_inbox_fields(one), "warning": doubts.get(one.message_digest)}
                    for one in messages
                ],
                "missing": [
                    {"from": gap.party, "numbers": list(gap.missing)} for gap in gaps
                ],
            }
        )
        return
    rows = [
        (
            _listed(id_of(message)),
            message.header.kind,
            message.header.origin,
            str(message.header.handling),
            _short_time(message.received_ms),
            message.state.value
            + (f" ({message.code})" if message.code else "")
            + (", NOT TO BE RELIED ON" if message.message_digest in doubts else ""),
        )
        for message in messages
    ]
    print_table(
        ("id", "kind", "from", "handling", "received", "state"),
        rows,
        empty="Nothing was received yet.",
    )
    for message in messages:
        if doubt := doubts.get(message.message_digest):
            note(f"warning: {id_of(message)} of {message.header.origin}: {doubt}")
    for gap in gaps:
        note(
            f"warning: {len(gap.missing)} message(s) of {gap.party} are missing: "
            f"number {', '.join(map(str, gap.missing[:10]))}"
        )


def _inbox_fields(message: InboxMessage) -> dict[str, object]:
    return {
        **_header_fields(message.header),
        "digest": message.message_digest.hex(),
        "received": iso_time(message.received_ms),
        "opened": None if message.opened_ms is None else iso_time(message.opened_ms),
        "state": message.state.value,
        "code": message.code or None,
        "detail": message.detail or None,
    }


def _header_fields(header: Header) -> dict[str, object]:
    return {
        "id": message_id_text(header.message_id),
        "kind": header.kind,
        # Plain text: YAML writes no types of ours.
        "from": str(header.origin),
        "to": [str(party) for party in header.parties],
        "handling": str(header.handling),
        "sealed": iso_time(header.created_ms),
        "expires": iso_time(header.expires_ms),
        "case": header.case_reference or None,
        "in_reply_to": header.in_reply_to.hex() or None,
    }


def sent(
    limit: LimitOption = 50, node_dir: NodeOption = None, as_json: JsonOption = False
) -> None:
    """Lists what was sent, and what policy withheld, newest first."""
    with node_session(node_dir) as node:
        messages = [
            (one, _status(node, one.message_digest)) for one in node.store.sent(limit)
        ]
        withheld = node.store.withheld(limit)
    if as_json:
        print_json(
            {
                "messages": [
                    {**_header_fields(one.header), **_status_fields(status)}
                    for one, status in messages
                ],
                "withheld": [
                    {
                        "kind": one.kind,
                        "to": list(one.recipients),
                        "code": one.code,
                        "reason": one.detail,
                        "at": iso_time(one.at_ms),
                    }
                    for one in withheld
                ],
            }
        )
        return
    rows = [
        (
            _listed(id_of(one)),
            one.header.kind,
            "; ".join(
                f"{r.party} {_furthest(status, r.party)}" for r in status.recipients
            ),
            str(one.header.handling),
            _short_time(one.header.created_ms),
        )
        for one, status in messages
    ]
    print_table(
        ("id", "kind", "to", "handling", "sealed"), rows, empty="Nothing was sent yet."
    )
    for held in withheld:
        note(f"withheld {_short_time(held.at_ms)} {held.kind}: {held.detail}")


def show(
    message: IdArgument,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows the content of a message, sent or received."""
    with node_session(node_dir) as node:
        found = find(node, message)
        keys = unlock(node, passphrase_file)
        content = _content(found, keys.holder.store_key)
        header = found.message.header
        received = [] if found.received is None else [found.received]
        doubt = doubts_about(node, received).get(found.message.message_digest)
    fields = {**_header_fields(header), "warning": doubt, "content": content}
    if doubt:
        note(f"warning: {doubt}")
    if as_json:
        print_json(fields)
    else:
        text = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True)
        print(text, end="")


def _content(found: Found, store_key: bytes) -> dict[str, object]:
    message = found.message
    if isinstance(message, InboxMessage) and message.state is not InboxState.OPENED:
        raise ConfigurationError(
            f"the message is {message.state.value}"
            + (f" ({message.code}: {message.detail})" if message.code else "")
            + ", so that there is nothing to show"
        )
    content_key = unprotect(
        store_key, message.protected_key, context=message.message_digest
    )
    parts = decode_envelope(message.envelope)
    body = read_content(parts.signed_header, parts.ciphertext, content_key)
    return decode_document(message.header.kind, body)


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
        known = _status(node, found.sent.message_digest)
    if as_json:
        print_json({**_header_fields(header), **_status_fields(known)})
        return
    note(f"{header.kind} {message_id_text(header.message_id)}, {header.handling}")
    rows = []
    for recipient in known.recipients:
        for step in recipient.steps:
            why = f"{step.code}: {step.detail}" if step.code else ""
            rows.append(
                (
                    recipient.party,
                    step.stage.name,
                    _short_time(step.at_ms),
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


def _status(node: Node, digest: bytes) -> MessageStatus:
    found = node.store.find_sent(digest)
    if found is None:
        raise ConfigurationError("no such message was sent")
    return message_status(
        found.header,
        [line.receipt for line in node.store.ledger(digest)],
        submitted_ms=node.store.submitted_ms(digest),
        now_ms=SYSTEM_CLOCK.now_ms(),
    )


def _status_fields(status: MessageStatus) -> dict[str, object]:
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


def _furthest(status: MessageStatus, party: str) -> str:
    steps = next(r.steps for r in status.recipients if r.party == party)
    if not steps:
        return "with the hub" if status.submitted_ms else "queued"
    return max(steps, key=lambda step: _ORDER[step.stage]).stage.name.lower()


def _listed(message_id: str) -> str:
    """Returns as much of an id as a terminal has room for; it names the message."""
    return message_id[:_LISTED_SIZE] if sys.stdout.isatty() else message_id


def _short_time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
