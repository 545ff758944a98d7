"""`rogatory permission list`: who asked for what, and what was answered."""

from collections.abc import Iterator
from typing import Final

from broker.app.node_folder import Node
from broker.cli.following import short_time
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import print_json, print_table
from broker.cli.permission_words import purpose_words
from broker.cli.secrets_prompt import unlock
from broker.cli.session import id_of, node_session
from broker.core.codec.permission import read_grant, read_wish
from broker.core.onward import GRANT_KIND, REQUEST_KIND
from broker.core.permissions import Grant, Wish
from broker.core.records import InboxMessage, SentMessage
from broker.core.status import iso_time
from broker.services.holdings import Holdings

_SHOWN: Final = 12  # hexadecimal digits of a digest in a table


def list_(
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists requests and answers, from here and from others, newest first."""
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        holdings = Holdings(keys.holder, node.store)
        found = sorted(
            _messages(node), key=lambda one: one.header.created_ms, reverse=True
        )
        listed = [(one, _said(holdings, one)) for one in found]
    if as_json:
        print_json({"permissions": [_fields(*one) for one in listed]})
        return
    rows = [
        (
            id_of(message),
            f"{_direction(message)} {_other(message)}",
            "asks" if isinstance(said, Wish) else said.verdict.word,
            said.act.word,
            said.message_digest.hex()[:_SHOWN],
            ", ".join(sorted(said.parties)),
            purpose_words(said.purposes),
            str(said.until or ""),
            short_time(message.header.created_ms),
        )
        for message, said in listed
    ]
    columns = ("id", "party", "says", "act", "about", "to", "for", "until", "sealed")
    print_table(columns, rows, empty="Nobody has asked for anything.")


def _messages(node: Node) -> Iterator[InboxMessage | SentMessage]:
    for kind in (REQUEST_KIND, GRANT_KIND):
        for admission in node.store.admitted_of_kind(kind):
            received = node.store.find_received(admission.message_digest)
            if received is not None:
                yield received
        for digest in node.store.sent_of_kind(kind):
            sent = node.store.find_sent(digest)
            if sent is not None:
                yield sent


def _said(holdings: Holdings, message: InboxMessage | SentMessage) -> Wish | Grant:
    body = holdings.content(message)
    return read_wish(body) if message.header.kind == REQUEST_KIND else read_grant(body)


def _direction(message: InboxMessage | SentMessage) -> str:
    return "from" if isinstance(message, InboxMessage) else "to"


def _other(message: InboxMessage | SentMessage) -> str:
    if isinstance(message, InboxMessage):
        return message.header.origin
    return ", ".join(message.header.parties)


def _fields(
    message: InboxMessage | SentMessage, said: Wish | Grant
) -> dict[str, object]:
    return {
        "id": id_of(message),
        "digest": message.message_digest.hex(),
        "direction": "received" if isinstance(message, InboxMessage) else "sent",
        "party": _other(message),
        "says": "asks" if isinstance(said, Wish) else said.verdict.word,
        "act": said.act.word,
        "about": said.message_digest.hex(),
        "to": sorted(said.parties),
        "purposes": [use.word for use in sorted(said.purposes)],
        "until": None if said.until is None else said.until.isoformat(),
        "words": said.reason if isinstance(said, Wish) else said.remarks,
        "sealed": iso_time(message.header.created_ms),
    }
