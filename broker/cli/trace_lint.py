"""`rogatory trace lint`, and the look that `rogatory send` takes at a trace request.

What is looked for is said in `broker.core.linting`.
"""

from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.credentials import NodeKeys
from broker.app.linting import (
    day_of,
    draft_report,
    known_here,
    lint_before_sending,
    read_request,
)
from broker.app.node_folder import Node
from broker.cli.options import (
    NODE_VARIABLE,
    JsonOption,
    NodeOption,
    PassphraseOption,
    node_named,
)
from broker.cli.output import note, print_json, print_table
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.errors import DocumentError, DocumentProblem
from broker.core.linting.catalogue import Severity
from broker.core.linting.circumstances import Circumstances
from broker.core.linting.findings import Finding, LintReport
from broker.core.outgoing import OutgoingDocument
from broker.core.sentences import ExitCode
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.document_files import load_file
from broker.settings import TRACE_SCORE

_ENOUGH: Final = f"Score below which it ends with code 1 (default {TRACE_SCORE})."
_COLUMNS: Final = ("", "costs", "where", "what was seen", "what to do")


def lint(
    file: Annotated[Path, typer.Argument(help="The trace request, YAML or JSON.")],
    to: Annotated[
        str | None, typer.Option(help="Recipients, such as BEL or BEL,MEX.")
    ] = None,
    minimum: Annotated[int | None, typer.Option(min=0, max=100, help=_ENOUGH)] = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Says what may make a trace request fail, and scores it from 0 to 100.

    It looks for what is missing, numbers that can hardly be serial numbers, calibres
    that fit several cartridges, marks taken for another, and descriptions that do not
    go together. Nothing is sent, and nothing is decided: every finding is advice.

    Without a node only the file is looked at. With one (--node, or set ROGATORY_NODE)
    it is also compared with what was asked before, here or by others, with your own
    lists (rogatory records) and with the node's table of embargoes.
    """
    request = read_request(load_file(file), to=to)
    now_ms = SYSTEM_CLOCK.now_ms()
    if node_named(node_dir):
        with node_session(node_dir) as node:
            keys = unlock(node, passphrase_file)
            given = known_here(node, keys, request.content, now_ms)
            enough = node.settings.trace_score
            report = draft_report(request, given)
    else:
        enough = TRACE_SCORE
        report = draft_report(request, Circumstances(today=day_of(now_ms)))
        note(f"Nothing asked before was looked at: give --node, or {NODE_VARIABLE}.")
    enough = enough if minimum is None else minimum
    _show(report, enough, as_json=as_json)
    if report.score < enough:
        raise typer.Exit(ExitCode.FAILURE)


def look_before_sending(
    node: Node,
    keys: NodeKeys,
    document: OutgoingDocument,
    *,
    anyway: bool,
    as_json: bool,
) -> None:
    """Says what may make a trace request fail; anything else is passed over.

    Args:
        node: The node that is to send it.
        keys: Its keys.
        document: What is to be sent.
        anyway: Only say it.
        as_json: Whether the error is read by a program, which needs all of it.

    Raises:
        DocumentError: It scores less than the node's settings ask.
        StoreError: The store cannot be read.
        ContentError: Something was protected under another key.
    """
    report = lint_before_sending(node, keys, document, SYSTEM_CLOCK.now_ms())
    if report is None:
        return
    told = report.of(Severity.ERROR, Severity.WARNING)
    for one in told:
        note(f"{one.severity}: {one.path or 'the request'}: {one.seen}; {one.fix}")
    enough = node.settings.trace_score
    if report.score >= enough:
        return
    if anyway:
        note(
            f"It scores {report.score} of 100, and {enough} are asked for: it is sent "
            "with --anyway alone."
        )
        return
    problem = DocumentProblem(
        "",
        f"a request that scores {report.score} of 100",
        f"expected {enough} or more: put right what it lacks (rogatory trace lint says "
        "all of it), or send it as it is with --anyway",
    )
    details = [DocumentProblem(one.path, one.seen, one.fix) for one in told]
    raise DocumentError([problem, *details] if as_json else [problem])


def _show(report: LintReport, enough: int, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "score": report.score,
                "enough": enough,
                "items": list(report.item_scores),
                "findings": [_fields(one) for one in report.findings],
            }
        )
        return
    rows = [
        (
            one.severity.value,
            str(one.weight),
            one.path or "the request",
            one.seen,
            one.fix,
        )
        for one in report.findings
    ]
    print_table(_COLUMNS, rows, empty="Nothing was found.")
    print(f"score: {report.score} of 100 ({enough} are asked for)")


def _fields(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code.value,
        "severity": finding.severity.value,
        "costs": finding.weight,
        "path": finding.path,
        "seen": finding.seen,
        "fix": finding.fix,
    }
