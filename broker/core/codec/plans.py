"""Joint mitigation plans between contents and values, and the digest of their terms.

What the messages amount to is left to `broker.core.cases.plan_state`; what a content
must say, to `broker.core.codec.rules_mitigation`.
"""

import base64
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from google.protobuf import json_format

from broker.core.cases.plan_messages import (
    Action,
    Answer,
    PlanTerms,
    Progress,
    Proposal,
    Report,
    Verdict,
    Word,
)
from broker.core.codec.strict import read_canonical, write_canonical
from broker.core.errors import Code, RefusedError
from keys.errors import PartyCodeError
from keys.framing import labelled_digest
from keys.identity import PartyId
from rogatory.v1 import diversion_pb2, mitigation_pb2 as pb

PROPOSAL_KIND: Final = "mitigation-proposal/1"
ANSWER_KIND: Final = "mitigation-answer/1"
REPORT_KIND: Final = "action-report/1"

_LABEL: Final = b"rogatory/plan-terms/1"
_VERDICTS: Final[Mapping[int, Verdict]] = MappingProxyType(
    {
        pb.PLAN_VERDICT_ACCEPT: Verdict.ACCEPT,
        pb.PLAN_VERDICT_AMEND: Verdict.AMEND,
        pb.PLAN_VERDICT_DECLINE: Verdict.DECLINE,
        pb.PLAN_VERDICT_WITHDRAW: Verdict.WITHDRAW,
    }
)
_PROGRESS: Final[Mapping[int, Progress]] = MappingProxyType(
    {
        diversion_pb2.ACTION_STATUS_UNDER_WAY: Progress.UNDER_WAY,
        diversion_pb2.ACTION_STATUS_DONE: Progress.DONE,
        diversion_pb2.ACTION_STATUS_DECLINED: Progress.DECLINED,
    }
)


def read_word(kind: str, body: bytes) -> Word:
    """Reads a content of one of the three kinds, once `decode_document` has taken it.

    Args:
        kind: With version.
        body: The content.

    Raises:
        RefusedError: UNKNOWN_KIND, INVALID_CONTENT, or the code of malformed bytes.
    """
    match kind:
        case "mitigation-proposal/1":
            proposal = read_canonical(pb.MitigationProposal, body)
            return Proposal(terms=_terms(proposal.terms), reason=proposal.reason)
        case "mitigation-answer/1":
            return _answer(read_canonical(pb.MitigationAnswer, body))
        case "action-report/1":
            return _report(read_canonical(pb.ActionReport, body))
        case _:
            raise RefusedError(Code.UNKNOWN_KIND, "not about a plan")


def terms_of(document: Mapping[str, object]) -> PlanTerms:
    """Returns the version of a plan that stands in a document.

    Args:
        document: Protobuf's JSON mapping of `PlanTerms`, sound as a part of a proposal.

    Raises:
        RefusedError: MALFORMED, when it is not.
    """
    try:
        message = json_format.ParseDict(dict(document), pb.PlanTerms())
    except json_format.ParseError as error:
        raise RefusedError(Code.MALFORMED, "terms of a plan") from error
    return _terms(message)


def proposal_document(terms: Mapping[str, object], reason: str) -> dict[str, object]:
    """Returns the document of a proposal."""
    return {"terms": dict(terms), **_said("reason", reason)}


def answer_document(
    answer: Answer, amended: Mapping[str, object] | None = None
) -> dict[str, object]:
    """Returns the document of an answer.

    Args:
        answer: What is said; its `amended` is not looked at.
        amended: AMEND: the document of the other version.
    """
    fields: dict[str, object] = {
        "planId": _base64(answer.plan_id),
        "termsDigest": _base64(answer.terms_digest),
        "verdict": f"PLAN_VERDICT_{answer.verdict.name}",
        "sequence": answer.sequence,
    }
    if amended is not None:
        fields["amended"] = dict(amended)
    return fields | _said("reason", answer.reason)


def report_document(report: Report) -> dict[str, object]:
    """Returns the document of a report."""
    return {
        "planId": _base64(report.plan_id),
        "termsDigest": _base64(report.terms_digest),
        "action": report.action,
        "status": f"ACTION_STATUS_{report.status.name}",
        "sequence": report.sequence,
        **_said("date", report.date),
        **_said("detail", report.detail),
    }


def terms_document(terms: PlanTerms) -> dict[str, object]:
    """Returns the document of a version, of the digest that the version has."""
    fields: dict[str, object] = {
        "planId": _base64(terms.plan_id),
        "parties": [str(party) for party in terms.parties],
        "actions": [
            {
                "number": one.number,
                "owner": str(one.owner),
                "what": one.what,
                "byWhen": one.by_when,
            }
            for one in terms.actions
        ],
        **_said("reviewOn", terms.review_on),
    }
    if terms.replaces:
        fields["replaces"] = [_base64(one) for one in terms.replaces]
    return fields


def _terms(message: pb.PlanTerms) -> PlanTerms:
    return PlanTerms(
        digest=labelled_digest(_LABEL, write_canonical(message)),
        plan_id=message.plan_id,
        parties=tuple(_party(code) for code in message.parties),
        actions=tuple(
            Action(
                number=one.number,
                owner=_party(one.owner),
                what=one.what,
                by_when=one.by_when,
            )
            for one in message.actions
        ),
        review_on=message.review_on,
        replaces=tuple(message.replaces),
    )


def _answer(message: pb.MitigationAnswer) -> Answer:
    verdict = _VERDICTS.get(message.verdict)
    if verdict is None:
        raise RefusedError(Code.INVALID_CONTENT, "verdict")
    if (verdict is Verdict.AMEND) != message.HasField("amended"):
        raise RefusedError(Code.INVALID_CONTENT, "amended")
    return Answer(
        plan_id=message.plan_id,
        terms_digest=message.terms_digest,
        verdict=verdict,
        sequence=message.sequence,
        amended=_terms(message.amended) if message.HasField("amended") else None,
        reason=message.reason,
    )


def _report(message: pb.ActionReport) -> Report:
    status = _PROGRESS.get(message.status)
    if status is None:
        raise RefusedError(Code.INVALID_CONTENT, "status")
    return Report(
        plan_id=message.plan_id,
        terms_digest=message.terms_digest,
        action=message.action,
        status=status,
        sequence=message.sequence,
        date=message.date,
        detail=message.detail,
    )


def _party(code: str) -> PartyId:
    try:
        return PartyId(code)
    except PartyCodeError:
        raise RefusedError(Code.INVALID_CONTENT, "parties") from None


def _said(name: str, text: str) -> dict[str, object]:
    return {name: text} if text else {}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
