"""What the terminal shows: data on standard output, everything else on standard error.

Errors become a sentence, an advice and an exit code here, and nowhere else.
"""

import json
import shutil
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TextIO

from rich.console import Console
from rich.table import Table

from broker.core.errors import (
    BrokerError,
    BusRefusedError,
    BusUnavailableError,
    ConfigurationError,
    DocumentError,
    DocumentProblem,
    HandlingError,
    InterfaceAwayError,
    OutOfOrderError,
    PolicyError,
    ProofError,
    RefusedError,
    StoreError,
)
from broker.core.sentences import ExitCode, describe
from keys.errors import (
    CeremonyError,
    KeysError,
    KeystoreError,
    PartyCodeError,
    RefreshError,
    TokenError,
    TokenNotFoundError,
    TokenUriError,
    UnreachableError,
)

_EXITS: Final[tuple[tuple[type[Exception], str, ExitCode], ...]] = (
    (DocumentError, "document", ExitCode.BAD_DATA),
    (PolicyError, "policy", ExitCode.BAD_DATA),
    (HandlingError, "handling", ExitCode.BAD_DATA),
    (PartyCodeError, "party-code", ExitCode.BAD_DATA),
    (ConfigurationError, "configuration", ExitCode.CONFIGURATION),
    (StoreError, "store", ExitCode.UNAVAILABLE),
    (BusUnavailableError, "unavailable", ExitCode.UNAVAILABLE),
    (InterfaceAwayError, "unavailable", ExitCode.UNAVAILABLE),
    (UnreachableError, "unavailable", ExitCode.UNAVAILABLE),
    (RefreshError, "directory", ExitCode.UNAVAILABLE),
    (BusRefusedError, "not-admitted", ExitCode.REFUSED),
    (KeystoreError, "keystore", ExitCode.REFUSED),
    (TokenUriError, "token", ExitCode.CONFIGURATION),
    (TokenNotFoundError, "token", ExitCode.UNAVAILABLE),
    (TokenError, "token", ExitCode.REFUSED),
    (OutOfOrderError, "out-of-order", ExitCode.REFUSED),
    (ProofError, "proof", ExitCode.FAILURE),
    (CeremonyError, "ceremony", ExitCode.BAD_DATA),
    (KeysError, "keys", ExitCode.BAD_DATA),
    (BrokerError, "failure", ExitCode.FAILURE),
)


_NOT_ADMITTED: Final = (
    "The hub does not admit this party: ask the stewards whether they have admitted "
    "it, or suspended or retired it since."
)
_UNBROKEN: Final = frozenset({"id", "key"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An error as a person or a program reads it."""

    code: str
    text: str
    advice: str
    exit_code: ExitCode
    problems: tuple[dict[str, str | int], ...] = ()


def report(error: BrokerError | KeysError) -> Report:
    """Returns what to say about an error."""
    if isinstance(error, RefusedError):
        sentence = describe(error.code)
        text = f"{sentence.text} ({error.detail})" if error.detail else sentence.text
        return Report(
            code=error.code.value,
            text=text,
            advice=sentence.advice,
            exit_code=sentence.exit_code,
        )
    for kind, code, exit_code in _EXITS:
        if isinstance(error, kind):
            return Report(
                code=code,
                text=str(error),
                advice=_NOT_ADMITTED if isinstance(error, BusRefusedError) else "",
                exit_code=exit_code,
                problems=_problems(error),
            )
    raise error


def _problems(error: Exception) -> tuple[dict[str, str | int], ...]:
    if not isinstance(error, DocumentError | PolicyError):
        return ()
    return tuple(map(problem_fields, error.problems))


def problem_fields(problem: DocumentProblem) -> dict[str, str | int]:
    """Returns one place that does not fit, as programs read it."""
    fields: dict[str, str | int] = {
        "path": problem.path,
        "found": problem.value,
        "expected": problem.expected,
    }
    if problem.position is not None:
        fields["file"] = problem.position.file
        fields["line"] = problem.position.line
        fields["column"] = problem.position.column
    return fields


def show_error(error: BrokerError | KeysError, *, as_json: bool) -> ExitCode:
    """Prints an error; returns the exit code."""
    found = report(error)
    if as_json:
        print_json(
            {
                "error": {
                    "code": found.code,
                    "text": found.text,
                    "advice": found.advice,
                    "problems": list(found.problems),
                }
            }
        )
        return found.exit_code
    if found.problems:
        note(f"error: {len(found.problems)} place(s) do not fit:")
        for one in found.problems:
            place = ""
            if "file" in one:
                place = f"{one['file']}:{one['line']}:{one['column']}: "
            note(f"  {place}{one['path'] or '(document)'}: found {one['found']}")
            note(f"      {one['expected']}")
    else:
        note(f"error: {found.text}")
    if found.advice:
        note(f"       {found.advice}")
    return found.exit_code


def visible(text: str) -> str:
    """Writes out what would steer a terminal or reorder a line.

    Details of receipts are in the words of whoever gave them.
    """
    return "".join(
        sign if sign.isprintable() or sign == "\n" else json.dumps(sign)[1:-1]
        for sign in text
    )


def note(text: str) -> None:
    """Says something to a person, on standard error."""
    print(visible(text), file=sys.stderr, flush=True)


def say_item(lead: str, text: str) -> None:
    """Prints one line of data for a person; how, see `note_item`."""
    print(_hanging(lead, text, sys.stdout), flush=True)


def note_item(lead: str, text: str) -> None:
    """Says something that may be long: further lines stand under its beginning.

    Words stay whole: fingerprints are compared by eye.
    """
    print(_hanging(lead, text, sys.stderr), file=sys.stderr, flush=True)


def _hanging(lead: str, text: str, stream: TextIO) -> str:
    if not stream.isatty():
        return visible(lead + text)
    return textwrap.fill(
        visible(text),
        shutil.get_terminal_size().columns,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_long_words=False,
        break_on_hyphens=False,
    )


def print_json(value: object) -> None:
    """Prints one JSON document on standard output."""
    # Written out in JSON's own way, so that it reads back the same.
    print(visible(json.dumps(value, indent=2, ensure_ascii=False)), flush=True)


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str
) -> None:
    """Prints rows for a person, on standard output; `empty` when there is none."""
    if not rows:
        note(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        # What is copied into the next command is copied whole.
        table.add_column(column, overflow="fold", no_wrap=column in _UNBROKEN)
    for row in rows:
        table.add_row(*map(visible, row))
    width = None if sys.stdout.isatty() else 160
    Console(width=width, highlight=False, markup=False).print(table)
