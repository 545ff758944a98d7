"""Whether a reply is about the very thing that was asked, and says that it was done.

Signatures, the schema and headers are left to `adapters.interpol.client`.
"""

from typing import Final

from adapters.interpol.documents import (
    RecordAnswer,
    RecordQuery,
    RecordReceipt,
    RecordSubmission,
    RecordUpdate,
    RecordWithdrawal,
    Reply,
    Request,
    TraceAnswerQuery,
    TraceAnswers,
    TraceAnswerSubmission,
    TraceReceipt,
    TraceSubmission,
    TraceWithdrawal,
)
from adapters.interpol.errors import AnswerInvalidError

WITHDRAWN: Final = "WITHDRAWN"
"""Outcome of what was taken back, before or now."""


def check_about(request: Request, reply: Reply) -> None:
    """Refuses a reply that fits the schema, and not the request.

    Raises:
        AnswerInvalidError: It is about another thing, or does not say what was done.
    """
    match request, reply:
        case RecordQuery(), RecordAnswer():
            _same(reply.record.record_id, request.record_id)
        case TraceAnswerQuery(), TraceAnswers():
            _same(reply.trace_id, request.trace_id)
        case RecordWithdrawal() | TraceWithdrawal(), RecordReceipt() | TraceReceipt():
            _done(reply.outcome, WITHDRAWN, "UNKNOWN")
        case RecordSubmission(), RecordReceipt():
            _filed(reply.outcome, reply.record_id)
        case TraceSubmission(), TraceReceipt():
            _filed(reply.outcome, reply.trace_id)
        case RecordUpdate(), RecordReceipt():
            _done(reply.outcome, "UPDATED", WITHDRAWN)
            _same(reply.record_id, request.record_id)
        case TraceAnswerSubmission(), TraceReceipt():
            _done(reply.outcome, "STORED", WITHDRAWN)
            _same(reply.trace_id, request.trace_id)
        case _:
            pass  # lists: they say themselves what each line is about


def _filed(outcome: str, identifier: str) -> None:
    _done(outcome, "STORED", WITHDRAWN)
    if outcome != WITHDRAWN and not identifier:
        raise AnswerInvalidError("its receipt names nothing")


def _same(found: str, asked: str) -> None:
    if found != asked:
        raise AnswerInvalidError("its answer is about another thing")


def _done(outcome: str, *expected: str) -> None:
    if outcome not in expected:
        raise AnswerInvalidError("its receipt does not say that it was done")
