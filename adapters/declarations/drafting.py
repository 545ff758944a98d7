"""A meeting put into words: a diversion alert for a person to look at, and why.

Nothing of the alert that was met is repeated but its digests, and no name: names were
forgotten when the file was read. Sending is left to the person.
"""

import base64
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from adapters.declarations.consignment import Consignment, Filing, Journey, Line, Nature
from adapters.declarations.evidence import Fact
from adapters.declarations.screening import Bounds, Meeting
from adapters.declarations.series_index import number_of
from adapters.values import Proposal, Submission
from broker.core.identification.hs import dotted, goods_code
from keys.framing import labelled_digest

_LABEL: Final = b"rogatory/declarations/meeting/1"
_KIND: Final = "diversion-alert/1"
_STAGES: Final[Mapping[Nature, str]] = MappingProxyType(
    {
        Nature.EXPORT: "DIVERSION_STAGE_PRE_EXPORT",
        Nature.IMPORT: "DIVERSION_STAGE_AT_IMPORT",
        Nature.TRANSIT: "DIVERSION_STAGE_IN_TRANSIT",
        Nature.TRANSHIPMENT: "DIVERSION_STAGE_IN_TRANSIT",
        Nature.UNKNOWN: "DIVERSION_STAGE_UNKNOWN",
    }
)
_TEXT_MAX: Final = 300  # characters of one text that is taken over
_CONTAINERS_MAX: Final = 50
_SEALS_MAX: Final = 10
_NUMBERS_SHOWN: Final = 10
_UINT32_MAX: Final = 2**32 - 1
_SURE: Final = 0.99
_JUDGED: Final = (
    "Stage, method and ground are what such papers suggest: correct them before it "
    "is sent, and look at the goods first."
)


def proposal(filing: Filing, meeting: Meeting, bounds: Bounds) -> Proposal:
    """Returns the draft that a meeting gives.

    Args:
        filing: The file that it was found in.
        meeting: What met.
        bounds: What counted as a meeting.
    """
    entry, consignment = meeting.entry, meeting.consignment
    what = plain(consignment.reference) or f"number {_place(filing, consignment)}"
    facts = tuple(_facts(filing, meeting))
    content: dict[str, object] = {
        "title": f"Declared goods agree with what is looked for: {what}",
        "urgency": f"URGENCY_{entry.urgency}",
        "illicitBasis": ["ILLICIT_BASIS_UNAUTHORISED_TRANSFER"],
        "stage": _STAGES[consignment.nature],
        "methods": [_method(meeting)],
        "circumstances": "\n".join(facts),
        "consignment": _consignment(consignment, meeting, what),
        "asks": [{"kind": "ASK_KIND_INFORM"}],
        "affected": list(_affected(consignment)),
        "references": [
            {"messageDigest": base64.b64encode(one).decode()} for one in entry.sources
        ],
    }
    submission = Submission(
        key=_key(filing, meeting, what),
        kind=_KIND,
        content={name: value for name, value in content.items() if value},
        handling=str(entry.handling),
        to=(entry.origin,),
        case_reference=entry.case_reference,
        based_on=entry.sources,
    )
    return Proposal(
        submission=submission,
        title=f"{what} agrees with {entry.entry_id} ({_shown(meeting.score)})",
        reasons=(*facts, *_grounds(filing, meeting, bounds)),
    )


def plain(text: str) -> str:
    """Returns declared text as it may stand in a document: on one line, not endless."""
    shown = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(shown.split())[:_TEXT_MAX]


def _key(filing: Filing, meeting: Meeting, what: str) -> str:
    """Returns what the draft is called by.

    The same when a file comes again, mended or not, and says no more than before. What
    agrees is part of it: another container under the number of a bill that a person has
    dismissed is another matter. So are the goods where there is no number to go by.
    """
    told = (
        filing.form,
        filing.reference,
        what,
        meeting.entry.entry_id,
        *(fact.label for fact in meeting.facts),
        *(value for fact in meeting.facts for value in sorted(_values(fact, meeting))),
        *sorted(_numbers(meeting)),
    )
    if not (filing.reference and plain(meeting.consignment.reference)):
        told += tuple(repr(line) for line in meeting.lines)
    parts = (one.encode("utf-8", "replace") for one in told)
    return labelled_digest(_LABEL, *parts).hex()


def _place(filing: Filing, consignment: Consignment) -> int:
    return next(
        at for at, one in enumerate(filing.consignments, start=1) if one is consignment
    )


def _shown(score: float) -> str:
    """Returns a score as people read it; nothing is ever quite certain."""
    return f"{min(score, _SURE):.2f}"


def _facts(filing: Filing, meeting: Meeting) -> Iterator[str]:
    """Yields in what they agree, which is for whoever gets the alert as well."""
    yield (
        f"It was declared in {plain(filing.reference) or 'a file without a number'} "
        f"({filing.form})."
    )
    for fact in meeting.facts:
        sentence = fact.sentence[0].upper() + fact.sentence[1:]
        values = list(_values(fact, meeting))
        yield f"{sentence}: {', '.join(values)}." if values else f"{sentence}."
    if meeting.lines:
        shown = [str(line.number) for line in meeting.lines[:_NUMBERS_SHOWN]]
        more = meeting.line_count - len(shown)
        rest = f" and {more} more" if more > 0 else ""
        yield f"Lines that agree: {', '.join(shown)}{rest}."


def _grounds(filing: Filing, meeting: Meeting, bounds: Bounds) -> Iterator[str]:
    """Yields what only the person who decides has to know."""
    entry = meeting.entry
    yield (
        f"That comes to {_shown(meeting.score)}; {bounds.threshold:.2f} is asked for. "
        "It is a lead, not a finding."
    )
    if numbers := _numbers(meeting):
        # Not among the facts: whoever gets the alert may get no numbers.
        yield f"Numbers that lie in a series: {', '.join(numbers)}."
    asked = (
        f" What is asked on a meeting: {', '.join(entry.asks)}." if entry.asks else ""
    )
    words = ", ".join(entry.reasons)
    yield f"{entry.entry_id}, version {entry.version}, is looked for: {words}.{asked}"
    if filing.remarks:
        yield "The file has mistakes: see the dead letter that was made of it."
    yield _JUDGED


def _values(fact: Fact, meeting: Meeting) -> Iterator[str]:
    """Yields what agrees, where that is no name and no more than was declared."""
    consignment, criteria = meeting.consignment, meeting.entry.criteria
    if fact is Fact.CONTAINER:
        told = (one.number for one in consignment.containers)
        yield from (one for one in told if one in criteria.containers)
    elif fact is Fact.VESSEL:
        yield f"IMO {consignment.journey.imo}"
    elif fact is Fact.GOODS:
        codes = dict.fromkeys(line.hs for line in meeting.lines if line.hs)
        yield from (dotted(one) for one in list(codes)[:_NUMBERS_SHOWN])
    elif fact is Fact.PLACE:
        places = dict.fromkeys(consignment.journey.places)
        yield from (one for one in places if one in criteria.places)


def _numbers(meeting: Meeting) -> list[str]:
    """Returns numbers of the first lines that lie in a series of the entry."""
    found: dict[str, None] = {}
    for line in meeting.lines[:_NUMBERS_SHOWN]:
        for raw in (*line.serials, *line.marks):
            head, count, foot = number_of(raw) or ("", -1, "")
            if any(
                (one.head, one.foot) == (head, foot) and one.first <= count <= one.last
                for one in meeting.entry.criteria.serials
            ):
                found[plain(raw)] = None
    return list(found)[:_NUMBERS_SHOWN]


def _method(meeting: Meeting) -> str:
    """Returns MISDECLARATION where arms are looked for and other goods are declared."""
    codes = [goods_code(line.hs) for line in meeting.lines if line.hs]
    looked_for = any(goods_code(one).of_arms for one in meeting.entry.criteria.goods)
    if codes and looked_for and not any(one.of_arms for one in codes):
        return "DIVERSION_METHOD_MISDECLARATION"
    return "DIVERSION_METHOD_UNKNOWN"


def _affected(consignment: Consignment) -> Iterator[dict[str, str]]:
    if consignment.exported_from:
        yield {"country": consignment.exported_from, "role": "AFFECTED_ROLE_EXPORT"}
    if consignment.destined_to:
        yield {"country": consignment.destined_to, "role": "AFFECTED_ROLE_IMPORT"}


def _consignment(
    consignment: Consignment, meeting: Meeting, what: str
) -> dict[str, object]:
    leg = _leg(consignment, consignment.journey)
    told: dict[str, object] = {
        "reference": what,
        "goods": [line for one in meeting.lines if (line := _goods(one))],
        "legs": [leg],
        "packages": min(consignment.packages, _UINT32_MAX),
        "grossWeightKg": consignment.gross_kg,
        "exportedFrom": consignment.exported_from,
        "destinedTo": consignment.destined_to,
    }
    return {name: value for name, value in told.items() if value}


def _goods(line: Line) -> dict[str, object]:
    told: dict[str, object] = {
        "hsCode": dotted(line.hs),
        "description": plain(line.description),
    }
    said = {name: value for name, value in told.items() if value}
    if said and line.quantity:
        said["quantity"] = line.quantity
        if unit := plain(line.unit):
            said["unit"] = unit
    return said


def _leg(consignment: Consignment, journey: Journey) -> dict[str, object]:
    told: dict[str, object] = {
        "mode": journey.mode.value,
        "vessel": plain(journey.vessel),
        "imo": journey.imo,
        "flag": journey.flag,
        "voyage": plain(journey.voyage),
        "containers": [
            {"number": one.number, "seals": seals}
            if (seals := list(filter(None, map(plain, one.seals[:_SEALS_MAX]))))
            else {"number": one.number}
            for one in consignment.containers[:_CONTAINERS_MAX]
        ],
        "billOfLading": plain(consignment.reference),
        "loading": journey.loading,
        "transhipment": list(journey.between),
        "discharge": journey.discharge,
        "departure": journey.departure,
        "arrival": journey.arrival,
    }
    return {name: value for name, value in told.items() if value}
