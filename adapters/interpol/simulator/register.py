"""What the simulator answers: records, traces, and the reference table.

Signatures, faults on purpose and HTTP are left to the modules beside this one.
"""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, cast

from adapters.interpol.documents import (
    FirearmList,
    FirearmQuery,
    RecordAnswer,
    RecordQuery,
    RecordReceipt,
    RecordSubmission,
    RecordUpdate,
    RecordWithdrawal,
    ReferenceList,
    ReferenceQuery,
    Reply,
    Request,
)
from adapters.interpol.errors import RegisterFaultError
from adapters.interpol.parts import AnswerHeader, Candidate, HandlingTerms, Record
from adapters.interpol.simulator.configuration import Member
from adapters.interpol.simulator.reference import entries
from adapters.interpol.simulator.store import (
    SimulatorStore,
    packed,
    serial_term,
    unpacked,
)

_LIST_MAX: Final = 100
_DIGITS_MAX: Final = 18
WITHDRAWN: Final = "WITHDRAWN"
RECORD_PREFIX: Final = "SIM-REC-"

Answering = Callable[[sqlite3.Connection, Member, Any, AnswerHeader], Reply]
"""Answers one kind of request."""


class SimulatedRegister:
    """The register behind the simulator.

    Args:
        store: What it remembers.
        further: Answers to the requests that are not about records.
    """

    def __init__(
        self, store: SimulatorStore, further: Mapping[type[Request], Answering]
    ) -> None:
        self._store = store
        self._answers: Mapping[type[Request], Answering] = MappingProxyType(
            {
                FirearmQuery: _search,
                RecordQuery: _record,
                RecordSubmission: _submit,
                RecordUpdate: _update,
                RecordWithdrawal: _withdraw,
                ReferenceQuery: _reference,
                **further,
            }
        )

    def answer(self, member: Member, request: Request, header: AnswerHeader) -> Reply:
        """Does what is asked, durably, and returns the answer.

        Raises:
            RegisterFaultError: It refuses.
        """
        with self._store.change() as database:
            _once_only(database, member, request)
            return self._answers[type(request)](database, member, request, header)


def once(
    database: sqlite3.Connection,
    member: Member,
    request: Request,
    do: Callable[[], tuple[str, int, str]],
) -> int | None:
    """Does something unless something was done under the same key.

    Args:
        database: Inside a transaction.
        member: Who asks.
        request: With a key of its own.
        do: Does it; returns what sort of thing it is, its number, and what was before.

    Returns:
        The number of what was done, now or then; None when it was taken back, be it
        before it came.
    """
    key = cast("str", request.submission_key)  # type: ignore[attr-defined]
    found = database.execute(
        "SELECT number, sort FROM done WHERE member = ? AND key = ?", (member.ncb, key)
    ).fetchone()
    if found is not None:
        return None if found[1] == WITHDRAWN else int(found[0])
    sort, number, before = do()
    database.execute(
        "INSERT INTO done VALUES (?, ?, ?, ?, ?)",
        (member.ncb, key, sort, number, before),
    )
    return number


def forget(database: sqlite3.Connection, member: Member, key: str) -> None:
    """Notes that a key was taken back: what may still be on its way is not taken."""
    database.execute(
        "INSERT OR IGNORE INTO done VALUES (?, ?, ?, 0, '')",
        (member.ncb, key, WITHDRAWN),
    )


def check_may_submit(member: Member, ncb: str) -> None:
    """Refuses what is another bureau's business.

    Raises:
        RegisterFaultError: NOT_PERMITTED.
    """
    if not member.may_submit_for(ncb):
        raise RegisterFaultError("NOT_PERMITTED", f"{member.ncb} is not {ncb}")


def terms_of(request: Request) -> HandlingTerms:
    """Returns how what a request says may be handled.

    Raises:
        RegisterFaultError: SCHEMA: it does not say.
    """
    header = request.header
    if header is None or header.handling is None:
        raise RegisterFaultError("SCHEMA", "it does not say how it may be handled")
    return header.handling


def number_in(identifier: str, prefix: str) -> int:
    """Returns the number in an identifier of the simulator's; 0 for any other."""
    digits = identifier.removeprefix(prefix)
    is_one = digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS_MAX
    return int(digits) if is_one else 0


def records_like(database: sqlite3.Connection, serial_number: str) -> list[Record]:
    """Returns what is on record under a serial number, oldest first."""
    rows = database.execute(
        "SELECT content FROM record WHERE serial = ? ORDER BY number LIMIT ?",
        (serial_term(serial_number), _LIST_MAX + 1),
    )
    return [unpacked(Record, content) for (content,) in rows]


def _search(
    database: sqlite3.Connection, _: Member, request: FirearmQuery, head: AnswerHeader
) -> Reply:
    terms_of(request)
    found = records_like(database, request.serial_number)
    return FirearmList(
        header=head,
        candidates=tuple(
            Candidate(
                record_id=one.record_id,
                status=one.status,
                owner_ncb=one.owner_ncb,
                firearm=one.firearm,
            )
            for one in found[:_LIST_MAX]
        ),
        more=len(found) > _LIST_MAX,
    )


def _record(
    database: sqlite3.Connection, _: Member, request: RecordQuery, head: AnswerHeader
) -> Reply:
    found = _by_id(database, request.record_id)[1]
    return RecordAnswer(header=head, record=found)


def _submit(
    database: sqlite3.Connection,
    member: Member,
    request: RecordSubmission,
    head: AnswerHeader,
) -> Reply:
    check_may_submit(member, request.owner_ncb)
    terms = terms_of(request)

    def insert() -> tuple[str, int, str]:
        cursor = database.execute(
            "INSERT INTO record (serial, content) VALUES (?, ?)",
            (serial_term(request.firearm.serial_number), b""),
        )
        number = cast("int", cursor.lastrowid)
        record = Record(
            record_id=f"{RECORD_PREFIX}{number:06}",
            version=1,
            status=request.status,
            owner_ncb=request.owner_ncb,
            owner_country=request.owner_country,
            reported_on=request.reported_on,
            country=request.country,
            firearm=request.firearm,
            circumstances=request.circumstances,
            handling=terms,
        )
        _keep(database, number, record)
        return "record", number, ""

    number = once(database, member, request, insert)
    if number is None:
        return RecordReceipt(header=head, version=0, outcome=WITHDRAWN)
    return RecordReceipt(
        header=head,
        record_id=f"{RECORD_PREFIX}{number:06}",
        version=1,
        outcome="STORED",
    )


def _update(
    database: sqlite3.Connection,
    member: Member,
    request: RecordUpdate,
    head: AnswerHeader,
) -> Reply:
    def change() -> tuple[str, int, str]:
        number, found = _by_id(database, request.record_id)
        check_may_submit(member, found.owner_ncb)
        _set_status(database, number, found, request.status)
        return "update", number, found.status

    done = once(database, member, request, change)
    _, now = _by_id(database, request.record_id)
    return RecordReceipt(
        header=head,
        record_id=now.record_id,
        version=now.version,
        outcome=WITHDRAWN if done is None else "UPDATED",
    )


def _withdraw(
    database: sqlite3.Connection,
    member: Member,
    request: RecordWithdrawal,
    head: AnswerHeader,
) -> Reply:
    found = database.execute(
        "SELECT sort, number, before FROM done WHERE member = ? AND key = ? AND sort "
        "IN ('record', 'update')",
        (member.ncb, request.submission_key),
    ).fetchone()
    if found is None:
        forget(database, member, request.submission_key)
        return RecordReceipt(header=head, version=0, outcome="UNKNOWN")
    sort, number, before = found
    if sort == "record":
        database.execute("DELETE FROM record WHERE number = ?", (number,))
    elif (kept := _at(database, number)) is not None:
        _set_status(database, number, kept, before)
    database.execute(
        "DELETE FROM done WHERE member = ? AND key = ?",
        (member.ncb, request.submission_key),
    )
    forget(database, member, request.submission_key)
    return RecordReceipt(
        header=head,
        record_id=f"{RECORD_PREFIX}{number:06}",
        version=0,
        outcome=WITHDRAWN,
    )


def _reference(
    _: sqlite3.Connection, __: Member, request: ReferenceQuery, head: AnswerHeader
) -> Reply:
    return ReferenceList(header=head, entries=entries(request.make, request.model))


def _by_id(database: sqlite3.Connection, record_id: str) -> tuple[int, Record]:
    number = number_in(record_id, RECORD_PREFIX)
    found = _at(database, number)
    if found is None:
        raise RegisterFaultError("UNKNOWN_RECORD", f"there is no record {record_id}")
    return number, found


def _at(database: sqlite3.Connection, number: int) -> Record | None:
    row = database.execute(
        "SELECT content FROM record WHERE number = ?", (number,)
    ).fetchone()
    return None if row is None else unpacked(Record, row[0])


def _set_status(
    database: sqlite3.Connection, number: int, record: Record, status: str
) -> None:
    changed = replace(record, status=status, version=record.version + 1)
    _keep(database, number, changed)


def _keep(database: sqlite3.Connection, number: int, record: Record) -> None:
    database.execute(
        "UPDATE record SET content = ? WHERE number = ?", (packed(record), number)
    )


def _once_only(database: sqlite3.Connection, member: Member, request: Request) -> None:
    """A request that was overheard and is sent again is not answered again."""
    header = request.header
    known = database.execute(
        "INSERT OR IGNORE INTO seen VALUES (?, ?)",
        (member.ncb, "" if header is None else header.message_id),
    )
    if not known.rowcount:
        raise RegisterFaultError("STALE", "this very request was answered before")
