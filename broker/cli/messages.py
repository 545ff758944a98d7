"""`rogatory inbox`, `sent`, `show` and `status`: what a node holds."""

import sys
from typing import Annotated, Final

import typer
import yaml

from broker.app.doubts import doubts_about
from broker.cli.acting import noted
from broker.cli.approved import checked_approvals
from broker.cli.decided import decision_fields, decision_lines
from broker.cli.export_plans import withheld_words
from broker.cli.following import (
    IdArgument,
    answer_words,
    furthest,
    header_fields,
    said_fields,
    short_time,
    status_fields,
    status_of,
)
from broker.cli.options import AllOption, JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.secrets_prompt import unlock
from broker.cli.session import Found, find, id_of, node_session
from broker.core.admitted import IN_USE, Admission, AdmissionState
from broker.core.codec.documents import decode_document
from broker.core.codec.envelope import decode_envelope
from broker.core.errors import ConfigurationError
from broker.core.opening import read_content
from broker.core.pending import PendingState
from broker.core.recalls.taken_back import TakenBack
from broker.core.records import InboxMessage, InboxState
from broker.core.status import iso_time
from keys.sealing import unprotect

_LISTED_SIZE: Final = 18  # signs of an id: its time, and 12 bits that are random

LimitOption = Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")]


def inbox(
    limit: LimitOption = 50,
    desk: Annotated[
        str | None, typer.Option(help="Only what the policy gives to this desk.")
    ] = None,
    everything: AllOption = False,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists what was received, newest first.

    What waits until a person has looked at it is delivered, and not opened: see
    rogatory quarantine.
    """
    with node_session(node_dir) as node:
        messages = node.store.inbox(limit, desk, protocol=everything)
        terms = {
            one.message_digest: node.store.admission(one.message_digest)
            for one in messages
        }
        said = {
            one.message_digest: node.store.own_words(one.message_digest)
            for one in messages
        }
        gaps = node.store.gaps()
        doubts = doubts_about(node, messages)
        gone = {
            one.message_digest: why
            for one in messages
            if (why := node.store.taken_back(one.message_digest))
        }
    if as_json:
        print_json(
            {
                "messages": [
                    {
                        **_inbox_fields(one, terms[one.message_digest]),
                        "taken_back": taken_back_fields(gone.get(one.message_digest)),
                        "said": said_fields(said[one.message_digest]),
                        "warning": doubts.get(one.message_digest),
                    }
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
            short_time(message.received_ms),
            _desks(terms[message.message_digest]),
            _state(message, terms[message.message_digest])
            + answer_words(
                message.header.kind,
                said[message.message_digest],
                taken_back=message.message_digest in gone,
            )
            + (", NOT TO BE RELIED ON" if message.message_digest in doubts else "")
            + (", TAKEN BACK" if message.message_digest in gone else ""),
        )
        for message in messages
    ]
    print_table(
        ("id", "kind", "from", "handling", "received", "desks", "state"),
        rows,
        empty="Nothing was received yet."
        if desk is None
        else "The policy has given nothing to this desk yet.",
    )
    for message in messages:
        if doubt := doubts.get(message.message_digest):
            note(f"warning: {id_of(message)} of {message.header.origin}: {doubt}")
        if why := gone.get(message.message_digest):
            yours = "" if desk is None else "; destroy your copy, or do not use it"
            note(f"warning: {id_of(message)}: {why.sentence}{yours}")
    for gap in gaps:
        note(
            f"warning: {len(gap.missing)} message(s) of {gap.party} are missing: "
            f"number {', '.join(map(str, gap.missing[:10]))}"
        )


def taken_back_fields(gone: TakenBack | None) -> dict[str, object] | None:
    """Returns why a content is not to be used, as commands print it."""
    if gone is None:
        return None
    return {
        "why": gone.sentence,
        "readable": gone.readable,
        "replacement": gone.replacement.hex() or None,
    }


def _state(message: InboxMessage, terms: Admission | None) -> str:
    if terms is not None and terms.state is AdmissionState.QUARANTINED:
        return "waits for a person"
    parts = [message.state.value]
    if message.code:
        parts.append(f"({message.code})")
    if message.header.withheld:
        parts.append(f"without {withheld_words(message.header.withheld)}")
    return " ".join(parts)


def _desks(terms: Admission | None) -> str:
    in_use = terms is not None and terms.state in IN_USE
    return ", ".join(terms.routes) if terms is not None and in_use else ""


def _inbox_fields(message: InboxMessage, terms: Admission | None) -> dict[str, object]:
    return {
        **header_fields(message.header),
        "digest": message.message_digest.hex(),
        "received": iso_time(message.received_ms),
        "opened": None if message.opened_ms is None else iso_time(message.opened_ms),
        "state": message.state.value,
        "code": message.code or None,
        "detail": message.detail or None,
        "terms": None if terms is None else terms.state.value,
        "desks": [] if terms is None else list(terms.routes),
    }


def sent(
    limit: LimitOption = 50,
    everything: AllOption = False,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists what was sent, and what policy withheld, newest first."""
    with node_session(node_dir) as node:
        messages = [
            (one, status_of(node, one.message_digest))
            for one in node.store.sent(limit, protocol=everything)
        ]
        withheld = node.store.withheld(limit)
        waiting = len(node.store.pending(PendingState.WAITING))
        digests = [one.message_digest for one, _ in messages]
        decided = {
            digest: node.store.decisions_about(digest)
            for digest in (*digests, *(one.digest for one in withheld))
        }
    if as_json:
        print_json(
            {
                "messages": [
                    {
                        **header_fields(one.header),
                        **status_fields(status),
                        "decided": decision_fields(decided[one.message_digest]),
                    }
                    for one, status in messages
                ],
                "withheld": [
                    {
                        "kind": one.kind,
                        "to": list(one.recipients),
                        "code": one.code,
                        "reason": one.detail,
                        "at": iso_time(one.at_ms),
                        "decided": decision_fields(decided[one.digest]),
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
                f"{r.party} {furthest(status, r.party)}" for r in status.recipients
            ),
            str(one.header.handling),
            short_time(one.header.created_ms),
            withheld_words(one.header.withheld),
        )
        for one, status in messages
    ]
    print_table(
        ("id", "kind", "to", "handling", "sealed", "without"),
        rows,
        empty="Nothing was sent yet.",
    )
    for held in withheld:
        note(f"withheld {short_time(held.at_ms)} {held.kind}: {held.detail}")
    if waiting:
        note(f"{waiting} document(s) wait for officers: rogatory pending list")


def show(
    message: IdArgument,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows the content of a message, sent or received."""
    with node_session(node_dir) as node:
        found = find(node, message)
        gone = node.store.taken_back(found.message.message_digest)
        if gone is not None:
            gone.check_readable()
            note(f"warning: {gone.sentence}")
        keys = unlock(node, passphrase_file)
        content = _content(found, keys.holder.store_key)
        header = found.message.header
        received = [] if found.received is None else [found.received]
        doubt = doubts_about(node, received).get(found.message.message_digest)
        decided = node.store.decisions_about(found.message.message_digest)
        approved = checked_approvals(node, keys, found.sent)
        notes = noted(node, keys, found.message.message_digest)
    fields = {
        **header_fields(header),
        "warning": doubt,
        "taken_back": taken_back_fields(gone),
        **approved,
        **notes,
        "content": content,
    }
    if header.withheld:
        words = withheld_words(header.withheld)
        note(f"Held back, and not unknown: {words}")
    for line in decision_lines(decided):
        note(line)
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
            "the message waits for a person: rogatory quarantine show"
            if message.waits
            else f"the message is {message.state.value}"
            + (f" ({message.code}: {message.detail})" if message.code else "")
            + ", so that there is nothing to show"
        )
    content_key = unprotect(
        store_key, message.protected_key, context=message.message_digest
    )
    parts = decode_envelope(message.envelope)
    body = read_content(parts.signed_header, parts.ciphertext, content_key)
    return decode_document(message.header.kind, body)


def _listed(message_id: str) -> str:
    """Returns as much of an id as a terminal has room for; it names the message."""
    return message_id[:_LISTED_SIZE] if sys.stdout.isatty() else message_id
