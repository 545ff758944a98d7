"""The documents that go to the register and come from it, one class for each.

Their XML is left to `adapters.interpol.xml_codec`, what they are made from to
`adapters.interpol.filing`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from adapters.interpol.parts import (
    Answer,
    AnswerHeader,
    Candidate,
    Firearm,
    Record,
    ReferenceEntry,
    RequestHeader,
    TraceState,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Anything that is asked; its header is set when it is sent."""

    header: RequestHeader | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Anything that is answered."""

    header: AnswerHeader


@dataclass(frozen=True, slots=True, kw_only=True)
class FirearmQuery(Request):
    """The first step of a search: by serial number (IGQ)."""

    serial_number: str
    make: str = ""
    model: str = ""
    calibre: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirearmList(Reply):
    """What may be meant (IGR)."""

    candidates: tuple[Candidate, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordQuery(Request):
    """The second step: one record by its identifier (FGQ)."""

    record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAnswer(Reply):
    """The full record (FGR)."""

    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSubmission(Request):
    """A new record."""

    submission_key: str
    owner_ncb: str
    owner_country: str
    status: str
    reported_on: str = ""
    country: str = ""
    firearm: Firearm
    circumstances: str = ""
    copy_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordUpdate(Request):
    """A record of one's own has a new status."""

    submission_key: str
    record_id: str
    owner_ncb: str
    status: str
    occurred_on: str = ""
    copy_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordWithdrawal(Request):
    """A record, or an update of one, is taken back by the key it was sent with."""

    submission_key: str
    destroy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReceipt(Reply):
    """What became of a record."""

    record_id: str = ""
    version: int
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceSubmission(Request):
    """A request to trace a firearm."""

    submission_key: str
    requesting_ncb: str
    requesting_country: str
    asked_country: str = ""
    asked_ncb: str = ""
    firearm: Firearm
    reference_id: str = ""
    recovery_kind: str = ""
    recovered_on: str = ""
    recovery_country: str = ""
    legal_basis: str = ""
    intended_uses: tuple[str, ...] = ()
    question: str = ""
    copy_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceWithdrawal(Request):
    """A trace, or an answer to one, is taken back by the key it was sent with."""

    submission_key: str
    destroy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceReceipt(Reply):
    """What became of a trace."""

    trace_id: str = ""
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceStatusQuery(Request):
    """How far traces are: up to 50."""

    trace_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceStatus(Reply):
    """The same, in the order asked."""

    traces: tuple[TraceState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceAnswerQuery(Request):
    """What was answered to a trace."""

    trace_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceAnswers(Reply):
    """The same, oldest first."""

    trace_id: str
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceAnswerSubmission(Request):
    """An answer to a trace."""

    submission_key: str
    trace_id: str
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceQuery(Request):
    """What a make and model are."""

    make: str
    model: str = ""
    calibre: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceList(Reply):
    """Entries of the reference table that fit."""

    entries: tuple[ReferenceEntry, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Reply):
    """A refusal; it has no effect."""

    code: str
    reason: str


REPLY_OF: Final[Mapping[type[Request], type[Reply]]] = MappingProxyType(
    {
        FirearmQuery: FirearmList,
        RecordQuery: RecordAnswer,
        RecordSubmission: RecordReceipt,
        RecordUpdate: RecordReceipt,
        RecordWithdrawal: RecordReceipt,
        TraceSubmission: TraceReceipt,
        TraceWithdrawal: TraceReceipt,
        TraceStatusQuery: TraceStatus,
        TraceAnswerQuery: TraceAnswers,
        TraceAnswerSubmission: TraceReceipt,
        ReferenceQuery: ReferenceList,
    }
)
"""What each request is answered by, unless by a `Fault`."""

REQUESTS: Final[Mapping[str, type[Request]]] = MappingProxyType(
    {kind.__name__: kind for kind in REPLY_OF}
)
"""Each request by the name of its root element."""
