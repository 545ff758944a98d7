"""What the register says, as drafts for a person: never sent by themselves.

A record there is a lead: it says what a bureau has reported, not that it is the same
firearm. Asking for it is left to `adapters.interpol.adapter`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from lxml import etree

from adapters.interpol.filing import Found
from adapters.interpol.parts import Answer, Firearm, HandlingTerms, Record
from adapters.interpol.pieces import (
    EVENTS,
    Document,
    bounds_of,
    given,
    item_of,
    label_of,
    lead_to,
    step_of,
)
from adapters.interpol.times import instant
from adapters.interpol.xml_codec import encode
from adapters.values import Delivery, Proposal, Submission
from broker.core.identification.matching import Lead
from keys.framing import sha256

_MEASURES: Final[Mapping[str, str]] = MappingProxyType(
    {"ANSWERED_RESTRICTED": "RESTRICT", "DELAYED": "DELAY", "REFUSED": "REFUSE"}
)
_SYSTEM: Final = "INTERPOL-style register"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A record that may be of a firearm of a delivery.

    Attributes:
        found: The firearm.
        record: What is on record.
        lead: How much speaks for the two being one, and why.
        system: What answered, in its own words.
        unseen: How many more there are at least, under the number, that were not
            fetched.
    """

    found: Found
    record: Record
    lead: Lead
    system: str
    unseen: int = 0


def response_to(delivery: Delivery, hits: Sequence[Hit]) -> Proposal:
    """Returns an answer to a trace request, from what is on record.

    Raises:
        RefusedError: LOOSER_HANDLING: nothing is left that all handlings allow.
        AnswerHandlingError: A record does not say how it may be handled.
    """
    results = [
        _result(
            hit.found,
            recorded=hit.record.firearm,
            status="PENDING",
            chain=[step_of(hit.record)] if hit.record.status in EVENTS else [],
            next_country=hit.record.owner_country,
            remarks=_about(hit),
        )
        for hit in hits
    ]
    content: Document = {
        "outcome": "TRACE_OUTCOME_ANSWERED",
        "results": results,
        "references": [_reference(hit) for hit in hits],
    }
    return Proposal(
        submission=_reply(
            delivery,
            f"hits/{_names(hits)}",
            content,
            [hit.record.handling for hit in hits],
        ),
        title=f"On record at the register: {len(hits)} of what was asked about",
        reasons=tuple(_reasons(hits)),
    )


def notice_of(delivery: Delivery, hit: Hit) -> Proposal:
    """Returns a notice that something recovered is missed by somebody else.

    Raises:
        RefusedError: LOOSER_HANDLING: nothing is left that both handlings allow.
        AnswerHandlingError: The record does not say how it may be handled.
    """
    record = hit.record
    reported = record.reported_on
    content: Document = {
        "kind": f"LOSS_KIND_{record.status}",
        "period": {"to": reported}
        if reported
        else {"to": instant(delivery.created_ms)[:10]},
        "holder": f"Reported through {record.owner_ncb}",
        "items": [item_of(hit.found, record.firearm)],
        "circumstances": _about(hit),
        "references": [_reference(hit)],
    }
    if record.country:
        content["place"] = {"country": record.country}
    return Proposal(
        submission=Submission(
            key=f"{delivery.message_digest.hex()}/notice/{record.record_id}",
            kind="stock-loss/1",
            content=content,
            handling=label_of(delivery, [record.handling]),
            to=(str(delivery.origin),),
            case_reference=delivery.case_reference,
            based_on=(delivery.message_digest,),
        ),
        title=f"Recovered, and on record as {record.status.lower()}",
        reasons=tuple(_reasons([hit])),
    )


def name_of(trace_id: str, answer: Answer) -> str:
    """Returns what tells an answer from all others: by all of it.

    Its identifier does not: each bureau gives its own.
    """
    told = etree.tostring(encode(answer, "answer"), method="c14n")
    return f"{trace_id}/{sha256(told).hex()[:32]}"


def answer_to(
    delivery: Delivery, found: Found, trace_id: str, answer: Answer, system: str
) -> Proposal:
    """Returns an answer to a trace request, from what a bureau has answered.

    Raises:
        RefusedError: LOOSER_HANDLING: nothing is left that both handlings allow.
        AnswerHandlingError: The answer does not say how it may be handled.
    """
    content: Document = {"outcome": f"TRACE_OUTCOME_{answer.outcome}"}
    if answer.firearm is not None or answer.steps or answer.diverted_in:
        traced = bool(answer.diverted_in)
        result = _result(
            found,
            recorded=answer.firearm,
            status="TRACED" if traced else "PENDING",
            chain=[
                {
                    "event": one.event,
                    "country": one.country,
                    "basis": "RECORD_BASIS_OTHER_STATE",
                    **given("date", one.date),
                    **given("toCountry", one.to_country),
                }
                for one in answer.steps
            ],
            next_country=answer.next_country,
            remarks=answer.remarks,
        )
        if traced:
            result["pointOfDiversion"] = {"place": {"country": answer.diverted_in}}
        content["results"] = [result]
    elif answer.remarks:
        content["remarks"] = answer.remarks
    if answer.limitation is not None:
        content["limitation"] = {
            "measure": f"LIMITATION_MEASURE_{_MEASURES.get(answer.outcome, 'REFUSE')}",
            "grounds": [
                f"LIMITATION_GROUND_{one}" for one in answer.limitation.grounds
            ],
            "reasons": answer.limitation.reasons,
            **given("reviewOn", answer.limitation.review_on),
        }
    content["references"] = [{"system": _SYSTEM, "identifier": trace_id}]
    outcome = answer.outcome.replace("_", " ").lower()
    by = f"{answer.ncb} ({answer.country})"
    reasons = [
        f"{system}: {by} answers to trace {trace_id}: {outcome}",
        *bounds_of(answer.handling),
    ]
    if answer.firearm is not None:
        lead = lead_to(found, answer.firearm)
        reasons.append(f"the firearm it describes: {_score(lead)}")
    return Proposal(
        submission=_reply(
            delivery,
            f"answer/{name_of(trace_id, answer)}",
            content,
            [answer.handling],
        ),
        title=f"{answer.ncb} has answered through the register",
        reasons=tuple(reasons),
    )


def _reply(
    delivery: Delivery, key: str, content: Document, terms: Sequence[HandlingTerms]
) -> Submission:
    return Submission(
        key=f"{delivery.message_digest.hex()}/{key}",
        kind="trace-response/1",
        content=content,
        handling=label_of(delivery, terms),
        to=(str(delivery.origin),),
        case_reference=delivery.case_reference,
        in_reply_to=delivery.message_digest,
        based_on=(delivery.message_digest,),
    )


def _result(
    found: Found,
    *,
    recorded: Firearm | None,
    status: str,
    chain: list[Document],
    next_country: str,
    remarks: str,
) -> Document:
    result: Document = {"item": found.item, "status": f"TRACING_STATUS_{status}"}
    if recorded is not None:
        result["recorded"] = item_of(found, recorded)
    if chain:
        result["chain"] = chain
    return {
        **result,
        **given("nextCountry", next_country),
        **given("remarks", remarks),
    }


def _reference(hit: Hit) -> Document:
    return {"system": _SYSTEM, "identifier": hit.record.record_id}


def _about(hit: Hit) -> str:
    record = hit.record
    day = f" on {record.reported_on}" if record.reported_on else ""
    return (
        f"{hit.system}: record {record.record_id}, reported {record.status.lower()} "
        f"by {record.owner_ncb}{day}"
    )


def _reasons(hits: Sequence[Hit]) -> list[str]:
    reasons: list[str] = []
    for hit in hits:
        reasons.append(f"{_about(hit)}; {_score(hit.lead)}")
        reasons += [reason.text for reason in hit.lead.reasons]
        reasons += bounds_of(hit.record.handling)
    for hit in hits:
        if hit.unseen:
            number = hit.found.firearm.serial_number
            reasons.append(
                f"{hit.unseen} more at least are on record there under {number}, and "
                "were not looked at"
            )
    return list(dict.fromkeys(reasons))


def _score(lead: Lead) -> str:
    return f"{lead.score:.0%} speaks for it being the same firearm"


def _names(hits: Sequence[Hit]) -> str:
    named = "/".join(f"{hit.record.record_id}.{hit.record.version}" for hit in hits)
    return sha256(named.encode()).hex()[:32]
