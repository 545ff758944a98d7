"""`rogatory policy check`: what is wrong with a policy file, and where.

What is wrong is found by `broker.core.policy`, positions by `broker.infra`.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.cli.options import JsonOption
from broker.cli.output import note, print_json, visible
from broker.core.codec.policy import encode_policy
from broker.core.errors import DocumentProblem, PolicyError, Position, RefusedError
from broker.core.policy.aspects import day_of
from broker.core.policy.review import review
from broker.core.sentences import ExitCode, describe
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.country_table import countries
from broker.infra.policy_files import PolicyFile, read_policy

PolicyFileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="A policy file, YAML or JSON.")
]
_ERROR: Final = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Something to look at in a policy file.

    Attributes:
        position: Where it stands; None when the file does not say.
        severity: "error" or "warning".
        path: Where in the document: "export[1].up-to".
        text: What it is.
    """

    position: Position | None
    severity: str
    path: str
    text: str

    @property
    def line(self) -> str:
        """As editors and compilers write it."""
        where = "" if self.position is None else f"{self.position}: "
        return f"{where}{self.severity}: {self.path or '(document)'}: {self.text}"

    @property
    def fields(self) -> dict[str, str | int]:
        """As programs read it."""
        fields: dict[str, str | int] = {
            "severity": self.severity,
            "path": self.path,
            "text": self.text,
        }
        if self.position is not None:
            fields["line"] = self.position.line
            fields["column"] = self.position.column
        return fields


def check(
    file: PolicyFileArgument,
    strict: Annotated[
        bool, typer.Option("--strict", help="Take warnings for errors.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Checks a policy file, and changes nothing; no node is needed.

    Errors are what keeps the file from being a policy: words that are not known, groups
    that are not defined, rules without a meaning. Warnings are what can hardly be
    meant: rules that never count, groups of nobody, handling that no message can have.
    Each is shown with its line and column.

    The exit code is 65 when there is an error, or, with --strict, a warning.
    """
    found = _found(file)
    bad = [one for one in found if strict or one.severity == _ERROR]
    if as_json:
        print_json(
            {
                "file": str(file),
                "sound": not bad,
                "findings": [one.fields for one in found],
            }
        )
    else:
        for one in found:
            print(visible(one.line))
        note(_summary(file, found))
    if bad:
        raise typer.Exit(ExitCode.BAD_DATA)


def today() -> dt.date:
    """Returns the day (UTC) from which on a policy that is looked at now is to work."""
    return dt.date.fromordinal(day_of(SYSTEM_CLOCK.now_ms()))


def _found(path: Path) -> list[_Found]:
    try:
        file = read_policy(path)
    except PolicyError as error:
        return [_of_problem(one) for one in error.problems]
    found = [
        _Found(
            position=file.position(one.path),
            severity=one.severity,
            path=one.path,
            text=one.text,
        )
        for one in review(file.policy, day=today())
    ]
    return [*_of_size(file), *_of_codes(file), *found]


def _of_problem(problem: DocumentProblem) -> _Found:
    return _Found(
        position=problem.position,
        severity=_ERROR,
        path=problem.path,
        text=f"found {problem.value}, {problem.expected}",
    )


def _of_codes(file: PolicyFile) -> list[_Found]:
    """Returns the parties whose codes nobody has: a slip leaves somebody else out."""
    policy, known = file.policy, frozenset(countries().codes)
    named = [(f"groups.{one.name}", one.members) for one in policy.groups]
    for side, rules in (("export", policy.exports), ("import", policy.imports)):
        for number, rule in enumerate(rules):
            place = f"{side}[{number}]"
            named.append((place, rule.parties | rule.except_parties))
    return [
        _Found(
            position=file.position(place, repr(str(code))),
            severity="warning",
            path=place,
            text=f"no country or organisation has the code {code}: correct it, unless "
            "this federation has given it to somebody",
        )
        for place, codes in named
        for code in sorted(codes - known - {policy.party})
    ]


def _of_size(file: PolicyFile) -> list[_Found]:
    """Returns what keeps it from being published although it is a policy."""
    try:
        encode_policy(file.policy)
    except RefusedError as error:
        return [
            _Found(
                position=file.position(""),
                severity=_ERROR,
                path="",
                text=f"{describe(error.code).text} ({error.detail})",
            )
        ]
    return []


def _summary(path: Path, found: Sequence[_Found]) -> str:
    errors = sum(one.severity == _ERROR for one in found)
    warnings = len(found) - errors
    if not found:
        return f"{path} is a sound policy."
    return f"{path}: {errors} error(s), {warnings} warning(s)."
