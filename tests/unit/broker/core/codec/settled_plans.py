"""Makes drawn messages about joint plans keep the rules across their fields.

Drawing them is left to the property tests and to `canaries`.
"""

import base64
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

Document = dict[str, Any]


def _proposal(proposal: Document) -> Document:
    terms = {k: v for k, v in proposal["terms"].items() if k != "replaces"}
    return {**proposal, "terms": terms}


def _terms(terms: Document) -> Document:
    """Gives a plan two parties, who act in it, and numbers what they do."""
    settled = {**terms, "parties": ["BEL", "KEN"]}
    settled["actions"] = [
        {**action, "number": number, "owner": "KEN"}
        for number, action in enumerate(terms["actions"], start=1)
    ]
    if "replaces" in terms:
        settled["replaces"] = sorted(set(terms["replaces"]), key=base64.b64decode)
    return settled


def _answer(answer: Document) -> Document:
    answer = {**answer, "reason": answer.get("reason", "Because")}
    if "amended" not in answer:
        return {**answer, "verdict": "PLAN_VERDICT_DECLINE"}
    amended = {
        **answer["amended"],
        "planId": answer["planId"],
        "replaces": [answer["termsDigest"]],
    }
    return {**answer, "verdict": "PLAN_VERDICT_AMEND", "amended": amended}


def _report(report: Document) -> Document:
    return {**report, "status": "ACTION_STATUS_DONE"}


SETTLED_PLANS: Final[Mapping[str, Callable[[Document], Document]]] = MappingProxyType(
    {
        "MitigationProposal": _proposal,
        "PlanTerms": _terms,
        "MitigationAnswer": _answer,
        "ActionReport": _report,
    }
)
"""By name of the message."""
