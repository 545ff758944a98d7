"""What a finding is, and how findings become a score.

Which findings there are, and what each is worth, is left to
`broker.core.linting.catalogue`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from broker.core.linting.catalogue import CATALOGUE, LintCode, Severity

FULL: Final = 100
"""The score of a request about which nothing was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that may make a request fail.

    Attributes:
        code: What sort of thing.
        path: Where, as "items[0].firearm.model"; empty for the request as a whole.
        seen: What was noticed, as a sentence without full stop.
        fix: What to do about it, likewise.
    """

    code: LintCode
    path: str
    seen: str
    fix: str

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return CATALOGUE[self.code].severity

    @property
    def weight(self) -> int:
        """How many points it costs."""
        return CATALOGUE[self.code].weight


@dataclass(frozen=True, slots=True, kw_only=True)
class LintReport:
    """What was found in one request.

    Attributes:
        score: From 0 to 100; 100 when nothing was found.
        item_scores: The same for each item by itself.
        findings: Those that cost most first, then by path.
    """

    score: int
    item_scores: tuple[int, ...]
    findings: tuple[Finding, ...]

    def of(self, *severities: Severity) -> tuple[Finding, ...]:
        """Returns the findings of some severities."""
        return tuple(one for one in self.findings if one.severity in severities)


def found(code: LintCode, path: str, seen: str, fix: str = "") -> Finding:
    """Returns a finding, with the advice of the catalogue unless there is better."""
    return Finding(code=code, path=path, seen=seen, fix=fix or CATALOGUE[code].fix)


def reported(findings: Iterable[Finding], item_count: int) -> LintReport:
    """Returns the report that findings make.

    What is wrong with one of many items costs its share only: the others can be traced.

    Args:
        findings: All of them, in any order.
        item_count: Of the request.
    """
    distinct = {(one.path, one.code, one.seen): one for one in findings}
    ordered = tuple(
        sorted(
            distinct.values(), key=lambda one: (-one.weight, one.path, one.code.value)
        )
    )
    of_items: list[list[Finding]] = [[] for _ in range(item_count)]
    of_request: list[Finding] = []
    for one in ordered:
        at = _item(one.path)
        (of_request if at is None or at >= item_count else of_items[at]).append(one)
    scores = tuple(FULL - _cost(ones) for ones in of_items)
    mean = sum(scores) / item_count if item_count else FULL
    return LintReport(
        score=max(0, round(mean) - _cost(of_request)),
        item_scores=scores,
        findings=ordered,
    )


def _cost(findings: Collection[Finding]) -> int:
    return min(FULL, sum(one.weight for one in findings))


def _item(path: str) -> int | None:
    """Returns the position of the item that a path lies in; None for none."""
    head = path.removeprefix("items[").partition("]")[0]
    return int(head) if path.startswith("items[") and head.isdigit() else None
