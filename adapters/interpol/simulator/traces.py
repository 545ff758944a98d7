"""What the simulator does with requests to trace: submitted, under way, answered.

A trace of a firearm that is on record is answered at once with what the record says, so
that there is something to see; any other waits for a member that answers it.
"""

import sqlite3
from collections.abc import Mapping
from typing import Final, cast

from adapters.interpol.documents import (
    Reply,
    Request,
    TraceAnswerQuery,
    TraceAnswers,
    TraceAnswerSubmission,
    TraceReceipt,
    TraceStatus,
    TraceStatusQuery,
    TraceSubmission,
    TraceWithdrawal,
)
from adapters.interpol.errors import RegisterFaultError
from adapters.interpol.parts import (
    Answer,
    AnswerHeader,
    CustodyStep,
    Record,
    TraceState,
)
from adapters.interpol.simulator.configuration import Member
from adapters.interpol.simulator.register import (
    WITHDRAWN,
    Answering,
    check_may_submit,
    forget,
    number_in,
    once,
    records_like,
    terms_of,
)
from adapters.interpol.simulator.store import packed, unpacked

TRACE_PREFIX: Final = "SIM-TRC-"
_SUBMITTED: Final = "SUBMITTED"
_ANSWERED: Final = "ANSWERED"
_DELAYED: Final = "DELAYED"
_EVENTS: Final[Mapping[str, str]] = {
    "STOLEN": "CUSTODY_EVENT_REPORTED_STOLEN",
    "CAPTURED": "CUSTODY_EVENT_REPORTED_STOLEN",
    "DESTROYED": "CUSTODY_EVENT_DESTROYED",
    "DEACTIVATED": "CUSTODY_EVENT_DEACTIVATED",
}


def _submit(
    database: sqlite3.Connection,
    member: Member,
    request: TraceSubmission,
    head: AnswerHeader,
) -> Reply:
    check_may_submit(member, request.requesting_ncb)
    terms_of(request)

    def insert() -> tuple[str, int, str]:
        cursor = database.execute(
            "INSERT INTO trace (member, progress, asked) VALUES (?, ?, ?)",
            (member.ncb, _SUBMITTED, request.asked_ncb),
        )
        number = cast("int", cursor.lastrowid)
        for record in records_like(database, request.firearm.serial_number):
            _add(database, number, _from_record(record))
        return "trace", number, ""

    number = once(database, member, request, insert)
    if number is None:
        return TraceReceipt(header=head, outcome=WITHDRAWN)
    return TraceReceipt(header=head, trace_id=_id(number), outcome="STORED")


def _answer(
    database: sqlite3.Connection,
    member: Member,
    request: TraceAnswerSubmission,
    head: AnswerHeader,
) -> Reply:
    check_may_submit(member, request.answer.ncb)
    terms_of(request)
    number = _number(database, request.trace_id)

    def insert() -> tuple[str, int, str]:
        return "answer", _add(database, number, request.answer), ""

    done = once(database, member, request, insert)
    outcome = WITHDRAWN if done is None else "STORED"
    return TraceReceipt(header=head, trace_id=request.trace_id, outcome=outcome)


def _withdraw(
    database: sqlite3.Connection,
    member: Member,
    request: TraceWithdrawal,
    head: AnswerHeader,
) -> Reply:
    found = database.execute(
        "SELECT sort, number FROM done WHERE member = ? AND key = ? AND sort IN "
        "('trace', 'answer')",
        (member.ncb, request.submission_key),
    ).fetchone()
    if found is None:
        forget(database, member, request.submission_key)
        return TraceReceipt(header=head, outcome="UNKNOWN")
    sort, number = found
    if sort == "trace":
        database.execute("DELETE FROM trace WHERE number = ?", (number,))
        database.execute("DELETE FROM answer WHERE trace = ?", (number,))
    else:
        # It still counts: whoever asks how many there were sees that one came after it.
        database.execute("UPDATE answer SET content = x'' WHERE number = ?", (number,))
    database.execute(
        "DELETE FROM done WHERE member = ? AND key = ?",
        (member.ncb, request.submission_key),
    )
    forget(database, member, request.submission_key)
    return TraceReceipt(header=head, outcome=WITHDRAWN)


def _status(
    database: sqlite3.Connection,
    member: Member,
    request: TraceStatusQuery,
    head: AnswerHeader,
) -> Reply:
    return TraceStatus(
        header=head,
        traces=tuple(_state(database, member, one) for one in request.trace_ids),
    )


def _answers(
    database: sqlite3.Connection,
    member: Member,
    request: TraceAnswerQuery,
    head: AnswerHeader,
) -> Reply:
    number = _number(database, request.trace_id)
    if _owner(database, number) != member.ncb:
        raise RegisterFaultError("NOT_PERMITTED", "the trace is another bureau's")
    rows = database.execute(
        "SELECT content FROM answer WHERE trace = ? AND content <> x'' ORDER BY number",
        (number,),
    )
    return TraceAnswers(
        header=head,
        trace_id=request.trace_id,
        answers=tuple(unpacked(Answer, content) for (content,) in rows),
    )


TRACE_ANSWERS: Final[Mapping[type[Request], Answering]] = {
    TraceSubmission: _submit,
    TraceWithdrawal: _withdraw,
    TraceStatusQuery: _status,
    TraceAnswerQuery: _answers,
    TraceAnswerSubmission: _answer,
}
"""How each request about traces is answered."""


def _add(database: sqlite3.Connection, trace: int, answer: Answer) -> int:
    cursor = database.execute(
        "INSERT INTO answer (trace, content) VALUES (?, ?)", (trace, packed(answer))
    )
    progress = "IN_PROGRESS" if answer.outcome == _DELAYED else _ANSWERED
    database.execute(
        "UPDATE trace SET progress = ? WHERE number = ?", (progress, trace)
    )
    return cast("int", cursor.lastrowid)


def _from_record(record: Record) -> Answer:
    event = _EVENTS.get(record.status, "CUSTODY_EVENT_REPORTED_LOST")
    return Answer(
        answer_id=f"{record.record_id}.{record.version}",
        ncb=record.owner_ncb,
        country=record.owner_country,
        outcome=_ANSWERED,
        firearm=record.firearm,
        steps=(
            CustodyStep(
                event=event, date=record.reported_on, country=record.owner_country
            ),
        ),
        next_country=record.owner_country,
        remarks=f"SIMULATOR: from record {record.record_id}, {record.status}",
        handling=record.handling,
    )


def _state(database: sqlite3.Connection, member: Member, trace_id: str) -> TraceState:
    row = database.execute(
        "SELECT progress, (SELECT count(*) FROM answer WHERE trace = t.number) "
        "FROM trace t WHERE number = ? AND member = ?",
        (number_in(trace_id, TRACE_PREFIX), member.ncb),
    ).fetchone()
    progress, answers = row or ("UNKNOWN", 0)
    return TraceState(trace_id=trace_id, progress=progress, answers=answers)


def _number(database: sqlite3.Connection, trace_id: str) -> int:
    number = number_in(trace_id, TRACE_PREFIX)
    if not _owner(database, number):
        raise RegisterFaultError("UNKNOWN_TRACE", f"there is no trace {trace_id}")
    return number


def _owner(database: sqlite3.Connection, number: int) -> str:
    row = database.execute(
        "SELECT member FROM trace WHERE number = ?", (number,)
    ).fetchone()
    return "" if row is None else str(row[0])


def _id(number: int) -> str:
    return f"{TRACE_PREFIX}{number:06}"
