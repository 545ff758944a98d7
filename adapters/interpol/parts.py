"""What documents of the register are made of: headers, firearms, records, answers.

Whole documents are in `adapters.interpol.documents`, their XML in
`adapters.interpol.xml_codec`. Names and order are those of the schema; words such as a
status are checked by it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingTerms:
    """What binds whoever is given something; see `broker.core.handling`."""

    label: str
    release_to: tuple[str, ...] = ()
    purpose: str = ""
    no_onward: bool = False
    other: str = ""
    uses: tuple[str, ...] = ()
    retention_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHeader:
    """Who asks.

    Attributes:
        message_id: Its own for each attempt; the answer repeats it.
        sent_at: RFC 3339, with milliseconds, in UTC.
        sender: Code of the bureau whose certificate has signed it.
        handling: What binds the register; None where nothing of a content is said.
    """

    message_id: str
    sent_at: str
    sender: str
    handling: HandlingTerms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerHeader:
    """What answers, and to which request.

    Attributes:
        message_id: Of the answer.
        sent_at: RFC 3339, with milliseconds, in UTC.
        in_reply_to: `message_id` of the request; empty when it could not be read.
        system: What answers; it begins with SIMULATOR unless it is a register in use.
    """

    message_id: str
    sent_at: str
    in_reply_to: str = ""
    system: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartNumber:
    """A serial number on another part than the frame or receiver."""

    part: str
    serial_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Firearm:
    """A firearm as the register describes it; `type` as in our `FirearmType`."""

    serial_number: str
    make: str = ""
    model: str = ""
    calibre: str = ""
    type: str = ""
    country_of_manufacture: str = ""
    year: int | None = None
    part_numbers: tuple[PartNumber, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A line of the list that the first step of a search gives."""

    record_id: str
    status: str
    owner_ncb: str
    firearm: Firearm


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A full record, which the second step gives."""

    record_id: str
    version: int
    status: str
    owner_ncb: str
    owner_country: str
    reported_on: str = ""
    country: str = ""
    firearm: Firearm
    circumstances: str = ""
    handling: HandlingTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceState:
    """How far one trace is."""

    trace_id: str
    progress: str
    answers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyStep:
    """One recorded change of custody; `event` as in our `CustodyEvent`."""

    event: str
    date: str = ""
    country: str
    to_country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limitation:
    """Why an answer is delayed, restricted or refused."""

    grounds: tuple[str, ...]
    reasons: str
    review_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one bureau has answered to a trace."""

    answer_id: str
    ncb: str
    country: str
    outcome: str
    firearm: Firearm | None = None
    steps: tuple[CustodyStep, ...] = ()
    diverted_in: str = ""
    next_country: str = ""
    limitation: Limitation | None = None
    remarks: str = ""
    handling: HandlingTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceEntry:
    """A make and model as a reference table of firearms has it."""

    reference_id: str
    make: str
    model: str
    type: str
    calibres: tuple[str, ...]
    country_of_manufacture: str = ""
    serial_form: str = ""
