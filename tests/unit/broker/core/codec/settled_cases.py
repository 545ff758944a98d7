"""Makes drawn messages that move a case keep the rules across their fields.

Drawing them is left to the property tests and to `canaries`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

Document = dict[str, Any]


def _step(step: Document) -> Document:
    """Counts what adds to a matter, and names asks where they are dealt with."""
    if "sequence" in step:
        plain = {name: value for name, value in step.items() if name != "asks"}
        return {**plain, "act": "CASE_ACT_UPDATE"}
    if "asks" in step:
        return {**step, "act": "CASE_ACT_REPORT", "asks": sorted(set(step["asks"]))}
    return step


def _closing(closing: Document) -> Document:
    closing = {**closing, "basis": "CLOSING_BASIS_POINT_OF_DIVERSION"}
    if "results" in closing:
        closing["results"] = closing["results"][:1]
    return closing


def _notice(notice: Document) -> Document:
    named = {**notice, "clock": "acknowledge", "state": "submitted"}
    return {**named, "office": "Registry"} if "office" in named else named


SETTLED_CASES: Final[Mapping[str, Callable[[Document], Document]]] = MappingProxyType(
    {"CaseStep": _step, "TraceClosing": _closing, "OverdueNotice": _notice}
)
"""By name of the message."""
