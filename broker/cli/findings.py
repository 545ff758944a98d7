"""Shows what a check has found, to a person or a program.

Looking is left to the checks.
"""

from collections.abc import Sequence

import typer

from broker.app.finding import Finding
from broker.cli.output import note, print_json, visible
from broker.core.sentences import ExitCode


def show_findings(findings: Sequence[Finding], *, as_json: bool) -> None:
    """Prints findings; ends the command with exit code 1 if not all is well."""
    well = all(one.well for one in findings)
    if as_json:
        print_json(
            {
                "well": well,
                "checks": [
                    {"name": f.name, "well": f.well, "text": f.text, "hint": f.hint}
                    for f in findings
                ],
            }
        )
    else:
        for one in findings:
            word = "ok  " if one.well else "FAIL"
            print(f"{word}  {one.name:<10} {visible(one.text)}")
            if one.hint:
                note(f"      → {one.hint}")
    if not well:
        raise typer.Exit(ExitCode.FAILURE)
