"""Linting a trace request: every finding, and a score from 0 to 100.

Many traces fail for data that are missing or wrong. What each finding costs is said in
`broker.core.linting.catalogue`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from broker.core.errors import DocumentProblem
from broker.core.linting.calibre_signs import calibre_findings
from broker.core.linting.catalogue import LintCode
from broker.core.linting.circumstances import Circumstances
from broker.core.linting.completeness import incomplete
from broker.core.linting.dates import date_findings, recovery_findings
from broker.core.linting.elsewhere import elsewhere
from broker.core.linting.findings import Finding, LintReport, found, reported
from broker.core.linting.models import fitting
from broker.core.linting.section import Section
from broker.core.linting.serial_signs import repeated, serial_findings
from broker.core.linting.terms import class_findings, term_findings

TRACE_REQUEST: Final = "trace-request/1"
"""The kind that this is about."""


def lint(
    document: Mapping[str, object],
    given: Circumstances,
    problems: Iterable[DocumentProblem] = (),
) -> LintReport:
    """Returns what may make a request fail.

    Args:
        document: A `TraceRequest`, by JSON names. What does not fit its kind is passed
            over.
        given: What is known besides.
        problems: What the schema found: each of them takes the whole score.
    """
    request = Section.of(document)
    items = request.inners("items")
    findings = [*_misfits(problems), *term_findings(request, given)]
    findings += elsewhere(request, given)
    findings += recovery_findings(request.inner("recovery"), given.today)
    findings += repeated(items)
    findings += [found(LintCode.EMBARGO, "", text) for text in given.embargoes]
    findings += [found(LintCode.IN_OWN_RECORDS, *one) for one in given.own_records]
    findings += [found(LintCode.ALIKE, *one) for one in given.alike]
    for item in items:
        findings += _of_item(item, request, given)
    return reported(findings, len(items))


def _misfits(problems: Iterable[DocumentProblem]) -> Iterator[Finding]:
    for one in problems:
        seen = f"found {one.value}"
        yield found(LintCode.DOES_NOT_FIT, one.path, seen, one.expected)


def _of_item(
    item: Section, request: Section, given: Circumstances
) -> Iterator[Finding]:
    yield from incomplete(item)
    yield from serial_findings(item)
    yield from calibre_findings(item)
    yield from fitting(item)
    yield from class_findings(item)
    yield from date_findings(item, request.inner("recovery"), given.today)
