"""Documents that systems hand in: read as files of officers are, sent once.

What may leave is decided where it is for people too; see `broker.app.submitting`.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from broker.api.answering import places_of, problem
from broker.api.models_submitting import (
    NewMessage,
    Remark,
    Submission,
    SubmittedMessage,
)
from broker.api.problems import ApiCode, Place, ProblemError
from broker.api.roles import Caller
from broker.api.state import Services
from broker.api.times import moment
from broker.api.uploads import attach_uploads, forget_uploads
from broker.api.visibility import find_message
from broker.app.embargoes import flags_about
from broker.app.linting import lint_before_sending
from broker.app.submitting import Submitted, once_for, submit
from broker.core.codec.documents import encode_document, warnings_for
from broker.core.codec.draft import parse_draft
from broker.core.drafting import outgoing
from broker.core.embargoes import Flag
from broker.core.errors import BrokerError, DocumentError, DocumentProblem
from broker.core.feed import DoneOnce, Once
from broker.core.linting.catalogue import Severity
from broker.core.model import message_id_text
from broker.core.outgoing import OutgoingDocument
from broker.core.records import SentMessage

_FILES: Final = "attachments"
_REQUEST: Final = b"rogatory/request/1 "
_DRAFT: Final = frozenset(
    {"kind", "content", "handling", "to", "case_reference", "expires_in"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A document, ready to be sent, and what was remarked about it."""

    document: OutgoingDocument
    remarks: tuple[Remark, ...]


def once_of(here: Services, who: Caller, key: str, asked: NewMessage) -> Once:
    """Returns what makes two requests of a client the same one.

    It stays when the content goes: only with the node's own key can anybody find out
    by it whether they have guessed what was asked.
    """
    written = json.dumps(
        asked.model_dump(mode="json"), sort_keys=True, ensure_ascii=True
    )
    store_key = here.keys.holder.store_key
    told = hmac.digest(store_key, _REQUEST + written.encode(), "sha256")
    return once_for(who.submitter, who.agency, key, told)


def draft(here: Services, who: Caller, asked: NewMessage, *, to_hub: bool) -> Drafted:
    """Reads a document, and looks at it as `rogatory send` does.

    Args:
        here: The interface.
        who: Who hands it in.
        asked: The request.
        to_hub: Whether its files are brought to the hub, as has to be done before it
            is sent.

    Raises:
        BusError: The hub cannot be reached, to be brought the files.
        ProblemError: It answers what the caller does not see; or it is a trace request
            that scores too little, and is not to be sent anyway.
        DocumentError: It does not fit its kind.
        HandlingError: Not a handling label.
        PartyCodeError: Not a party code.
    """
    if _FILES in asked.content:
        place = Place(
            path=f"content.{_FILES}",
            found="files",
            expected="their handles in `attachments`, beside the content",
        )
        raise problem(ApiCode.INVALID_DOCUMENT, places=(place,))
    fields = {
        name: value
        for name, value in asked.model_dump(exclude_none=True).items()
        if name in _DRAFT
    }
    if asked.restrictions is not None:
        fields["restrictions"] = asked.restrictions.model_dump(exclude_none=True)
    read = parse_draft(fields)
    body = _encoded(read.kind, read.content)
    document = _answering(here, who, outgoing(read, body), asked.in_reply_to)
    remarks = [_remark(_within(one)) for one in warnings_for(read.kind, body)]
    remarks += _linted(here, document, anyway=asked.anyway)
    day = datetime.fromtimestamp(here.clock.now_ms() / 1000, tz=UTC).date()
    flags = flags_about(here.node.folder.root, document, day)
    remarks += [_embargo(one) for one in flags]
    if asked.attachments:
        document = attach_uploads(
            here,
            who,
            document,
            asked.attachments,
            partial=asked.partial,
            to_hub=to_hub,
        )
    return Drafted(document=document, remarks=tuple(remarks))


def send(here: Services, who: Caller, key: str, asked: NewMessage) -> Submission:
    """Sends a document, or holds it for officers; the same request only once.

    Raises:
        ProblemError: KEY_REUSED: another was sent under this key; or as `draft`.
        RefusedError: Nobody gets it, which is recorded.
        StoreError: It could not be stored; nothing was sent.
    """
    once = once_of(here, who, key, asked)
    before = here.node.store.done_before(once.token)
    if before is not None:
        return _repeated(here, asked, before, once)
    try:
        drafted = draft(here, who, asked, to_hub=True)
        done = submit(
            here.node,
            here.keys,
            here.trust,
            drafted.document,
            once,
            partial=asked.partial,
        )
    except (ProblemError, BrokerError):
        # While this was looked at, the same may have been carried out: a client that
        # has waited for long enough asks again. Its files are used up then, and its
        # step is taken, but what it hears has to be what came of it.
        before = here.node.store.done_before(once.token)
        if before is None:
            raise
        return _repeated(here, asked, before, once)
    if asked.attachments:
        forget_uploads(here, drafted.document)
    return _shown(here, asked, done, drafted.remarks)


def _repeated(
    here: Services, asked: NewMessage, before: DoneOnce, once: Once
) -> Submission:
    """Returns what came of a request when it was carried out.

    Raises:
        ProblemError: KEY_REUSED: it was another one; or the client was another
            agency's then, which it does not speak for any more.
    """
    same = (before.once.request, before.once.agency) == (once.request, once.agency)
    if not same:
        raise problem(ApiCode.KEY_REUSED)
    return _shown(here, asked, Submitted(done=before, repeated=True), ())


def sent_models(messages: Sequence[SentMessage]) -> list[SubmittedMessage]:
    """Returns messages that a document has become."""
    return [
        SubmittedMessage(
            id=message_id_text(one.header.message_id),
            digest=one.message_digest.hex(),
            kind=one.header.kind,
            recipients=[str(party) for party in one.header.parties],
            handling=str(one.header.handling),
            withheld=[field.word for field in one.header.withheld],
        )
        for one in messages
    ]


def messages_of(here: Services, digests: Sequence[bytes]) -> list[SentMessage]:
    """Returns messages that were sent from here."""
    found = (here.node.store.find_sent(digest) for digest in digests)
    return [one for one in found if one is not None]


def _encoded(kind: str, content: Mapping[str, object]) -> bytes:
    """Encodes a content.

    Raises:
        DocumentError: It does not fit its kind; with paths from the whole request.
    """
    try:
        return encode_document(kind, content)
    except DocumentError as error:
        raise DocumentError([_within(one) for one in error.problems]) from error


def _within(found: DocumentProblem) -> DocumentProblem:
    path = f"content.{found.path}" if found.path else "content"
    return DocumentProblem(path, found.value, found.expected)


def _answering(
    here: Services, who: Caller, document: OutgoingDocument, name: str | None
) -> OutgoingDocument:
    if name is None:
        return document
    answered = find_message(here, who, name)
    reference = document.case_reference or answered.header.case_reference
    return replace(document, in_reply_to=answered.digest, case_reference=reference)


def _linted(
    here: Services, document: OutgoingDocument, *, anyway: bool
) -> list[Remark]:
    report = lint_before_sending(here.node, here.keys, document, here.clock.now_ms())
    if report is None:
        return []
    told = report.of(Severity.ERROR, Severity.WARNING)
    found = [_within(DocumentProblem(one.path, one.seen, one.fix)) for one in told]
    enough = here.node.settings.trace_score
    if report.score < enough and not anyway:
        score = DocumentProblem(
            "",
            f"a request that scores {report.score} of 100",
            f"expected {enough} or more: put right what it lacks, or send it as it is "
            'with "anyway": true',
        )
        raise problem(ApiCode.INVALID_DOCUMENT, places=places_of([score, *found]))
    return [_remark(one) for one in found]


def _remark(found: DocumentProblem) -> Remark:
    return Remark(path=found.path, found=found.value, expected=found.expected)


def _embargo(flag: Flag) -> Remark:
    one = flag.embargo
    return Remark(
        path=f"content.{flag.path}",
        found=f"{flag.why} ({one.regime}, {one.resolution})",
        expected="a person who reads the resolution, and decides",
    )


def _shown(
    here: Services, asked: NewMessage, done: Submitted, remarks: Sequence[Remark]
) -> Submission:
    messages = messages_of(here, done.done.messages)
    reached = {str(party) for one in messages for party in one.header.parties}
    waits = done.done.pending_id
    return Submission(
        messages=sent_models(messages),
        pending_id=message_id_text(waits) if waits else None,
        not_sent_to=[] if waits else sorted(set(asked.to) - reached),
        repeated=done.repeated,
        submitted_at=moment(done.done.at_ms),
        warnings=list(remarks),
    )
