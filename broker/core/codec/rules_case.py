"""What the messages that move a case on demand of several fields together.

The other messages are left to `broker.core.codec.rules`, which merges these in.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from broker.core.codec.problems import child, shown
from broker.core.codec.walk import Part
from broker.core.errors import DocumentProblem

_NAME: Final = re.compile(r"[a-z](?:[a-z-]{0,38}[a-z])?")
_OFFICE_MAX: Final = 120  # characters
_NUMBERED: Final = frozenset({"CASE_ACT_UPDATE", "CASE_ACT_CORRECT"})
_ABOUT_ASKS: Final = frozenset(
    {"CASE_ACT_START", "CASE_ACT_REPORT", "CASE_ACT_DECLINE"}
)
_IN_VAIN: Final = frozenset({"CLOSING_BASIS_NOT_TRACEABLE", "CLOSING_BASIS_NO_ANSWER"})


def _case_step(part: Part) -> Iterator[DocumentProblem]:
    """Only what adds to a matter is counted."""
    act = str(part.fields.get("act"))
    if "sequence" in part.fields and act not in _NUMBERED:
        yield _wrong(part, "sequence", "none but with CASE_ACT_UPDATE or _CORRECT")
    if "asks" in part.fields and act not in _ABOUT_ASKS:
        yield _wrong(part, "asks", "none but with CASE_ACT_START, _REPORT or _DECLINE")
    listed = part.fields.get("asks")
    listed = listed if isinstance(listed, list) else []
    numbers = [one for one in listed if isinstance(one, int)]
    if numbers != sorted(set(numbers)):
        yield _wrong(part, "asks", "numbers ascending, each once")


def _trace_closing(part: Part) -> Iterator[DocumentProblem]:
    """A trace that ends in vain has traced nothing, and says one thing of an item."""
    results = part.fields.get("results")
    seen: set[object] = set()
    for position, result in enumerate(results if isinstance(results, list) else ()):
        if not isinstance(result, Mapping):
            continue
        path = child(child(part.path, "results"), position)
        item, status = result.get("item"), result.get("status")
        if isinstance(item, int) and item in seen:
            text = f"expected each item once; {item} is there already"
            yield DocumentProblem(child(path, "item"), shown(item), text)
        if isinstance(item, int):
            seen.add(item)
        basis = str(part.fields.get("basis"))
        if basis in _IN_VAIN and status == "TRACING_STATUS_TRACED":
            text = f"expected another status with {basis}"
            yield DocumentProblem(child(path, "status"), shown(status), text)


def _overdue_notice(part: Part) -> Iterator[DocumentProblem]:
    """It names what the lifecycles name, and says nothing in free words."""
    for name in ("clock", "state"):
        value = part.fields.get(name)
        if isinstance(value, str) and not _NAME.fullmatch(value):
            yield _wrong(part, name, "a name of 1 to 40 small letters and hyphens")
    office = part.fields.get("office")
    if isinstance(office, str) and len(office) > _OFFICE_MAX:
        yield _wrong(part, "office", f"at most {_OFFICE_MAX} characters")


def _wrong(part: Part, name: str, expected: str) -> DocumentProblem:
    value = shown(part.fields[name])
    return DocumentProblem(child(part.path, name), value, f"expected {expected}")


CASE_RULES: Final[Mapping[str, Callable[[Part], Iterator[DocumentProblem]]]] = (
    MappingProxyType(
        {
            "CaseStep": _case_step,
            "TraceClosing": _trace_closing,
            "OverdueNotice": _overdue_notice,
        }
    )
)
"""By name of the message."""
