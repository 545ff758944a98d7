"""Looking at a trace request with what a node knows: what was asked before, embargoes.

What is found is said in `broker.core.linting`; whether to send, by people.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from broker.app.contents import Content, content_of, contents
from broker.app.credentials import NodeKeys
from broker.app.domestic import look_up
from broker.app.embargoes import own_table
from broker.app.node_folder import Node
from broker.core.codec.documents import problems_in, read_document
from broker.core.codec.draft import parse_draft
from broker.core.codec.kinds import parse_kind
from broker.core.codec.problems import in_order
from broker.core.codec.walk import with_json_names
from broker.core.embargoes import flags
from broker.core.errors import ConfigurationError, DocumentProblem
from broker.core.handling import Handling
from broker.core.linting.circumstances import Circumstances, EarlierTrace
from broker.core.linting.elsewhere import filed_at, fingerprints
from broker.core.linting.findings import LintReport
from broker.core.linting.trace_request import TRACE_REQUEST, lint
from broker.core.model import message_id_text
from broker.core.outgoing import OutgoingDocument

_NAME: Final = "trace-request"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """A file with a trace request, read as far as it can be.

    Attributes:
        content: By JSON names.
        problems: Where it does not fit its kind.
        recipients: Whom it is for; empty when that is not decided.
        handling: Likewise None.
        case_reference: Or empty.
    """

    content: dict[str, object]
    problems: tuple[DocumentProblem, ...]
    recipients: tuple[str, ...]
    handling: Handling | None
    case_reference: str


def read_request(document: object, to: str | None = None) -> ReadRequest:
    """Reads a trace request, be it sound or not.

    Args:
        document: A file as YAML or JSON gives it.
        to: Recipients, divided by commas, that win over those of the file.

    Raises:
        DocumentError: It is no document at all.
        ConfigurationError: It is one of another kind.
    """
    draft = parse_draft(document)
    if draft.kind != TRACE_REQUEST:
        raise ConfigurationError(f"this is a {draft.kind}, and no {TRACE_REQUEST}")
    known = parse_kind(draft.kind)
    problems: list[DocumentProblem] = []
    content = with_json_names(known.descriptor, draft.content, problems)
    problems.extend(problems_in(known, content))
    label = draft.handling
    return ReadRequest(
        content=content,
        problems=tuple(in_order(problems)),
        recipients=tuple(to.replace(" ", "").split(",")) if to else draft.to,
        handling=None if label is None else Handling.parse(label, draft.restrictions),
        case_reference=draft.case_reference or "",
    )


def draft_report(request: ReadRequest, given: Circumstances) -> LintReport:
    """Returns what may make a request in a file fail.

    Args:
        request: The file.
        given: What is known besides, as `known_here` has it.
    """
    whole = replace(
        given,
        recipients=request.recipients,
        handling=request.handling,
        case_reference=request.case_reference,
    )
    return lint(request.content, whole, request.problems)


def lint_before_sending(
    node: Node, keys: NodeKeys, document: OutgoingDocument, now_ms: int
) -> LintReport | None:
    """Returns what may make a request fail; None for what is no trace request.

    Args:
        node: The node that is to send it.
        keys: Its keys.
        document: What is to be sent; of a form that its kind knows.
        now_ms: The present.

    Raises:
        StoreError: The store cannot be read.
        ContentError: Something was protected under another key.
        DocumentError: The node's table of embargoes cannot be read.
    """
    if document.kind != TRACE_REQUEST:
        return None
    content = read_document(parse_kind(document.kind), document.body)
    given = replace(
        known_here(node, keys, content, now_ms),
        recipients=tuple(document.recipients),
        handling=document.handling,
        case_reference=document.case_reference,
        # Embargoes are told about every document that is sent, whatever its kind.
        embargoes=(),
    )
    return lint(content, given)


def known_here(
    node: Node, keys: NodeKeys, content: Mapping[str, object], now_ms: int
) -> Circumstances:
    """Returns what a node knows about a request besides its words.

    Args:
        node: The node.
        keys: Its keys.
        content: The request, by JSON names.
        now_ms: The present.

    Raises:
        StoreError: The store cannot be read or written.
        ContentError: Something was protected under another key.
        DocumentError: The node's table of embargoes cannot be read.
    """
    today = day_of(now_ms)
    found = flags(content, own_table(node.folder.root), dt.date.fromisoformat(today))
    known = look_up(node, keys, content)
    records = known.records
    return Circumstances(
        today=today,
        party=node.party,
        earlier=_earlier_traces(node, keys, content, known.traces),
        own_records=tuple((one.path, one.text) for one in records if one.list_name),
        alike=tuple((one.path, one.text) for one in records if not one.list_name),
        embargoes=tuple(
            f"{one.path}: {one.why} ({one.embargo.regime}, {one.embargo.resolution})"
            for one in found
        ),
    )


def day_of(now_ms: int) -> str:
    """Returns the day of a moment in UTC: "2026-03-09"."""
    return dt.datetime.fromtimestamp(now_ms / 1000, dt.UTC).date().isoformat()


def _earlier(content: Content) -> EarlierTrace:
    document, header = content.document, content.header
    return EarlierTrace(
        message_digest=content.message_digest,
        message_id=message_id_text(header.message_id),
        by=header.origin,
        to=tuple(header.parties),
        case_reference=header.case_reference,
        fingerprints=frozenset(fingerprints(document).values()),
        filed=frozenset(filed_at(document)),
    )


def _earlier_traces(
    node: Node, keys: NodeKeys, content: Mapping[str, object], met: Iterable[bytes]
) -> tuple[EarlierTrace, ...]:
    """Returns earlier requests that may be about the same, oldest first.

    By its number a weapon is looked up; by a reference of another system it is not, and
    so all requests are read where there is one.
    """
    if filed_at(content):
        found: Iterator[Content] = contents(node, keys, {_NAME})
    else:
        opened = (content_of(node, keys, digest) for digest in met)
        found = (one for one in opened if one is not None)
    requests = [one for one in found if one.header.kind == TRACE_REQUEST]
    requests.sort(key=lambda one: (one.at_ms, one.message_digest))
    return tuple(map(_earlier, requests))
