"""Contents that are begun for an officer: the next leg, an answer, a closing.

Each fits its kind, or holds a word in capitals that does not, so that it is not sent by
mistake. To whom what may be told is left to `broker.core.tracing.disclosure`; files, to
the command line.
"""

import base64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from broker.core.tracing.answers import CaseItem, Document, position_of
from broker.core.tracing.custody import Custody, custody_of

TO_FILL_IN: Final = "TO-BE-FILLED-IN"
"""Stands where an officer has to write something; no field takes it as it is."""

_OF_ONE_LEG: Final = frozenset({"attachments", "answerBy", "continues", "question"})
_RECORDED: Final = (
    "type",
    "make",
    "model",
    "calibre",
    "countryManufacture",
    "yearManufacture",
    "frameSerial",
)
_IN_VAIN: Final = frozenset({"NOT_TRACEABLE", "NO_ANSWER"})
_STATUSES: Final = {
    "POINT_OF_DIVERSION": "TRACED",
    "LAST_LEGAL_RECORD": "INSUFFICIENT_INFO",
    "ESTABLISHED_OTHER": "ESTABLISHED_OTHER",
    "NOT_TRACEABLE": "NOT_TRACEABLE",
    "NO_ANSWER": "INSUFFICIENT_INFO",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What keeps an answer from being whole.

    Attributes:
        measure: "DELAY", "RESTRICT" or "REFUSE".
        grounds: Of the four of the tracing instrument: "NATIONAL_SECURITY".
        reasons: In words.
        review_on: Day on which a delay is looked at again; empty otherwise.
    """

    measure: str
    grounds: tuple[str, ...]
    reasons: str
    review_on: str = ""

    @property
    def fields(self) -> dict[str, object]:
        """The same by JSON names."""
        found: dict[str, object] = {
            "measure": f"LIMITATION_MEASURE_{self.measure}",
            "grounds": [f"LIMITATION_GROUND_{one}" for one in self.grounds],
            "reasons": self.reasons,
        }
        if self.review_on:
            found["reviewOn"] = self.review_on
        return found


def next_request(
    request: Document, positions: Collection[int], answer: bytes, told: str = ""
) -> dict[str, object]:
    """Returns the request of a further leg.

    Args:
        request: The first one, by JSON names.
        positions: Of its items, those that the next State is asked about.
        answer: Digest of the answer that it rests on; empty for none.
        told: What that answer says, in words, where it may be told.
    """
    kept = {name: one for name, one in request.items() if name not in _OF_ONE_LEG}
    listed = request.get("items")
    items = listed if isinstance(listed, list) else []
    kept["items"] = [item for at, item in enumerate(items) if at in positions]
    if told:
        kept["question"] = told
    if answer:
        kept["continues"] = base64.b64encode(answer).decode()
    return kept


def told_words(items: Sequence[CaseItem], country: str) -> str:
    """Returns what answers say that leads to a country, in words; empty for nothing.

    Args:
        items: With those statements only that may be told.
        country: Whom it is told, alpha-3.
    """
    found = []
    for item in items:
        for link in custody_of(item).chain:
            if link.to_country == country:
                document = link.step.get("document")
                number = (
                    str(document.get("number", ""))
                    if isinstance(document, Mapping)
                    else ""
                )
                said_by = ", ".join(dict.fromkeys(one.by for one in link.sources))
                event = link.event.lower().replace("_", " ")
                when = f" ({link.date})" if link.date else ""
                under = f", document {number}" if number else ""
                found.append(
                    f"According to {said_by} it was {event} from {link.country} to "
                    f"{country}{when}{under}."
                )
    return " ".join(dict.fromkeys(found))


def response(
    request: Document, outcome: str, limit: Limit | None, authority: str = ""
) -> dict[str, object]:
    """Returns an answer to a request, to be filled in where it tells something.

    Args:
        request: By JSON names.
        outcome: Of `TraceOutcome`: "ANSWERED", "NO_RECORD".
        limit: What keeps it from being whole.
        authority: Office that answers, or empty.
    """
    content: dict[str, object] = {"outcome": f"TRACE_OUTCOME_{outcome}"}
    listed = request.get("items")
    items = listed if isinstance(listed, list) else []
    if outcome in {"ANSWERED", "ANSWERED_RESTRICTED"}:
        content["results"] = [_blank(at, item) for at, item in enumerate(items)]
    if limit is not None:
        content["limitation"] = limit.fields
    if authority:
        content["authority"] = authority
    return content


def closing(
    basis: str,
    items: Sequence[CaseItem],
    request: Sequence[Document],
    status: str = "",
    remarks: str = "",
) -> dict[str, object]:
    """Returns the closing of one leg.

    Args:
        basis: Of `ClosingBasis`: "POINT_OF_DIVERSION".
        items: Of the case, with what its addressee may be told of them.
        request: Items of the request that opened the leg, by JSON names.
        status: Of `TracingStatus`, where it is not what follows from the basis.
        remarks: In words.
    """
    content: dict[str, object] = {"basis": f"CLOSING_BASIS_{basis}"}
    results = []
    for item in items:
        at = position_of(request, item.described)
        if at is not None:
            custody = custody_of(item)
            results.append(_result(at, custody, status or _status(basis, custody)))
    sound = [one for one in results if _says_what_it_must(one)]
    if sound:
        content["results"] = sorted(sound, key=lambda one: str(one["item"]).zfill(9))
    if remarks:
        content["remarks"] = remarks
    return content


def _blank(position: int, item: object) -> dict[str, object]:
    """Returns a result that has to be filled in before it is one."""
    recorded: dict[str, object] = {}
    if isinstance(item, Mapping):
        recorded["itemClass"] = item.get("itemClass", TO_FILL_IN)
        firearm = item.get("firearm")
        if isinstance(firearm, Mapping):
            recorded["firearm"] = {
                name: _bare(firearm[name]) for name in _RECORDED if name in firearm
            }
    return {
        "item": position,
        "status": TO_FILL_IN,
        "recorded": recorded,
        "chain": [
            {
                "event": TO_FILL_IN,
                "date": TO_FILL_IN,
                "country": TO_FILL_IN,
                "basis": TO_FILL_IN,
            }
        ],
    }


def _bare(value: object) -> object:
    """Leaves of a serial number what was read: masks and photographs are theirs."""
    if isinstance(value, Mapping) and "raw" in value:
        return {name: value[name] for name in ("raw", "designation") if name in value}
    return value


def _status(basis: str, custody: Custody) -> str:
    if basis not in _IN_VAIN and basis != "ESTABLISHED_OTHER" and custody.points:
        return "TRACED"
    return _STATUSES[basis]


def _result(position: int, custody: Custody, status: str) -> dict[str, object]:
    """Returns what is known of an item; of what is in conflict nothing is said."""
    found: dict[str, object] = {
        "item": position,
        "status": f"TRACING_STATUS_{status}",
    }
    doubted = {one.about for one in custody.conflicts}
    if custody.chain and not doubted & {"manufacture", "order"}:
        found["chain"] = [dict(one.step) for one in custody.chain]
    if len(custody.points) == 1:
        found["pointOfDiversion"] = dict(custody.points[0].fields)
    if len(custody.holders) == 1:
        found["lastLegalHolder"] = dict(custody.holders[0].fields)
    return found


def _says_what_it_must(result: Mapping[str, object]) -> bool:
    findings = {"chain", "pointOfDiversion", "lastLegalHolder"}
    return result["status"] != "TRACING_STATUS_TRACED" or bool(findings & set(result))
